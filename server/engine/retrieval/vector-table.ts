import type { Database } from 'better-sqlite3';
import { load } from 'sqlite-vec';
import { quantise } from '../embedding/quantised.js';
import type { LatentSpace } from '../embedding/latent-semantics.js';
import type { Vectors } from './vectors.js';
import { scanVectors } from './vectors-in-memory.js';
import { askVectors } from './vectors-on-disk.js';

/** Memory that the vectors of one thread may take, in bytes, before they are left on disk. */
export const vectorMemory = 256 * 2 ** 20;

/**
 * The live space's vectors; undefined when none are trained. Up to `memory` bytes they are held in memory and compared
 * by a SIMD kernel (100,000 of 192 numbers: 3 ms); more than that stay on disk and sqlite-vec looks through them.
 */
export function openVectors(db: Database, { memory = vectorMemory } = {}): Vectors | undefined {
  load(db);
  const dimensions = db
    .prepare<[], number>('SELECT dimensions FROM vector_space WHERE live = 1')
    .pluck()
    .get();
  if (dimensions === undefined) return undefined;
  const size = db.prepare<[], number>('SELECT count(*) FROM vector').pluck().get() ?? 0;
  return size * dimensions <= memory ? scanVectors(db, dimensions, size) : askVectors(db, dimensions, size);
}

/**
 * Writes a trained space with its record vectors and makes it the live one, in one transaction: readers see the old
 * space until it commits, and a stop before then leaves nothing behind. `rows` are in the order of `space.records`; a
 * record none of whose words is known gets no vector. Answers the space's id.
 */
export function writeSpace(db: Database, space: LatentSpace, rows: readonly number[], id: string): void {
  load(db);
  const term = db.prepare('INSERT INTO vector_term VALUES (?,?,?,?,?)');
  db.transaction(() => {
    db.exec(`
      DELETE FROM vector_space; DELETE FROM vector_term; DROP TABLE IF EXISTS vector;
      CREATE VIRTUAL TABLE vector USING vec0(numbers int8[${space.dimensions}] distance_metric=cosine);
    `);
    for (const { word, idf, vector } of space.terms) {
      const { scale, values } = quantise(vector);
      if (scale > 0) term.run(id, word, idf, scale, Buffer.from(values.buffer));
    }
    const insert = db.prepare<[bigint, Buffer]>(
      'INSERT INTO vector (rowid, numbers) VALUES (?, vec_int8(?))',
    );
    rows.forEach((row, at) => {
      const { scale, values } = quantise(space.records[at] ?? new Float32Array(space.dimensions));
      if (scale > 0) insert.run(BigInt(row), Buffer.from(values.buffer));
    });
    db.prepare('INSERT INTO vector_space VALUES (?,?,?,1)').run(
      id,
      space.dimensions,
      new Date().toISOString(),
    );
  })();
}

/** Takes rows' vectors out while records change; does nothing in a file without vectors. */
export function vectorRemover(db: Database): (row: number) => void {
  load(db);
  const held = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'vector'").get();
  if (held === undefined) return () => undefined;
  const remove = db.prepare<[bigint]>('DELETE FROM vector WHERE rowid = ?');
  return (row) => void remove.run(BigInt(row));
}
