import t from 'tap';
import { atMost } from '../../../engine/ils/at-most.js';

const { signal } = new AbortController();
const turn = () => new Promise((resolve) => setImmediate(resolve));

t.test('does all, in order, and never more at a time than it may', async (t) => {
  let running = 0;
  let most = 0;
  const begun: number[] = [];
  const results = await atMost(2, [5, 4, 3, 2, 1], signal, async (one) => {
    begun.push(one);
    running += 1;
    most = Math.max(most, running);
    for (let turns = 0; turns < one; turns += 1) await turn();
    running -= 1;
    return one * 10;
  });
  t.same(results, [50, 40, 30, 20, 10]);
  t.same(begun, [5, 4, 3, 2, 1]);
  t.equal(most, 2);
  t.same(await atMost(2, [], signal, async () => 1), []);
});

t.test('after a failure nothing further is begun, and the first is thrown', async (t) => {
  const begun: number[] = [];
  const work = atMost(1, [1, 2, 3, 4], signal, async (one) => {
    begun.push(one);
    if (one === 2) throw new Error('the second');
    return one;
  });
  await t.rejects(work, { message: 'the second' });
  t.same(begun, [1, 2]);
});

t.test('a failure tells what runs beside it, and waits until that has ended', async (t) => {
  let ended = false;
  const work = atMost(2, ['slow', 'wrong'], signal, async (one, inner) => {
    if (one === 'wrong') throw new Error('the second');
    while (!inner.aborted) await turn();
    ended = true;
  });
  await t.rejects(work, { message: 'the second' });
  t.ok(ended);
});

t.test('a signal that aborts ends it with its reason, and begins nothing more', async (t) => {
  const stop = new AbortController();
  const begun: number[] = [];
  const work = atMost(1, [1, 2, 3], stop.signal, async (one) => {
    begun.push(one);
    stop.abort(new Error('nobody waits'));
    await turn();
  });
  await t.rejects(work, { message: 'nobody waits' });
  t.same(begun, [1]);
  await t.rejects(
    atMost(1, [1], stop.signal, async (one) => begun.push(one)),
    { message: 'nobody waits' },
  );
  t.same(begun, [1]);
});
