import { setMaxListeners } from 'node:events';
import t from 'tap';
import type { Availability } from '../../../contract/availability.js';
import type { ItemStatus } from '../../../contract/vocabulary.js';
import { ilsFunctions, type IlsFunction } from '../../../engine/ils/capabilities.js';
import { availabilityOf } from '../../../engine/ils/availability.js';
import type { IlsItem } from '../../../engine/ils/copies.js';
import type { Ils } from '../../../engine/ils/ils.js';
import { IlsFault, type IlsFaultKind } from '../../../engine/ils/ils-fault.js';
import { noPatrons } from '../../../engine/ils/not-offered.js';
import { noIls, shieldIls, type ShieldOptions } from '../../../engine/ils/shielded.js';
import { bibOf } from '../../fakes/bibs.js';
import { createFakeClock } from '../../fakes/clock.js';

const signal = new AbortController().signal;
setMaxListeners(0, signal);

function item(recordId: string, status: ItemStatus, branchId = 'MAIN'): IlsItem {
  return {
    itemId: `${recordId}-${branchId}-${status}`,
    recordId,
    branchId,
    branchName: `Branch ${branchId}`,
    status,
    rawStatus: status,
  };
}

function setUp(options: Partial<ShieldOptions> = {}) {
  const clock = createFakeClock();
  const upstream = {
    asked: [] as string[][],
    branchesAsked: 0,
    capabilitiesAsked: 0,
    mode: 'well' as 'well' | 'failing' | 'hanging' | 'half',
    fault: 'broken' as IlsFaultKind,
    stopped: 0,
    running: 0,
    most: 0,
  };
  const ils: Ils = {
    source: 'ils',
    name: 'Test',
    ...noPatrons('the test system'),
    capabilities() {
      upstream.capabilitiesAsked += 1;
      if (upstream.mode === 'failing') return Promise.reject(new IlsFault('broken', 'the test system'));
      const works = { works: true } as const;
      const told = ilsFunctions.map((one) => [one, works] as const);
      return Promise.resolve(Object.fromEntries(told) as Record<IlsFunction, typeof works>);
    },
    close: () => Promise.resolve(),
    async availability(records, { signal }) {
      const ids = records.map(({ id }) => id);
      upstream.asked.push([...ids]);
      upstream.running += 1;
      upstream.most = Math.max(upstream.most, upstream.running);
      if (upstream.mode === 'failing')
        throw new IlsFault(upstream.fault, 'the test system', { retryAfterMs: 3_000 });
      if (upstream.mode === 'hanging') {
        await clock.after(600_000, signal).catch((error: unknown) => {
          upstream.stopped += 1;
          upstream.running -= 1;
          throw error;
        });
      }
      upstream.running -= 1;
      const known = upstream.mode === 'half' ? ids.slice(0, 1) : ids;
      return new Map(known.map((id) => [id, { items: [item(id, 'available')], ecopies: [] }]));
    },
    branches() {
      upstream.branchesAsked += 1;
      return upstream.mode === 'failing'
        ? Promise.reject(new IlsFault('broken', 'the test system'))
        : Promise.resolve([{ id: 'MAIN', name: 'Branch MAIN', pickup: true }]);
    },
  };
  const lookup = (ids: readonly string[]) => Promise.resolve(ids.map((id) => bibOf(id, `Title ${id}`)));
  return { clock, upstream, shield: shieldIls(ils, { clock, lookup, repeats: 0, ...options }) };
}

t.test('records asked for at the same moment travel in one request', async (t) => {
  const { shield, upstream } = setUp();
  const [a, b] = await Promise.all([
    shield.ask(['1', '2', '2'], { signal }),
    shield.ask(['2', '3'], { signal }),
  ]);
  t.same(upstream.asked, [['1', '2', '3']]);
  t.match(a.get('2'), { state: 'available', stale: false, source: 'ils' });
  t.same([...b.keys()], ['2', '3']);
});

t.test('large askings are cut into batches', async (t) => {
  const { shield, upstream } = setUp({ maxBatch: 2 });
  await shield.ask(['1', '2', '3', '4', '5'], { signal });
  t.same(
    upstream.asked.map((ids) => ids.length),
    [2, 2, 1],
  );
});

