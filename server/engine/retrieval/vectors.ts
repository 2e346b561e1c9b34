import type { RowSet, Scored } from './retrieval-index.js';

/** Where the vectors of one space lie in a catalogue file. */
export interface StoredVectors {
  /** Name of the sqlite-vec table. */
  vectors: string;
  dimensions: number;
  size: number;
}

/** Record vectors of one space: eight-bit numbers in a sqlite-vec table, compared by cosine. */
export interface Vectors {
  readonly dimensions: number;
  readonly size: number;
  /** Rows by falling cosine, at most `limit` of those that `allow` holds, ties by row. */
  nearest(vector: Float32Array, options: { limit: number; allow?: RowSet }): Scored[];
  /** Cosine of one row, 0 when it has no vector. */
  cosine(vector: Float32Array, row: number): number;
  /** Unit vector of one row. */
  vectorOf(row: number): Float32Array | undefined;
}

/** What makes whole numbers a unit vector; 0 for zeros. */
export function scaleOf(numbers: Int8Array): number {
  let sum = 0;
  for (const v of numbers) sum += v * v;
  return sum === 0 ? 0 : 1 / Math.sqrt(sum);
}

/** Cosine of a unit vector and whole numbers; 0 for zeros. */
export function cosineWith(vector: Float32Array, numbers: Int8Array): number {
  let dot = 0;
  let squares = 0;
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i] as number;
    dot += (vector[i] as number) * number;
    squares += number * number;
  }
  return squares === 0 ? 0 : dot * (1 / Math.sqrt(squares));
}
