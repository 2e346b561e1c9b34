import { unlessLeft } from './clock.js';

interface Running {
  work: Promise<unknown>;
  stop: AbortController;
  waiting: number;
}

/** Equal work in flight is done once; it is stopped when the last one waiting for it has left. */
export interface SharedWork {
  join<T>(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** Keys must say everything the work depends on: whoever joins takes what the first one started. */
export function createSharedWork(): SharedWork {
  const running = new Map<string, Running>();

  const start = (key: string, work: (signal: AbortSignal) => Promise<unknown>): Running => {
    const stop = new AbortController();
    const entry: Running = { stop, waiting: 0, work: Promise.resolve() };
    const forget = (): void => {
      if (running.get(key) === entry) running.delete(key);
    };
    entry.work = work(stop.signal).finally(forget);
    stop.signal.addEventListener('abort', forget, { once: true });
    running.set(key, entry);
    return entry;
  };

  return {
    async join<T>(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
      signal.throwIfAborted();
      const entry = running.get(key) ?? start(key, work);
      entry.waiting += 1;
      try {
        return (await unlessLeft(signal, entry.work)) as T;
      } finally {
        entry.waiting -= 1;
        if (entry.waiting === 0) entry.stop.abort(new Error('nobody is waiting any more'));
      }
    },
  };
}
