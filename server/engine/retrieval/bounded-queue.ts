import { Problem } from '../../contract/problems.js';

/** Work for a fixed number of hands, first come first served, with a bounded line of those who wait. */
export interface BoundedQueue {
  readonly waiting: number;
  /**
   * Runs the work when a hand is free. Rejects with Problem('busy') when the line is full, and with the signal's reason
   * as soon as it aborts: work that still waits is dropped, work under way is left to finish unseen. Urgent work goes
   * before all that waits, and as much again of it may wait as of the other.
   */
  run<T>(work: () => Promise<T>, signal: AbortSignal, options?: { urgent?: boolean }): Promise<T>;
}

/** A queue for `hands` pieces of work at once and `mostWaiting` in line. */
export function createBoundedQueue(
  hands: number,
  mostWaiting: number,
  retryAfterSeconds: number,
): BoundedQueue {
  let busy = 0;
  const line: (() => void)[] = [];
  const turn = () => {
    while (busy < hands) {
      const next = line.shift();
      if (!next) return;
      next();
    }
  };
  return {
    get waiting() {
      return line.length;
    },
    run(work, signal, { urgent = false } = {}) {
      if (signal.aborted) return Promise.reject(signal.reason as Error);
      if (busy >= hands && line.length >= (urgent ? 2 * mostWaiting : mostWaiting)) {
        return Promise.reject(new Problem('busy', { retryAfterSeconds }));
      }
      return new Promise((resolve, reject) => {
        const start = () => {
          busy++;
          work()
            .then(resolve, reject)
            .finally(() => {
              signal.removeEventListener('abort', stop);
              busy--;
              turn();
            });
        };
        const stop = () => {
          const at = line.indexOf(start);
          if (at >= 0) line.splice(at, 1);
          reject(signal.reason as Error);
        };
        signal.addEventListener('abort', stop, { once: true });
        if (urgent) line.unshift(start);
        else line.push(start);
        turn();
      });
    },
  };
}