t.test('a record is asked for once a freshness window', async (t) => {
  const { shield, upstream, clock } = setUp();
  await shield.ask(['1'], { signal });
  await clock.advance(60_000);
  await shield.ask(['1'], { signal });
  t.equal(upstream.asked.length, 1);
  await clock.advance(1);
  await shield.ask(['1'], { signal });
  t.equal(upstream.asked.length, 2);
});

t.test('a record in flight is not asked for again', async (t) => {
  const { shield, upstream, clock } = setUp();
  upstream.mode = 'hanging';
  const first = shield.ask(['1'], { signal });
  await clock.advance(1_000);
  const second = shield.ask(['1'], { signal });
  await clock.advance(1_500);
  await Promise.all([first, second]);
  t.equal(upstream.asked.length, 1);
});

t.test('with the system down, what is remembered is told as stale, with its time', async (t) => {
  const { shield, upstream, clock } = setUp();
  const at = new Date(clock.now()).toISOString();
  await shield.ask(['1'], { signal });
  await clock.advance(120_000);
  upstream.mode = 'failing';
  t.match((await shield.ask(['1'], { signal })).get('1'), { state: 'available', stale: true, asOf: at });
  t.match((await shield.ask(['2'], { signal })).get('2'), { state: 'unknown', asOf: null, branches: [] });
  await clock.advance(86_400_000);
  t.match(shield.peek('1'), { state: 'unknown', asOf: null }, 'after a day it is not told at all');
});

t.test('a slow system is given 2.5 seconds, then the answer is unknown, not an error', async (t) => {
  const { shield, upstream, clock } = setUp();
  upstream.mode = 'hanging';
  let told: unknown;
  const asking = shield.ask(['1'], { signal }).then((answer) => (told = answer.get('1')));
  await clock.advance(2_499);
  t.equal(told, undefined);
  await clock.advance(1);
  await asking;
  t.match(told, { state: 'unknown', asOf: null });
  t.equal(upstream.stopped, 1, 'and the request is stopped');
});

t.test('after three outages in a row the system is left alone, then tried by one request', async (t) => {
  const { shield, upstream, clock } = setUp();
  upstream.mode = 'failing';
  for (const id of ['1', '2', '3', '4', '5']) await shield.ask([id], { signal });
  t.equal(upstream.asked.length, 3);
  t.equal(shield.isReachable(), false);
  await clock.advance(4_999);
  await shield.ask(['6'], { signal });
  t.equal(upstream.asked.length, 3);
  await clock.advance(1);
  await Promise.all([shield.ask(['6'], { signal }), shield.ask(['7'], { signal })]);
  await clock.settle();
  t.equal(upstream.asked.length, 4, 'one attempt');
  await shield.ask(['8'], { signal });
  await clock.settle();
  t.equal(upstream.asked.length, 4, 'which failed, so it is left alone again');
  upstream.mode = 'well';
  await clock.advance(5_000);
  await shield.ask(['9'], { signal });
  await clock.settle();
  t.equal(shield.isReachable(), true, 'within ten seconds of its return');
  t.match(shield.peek('9'), { state: 'available' });
  t.match((await shield.ask(['10'], { signal })).get('10'), { state: 'available' });
  t.equal(upstream.asked.length, 6);
});

t.test('nobody waits for a system that is known to be away, not even who finds out', async (t) => {
  const { shield, upstream, clock } = setUp({ failures: 1 });
  upstream.mode = 'failing';
  await shield.ask(['1'], { signal });
  upstream.mode = 'hanging';
  await clock.advance(5_000);
  const asked = upstream.asked.length;
  t.match((await shield.ask(['1'], { signal })).get('1'), { state: 'unknown' }, 'at once');
  await clock.settle();
  t.equal(upstream.asked.length, asked + 1, 'while one request tries');
  t.match(
    (await shield.ask(['2'], { signal })).get('2'),
    { state: 'unknown' },
    'others neither wait nor ask',
  );
  await clock.settle();
  t.equal(upstream.asked.length, asked + 1);
  await clock.advance(2_500);
  t.equal(shield.isReachable(), false);
});

t.test('a no that the system means to say is no outage', async (t) => {
  for (const fault of ['refused', 'not_offered', 'busy'] as const) {
    const { shield, upstream } = setUp({ failures: 1 });
    upstream.mode = 'failing';
    upstream.fault = fault;
    t.match((await shield.ask(['1'], { signal })).get('1'), { state: 'unknown' });
    t.equal(shield.isReachable(), true, fault);
  }
});

