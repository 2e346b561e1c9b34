import t from 'tap';
import { Availability } from '../../../contract/availability.js';
import type { Bib } from '../../../engine/catalogue/bib.js';
import { combineIls, isOfIls, isOfLenders } from '../../../engine/ils/combined.js';
import type { Ecopy, IlsCopies } from '../../../engine/ils/copies.js';
import type { Ils } from '../../../engine/ils/ils.js';
import { IlsFault } from '../../../engine/ils/ils-fault.js';
import { noIls, shieldIls, type ShieldedIls } from '../../../engine/ils/shielded.js';
import { bibOf, itemOf } from '../../fakes/bibs.js';
import { createFakeClock, type FakeClock } from '../../fakes/clock.js';
import { createScriptedIls } from './scripted-ils.js';

const signal = new AbortController().signal;
const both = bibOf('both', 'Both', { items: [itemOf('i1', 'MAIN')], isbns: ['9780000000019'] });
const print = bibOf('print', 'Print', { items: [itemOf('i2', 'MAIN')] });
const link = bibOf('link', 'Link', { links: [{ url: 'https://lender.example/1' }], format: 'ebook' });

const ecopy: Ecopy = {
  id: 'e1',
  lender: 'Lender',
  status: 'available',
  rawStatus: 'true',
  owned: 2,
  available: 1,
  holds: 0,
  format: 'ebook',
  url: 'https://lender.example/e1',
};

interface Source {
  asked: string[][];
  slowMs: number;
  away: boolean;
  ecopy: Ecopy;
}

function shielded(
  clock: FakeClock,
  copiesOf: (record: string) => IlsCopies,
  concerns: (bib: Bib) => boolean,
) {
  const state: Source = { asked: [], slowMs: 0, away: false, ecopy };
  const ils: Ils = {
    ...createScriptedIls(clock).ils,
    async availability(records, asking) {
      state.asked.push(records.map(({ id }) => id));
      if (state.away) throw new IlsFault('unreachable', 'the test system');
      if (state.slowMs > 0) await clock.after(state.slowMs, asking.signal);
      return new Map(records.map(({ id }) => [id, copiesOf(id)]));
    },
  };
  const shield = shieldIls(ils, {
    ...{ clock, repeats: 0, concerns: (record) => concerns(record as Bib) },
    lookup: (ids) => Promise.resolve([both, print, link].filter(({ id }) => ids.includes(id))),
  });
  return { state, shield };
}

function setUp(options: { without?: 'ils' } = {}) {
  const clock = createFakeClock();
  const own = shielded(
    clock,
    (recordId) => ({
      items: [
        {
          ...{ itemId: `${recordId}-1`, recordId, branchId: 'MAIN', branchName: 'Central Library' },
          ...{ status: 'checked_out', rawStatus: 'Out' },
        },
      ],
      ecopies: [],
    }),
    isOfIls,
  );
  const lender = shielded(clock, () => ({ items: [], ecopies: [lender.state.ecopy] }), isOfLenders);
  const ils: ShieldedIls = options.without === 'ils' ? noIls() : own.shield;
  return { clock, own: own.state, lender: lender.state, all: combineIls({ ils, lenders: [lender.shield] }) };
}

t.test('e-copies stand beside print, each with its lender and its time', async (t) => {
  const { all } = setUp();
  const told = (await all.ask(['both', 'print'], { signal })).get('both');
  t.match(told, {
    state: 'unavailable',
    branches: [{ branch_id: 'MAIN', total: 1 }],
    ecopies: [
      { lender: 'Lender', status: 'available', owned: 2, available: 1, format: 'ebook', stale: false },
    ],
    checking: undefined,
  });
  t.match(told?.ecopies?.[0]?.asOf, /^2026-03-04T14:02/);
  t.ok(Availability.safeParse(told).success, 'as the contract says');
  t.same(all.peek('both'), told);
  t.notOk('ecopies' in (all.peek('print') as object), 'none are made up');
  t.ok(all.lends);
});

t.test('no source is asked for what it cannot know', async (t) => {
  const { all, own, lender } = setUp();
  await all.ask(['both', 'print', 'link'], { signal });
  t.same(own.asked, [['both', 'print']]);
  t.same(lender.asked, [['both', 'link']]);
});

t.test('a record that the system knows by its number is asked about, whatever came with it', (t) => {
  const known = bibOf('known', 'Known', { keys: { ilsId: '12', other: [] }, links: link.links });
  t.ok(isOfIls(known), 'its copies may not have come with it');
  t.notOk(isOfIls(link));
  t.end();
});

