import t from 'tap';
import { fewAtATime } from '../../../../engine/ils/sip2/few-at-a-time.js';

t.test('does all, in order, and never more at a time than it may', async (t) => {
  let running = 0;
  let most = 0;
  const begun: number[] = [];
  const results = await fewAtATime([5, 4, 3, 2, 1], 2, async (one) => {
    begun.push(one);
    running += 1;
    most = Math.max(most, running);
    for (let turn = 0; turn < one; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return one * 10;
  });
  t.same(results, [50, 40, 30, 20, 10]);
  t.same(begun, [5, 4, 3, 2, 1]);
  t.equal(most, 2);
  t.same(await fewAtATime([], 2, async () => 1), []);
});

t.test('after a failure nothing further is begun, and the first is thrown', async (t) => {
  const begun: number[] = [];
  const work = fewAtATime([1, 2, 3, 4], 1, async (one) => {
    begun.push(one);
    if (one === 2) throw new Error('the second');
    return one;
  });
  await t.rejects(work, { message: 'the second' });
  t.same(begun, [1, 2]);
});