t.test('a busy system is left alone for as long as it asks for', async (t) => {
  const { shield, upstream, clock } = setUp();
  upstream.mode = 'failing';
  upstream.fault = 'busy';
  await shield.ask(['1'], { signal });
  upstream.mode = 'well';
  await clock.advance(2_999);
  t.match((await shield.ask(['1'], { signal })).get('1'), { state: 'unknown' });
  t.equal(upstream.asked.length, 1);
  await clock.advance(1);
  t.match((await shield.ask(['1'], { signal })).get('1'), { state: 'available' });
});

t.test('what failed in passing is asked once more after a moment, what was silent is not', async (t) => {
  const { shield, upstream, clock } = setUp({ repeats: 1, backoffMs: 200, failures: 9 });
  upstream.mode = 'failing';
  const asking = shield.ask(['1'], { signal });
  await clock.advance(99);
  t.equal(upstream.asked.length, 1, 'at least half of the wait is kept');
  upstream.mode = 'well';
  await clock.advance(101);
  t.match((await asking).get('1'), { state: 'available' });
  t.equal(upstream.asked.length, 2);
  upstream.mode = 'hanging';
  const silent = shield.ask(['2'], { signal });
  await clock.advance(2_500);
  t.match((await silent).get('2'), { state: 'unknown' });
  t.equal(upstream.asked.length, 3);
});

t.test('no more requests are out at a time than the system is to bear', async (t) => {
  const { shield, upstream, clock } = setUp({ atATime: 2, maxBatch: 1 });
  upstream.mode = 'hanging';
  const asking = shield.ask(['1', '2', '3', '4', '5'], { signal });
  await clock.settle();
  t.equal(upstream.asked.length, 2);
  await clock.advance(10_000);
  t.equal((await asking).size, 5);
  t.ok(upstream.asked.length <= 4, 'and when three have been silent, the rest is not sent');
  t.equal(upstream.most, 2);
});

t.test('an old answer is told at once as being checked, and the new one when it comes', async (t) => {
  const { shield, upstream, clock } = setUp();
  await shield.ask(['1'], { signal });
  await clock.advance(120_000);
  upstream.mode = 'hanging';
  const told: Availability[] = [];
  const asking = shield.ask(['1', '2'], { signal, onEach: (_id, one) => told.push(one) });
  t.match(told, [{ state: 'available', stale: true, checking: true }], 'nothing is told of what nobody knew');
  await clock.advance(2_500);
  await asking;
  t.equal(told.length, 3);
  t.match(told[1], { state: 'available', stale: true, checking: undefined }, 'nobody is asked any more');
});

t.test('a record of no concern to the system is told without asking', async (t) => {
  const { shield, upstream } = setUp({ concerns: ({ id }) => id !== '1' });
  t.match((await shield.ask(['1'], { signal })).get('1'), { state: 'unknown', branches: [] });
  t.same(upstream.asked, []);
  await shield.ask(['1', '2'], { signal });
  t.same(upstream.asked, [['2']]);
});

t.test('a thousand patrons asking for the same twenty records are one request a minute', async (t) => {
  const { shield, upstream, clock } = setUp();
  const ids = Array.from({ length: 20 }, (_, n) => `r${n}`);
  for (let minute = 0; minute < 2; minute += 1) {
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(Array.from({ length: 100 }, () => shield.ask(ids, { signal })));
      await clock.advance(6_000);
    }
    await clock.advance(1_000);
  }
  t.same(upstream.asked, [ids, ids]);
});

t.test('once closed, nothing is asked in the background', async (t) => {
  const { shield, upstream, clock } = setUp({ failures: 1 });
  upstream.mode = 'failing';
  await shield.ask(['1'], { signal });
  upstream.mode = 'hanging';
  await clock.advance(5_000);
  await shield.ask(['1'], { signal });
  await clock.settle();
  await shield.close();
  await clock.settle();
  t.equal(upstream.stopped, 1);
});

t.test('what the system grants is asked for once an hour', async (t) => {
  const { shield, upstream, clock } = setUp();
  t.match(await shield.capabilities({ signal }), { availability: { works: true } });
  await clock.advance(3_600_000);
  await shield.capabilities({ signal });
  t.equal(upstream.capabilitiesAsked, 1);
  await clock.advance(1);
  upstream.mode = 'failing';
  t.match(await shield.capabilities({ signal }), { availability: { works: true } }, 'or remembered');
  t.equal(upstream.capabilitiesAsked, 2);
});