t.test('a title of which there are e-copies alone has their state', async (t) => {
  for (const [status, state] of [
    ['available', 'online'],
    ['checked_out', 'unavailable'],
    ['unknown', 'unknown'],
  ] as const) {
    const { all, lender } = setUp();
    lender.ecopy = { ...ecopy, status };
    const told = (await all.ask(['link'], { signal })).get('link');
    t.match(told, { state, branches: [], ecopies: [{ status }] });
    t.type(told?.asOf, 'string');
  }
});

t.test('word from before that there are no copies stays marked so while no lender has spoken', (t) => {
  const old: Availability = {
    ...{ state: 'unknown', asOf: '2026-03-04T02:02:00.000Z', stale: true, source: 'ils', branches: [] },
  };
  const unheard: Availability = { ...old, asOf: null, stale: false };
  const saying = (told: Availability): ShieldedIls => ({ ...noIls(), source: 'ils', peek: () => told });
  const peek = (lender: Availability) =>
    combineIls({ ils: saying(old), lenders: [saying(lender)] }).peek('link');
  t.match(peek(unheard), { state: 'unknown', asOf: old.asOf, stale: true });
  t.match(peek({ ...old, asOf: '2026-03-04T14:02:00.000Z', stale: false }), {
    ...{ asOf: '2026-03-04T14:02:00.000Z', stale: false },
  });
  t.end();
});

t.test('a slow lender keeps no news of the shelves back, and is told when it comes', async (t) => {
  const { all, lender, clock } = setUp();
  lender.slowMs = 2_000;
  const told: Availability[] = [];
  const asking = all.ask(['both'], { signal, onEach: (_id, one) => told.push(one) });
  await clock.settle();
  t.equal(told.length, 1);
  t.match(told[0], { state: 'unavailable', ecopies: undefined, checking: undefined });
  await clock.advance(2_000);
  t.match((await asking).get('both'), { state: 'unavailable', ecopies: [{ lender: 'Lender' }] });
  t.equal(told.length, 2);
});

t.test('a slow system keeps no news of e-copies back', async (t) => {
  const { all, own, clock } = setUp();
  own.slowMs = 2_000;
  const told: Availability[] = [];
  const asking = all.ask(['both', 'link'], { signal, onEach: (_id, one) => told.push(one) });
  await clock.settle();
  t.match(told[0], { state: 'unknown', branches: [], ecopies: [{ status: 'available' }], checking: true });
  await clock.advance(2_000);
  t.match((await asking).get('both'), { state: 'unavailable', ecopies: [{}], checking: undefined });
});

t.test('with the library’s system away, an e-copy does not say that no copy is on a shelf', async (t) => {
  const { all, own } = setUp();
  own.away = true;
  t.match((await all.ask(['both'], { signal })).get('both'), {
    state: 'unknown',
    asOf: null,
    ecopies: [{ status: 'available' }],
  });
});

t.test('with the lender away, the shelves are told as ever', async (t) => {
  const { all, lender } = setUp();
  lender.away = true;
  const told = await all.ask(['both', 'link'], { signal });
  t.match(told.get('both'), { state: 'unavailable', checking: undefined, ecopies: undefined });
  t.match(told.get('link'), { state: 'unknown', checking: undefined });
  t.ok(all.isReachable());
});

t.test('an old e-copy is marked as old, though the shelves are fresh', async (t) => {
  const { all, lender, clock } = setUp();
  await all.ask(['both'], { signal });
  await clock.advance(120_000);
  lender.away = true;
  t.match((await all.ask(['both'], { signal })).get('both'), {
    stale: false,
    asOf: '2026-03-04T14:04:00.000Z',
    ecopies: [{ stale: true, asOf: '2026-03-04T14:02:00.000Z' }],
  });
});

t.test('a lender alone, without a system, is told as coming from outside', async (t) => {
  const { all } = setUp({ without: 'ils' });
  t.match((await all.ask(['link'], { signal })).get('link'), { state: 'online', source: 'ils' });
  t.match(await all.patrons.authenticate('CARD-0001', '1234', { signal }), { outcome: 'unavailable' });
});

t.test('who walks away is not waited for, by neither source', async (t) => {
  const { all, own, lender } = setUp();
  own.slowMs = lender.slowMs = 60_000;
  const leaving = new AbortController();
  const asking = all.ask(['both'], { signal: leaving.signal });
  leaving.abort(new Error('gone'));
  await t.rejects(asking, { message: 'gone' });
});

t.test('without lenders there is nothing to combine', (t) => {
  const only = noIls();
  t.equal(combineIls({ ils: only, lenders: [] }), only);
  t.end();
});
