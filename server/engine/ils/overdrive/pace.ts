import type { Clock } from '../../cache/clock.js';

/** No more than so many requests in any second, however many wait. */
export interface Pace {
  /** Resolves when a request may go out. `unhurried` ones leave room for one that a patron waits for. Rejects when the signal aborts. */
  turn(signal: AbortSignal, unhurried?: boolean): Promise<void>;
}

/** Less than one a second is spread over more seconds. */
export function createPace({ perSecond, clock }: { perSecond: number; clock: Clock }): Pace {
  const most = Math.max(1, Math.floor(perSecond));
  const windowMs = (most / perSecond) * 1000;
  let starts: number[] = [];
  return {
    async turn(signal, unhurried = false) {
      const room = unhurried ? Math.max(1, most - 1) : most;
      for (;;) {
        signal.throwIfAborted();
        const now = clock.now();
        starts = starts.filter((start) => now - start < windowMs);
        const before = starts.at(-room);
        if (before === undefined) break;
        await clock.after(before + windowMs - now, signal);
      }
      starts.push(clock.now());
    },
  };
}
