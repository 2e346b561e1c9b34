import t from 'tap';
import { createSpeed } from '../../../engine/llm/speed.js';
import { createFakeClock } from '../../fakes/clock.js';

const lengths = { kept: 400, rest: 300, maxTokens: 100 };
const figures = { promptTokens: 175, readTokens: 75, readMs: 500, writtenTokens: 50, writeMs: 2_500 };

t.test('nothing is expected before anything was measured', async (t) => {
  const speed = createSpeed({ clock: createFakeClock() });
  t.equal(speed.expect(lengths, 1), undefined);
  t.same(speed.now(), { reading: null, writing: null });
});

t.test('a measurement at the start gives the first estimate, rather too long than too short', async (t) => {
  const speed = createSpeed({ clock: createFakeClock() });
  speed.measured({ reading: 200, writing: 20 });
  t.same(
    speed.expect(lengths, 1),
    { readMs: 500, writeMs: 5_000 },
    'three characters a token, all that is allowed',
  );
  t.same(speed.expect(lengths, 2), { readMs: 1_000, writeMs: 10_000 }, 'shared by two');
});

t.test('finished answers teach the speed, the length of tokens and how much is really written', async (t) => {
  const speed = createSpeed({ clock: createFakeClock() });
  for (let i = 0; i < 60; i += 1) speed.learn(figures, lengths, 1);
  const work = speed.expect(lengths, 1);
  t.ok(Math.abs((work?.readMs ?? 0) - 500) < 2, '75 tokens at 150 a second; the kept part is not read');
  t.ok(Math.abs((work?.writeMs ?? 0) - 2_500) < 2, 'half of what is allowed at 20 a second');
  t.same(speed.now(), { reading: 150, writing: 20 });
});

t.test('what was measured with more at once is taken for fewer as it is, never for faster', async (t) => {
  const speed = createSpeed({ clock: createFakeClock() });
  speed.learn(figures, lengths, 3);
  t.equal(speed.now().writing, 20);
  t.equal(speed.expect(lengths, 1)?.readMs, speed.expect(lengths, 3)?.readMs);
});

t.test('an answer that was stopped before it was read says nothing', async (t) => {
  const speed = createSpeed({ clock: createFakeClock() });
  speed.learn({ promptTokens: 0, readTokens: 0, readMs: 0, writtenTokens: 0, writeMs: 0 }, lengths, 1);
  speed.learn({ ...figures, readTokens: 3, readMs: 500, writtenTokens: 1, writeMs: 900 }, lengths, 1);
  t.same(speed.now(), { reading: null, writing: null });
});

t.test('a reading that was given up teaches its speed, and nothing of how long answers are', async (t) => {
  const speed = createSpeed({ clock: createFakeClock() });
  speed.measured({ reading: 200, writing: 20 });
  const before = speed.expect(lengths, 1);
  speed.learn({ ...figures, readTokens: 60, readMs: 6_000, writtenTokens: 0, writeMs: 0 }, lengths, 1, false);
  const after = speed.expect(lengths, 1);
  t.ok((after?.readMs ?? 0) > 4 * (before?.readMs ?? 0), 'one slow reading is believed');
  t.equal(after?.writeMs, before?.writeMs);
});

t.test('a slow minute of several at once is forgotten, what one alone takes is not', async (t) => {
  const clock = createFakeClock();
  const speed = createSpeed({ clock });
  speed.measured({ reading: 200, writing: 20 });
  speed.learn({ ...figures, readTokens: 75, readMs: 75_000 }, lengths, 2);
  t.ok((speed.expect(lengths, 2)?.readMs ?? 0) > 60_000);
  t.ok((speed.expect(lengths, 1)?.readMs ?? 0) < 1_000);
  await clock.advance(60_000);
  t.ok((speed.expect(lengths, 2)?.readMs ?? 0) < 2_000, 'shared by two');
  t.equal(speed.ageMs(), 60_000);
  t.ok(speed.expect(lengths, 1));
});

t.test('a measurement on its own puts all before it aside', async (t) => {
  const speed = createSpeed({ clock: createFakeClock() });
  for (const atOnce of [1, 2, 3]) speed.learn({ ...figures, readMs: 75_000 }, lengths, atOnce);
  speed.measured({ reading: 200, writing: null });
  t.equal(speed.now().reading, 200);
  t.equal(speed.now().writing, 20, 'what was not measured stays');
  t.ok((speed.expect(lengths, 3)?.readMs ?? 0) < 2_000);
});
