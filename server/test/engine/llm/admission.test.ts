import t from 'tap';
import { createAdmission, type Arrival, type Turn } from '../../../engine/llm/admission.js';
import { LlmDeclined } from '../../../engine/llm/llm.js';
import type { Work } from '../../../engine/llm/speed.js';
import { createFakeClock } from '../../fakes/clock.js';

const second: Work = { readMs: 1_000, writeMs: 1_000 };

function setUp(hands: number) {
  const clock = createFakeClock();
  const admission = createAdmission({ clock, hands });
  const served: string[] = [];
  const turns = new Map<string, Turn>();
  const declined = new Map<string, unknown>();
  /** Comes in under a name whose first letter is the client. */
  const come = (name: string, more: Partial<Arrival> = {}): void => {
    const arrival: Arrival = {
      client: name.slice(0, 1),
      budgetMs: 60_000,
      signal: new AbortController().signal,
      work: () => second,
      ...more,
    };
    admission.enter(arrival).then(
      (turn) => {
        served.push(name);
        turns.set(name, turn);
      },
      (error: unknown) => declined.set(name, error),
    );
  };
  return { clock, admission, served, turns, declined, come };
}

t.test('as many are served at once as there are hands, the rest wait', async (t) => {
  const { clock, admission, served, turns, come } = setUp(2);
  for (const name of ['a1', 'b1', 'c1']) come(name);
  await clock.settle();
  t.same(served, ['a1', 'b1']);
  t.equal(admission.waiting(), 1);
  turns.get('b1')?.leave();
  turns.get('b1')?.leave();
  await clock.settle();
  t.same(served, ['a1', 'b1', 'c1']);
  t.equal(admission.busy(), 2, 'leaving twice frees no second hand');
});

t.test('one who asks much does not make another wait for all of it', async (t) => {
  const { clock, served, turns, come } = setUp(1);
  for (const name of ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1']) come(name);
  for (let i = 0; i < 7; i += 1) {
    await clock.settle();
    turns.get(served.at(-1) ?? '')?.leave();
  }
  t.same(served, ['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
});

t.test('what would begin too late is declined at once, with the time it would have taken', async (t) => {
  const { clock, admission, served, declined, come } = setUp(1);
  come('a1');
  come('b1');
  await clock.settle();
  come('c1', { budgetMs: 4_500 });
  await clock.settle();
  const error = declined.get('c1');
  t.ok(error instanceof LlmDeclined);
  t.match(error, { reason: 'busy', waitMs: 5_000 }, 'two answers of two seconds, and its own reading');
  t.equal(admission.waiting(), 1, 'it is not in the queue');
  come('d1', { budgetMs: 5_000 });
  await clock.settle();
  t.same(served, ['a1']);
  t.notOk(declined.has('d1'));
});

t.test('an estimate follows the work that is left', async (t) => {
  const { clock, admission, turns, come } = setUp(1);
  t.same(
    admission.estimate(() => second),
    { firstMs: 1_000, wholeMs: 2_000 },
  );
  come('a1');
  await clock.advance(400);
  t.same(
    admission.estimate(() => second),
    { firstMs: 2_600, wholeMs: 3_600 },
  );
  turns.get('a1')?.began();
  await clock.advance(900);
  t.same(
    admission.estimate(() => second),
    { firstMs: 1_100, wholeMs: 2_100 },
  );
  await clock.advance(60_000);
  t.same(
    admission.estimate(() => second),
    { firstMs: 1_000, wholeMs: 2_000 },
    'never less than its own reading',
  );
});

t.test('nothing is declined by a guess: while no speed is known, everybody may try', async (t) => {
  const { clock, admission, served, declined, come } = setUp(1);
  come('a1', { work: () => undefined, budgetMs: 10 });
  await clock.settle();
  t.same(served, ['a1']);
  t.equal(declined.size, 0);
  t.equal(
    admission.estimate(() => undefined),
    undefined,
  );
});

t.test('who still waits when the budget has passed is declined, and no longer in the way', async (t) => {
  const { clock, admission, served, turns, declined, come } = setUp(1);
  come('a1', { work: () => undefined });
  come('b1', { work: () => undefined, budgetMs: 3_000 });
  come('c1', { work: () => undefined });
  await clock.advance(2_999);
  t.equal(declined.size, 0);
  await clock.advance(1);
  t.match(declined.get('b1'), { reason: 'busy', waitMs: 3_000 });
  turns.get('a1')?.leave();
  await clock.settle();
  t.same(served, ['a1', 'c1']);
  t.equal(admission.waiting(), 0);
});

t.test('who leaves while waiting leaves the queue at once', async (t) => {
  const { clock, admission, served, turns, declined, come } = setUp(1);
  const leaving = new AbortController();
  come('a1');
  come('b1', { signal: leaving.signal });
  await clock.settle();
  leaving.abort(new Error('walked away'));
  await clock.settle();
  t.match(declined.get('b1'), { message: 'walked away' });
  t.equal(admission.waiting(), 0);
  turns.get('a1')?.leave();
  await clock.settle();
  t.same(served, ['a1']);
  t.equal(admission.busy(), 0);
});

t.test('who has left already is not even looked at', async (t) => {
  const { clock, admission, declined, come } = setUp(1);
  come('a1', { signal: AbortSignal.abort(new Error('gone')) });
  await clock.settle();
  t.match(declined.get('a1'), { message: 'gone' });
  t.equal(admission.busy(), 0);
});

t.test(
  'when the model falls everybody who waits is told, and new hands serve whoever comes then',
  async (t) => {
    const { clock, admission, served, turns, declined, come } = setUp(1);
    for (const name of ['a1', 'b1', 'c1']) come(name);
    await clock.settle();
    admission.refuse(new LlmDeclined('away'));
    turns.get('a1')?.leave();
    await clock.settle();
    t.same([...declined.keys()], ['b1', 'c1']);
    t.same(served, ['a1']);
    admission.setHands(2);
    for (const name of ['d1', 'e1']) come(name);
    await clock.settle();
    t.same(served, ['a1', 'd1', 'e1']);
  },
);
