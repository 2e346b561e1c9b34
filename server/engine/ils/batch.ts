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
  /**
   * Resolves when every request carrying one of these ids has come back, whatever it said; `onBack` is told of the ids
   * of each as it does. Rejects when `signal` aborts.
   */
  join(ids: readonly string[], signal: AbortSignal, onBack: (ids: readonly string[]) => void): Promise<void>;
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

  const carrierOf = (id: string): Batch => {
    const carrier = carrying.get(id);
    if (carrier && !carrier.stop.signal.aborted) return carrier;
    if (!gathering || gathering.ids.length >= options.maxBatch || gathering.stop.signal.aborted) {
      gathering = open();
    }
    gathering.ids.push(id);
    carrying.set(id, gathering);
    return gathering;
  };

  return {
    async join(ids, signal, onBack) {
      const wanted = new Map<Batch, string[]>();
      for (const id of ids) {
        const batch = carrierOf(id);
        wanted.set(batch, [...(wanted.get(batch) ?? []), id]);
      }
      for (const batch of wanted.keys()) batch.waiting += 1;
      let leave = (): void => undefined;
      const left = new Promise<never>((_resolve, reject) => {
        leave = () => reject(reasonOf(signal));
        signal.addEventListener('abort', leave, { once: true });
      });
      const back = [...wanted].map(([batch, own]) => batch.done.then(() => signal.aborted || onBack(own)));
      try {
        await Promise.race([Promise.all(back), left]);
      } finally {
        signal.removeEventListener('abort', leave);
        for (const batch of wanted.keys()) {
          batch.waiting -= 1;
          if (batch.waiting === 0) batch.stop.abort(new Error('nobody is waiting any more'));
        }
      }
    },
  };
}
