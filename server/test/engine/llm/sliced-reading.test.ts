import type { LlamaContextSequence, Token } from 'node-llama-cpp';
import t from 'tap';
import { createSlicedReading } from '../../../engine/llm/sliced-reading.js';

/** A sequence that reads so many tokens a second, in a time of its own. */
function setUp(perSecond: number, onSlice: () => void = () => undefined) {
  let now = 0;
  let held: Token[] = [];
  const slices: number[] = [];
  const sequence = {
    get nextTokenIndex() {
      return held.length;
    },
    compareContextTokens(tokens: Token[]) {
      const differs = held.findIndex((token, i) => token !== tokens[i]);
      return { firstDifferentIndex: differs < 0 ? held.length : differs };
    },
    async eraseContextTokenRanges([range]: { start: number; end: number }[]) {
      held = held.slice(0, range?.start);
    },
    async evaluateWithoutGeneratingNewTokens(tokens: Token[]) {
      slices.push(tokens.length);
      held.push(...tokens);
      now += (tokens.length / perSecond) * 1000;
      onSlice();
    },
  } as unknown as LlamaContextSequence;
  return { sequence, slices, reading: createSlicedReading(() => now), held: () => held };
}

const tokens = (count: number, from = 0): Token[] =>
  Array.from({ length: count }, (_, i) => (from + i) as Token);
const never = new AbortController().signal;

t.test('a slice takes less than 300 ms, once the speed is known', async (t) => {
  for (const perSecond of [40, 100, 200, 308, 1_000, 20_000]) {
    const { sequence, slices, reading } = setUp(perSecond);
    t.equal(await reading.read(sequence, tokens(4_000), never), 4_000);
    for (const slice of slices.slice(4))
      t.ok((slice / perSecond) * 1000 <= 300, `${slice} at ${perSecond} a second`);
    t.ok(Math.max(...slices) <= 512);
    if (perSecond >= 300) t.same([...new Set(slices.slice(0, -1).map((slice) => slice % 64))], [0]);
  }
});

t.test('what is held already is not read again, and what differs is forgotten', async (t) => {
  const { sequence, reading, held } = setUp(1_000);
  await reading.read(sequence, tokens(100), never);
  t.equal(await reading.read(sequence, [...tokens(80), ...tokens(30, 500)], never), 30);
  t.same(held(), [...tokens(80), ...tokens(30, 500)]);
  t.equal(await reading.read(sequence, tokens(50), never), 0);
  t.same(held(), tokens(50));
});

t.test('who leaves is heard between two slices, and what was read stays', async (t) => {
  const leaving = new AbortController();
  const { sequence, slices, reading, held } = setUp(300, () => leaving.abort(new Error('walked away')));
  await t.rejects(reading.read(sequence, tokens(1_000), leaving.signal), { message: 'walked away' });
  t.equal(slices.length, 1);
  t.same(held(), tokens(64));
});
