import { setMaxListeners } from 'node:events';
import t from 'tap';
import type { Availability } from '../../../contract/availability.js';
import { setUp } from './counting-ils.js';

const signal = new AbortController().signal;
setMaxListeners(0, signal);

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
  t.same(await shield.branches({ signal }), [], 'nobody tries again at once');
  await clock.advance(5_000);
  t.same(await shield.branches({ signal }), [{ id: 'MAIN', name: 'Branch MAIN' }]);
  await shield.branches({ signal });
  t.equal(upstream.branchesAsked, 2);
  upstream.mode = 'failing';
  await clock.advance(86_400_001);
  t.same(await shield.branches({ signal }), [{ id: 'MAIN', name: 'Branch MAIN' }]);
});
