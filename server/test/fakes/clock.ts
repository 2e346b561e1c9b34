import type { Clock } from '../../engine/cache/clock.js';

export interface FakeClock extends Clock {
  /** Lets `ms` pass: timers that fall due run in order, and what they set off runs before the next. */
  advance(ms: number): Promise<void>;
  /** Lets everything that waits for no timer run. */
  settle(): Promise<void>;
}

/** A clock that stands still until told otherwise; it starts on 4 March 2026, 14:02 UTC. */
export function createFakeClock(start = Date.UTC(2026, 2, 4, 14, 2)): FakeClock {
  let now = start;
  const timers = new Set<{ at: number; ring: () => void }>();
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    now: () => now,
    after: (ms, signal) =>
      new Promise((resolve, reject) => {
        const stop = (): void => {
          timers.delete(timer);
          reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
        };
        const timer = {
          at: now + ms,
          ring: () => {
            signal?.removeEventListener('abort', stop);
            resolve();
          },
        };
        if (signal?.aborted) return stop();
        timers.add(timer);
        signal?.addEventListener('abort', stop, { once: true });
      }),
    settle,
    async advance(ms) {
      await settle();
      const end = now + ms;
      for (;;) {
        const due = [...timers].filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0];
        if (!due) break;
        timers.delete(due);
        now = due.at;
        due.ring();
        await settle();
      }
      now = end;
      await settle();
    },
  };
}
