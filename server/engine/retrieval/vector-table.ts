import type { Database } from 'better-sqlite3';
import { load } from 'sqlite-vec';
import { quantise } from '../embedding/quantised.js';
import type { LatentSpace } from '../embedding/latent-semantics.js';
import type { Vectors } from './vectors.js';
import { searchByBits } from './vectors-by-bits.js';
import { scanVectors } from './vectors-in-memory.js';
import { askVectors } from './vectors-on-disk.js';
import {
  addSpace,
  bitTable,
  centreOf,
  countVectors,
  createSpaceTables,
  dropRetired,
  retireSpaces,
  spacesOf,
  vectorTable,
  type VectorSpace,
} from './vector-spaces.js';

/** Memory that the vectors of one thread may take, in bytes, before they are left on disk. */
export const vectorMemory = 256 * 2 ** 20;

/**
 * Vectors of one space, the live one unless `space` names another; undefined when the file does not hold it. Up to
 * `memory` bytes they are held in memory and compared by a SIMD kernel (100,000 of 192 numbers: 3 ms); more than that
 * stay on disk. A space with bits is searched by those first; others on disk are looked through by sqlite-vec.
 */
export function openVectors(
  db: Database,
  { memory = vectorMemory, space: id }: { memory?: number; space?: string } = {},
): Vectors | undefined {
  load(db);
  const space = spacesOf(db).find((one) => (id === undefined ? one.live : one.id === id));
  return space && openSpace(db, space, centreOf(db, space), memory);
}

/** Vectors of a space whose tables are filled, listed or not yet. */
export function openSpace(
  db: Database,
  space: Pick<VectorSpace, 'slot' | 'dimensions' | 'rescored'>,
  centre: Float32Array,
  memory: number,
): Vectors {
  const { slot, dimensions, rescored } = space;
  const size = countVectors(db, space);
  const table = { vectors: vectorTable(slot), dimensions, size };
  if (rescored !== null) {
    const inMemory = size * (dimensions + dimensions / 8) <= memory;
    return searchByBits(db, { ...table, bits: bitTable(slot), centre }, { rescored, inMemory });
  }
  return size * dimensions <= memory ? scanVectors(db, table) : askVectors(db, table);
}

/**
 * Writes a trained space with its record vectors in place of the one trained before, in one transaction: readers see the
 * old space until it commits, and a stop before then leaves nothing behind. It is live unless a model's space is. `rows`
 * are in the order of `space.records`; a record none of whose words is known gets no vector.
 */
export function writeSpace(db: Database, space: LatentSpace, rows: readonly number[], id: string): void {
  const { dimensions } = space;
  db.transaction(() => {
    dropRetired(db);
    const before = spacesOf(db);
    const trained = before.filter(({ model }) => model === null);
    retireSpaces(
      db,
      trained.map((one) => one.id),
    );
    const slot = createSpaceTables(db, dimensions);
    const term = db.prepare('INSERT INTO vector_term VALUES (?,?,?,?,?)');
    for (const { word, idf, vector } of space.terms) {
      const { scale, values } = quantise(vector);
      if (scale > 0) term.run(id, word, idf, scale, Buffer.from(values.buffer));
    }
    const insert = vectorInserter(db, slot);
    rows.forEach((row, at) => {
      const { scale, values } = quantise(space.records[at] ?? new Float32Array(dimensions));
      if (scale > 0) insert(row, values);
    });
    const live = !before.some((one) => one.live && one.model !== null);
    const leftAt = trained[0]?.leftAt ?? null;
    addSpace(db, {
      id,
      model: null,
      slot,
      dimensions,
      live,
      passages: null,
      rescored: null,
      recall: null,
      leftAt,
    });
  })();
}

/** Writes eight-bit vectors of rows into a space's table, and their bits where there are any. */
export function vectorInserter(
  db: Database,
  slot: number,
): (row: number, values: Int8Array, bits?: Uint8Array) => void {
  const insert = db.prepare<[bigint, Buffer]>(
    `INSERT INTO ${vectorTable(slot)} (rowid, numbers) VALUES (?, vec_int8(?))`,
  );
  const held = db.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(bitTable(slot)) !== undefined;
  const insertBits = held ? db.prepare(`INSERT INTO ${bitTable(slot)} VALUES (?, ?)`) : undefined;
  return (row, values, bits) => {
    insert.run(BigInt(row), Buffer.from(values.buffer, values.byteOffset, values.byteLength));
    if (bits) insertBits?.run(row, Buffer.from(bits.buffer, bits.byteOffset, bits.byteLength));
  };
}

/** Takes rows' vectors out of every space while records change; does nothing in a file without vectors. */
export function vectorRemover(db: Database): (row: number) => void {
  load(db);
  const removes = spacesOf(db).map(({ slot, rescored }) => {
    const one = db.prepare<[bigint]>(`DELETE FROM ${vectorTable(slot)} WHERE rowid = ?`);
    const bits = rescored === null ? undefined : db.prepare(`DELETE FROM ${bitTable(slot)} WHERE row = ?`);
    return (row: number): void => {
      one.run(BigInt(row));
      bits?.run(row);
    };
  });
  return (row) => {
    for (const remove of removes) remove(row);
  };
}
