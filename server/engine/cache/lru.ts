import { LRUCache } from 'lru-cache';
import type { Cache, Cached } from './cache.js';
import { systemClock, type Clock } from './clock.js';
import { wipeInTime } from './wipe.js';

const DAY_MS = 86_400_000;

interface Kept {
  value: object;
  loadedAt: number;
}

/**
 * The Cache seam in this process's memory: at most `maxEntries` values, the least recently asked for leaves first, and
 * each within a minute of its time being over. A failed load is remembered by nobody: the next one to ask tries again.
 */
export function createLruCache(options: { maxEntries: number; clock?: Clock; sweepMs?: number }): Cache {
  const clock = options.clock ?? systemClock;
  const kept = new LRUCache<string, Kept>({
    max: options.maxEntries,
    ttl: DAY_MS,
    ttlResolution: 0,
    perf: { now: () => clock.now() },
  });
  const wipeLater = wipeInTime(kept, options.sweepMs);
  const loading = new Map<string, Promise<Kept>>();

  const load = (key: string, ttl: number, loader: () => Promise<object>): Promise<Kept> => {
    const running = loading.get(key);
    if (running) return running;
    const started = (async () => {
      try {
        const entry = { value: await loader(), loadedAt: clock.now() };
        kept.set(key, entry, { ttl });
        wipeLater();
        return entry;
      } finally {
        loading.delete(key);
      }
    })();
    loading.set(key, started);
    return started;
  };

  return {
    async through<T extends object>(
      key: string,
      age: { freshMs: number; staleMs: number },
      loader: () => Promise<T>,
    ): Promise<Cached<T>> {
      const remembered = kept.get(key);
      const ageMs = remembered ? clock.now() - remembered.loadedAt : Infinity;
      if (remembered && ageMs <= age.freshMs)
        return { ...(remembered as Kept & { value: T }), from: 'fresh' };
      try {
        return {
          ...((await load(key, Math.max(age.freshMs, age.staleMs), loader)) as Kept & { value: T }),
          from: 'load',
        };
      } catch (error) {
        if (remembered && clock.now() - remembered.loadedAt <= age.staleMs) {
          return { ...(remembered as Kept & { value: T }), from: 'stale' };
        }
        throw error;
      }
    },
  };
}
