import type { RowSet, Scored } from './retrieval-index.js';

/** Record vectors of one catalogue file: eight-bit numbers in a sqlite-vec table, compared by cosine. */
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
