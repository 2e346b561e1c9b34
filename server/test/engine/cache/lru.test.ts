import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
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

t.test('a value past its time leaves memory although nobody asks any more', async (t) => {
  const clock = createFakeClock();
  const cache = createLruCache({ maxEntries: 10, clock, sweepMs: 2 });
  let held: WeakRef<object> | undefined;
  await cache.through('a', { freshMs: 1_000, staleMs: 5_000 }, () => {
    const value = { words: 'what a patron asked' };
    held = new WeakRef(value);
    return Promise.resolve(value);
  });
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const isHeld = async (): Promise<boolean> => {
    for (let tries = 0; tries < 10; tries++) {
      await sleep(5);
      collect();
    }
    return held?.deref() !== undefined;
  };
  await clock.advance(5_000);
  t.equal(await isHeld(), true, 'until its time is over');
  await clock.advance(1);
  t.equal(await isHeld(), false);
});

t.test('without a clock of its own it goes by the machine’s', async (t) => {
  const cache = createLruCache({ maxEntries: 2 });
  const before = Date.now();
  const { loadedAt } = await cache.through('a', { freshMs: 1_000, staleMs: 1_000 }, () =>
    Promise.resolve({}),
  );
  t.ok(loadedAt >= before && loadedAt <= Date.now());
});
