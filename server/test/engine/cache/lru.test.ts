import t from 'tap';
import { createLruCache } from '../../../engine/cache/lru.js';
import { createFakeClock } from '../../fakes/clock.js';
import { cacheConformance } from './conformance.js';

cacheConformance('lru', (clock) => createLruCache({ maxEntries: 10, clock }));

t.test('at most maxEntries values are kept, the least recently asked for leaves first', async (t) => {
  const cache = createLruCache({ maxEntries: 2, clock: createFakeClock() });
  const age = { freshMs: 1_000, staleMs: 1_000 };
  const load = () => Promise.resolve({});
  await cache.through('a', age, load);
  await cache.through('b', age, load);
  await cache.through('a', age, load);
  await cache.through('c', age, load);
  t.equal((await cache.through('a', age, load)).from, 'fresh');
  t.equal((await cache.through('b', age, load)).from, 'load');
});

t.test('without a clock of its own it goes by the machine’s', async (t) => {
  const cache = createLruCache({ maxEntries: 2 });
  const before = Date.now();
  const { loadedAt } = await cache.through('a', { freshMs: 1_000, staleMs: 1_000 }, () =>
    Promise.resolve({}),
  );
  t.ok(loadedAt >= before && loadedAt <= Date.now());
});
