import type { Database } from 'better-sqlite3';
import { createBitKernel } from '../embedding/bit-kernel.js';
import { signBits } from '../embedding/quantised.js';
import type { RowSet, Scored } from './retrieval-index.js';
import { rowsOf } from './row-set.js';
import { cosineWith, scaleOf, type StoredVectors, type Vectors } from './vectors.js';
import { readVector } from './vectors-on-disk.js';

export interface BitOptions {
  /** How many of the nearest by bits are compared in whole. */
  rescored: number;
  /** Whether the vectors are held in memory too, or read from disk when they are compared. */
  inMemory: boolean;
}

/** Comparing in whole answers this many times as many as are asked for, however few `rescored` says. */
const spare = 4;

/**
 * Vectors looked through by their sign bits, an eighth of a byte a number, in memory; the best are then compared in
 * whole. Limits are applied to the bits, before the best are counted off, and where few rows are allowed all of them are
 * compared in whole.
 */
export function searchByBits(
  db: Database,
  table: StoredVectors & { bits: string; centre: Float32Array },
  { rescored, inMemory }: BitOptions,
): Vectors {
  const { dimensions, size, centre } = table;
  const rows = new Int32Array(size);
  const kernel = createBitKernel(size, dimensions);
  let count = 0;
  const all = db.prepare<[], [number, Buffer]>(`SELECT row, bits FROM ${table.bits} ORDER BY row`).raw();
  for (const [row, bits] of all.iterate()) {
    kernel.bits.set(bits, count * kernel.stride);
    rows[count++] = row;
  }
  const numbersOf = inMemory ? held() : readVector(db, table);

  return {
    dimensions,
    size: count,
    nearest(vector, { limit, allow }) {
      const most = Math.max(rescored, spare * limit);
      const chosen = allow !== undefined && allow.size <= most ? few(allow) : byBits(vector, most, allow);
      const found: Scored[] = [];
      for (const row of chosen) {
        const numbers = numbersOf(row);
        if (numbers) found.push({ row, score: cosineWith(vector, numbers) });
      }
      return found.sort((a, b) => b.score - a.score || a.row - b.row).slice(0, limit);
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

  function few(allow: RowSet): number[] {
    return rowsOf(allow, rows[count - 1] ?? 0);
  }

  /** The `most` rows whose bits differ least, and those that differ no more than the last of them. */
  function byBits(vector: Float32Array, most: number, allow: RowSet | undefined): number[] {
    const distances = kernel.distances(signBits(vector, centre));
    const histogram = new Uint32Array(dimensions + 1);
    const allowed = allow && new Uint8Array(count);
    for (let place = 0; place < count; place++) {
      if (allowed) {
        if (!allow.has(rows[place] as number)) continue;
        allowed[place] = 1;
      }
      const distance = distances[place] as number;
      histogram[distance] = (histogram[distance] as number) + 1;
    }
    let farthest = 0;
    for (let seen = 0; farthest < dimensions; farthest++) {
      seen += histogram[farthest] as number;
      if (seen >= most) break;
    }
    const chosen: number[] = [];
    for (let place = 0; place < count; place++) {
      if ((distances[place] as number) > farthest) continue;
      if (allowed === undefined || allowed[place] === 1) chosen.push(rows[place] as number);
    }
    return chosen;
  }

  function held(): (row: number) => Int8Array | undefined {
    const vectors = new Int8Array(count * dimensions);
    const places = new Int32Array((rows[count - 1] ?? 0) + 1).fill(-1);
    for (let place = 0; place < count; place++) places[rows[place] as number] = place;
    const whole = db.prepare<[], [number, Buffer]>(`SELECT rowid, numbers FROM ${table.vectors}`).raw();
    for (const [row, numbers] of whole.iterate()) {
      const place = places[row] ?? -1;
      if (place >= 0)
        vectors.set(new Int8Array(numbers.buffer, numbers.byteOffset, dimensions), place * dimensions);
    }
    return (row) => {
      const place = places[row] ?? -1;
      return place < 0 ? undefined : vectors.subarray(place * dimensions, (place + 1) * dimensions);
    };
  }
}
