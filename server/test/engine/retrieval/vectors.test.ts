import Database from 'better-sqlite3';
import t from 'tap';
import { quantise, toUnit } from '../../../engine/embedding/quantised.js';
import { createBitmap } from '../../../engine/retrieval/row-set.js';
import { openSqliteIndex } from '../../../engine/retrieval/sqlite-index.js';
import { createRetrievalTables } from '../../../engine/retrieval/tables.js';
import { openVectors, writeSpace } from '../../../engine/retrieval/vector-table.js';
import { bibOf } from './small-catalogue.js';

const dimensions = 24;
const vectorAt = (at: number) =>
  toUnit(Float32Array.from({ length: dimensions }, (_, i) => Math.sin(1 + at * 1.7 + i * (1 + (at % 13)))));

/** A file with the vectors of rows 2, 4, 6 ...; the last record has none, because it has no known word. */
function filled(count: number): Database.Database {
  const db = new Database(':memory:');
  createRetrievalTables(db);
  const rows = Array.from({ length: count + 1 }, (_, at) => 2 * (at + 1));
  const insert = db.prepare("INSERT INTO doc VALUES (?, 'word', '', '', '', '', '')");
  for (const row of rows) insert.run(row);
  const records = rows.map((_, at) => (at === count ? new Float32Array(dimensions) : vectorAt(at)));
  writeSpace(db, { dimensions, records, terms: [] }, rows, 'first');
  return db;
}

t.test('a scan in memory and sqlite-vec on disk find the same rows with the same cosines', (t) => {
  const count = 700;
  const db = filled(count);
  const inMemory = openVectors(db);
  const onDisk = openVectors(db, { memory: 0 });
  if (!inMemory || !onDisk) return t.fail('no vectors');
  t.equal(inMemory.size, count);
  t.equal(onDisk.size, count);
  const few = createBitmap();
  const many = createBitmap();
  for (let at = 0; at < count; at += 97) few.add(2 * (at + 1));
  for (let at = 0; at < count; at++) if (at % 3 > 0) many.add(2 * (at + 1));
  for (const asked of [vectorAt(3), vectorAt(400), vectorAt(9999)]) {
    const exact = (allowed: (row: number) => boolean) =>
      Array.from({ length: count }, (_, at) => {
        const { values } = quantise(vectorAt(at));
        const numbers = toUnit(Float32Array.from(values));
        return { row: 2 * (at + 1), score: numbers.reduce((sum, v, i) => sum + v * (asked[i] ?? 0), 0) };
      })
        .filter(({ row }) => allowed(row))
        .sort((a, b) => b.score - a.score)
        .slice(0, 10);
    for (const allow of [undefined, few, many, createBitmap()]) {
      const want = exact((row) => allow === undefined || allow.has(row));
      for (const store of [inMemory, onDisk]) {
        const got = store.nearest(asked, { limit: 10, ...(allow && { allow }) });
        t.equal(got.length, want.length);
        const held = new Set(want.map(({ row }) => row));
        t.ok(
          got.filter(({ row }) => held.has(row)).length >= want.length * 0.9,
          'eight bits lose hardly any',
        );
        got.forEach(({ score, row }) => t.ok(Math.abs(score - store.cosine(asked, row)) < 0.02));
      }
    }
  }
  for (const row of [2, 800, 2 * (count + 1), 5]) {
    t.strictSame(inMemory.vectorOf(row), onDisk.vectorOf(row));
    t.equal(inMemory.cosine(vectorAt(1), row), onDisk.cosine(vectorAt(1), row));
  }
  t.equal(inMemory.vectorOf(2 * (count + 1)), undefined, 'a record without known words has no vector');
  t.end();
});

t.test('a record that is changed or taken out loses its vector until the next training', (t) => {
  const db = filled(5);
  const index = openSqliteIndex(db);
  t.ok(index.vectorOf(2) && index.vectorOf(4));
  index.put(2, bibOf({ id: 'other', title: 'Quite another book' }));
  index.remove(4);
  for (const memory of [0, 1e9]) {
    const left = openVectors(db, { memory });
    t.strictSame(
      left
        ?.nearest(vectorAt(0), { limit: 9 })
        .map(({ row }) => row)
        .sort(),
      [10, 6, 8],
    );
    t.equal(left?.vectorOf(2), undefined);
  }
  t.end();
});

t.test('a file without vectors has none, and another training takes the place of the first', (t) => {
  const empty = new Database(':memory:');
  createRetrievalTables(empty);
  t.equal(openVectors(empty), undefined);
  const db = filled(5);
  const records = [Float32Array.from([1, 0, 0, 0, 0, 0, 0, 0])];
  writeSpace(db, { dimensions: 8, records, terms: [] }, [2], 'second');
  t.equal(openVectors(db)?.dimensions, 8);
  t.equal(openVectors(db)?.size, 1);
  t.equal(db.prepare('SELECT id FROM vector_space').pluck().get(), 'second');
  t.end();
});
