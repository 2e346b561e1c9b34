import t from 'tap';
import type { ItemStatus } from '../../../contract/vocabulary.js';
import { availabilityOf } from '../../../engine/ils/availability.js';
import type { IlsItem } from '../../../engine/ils/copies.js';
import type { Ils } from '../../../engine/ils/ils.js';
import { noPatrons } from '../../../engine/ils/not-offered.js';
import { noIls, shieldIls, type ShieldOptions } from '../../../engine/ils/shielded.js';
import { bibOf } from '../../fakes/bibs.js';
import { createFakeClock } from '../../fakes/clock.js';

const signal = new AbortController().signal;

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
    mode: 'well' as 'well' | 'failing' | 'hanging' | 'half',
    stopped: 0,
  };
  const ils: Ils = {
    source: 'ils',
    name: 'Test',
    ...noPatrons('the test system'),
    capabilities: () => Promise.reject(new Error('not asked for here')),
    close: () => Promise.resolve(),
    async availability(records, { signal }) {
      const ids = records.map(({ id }) => id);
      upstream.asked.push([...ids]);
      if (upstream.mode === 'failing') throw new Error('500');
      if (upstream.mode === 'hanging') {
        await clock.after(600_000, signal).catch((error: unknown) => {
          upstream.stopped += 1;
          throw error;
        });
      }
      const known = upstream.mode === 'half' ? ids.slice(0, 1) : ids;
      return new Map(known.map((id) => [id, { items: [item(id, 'available')], ecopies: [] }]));
    },
    branches() {
      upstream.branchesAsked += 1;
      return upstream.mode === 'failing'
        ? Promise.reject(new Error('500'))
        : Promise.resolve([{ id: 'MAIN', name: 'Branch MAIN', pickup: true }]);
    },
  };
  const lookup = (ids: readonly string[]) => Promise.resolve(ids.map((id) => bibOf(id, `Title ${id}`)));
  return { clock, upstream, shield: shieldIls(ils, { clock, lookup, ...options }) };
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

t.test('after three failures in a row the system is left alone, then tried once', async (t) => {
  const { shield, upstream, clock } = setUp();
  upstream.mode = 'failing';
  for (const id of ['1', '2', '3', '4', '5']) await shield.ask([id], { signal });
  t.equal(upstream.asked.length, 3);
  t.equal(shield.isReachable(), false);
  await clock.advance(15_000);
  await Promise.all([shield.ask(['6'], { signal }), shield.ask(['7'], { signal })]);
  t.equal(upstream.asked.length, 4, 'one attempt');
  await shield.ask(['8'], { signal });
  t.equal(upstream.asked.length, 4, 'which failed, so it is left alone again');
  upstream.mode = 'well';
  await clock.advance(15_000);
  t.match((await shield.ask(['9'], { signal })).get('9'), { state: 'available' });
  t.equal(shield.isReachable(), true);
  await shield.ask(['10'], { signal });
  t.equal(upstream.asked.length, 6);
});

t.test('a record the system says nothing about is unknown, and asked for again', async (t) => {
  const { shield, upstream } = setUp();
  upstream.mode = 'half';
  const told = await shield.ask(['1', '2'], { signal });
  t.match(told.get('1'), { state: 'available' });
  t.match(told.get('2'), { state: 'unknown', asOf: null });
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
  t.match(availabilityOf(items, told), {
    state: 'available',
    branches: [
      { branch_id: 'AAA', available: 0, total: 1 },
      { branch_id: 'MAIN', available: 1, total: 1, items: [{ status: 'available' }, { status: 'lost' }] },
    ],
  });
  t.equal(availabilityOf([item('1', 'checked_out')], told).state, 'unavailable');
  t.equal(
    availabilityOf([item('1', 'unknown'), item('1', 'checked_out')], told).state,
    'unknown',
    'it might be in',
  );
  t.equal(availabilityOf([item('1', 'withdrawn')], told).state, 'unknown');
  t.equal(availabilityOf([], told).state, 'unknown');
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
