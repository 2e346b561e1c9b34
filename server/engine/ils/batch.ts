import { reasonOf } from '../cache/clock.js';

interface Batch {
  ids: string[];
  waiting: number;
  stop: AbortController;
  done: Promise<void>;
}

/**
 * Gathers ids asked for in the same moment into requests of at most `maxBatch`. An id that is being asked for already
 * is not asked for again; a request that nobody waits for any more is stopped.
 */
export interface AskTogether {
  /** Resolves when the request carrying this id has come back, whatever it said. Rejects when `signal` aborts. */
  join(id: string, signal: AbortSignal): Promise<void>;
}

export function createAskTogether(options: {
  maxBatch: number;
  ask: (ids: readonly string[], signal: AbortSignal) => Promise<void>;
}): AskTogether {
  const carrying = new Map<string, Batch>();
  let gathering: Batch | undefined;

  const open = (): Batch => {
    const batch: Batch = { ids: [], waiting: 0, stop: new AbortController(), done: Promise.resolve() };
    batch.done = new Promise<void>((resolve) => setImmediate(resolve)).then(async () => {
      if (gathering === batch) gathering = undefined;
      try {
        if (!batch.stop.signal.aborted) await options.ask(batch.ids, batch.stop.signal);
      } catch (error) {
        if (!batch.stop.signal.aborted) throw error;
      } finally {
        for (const id of batch.ids) if (carrying.get(id) === batch) carrying.delete(id);
      }
    });
    return batch;
  };

  return {
    async join(id, signal) {
      let batch = carrying.get(id);
      if (!batch || batch.stop.signal.aborted) {
        if (!gathering || gathering.ids.length >= options.maxBatch || gathering.stop.signal.aborted) {
          gathering = open();
        }
        batch = gathering;
        batch.ids.push(id);
        carrying.set(id, batch);
      }
      batch.waiting += 1;
      let leave = (): void => undefined;
      const left = new Promise<never>((_resolve, reject) => {
        leave = () => reject(reasonOf(signal));
        signal.addEventListener('abort', leave, { once: true });
      });
      try {
        await Promise.race([batch.done, left]);
      } finally {
        signal.removeEventListener('abort', leave);
        batch.waiting -= 1;
        if (batch.waiting === 0) batch.stop.abort(new Error('nobody is waiting any more'));
      }
    },
  };
}
