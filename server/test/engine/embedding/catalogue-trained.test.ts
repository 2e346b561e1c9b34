import Database from 'better-sqlite3';
import t from 'tap';
import { openCatalogueTrained } from '../../../engine/embedding/catalogue-trained.js';
import {
  dense,
  symmetricEigen,
  times,
  transposedTimes,
  type Sparse,
} from '../../../engine/embedding/dense.js';
import { createDotKernel } from '../../../engine/embedding/dot-kernel.js';
import { rememberVectors } from '../../../engine/embedding/remembered.js';
import { quantise, toUnit } from '../../../engine/embedding/quantised.js';
import { rightSingularVectors } from '../../../engine/embedding/truncated-svd.js';
import { shelves, writeCatalogue } from '../retrieval/small-catalogue.js';
import { embeddingConforms } from './embedding.conformance.js';

const db = new Database(await writeCatalogue(t.testdir(), shelves), { readonly: true });
const embedding = openCatalogueTrained(db);
t.teardown(() => db.close());
t.ok(embedding, 'a trained catalogue has an embedding');
if (embedding) {
  const near: [string, string, string] = [
    'lighthouse fiction',
    'lighthouses on the coast',
    'knots and splices',
  ];
  for (const [name, one] of [
    ['trained', embedding],
    ['remembered', rememberVectors(embedding)],
  ] as const) {
    t.test(name, (t) => {
      embeddingConforms(t, one, { near, unknown: 'xqzzyv' });
      t.end();
    });
  }
  t.test('a text asked for again is not computed again, and the others beside it are', async (t) => {
    const asked: string[][] = [];
    const counted = rememberVectors(
      {
        ...embedding,
        embed: (texts) => {
          asked.push([...texts]);
          return embedding.embed(texts);
        },
      },
      2,
    );
    const [first] = await counted.embed(['lighthouse']);
    const [sea, again] = await counted.embed(['sea', 'lighthouse']);
    t.strictSame(asked, [['lighthouse'], ['sea']]);
    t.strictSame(again, first);
    t.strictSame([sea], await embedding.embed(['sea']));
    await counted.embed(['coast']);
    await counted.embed(['sea']);
    t.strictSame(asked.at(-1), ['sea'], 'the one not asked for longest was let go');
  });
}

t.test('an untrained catalogue has none', async (t) => {
  const plain = new Database(await writeCatalogue(t.testdir(), shelves, { vectors: false }), {
    readonly: true,
  });
  t.equal(openCatalogueTrained(plain), undefined);
  plain.close();
});

t.test('singular vectors are those of the matrix: orthonormal, and they keep its best part', (t) => {
  const rows = [[3, 0, 0, 0], [0, 2, 0, 0], [0, 0, 1, 0], [3, 0, 0, 0], [0, 2, 0, 0]]; // prettier-ignore
  const entries = rows
    .flatMap((row, i) => row.map((value, j) => ({ i, j, value })))
    .filter(({ value }) => value !== 0);
  const a: Sparse = {
    rows: 5,
    cols: 4,
    start: Uint32Array.from([0, ...rows.map((_, i) => entries.filter((e) => e.i <= i).length)]),
    column: Int32Array.from(entries, ({ j }) => j),
    values: Float32Array.from(entries, ({ value }) => value),
  };
  const v = rightSingularVectors(a, { dimensions: 2 });
  const column = (at: number) => Array.from({ length: 4 }, (_, i) => Math.abs(v.data[i * 2 + at] ?? 0));
  for (const [at, want] of [
    [0, [1, 0, 0, 0]],
    [1, [0, 1, 0, 0]],
  ] as const) {
    column(at).forEach((value, i) =>
      t.ok(Math.abs(value - (want[i] ?? 0)) < 1e-3, `vector ${at}, ${i}: ${value}`),
    );
  }
  const back = transposedTimes(a, times(a, v));
  t.ok(
    Math.abs(Math.abs(back.data[0] ?? 0) - 18) < 1e-2,
    'its first value is the square of the largest singular value',
  );
  t.strictSame(rightSingularVectors(a, { dimensions: 2 }).data, v.data, 'the same seed, the same vectors');
  t.end();
});

t.test('eigenvalues come largest first', (t) => {
  const { values } = symmetricEigen(Float64Array.from([2, 1, 1, 2]), 2);
  t.ok(Math.abs((values[0] ?? 0) - 3) < 1e-9 && Math.abs((values[1] ?? 0) - 1) < 1e-9);
  t.equal(dense(2, 3).data.length, 6);
  t.end();
});

t.test('eight bits keep a vector to within half a step of its own scale', (t) => {
  const vector = toUnit(Float32Array.from([0.001, -0.4, 0.9, 0.02]));
  const { scale, values } = quantise(vector);
  vector.forEach((v, at) => t.ok(Math.abs((values[at] ?? 0) * scale - v) <= scale / 2 + 1e-7));
  t.strictSame(quantise(new Float32Array(3)), { scale: 0, values: new Int8Array(3) });
  t.end();
});

t.test('the kernel gives the dot products that a loop gives, for any number of dimensions', (t) => {
  for (const dimensions of [8, 16, 100, 192]) {
    const kernel = createDotKernel(5, dimensions);
    const number = (i: number) => ((i * 37) % 255) - 127;
    for (let at = 0; at < 5; at++) {
      for (let i = 0; i < dimensions; i++)
        kernel.vectors[at * kernel.stride + i] = number(at * dimensions + i);
    }
    const query = Float32Array.from({ length: dimensions }, (_, i) => Math.sin(i + 1));
    kernel.dots(query).forEach((whole, at) => {
      const got = whole * kernel.unit;
      const want = query.reduce((sum, q, i) => sum + q * number(at * dimensions + i), 0);
      t.ok(
        Math.abs(got - want) < 0.05 * Math.sqrt(dimensions),
        `${dimensions}, vector ${at}: ${got}, ${want}`,
      );
    });
    t.ok(kernel.dots(new Float32Array(dimensions)).every((dot) => dot === 0));
  }
  t.equal(createDotKernel(0, 16).dots(new Float32Array(16)).length, 0);
  t.end();
});
