import t from 'tap';
import type { Cache } from '../../../engine/cache/cache.js';
import { createFakeClock, type FakeClock } from '../../fakes/clock.js';

const age = { freshMs: 1_000, staleMs: 10_000 };

/** What every adapter of the Cache seam promises. */
export function cacheConformance(name: string, make: (clock: FakeClock) => Cache): void {
  t.test(name, (t) => {
    const counting = (): { load: () => Promise<{ n: number }>; count: () => number } => {
      let n = 0;
      return { load: () => Promise.resolve({ n: (n += 1) }), count: () => n };
    };

    t.test('a value is loaded once while it is fresh', async (t) => {
      const clock = createFakeClock();
      const cache = make(clock);
      const { load, count } = counting();
      t.strictSame(await cache.through('a', age, load), {
        value: { n: 1 },
        from: 'load',
        loadedAt: clock.now(),
      });
      await clock.advance(1_000);
      t.match(await cache.through('a', age, load), { value: { n: 1 }, from: 'fresh' });
      t.equal(count(), 1);
    });

    t.test('past its freshness a value is loaded again, never passed off as fresh', async (t) => {
      const clock = createFakeClock();
      const cache = make(clock);
      const { load } = counting();
      await cache.through('a', age, load);
      await clock.advance(1_001);
      t.match(await cache.through('a', age, load), { value: { n: 2 }, from: 'load' });
    });

    t.test('equal keys in flight share one load, other keys do not', async (t) => {
      const cache = make(createFakeClock());
      let loads = 0;
      let finish = (): void => undefined;
      const slow = (): Promise<{ n: number }> => {
        loads += 1;
        return new Promise((resolve) => (finish = () => resolve({ n: loads })));
      };
      const first = cache.through('a', age, slow);
      const second = cache.through('a', age, slow);
      await new Promise((resolve) => setImmediate(resolve));
      t.equal(loads, 1);
      finish();
      t.same((await first).value, (await second).value);
      t.match(await cache.through('b', age, () => Promise.resolve({ n: 9 })), { value: { n: 9 } });
    });

    t.test('when loading fails, a remembered value is answered as stale until it is too old', async (t) => {
      const clock = createFakeClock();
      const cache = make(clock);
      const { load } = counting();
      const fail = (): Promise<never> => Promise.reject(new Error('away'));
      await t.rejects(cache.through('a', age, fail), { message: 'away' });
      await cache.through('a', age, load);
      await clock.advance(5_000);
      t.match(await cache.through('a', age, fail), { value: { n: 1 }, from: 'stale' });
      await clock.advance(5_001);
      await t.rejects(cache.through('a', age, fail), { message: 'away' });
    });

    t.test('a failed load is not remembered', async (t) => {
      const cache = make(createFakeClock());
      await t.rejects(cache.through('a', age, () => Promise.reject(new Error('once'))));
      t.match(await cache.through('a', age, () => Promise.resolve({ n: 1 })), {
        value: { n: 1 },
        from: 'load',
      });
    });
    t.end();
  });
}
