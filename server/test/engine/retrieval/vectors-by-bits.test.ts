import Database from 'better-sqlite3';
import t from 'tap';
import { createBitKernel } from '../../../engine/embedding/bit-kernel.js';
import { createDotKernel } from '../../../engine/embedding/dot-kernel.js';
import { quantise, signBits, toUnit } from '../../../engine/embedding/quantised.js';
import { createBitmap, type Bitmap } from '../../../engine/retrieval/row-set.js';
import { createRetrievalTables } from '../../../engine/retrieval/tables.js';
import { liveSpace, makeLive } from '../../../engine/retrieval/vector-spaces.js';
import { openVectors } from '../../../engine/retrieval/vector-table.js';
import { bitsAbove, buildSpace } from '../../../engine/spaces/build-space.js';
import type { PassageStore } from '../../../engine/spaces/passage-store.js';
import { gatherNearest, questionNear, recallOf } from '../../../engine/spaces/recall.js';
import type { Survey } from '../../../engine/spaces/survey.js';
import { openSqliteIndex } from '../../../engine/retrieval/sqlite-index.js';
import { seededRandom } from '../../../lib/seeded-random.js';

const random = seededRandom(7);
const gaussian = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const vectorOf = (dimensions: number, make: (i: number) => number) =>
  toUnit(Float32Array.from({ length: dimensions }, (_, i) => make(i)));

/** Vectors in clusters, all of them crowded on one side of zero, as models make them. */
function clustered(count: number, dimensions: number): Float32Array[] {
  const side = vectorOf(dimensions, gaussian);
  const centres = Array.from({ length: 200 }, () => vectorOf(dimensions, gaussian));
  return Array.from({ length: count }, () => {
    const centre = centres[Math.floor(random() * centres.length)] ?? side;
    return vectorOf(
      dimensions,
      (i) => 1.2 * (side[i] ?? 0) + (centre[i] ?? 0) + (0.9 * gaussian()) / Math.sqrt(dimensions),
    );
  });
}

/** A file with a space of these vectors; row 2 has the first, row 4 the second. */
function spaceOf(vectors: readonly Float32Array[], above: number) {
  const db = new Database(':memory:');
  createRetrievalTables(db);
  const rows = Int32Array.from(vectors, (_, at) => 2 * (at + 1));
  const digestOf = (place: number) => {
    const digest = Buffer.alloc(4);
    digest.writeUInt32LE(place);
    return digest;
  };
  const store = { find: (digest: Buffer) => vectors[digest.readUInt32LE()] } as PassageStore;
  const survey = { rows, digestOf } as Survey;
  const dimensions = vectors[0]?.length ?? 0;
  const space = buildSpace(db, store, survey, { model: 'clustered', dimensions, bitsAbove: above });
  makeLive(db, space.id);
  return { db, space, rows };
}

t.test('the kernels count as plain loops do, whatever the dimensions', (t) => {
  for (const dimensions of [1, 16, 100, 128, 129, 384, 1024, 2560, 4096]) {
    const vectors = Array.from({ length: 5 }, () => vectorOf(dimensions, gaussian));
    const asked = vectorOf(dimensions, gaussian);
    const centre = new Float32Array(dimensions);
    const bits = createBitKernel(vectors.length, dimensions);
    const dots = createDotKernel(vectors.length, dimensions);
    vectors.forEach((vector, at) => {
      bits.bits.set(signBits(vector, centre), at * bits.stride);
      dots.vectors.set(quantise(vector).values, at * dots.stride);
    });
    const differing = vectors.map((vector) => vector.filter((v, i) => v > 0 !== (asked[i] ?? 0) > 0).length);
    t.strictSame([...bits.distances(signBits(asked, centre))], differing);
    dots.dots(asked).forEach((dot, at) => {
      const { values } = quantise(vectors[at] ?? asked);
      const exact = values.reduce((sum, v, i) => sum + v * (asked[i] ?? 0), 0);
      t.ok(Math.abs(dot * dots.unit - exact) < Math.hypot(...values) / 500);
    });
  }
  t.end();
});

