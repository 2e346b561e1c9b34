import type { Database } from 'better-sqlite3';
import { quantise } from '../embedding/quantised.js';
import type { RowSet, Scored } from './retrieval-index.js';
import { rowsOf } from './row-set.js';
import { cosineWith, scaleOf, type StoredVectors, type Vectors } from './vectors.js';

/** The most that sqlite-vec answers at once. */
const mostAnswered = 4096;

/**
 * Vectors looked through by sqlite-vec where they lie: no memory, about ten times the time of a scan in memory. A limit
 * goes in as a list of rows, because sqlite-vec would apply anything else after it has counted off the nearest.
 */
export function askVectors(db: Database, stored: StoredVectors): Vectors {
  const { vectors: table, dimensions, size } = stored;
  const select = `SELECT rowid AS row, 1 - distance AS score FROM ${table} WHERE numbers MATCH vec_int8(?) AND k = ?`;
  const among = db.prepare<[Buffer, bigint, string], Scored>(
    `${select} AND rowid IN (SELECT value FROM json_each(?))`,
  );
  const all = db.prepare<[Buffer, bigint], Scored>(select);
  const numbersOf = readVector(db, stored);
  return {
    dimensions,
    size,
    nearest(vector, { limit, allow }) {
      const asked = Buffer.from(quantise(vector).values.buffer);
      const most = BigInt(Math.min(limit, mostAnswered));
      const found =
        allow === undefined ? all.all(asked, most) : among.all(asked, most, JSON.stringify(listOf(allow)));
      return found.sort((a, b) => b.score - a.score || a.row - b.row);
    },
    cosine(vector, row) {
      const numbers = numbersOf(row);
      return numbers === undefined ? 0 : cosineWith(vector, numbers);
    },
    vectorOf(row) {
      const numbers = numbersOf(row);
      if (numbers === undefined) return undefined;
      const scale = scaleOf(numbers);
      return Float32Array.from(numbers, (v) => v * scale);
    },
  };

  function listOf(allow: RowSet): number[] {
    const highest = db.prepare<[], number>('SELECT max(row) FROM doc').pluck().get() ?? 0;
    return rowsOf(allow, highest);
  }
}

/** Reads the eight-bit numbers of one row where they lie: about 8 microseconds. */
export function readVector(
  db: Database,
  { vectors: table, dimensions }: StoredVectors,
): (row: number) => Int8Array | undefined {
  const one = db.prepare<[bigint], Buffer>(`SELECT numbers FROM ${table} WHERE rowid = ?`).pluck();
  return (row) => {
    const found = one.get(BigInt(row));
    return found && new Int8Array(found.buffer, found.byteOffset, dimensions);
  };
}