t.test('a record the system says nothing about is unknown, and asked for again after a moment', async (t) => {
  const { shield, upstream, clock } = setUp();
  upstream.mode = 'half';
  const told = await shield.ask(['1', '2'], { signal });
  t.match(told.get('1'), { state: 'available' });
  t.match(told.get('2'), { state: 'unknown', asOf: null });
  await shield.ask(['1', '2'], { signal });
  t.same(upstream.asked, [['1', '2']]);
  await clock.advance(15_001);
  await shield.ask(['1', '2'], { signal });
  t.same(upstream.asked, [['1', '2'], ['2']]);
});

t.test('each record is told as it is known: the remembered ones before the asked ones', async (t) => {
  const { shield } = setUp();
  await shield.ask(['2'], { signal });
  const order: string[] = [];
  await shield.ask(['1', '2'], { signal, onEach: (id) => order.push(id) });
  t.same(order, ['2', '1']);
});

t.test(
  'who walks away is not waited for; when all have, the request is stopped and blamed on nobody',
  async (t) => {
    const { shield, upstream, clock } = setUp({ failures: 1 });
    upstream.mode = 'hanging';
    const [one, two] = [new AbortController(), new AbortController()];
    const first = shield.ask(['1'], { signal: one.signal });
    const second = shield.ask(['1'], { signal: two.signal });
    await clock.settle();
    one.abort(new Error('gone'));
    await t.rejects(first, { message: 'gone' });
    t.equal(upstream.stopped, 0, 'the other one still waits');
    two.abort(new Error('gone too'));
    await t.rejects(second, { message: 'gone too' });
    await clock.settle();
    t.equal(upstream.stopped, 1);
    t.equal(shield.isReachable(), true);
    upstream.mode = 'well';
    t.match((await shield.ask(['1'], { signal })).get('1'), { state: 'available' });
    await t.rejects(shield.ask(['1'], { signal: one.signal }), { message: 'gone' });
  },
);

t.test('branches are asked for once a day and remembered when the system is down', async (t) => {
  const { shield, upstream, clock } = setUp();
  upstream.mode = 'failing';
  t.same(await shield.branches({ signal }), []);
  upstream.mode = 'well';
  t.same(await shield.branches({ signal }), [{ id: 'MAIN', name: 'Branch MAIN' }]);
  await shield.branches({ signal });
  t.equal(upstream.branchesAsked, 2);
  upstream.mode = 'failing';
  await clock.advance(86_400_001);
  t.same(await shield.branches({ signal }), [{ id: 'MAIN', name: 'Branch MAIN' }]);
});

t.test('copies are counted by branch; lost ones are not copies, withdrawn ones are not told', (t) => {
  const told = { asOf: '2026-03-04T14:02:00.000Z', stale: false, source: 'ils' } as const;
  const items = [
    item('1', 'available'),
    item('1', 'lost'),
    item('1', 'withdrawn'),
    item('1', 'checked_out', 'AAA'),
  ];
  const of = (...items: IlsItem[]) => availabilityOf({ items, ecopies: [] }, told);
  t.match(of(...items), {
    state: 'available',
    branches: [
      { branch_id: 'AAA', available: 0, total: 1 },
      { branch_id: 'MAIN', available: 1, total: 1, items: [{ status: 'available' }, { status: 'lost' }] },
    ],
  });
  t.equal(of(item('1', 'checked_out')).state, 'unavailable');
  t.equal(of(item('1', 'unknown'), item('1', 'checked_out')).state, 'unknown', 'it might be in');
  t.equal(of(item('1', 'withdrawn')).state, 'unknown');
  t.equal(of().state, 'unknown');
  t.end();
});

t.test('a library without a system is told as unknown, by nobody', async (t) => {
  const none = noIls();
  const order: string[] = [];
  const told = await none.ask(['1'], { signal, onEach: (id) => order.push(id) });
  t.match(told.get('1'), { state: 'unknown', source: 'none', asOf: null });
  t.same(order, ['1']);
  t.same(none.peek('1'), told.get('1'));
  t.same(await none.branches({ signal }), []);
  t.ok(none.isReachable());
});