t.test('bits first, the best compared in whole: 98 of 100 nearest are found, under limits too', (t) => {
  // Fewer than a library would have bits for: what is measured and kept is the same at any size.
  const [count, dimensions] = [16_000, 64];
  const vectors = clustered(count, dimensions);
  const { db, space } = spaceOf(vectors, count - 1);
  t.equal(bitsAbove, 50_000);
  t.ok(space.rescored !== null && space.rescored >= 100, 'how many are compared in whole was measured');
  t.ok((space.recall ?? 0) >= 0.98);
  t.match(liveSpace(db), { rescored: space.rescored, recall: space.recall }, 'and is kept with the space');

  const everyNth = (n: number): Bitmap => {
    const rows = createBitmap(2 * count);
    for (let at = 0; at < count; at += n) rows.add(2 * (at + 1));
    return rows;
  };
  const inMemory = openVectors(db);
  const onDisk = openVectors(db, { memory: 1e6 });
  if (!inMemory || !onDisk) return t.fail('no vectors');
  t.equal(inMemory.size, count);
  const questions = Array.from({ length: 24 }, (_, at) =>
    questionNear(vectors[at * 661] ?? new Float32Array(), random),
  );
  for (const allow of [undefined, everyNth(2), everyNth(20), everyNth(200), createBitmap()]) {
    const exact = gatherNearest(questions);
    vectors.forEach((vector, at) => {
      if (allow === undefined || allow.has(2 * (at + 1))) exact.offer(2 * (at + 1), vector);
    });
    const limits = { limit: 20, ...(allow && { allow }) };
    for (const store of [inMemory, onDisk]) {
      const recall = recallOf(exact.nearest(), (at) => {
        const found = store.nearest(questions[at] ?? new Float32Array(), limits);
        t.ok(found.length === Math.min(20, allow?.size ?? 20));
        return found.map(({ row }) => row);
      });
      t.ok(recall >= 0.98, `${allow?.size ?? count} rows allowed: ${recall.toFixed(3)}`);
    }
    t.strictSame(
      inMemory.nearest(questions[0] ?? new Float32Array(), limits),
      onDisk.nearest(questions[0] ?? new Float32Array(), limits),
      'in memory and on disk are the same',
    );
  }
  t.strictSame(inMemory.vectorOf(4), onDisk.vectorOf(4));
  t.equal(inMemory.vectorOf(5), undefined);
  t.equal(inMemory.cosine(vectors[0] ?? new Float32Array(), 5), 0);
  t.end();
});

t.test('a record that is taken out loses its bits with its vector; few records need none', (t) => {
  const vectors = clustered(300, 32);
  const { db, space } = spaceOf(vectors, 100);
  t.ok(space.rescored !== null);
  openSqliteIndex(db).remove(2);
  t.equal(openVectors(db)?.size, 300, 'a row that was never filed is no error');
  db.exec("INSERT INTO doc VALUES (2, 'word', '', '', '', '', '')");
  openSqliteIndex(db).remove(2);
  const left = openVectors(db);
  t.equal(left?.size, 299);
  t.notOk(left?.nearest(vectors[0] ?? new Float32Array(), { limit: 300 }).some(({ row }) => row === 2));
  t.match(spaceOf(vectors, 300).space, { rescored: null });
  t.end();
});

t.test('where bits tell nothing, all vectors are compared, and what is measured is said', (t) => {
  const count = 60;
  // All but alike: a question's order among them is decided by what eight bits cannot hold.
  const base = vectorOf(16, gaussian);
  const vectors = Array.from({ length: count }, () =>
    vectorOf(16, (i) => (base[i] ?? 0) + 1e-4 * gaussian()),
  );
  const { space } = spaceOf(vectors, 10);
  t.ok((space.recall ?? 1) < 0.98, 'no figure is made up');
  t.end();
});
