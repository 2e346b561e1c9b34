import t from 'tap';
import { setUp } from './counting-ils.js';

const signal = new AbortController().signal;

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

t.test('a record that the system stumbles over takes no other with it, and opens no breaker', async (t) => {
  const { shield, upstream, clock } = setUp({ repeats: 1, maxBatch: 4 });
  upstream.poison = 'bad';
  for (let n = 0; n < 4; n += 1) {
    const asking = shield.ask([`a${n}`, 'bad', `b${n}`, `c${n}`], { signal });
    await clock.advance(200);
    const told = await asking;
    for (const id of [`a${n}`, `b${n}`, `c${n}`]) t.match(told.get(id), { state: 'available' });
    t.match(told.get('bad'), { state: 'unknown', asOf: null });
  }
  t.ok(shield.isReachable());
  t.equal(
    upstream.asked.filter((ids) => ids.includes('bad')).length,
    3,
    'two batches, once alone, then left',
  );
});

t.test('a system that stumbles over everything is left alone all the same', async (t) => {
  const { shield, upstream } = setUp();
  upstream.mode = 'failing';
  await shield.ask(['1', '2', '3', '4', '5', '6'], { signal });
  t.equal(shield.isReachable(), false);
  t.ok(upstream.asked.length <= 1 + 4, 'one batch, and one record for each request it bears at a time');
});
