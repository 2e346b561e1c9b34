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
export interface RetrievalIndex {
  put(row: number, bib: Bib): void;
  remove(row: number): void;
  /** Makes what was put or removed since the last time findable. */
  finish(): void;
  lexical(query: LexicalQuery): Scored[];
  nearest(vector: Float32Array, options: { limit: number; allow?: RowSet }): Scored[];
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
