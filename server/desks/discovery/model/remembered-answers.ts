import type { Cache } from '../../../engine/cache/cache.js';

/** Answers remembered by key, over the one verb that the cache has. */
export interface RememberedAnswers<T extends object> {
  find(key: string): Promise<T | undefined>;
  keep(key: string, value: T): Promise<void>;
}

const HOUR_MS = 3_600_000;
const AGE = { freshMs: HOUR_MS, staleMs: HOUR_MS };

/** Nothing is remembered under this key. */
class NotRemembered extends Error {
  constructor() {
    super('nothing is remembered under this key');
    this.name = 'NotRemembered';
  }
}

export function createRememberedAnswers<T extends object>(cache: Cache): RememberedAnswers<T> {
  const through = async (key: string, load: () => Promise<T>): Promise<T | undefined> => {
    try {
      return (await cache.through(key, AGE, load)).value;
    } catch (error) {
      if (error instanceof NotRemembered) return undefined;
      throw error;
    }
  };
  return {
    find: (key) => through(key, () => Promise.reject(new NotRemembered())),
    keep: async (key, value) => void (await through(key, () => Promise.resolve(value))),
  };
}
