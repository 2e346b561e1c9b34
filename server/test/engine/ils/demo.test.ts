import t from 'tap';
import type { ItemStatus } from '../../../contract/vocabulary.js';
import { circulationOf } from '../../../engine/ils/circulation.js';
import { createDemoIls } from '../../../engine/ils/demo.js';
import { IlsFault } from '../../../engine/ils/ils-fault.js';
import { bibOf, createFakeCatalogue, itemOf } from '../../fakes/bibs.js';
import { createFakeClock } from '../../fakes/clock.js';
import { ilsConformance } from './conformance.js';

const DAY = 86_400_000;
const signal = new AbortController().signal;
const dune = bibOf('dune', 'Dune', {
  items: [itemOf('d1', 'MAIN', { barcode: 'b1', location: 'Adult' }), itemOf('d2', 'HARB')],
});
const bare = bibOf('bare', 'Without copies');

ilsConformance('demo', () => {
  const ils = createDemoIls({ catalogue: createFakeCatalogue([dune, bare]), clock: createFakeClock() });
  return {
    ils,
    withItems: dune,
    withoutItems: bare,
    breakIt: () => ils.misbehave({ offline: true }),
    slowIt: () => ils.misbehave({ slowMs: 60_000 }),
  };
});

t.test('circulation is the same for the same copy at the same moment', (t) => {
  const now = Date.UTC(2026, 2, 4);
  const all = () => Array.from({ length: 50 }, (_, n) => circulationOf(`i${n}`, now));
  t.same(all(), all());
  t.end();
});

t.test('circulation moves: over a year every copy is both in and out, and is due within four weeks', (t) => {
  const start = Date.UTC(2026, 0, 1);
  for (let n = 0; n < 40; n += 1) {
    const seen = new Set<ItemStatus>();
    const wrong: unknown[] = [];
    for (let day = 0; day < 365; day += 1) {
      const now = start + day * DAY;
      const { status, dueAt } = circulationOf(`copy-${n}`, now);
      seen.add(status);
      const due = dueAt === undefined ? undefined : Date.parse(dueAt);
      const isRight =
        status === 'checked_out'
          ? due !== undefined && due > now && due <= now + 28 * DAY
          : due === undefined;
      if (!isRight) wrong.push({ day, status, dueAt });
    }
    t.same(wrong, []);
    t.ok(seen.has('available') && seen.has('checked_out'), [...seen].join(' '));
  }
  t.end();
});

t.test('on any day about two thirds of the copies are in, and a few are under way or on hold', (t) => {
  const counts = new Map<ItemStatus, number>();
  for (let n = 0; n < 3_000; n += 1) {
    const { status } = circulationOf(`x${n}`, Date.UTC(2026, 2, 4));
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  const share = (status: ItemStatus) => (counts.get(status) ?? 0) / 3_000;
  t.ok(share('available') > 0.5 && share('available') < 0.8, `available ${share('available')}`);
  t.ok(share('in_transit') > 0 && share('on_hold_shelf') > 0);
  t.end();
});

t.test(
  'what the records say for good is not simulated away, and nothing unknown becomes available',
  async (t) => {
    const lasting: ItemStatus[] = [
      'lost',
      'missing',
      'damaged',
      'withdrawn',
      'on_order',
      'in_process',
      'reference_only',
      'unknown',
    ];
    const items = lasting.map((status, n) =>
      itemOf(`s${n}`, 'MAIN', { statusHint: status, ...(n % 2 === 0 && { rawStatus: 'X' }) }),
    );
    const record = bibOf('r', 'R', { items });
    const ils = createDemoIls({ catalogue: createFakeCatalogue([record]) });
    const told = (await ils.availability([record], { signal })).get('r')?.items ?? [];
    t.same(
      told.map((item) => item.status),
      lasting,
    );
    t.equal(told[0]?.rawStatus, 'X');
    t.equal(told[1]?.rawStatus, 'missing');
  },
);

t.test('no copies are invented for a record without any', async (t) => {
  const ils = createDemoIls({ catalogue: createFakeCatalogue([bare]), clock: createFakeClock() });
  t.same((await ils.availability([bare], { signal })).get('bare'), { items: [], ecopies: [] });
});

t.test('it can be slow, failing, offline, or know only half', async (t) => {
  const clock = createFakeClock();
  const ils = createDemoIls({ catalogue: createFakeCatalogue([dune, bare]), clock });
  ils.misbehave({ slowMs: 400 });
  let answered = false;
  const slow = ils.availability([dune], { signal }).then(() => (answered = true));
  await clock.advance(399);
  t.equal(answered, false);
  await clock.advance(1);
  await slow;
  ils.misbehave({ slowMs: 0, failing: true });
  await t.rejects(ils.availability([dune], { signal }), IlsFault);
  ils.misbehave({ failing: false, half: true });
  t.same([...(await ils.availability([dune, bare], { signal })).keys()], ['dune']);
});
