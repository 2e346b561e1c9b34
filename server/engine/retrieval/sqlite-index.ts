import type { Database } from 'better-sqlite3';
import type { Bib } from '../catalogue/bib.js';
import { openWordIndex } from './fts-index.js';
import { openIndexWriter } from './index-writer.js';
import type { IndexReader, RetrievalIndex } from './retrieval-index.js';
import { openVectors } from './vector-table.js';

/**
 * IndexReader over one SQLite connection: FTS5 for words, sqlite-vec for vectors; `vectorMemory` in bytes. `space` names
 * the vectors to compare with, where they are not those that are live.
 */
export function openIndexReader(
  db: Database,
  { vectorMemory, space }: { vectorMemory?: number; space?: string } = {},
): IndexReader {
  const words = openWordIndex(db);
  const vectors = openVectors(db, {
    ...(vectorMemory !== undefined && { memory: vectorMemory }),
    ...(space !== undefined && { space }),
  });
  return {
    lexical: (query) => words.lexical(query),
    count: (query) => words.count(query),
    dimensions: vectors?.dimensions ?? 0,
    nearest: (vector, options) => vectors?.nearest(vector, options) ?? [],
    cosine: (vector, row) => vectors?.cosine(vector, row) ?? 0,
    vectorOf: (row) => vectors?.vectorOf(row),
  };
}

/** RetrievalIndex over one read-write SQLite connection. What was put is found after `finish`; vectors are those that were live when it was opened. */
export function openSqliteIndex(
  db: Database,
  options: { knowledgeDirs?: readonly string[]; vectorMemory?: number } = {},
): RetrievalIndex {
  const writer = openIndexWriter(db, options);
  return {
    ...openIndexReader(db, options),
    put: (row: number, bib: Bib) => writer.put(row, bib),
    remove: (row) => writer.remove(row),
    finish: () => writer.finish(),
  };
}
