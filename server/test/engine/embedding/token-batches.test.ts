import t from 'tap';
import { poolTokens } from '../../../engine/embedding/pooling.js';
import { createPace, shortestFirst, takeBatch } from '../../../engine/embedding/token-batches.js';

t.test(
  'texts go through in batches bounded by number and by padded tokens, shortest first, each once',
  (t) => {
    const lengths = Array.from({ length: 100 }, (_, at) => ((at * 37) % 90) + 2);
    const waiting = shortestFirst(lengths);
    const done: number[] = [];
    while (waiting.length > 0) {
      const { places, tokens } = takeBatch(lengths, waiting, { texts: 8, paddedTokens: 200 });
      t.equal(tokens, Math.max(...places.map((place) => lengths[place] ?? 0)));
      t.ok(places.length <= 8 && places.length * tokens <= 200);
      done.push(...places);
    }
    t.strictSame(
      done.sort((a, b) => a - b),
      [...lengths.keys()],
    );
    t.end();
  },
);

t.test('a text longer than a batch may be goes alone', (t) => {
  const lengths = [500, 3, 500];
  const waiting = shortestFirst(lengths);
  const most = { texts: 8, paddedTokens: 200 };
  t.strictSame(takeBatch(lengths, waiting, most), { places: [1], tokens: 3 });
  t.strictSame(takeBatch(lengths, waiting, most), { places: [0], tokens: 500 });
  t.strictSame(takeBatch(lengths, waiting, most), { places: [2], tokens: 500 });
  t.strictSame(waiting, []);
  t.end();
});

t.test('a step becomes as large as its time allows, and never larger than the most', (t) => {
  const pace = createPace({ stepMs: 60, most: 2048 });
  t.ok(pace.paddedTokens <= 256, 'nothing is known: the first is small');
  pace.took(256, 128);
  t.equal(pace.paddedTokens, 120);
  for (let n = 0; n < 50; n++) pace.took(1000, 1);
  t.equal(pace.paddedTokens, 2048);
  t.end();
});

t.test('token vectors become one unit vector; padding counts for nothing', (t) => {
  const data = Float32Array.from([1, 0, 0, 1, 9, 9, /* second text */ 0, 2, 9, 9, 9, 9]);
  const all = { data, tokens: 3, dimensions: 2 };
  const half = Math.SQRT1_2;
  const close = (found: readonly Float32Array[], wanted: number[][]) =>
    found.every((vector, text) => vector.every((v, at) => Math.abs(v - (wanted[text]?.[at] ?? NaN)) < 1e-6));
  t.ok(close(poolTokens(all, [2, 1], 'mean'), [[half, half], [0, 1]])); // prettier-ignore
  t.ok(close(poolTokens(all, [2, 1], 'cls'), [[1, 0], [0, 1]])); // prettier-ignore
  t.ok(close(poolTokens(all, [2, 1], 'last_token'), [[0, 1], [0, 1]])); // prettier-ignore
  t.strictSame([...data.slice(0, 4)], [1, 0, 0, 1], 'what the model answered stays as it was');
  t.end();
});
