import type { Bib } from '../catalogue/bib.js';

/** One candidate: the record's row number in the catalogue and a score, higher is better. */
export interface Scored {
  row: number;
  score: number;
}

/**
 * Where words and vectors are looked up. It answers candidates; fusion and ranking taste stay outside.
 * `allow` is a predicate over rows, so that limits are applied before the best are counted off.
 */
export interface IndexReader {
  /** Rows that match, best first; scores compare within one answer only. */
  lexical(query: LexicalQuery): Scored[];
  /** How many rows match, counting no further than the query's limit. */
  count(query: LexicalQuery): number;
  /** Numbers in a vector; 0 while none are trained, and then the three below find nothing. */
  readonly dimensions: number;
  /** Rows by falling cosine, at most `limit` of those that `allow` holds, ties by row. */
  nearest(vector: Float32Array, options: { limit: number; allow?: RowSet }): Scored[];
  /** Cosine of one row, 0 when it has no vector. */
  cosine(vector: Float32Array, row: number): number;
  /** Unit vector of one row. */
  vectorOf(row: number): Float32Array | undefined;
}

/** An index that can be written too. A row that is put again or removed loses its vector: it may mean something else now. */
export interface RetrievalIndex extends IndexReader {
  put(row: number, bib: Bib): void;
  remove(row: number): void;
  /** Makes what was put or removed since the last time findable. */
  finish(): void;
}

export interface LexicalQuery {
  /** Groups are OR-ed; the alternatives inside a group (spelling variants, stems) count as one word. */
  groups: { alternatives: string[]; weight: number }[];
  /** Every group must match when true. */
  all?: boolean;
  fields?: ('title' | 'author' | 'subject' | 'series' | 'summary')[];
  /** The text is a long description: a word in a title says little more than one in a summary. */
  prose?: boolean;
  limit: number;
  allow?: RowSet;
}

/** A set of row numbers, one bit each. */
export interface RowSet {
  has(row: number): boolean;
  readonly size: number;
}
