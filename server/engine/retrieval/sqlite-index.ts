import type { Database } from 'better-sqlite3';
import type { Bib } from '../catalogue/bib.js';
import { openWordIndex } from './fts-index.js';
import { openIndexWriter } from './index-writer.js';
import type { RetrievalIndex } from './retrieval-index.js';
import { openVectorStore } from './vector-store.js';

/**
 * RetrievalIndex over one read-write SQLite connection: FTS5 for words, vectors held in memory. What was put is found
 * after `finish`; vectors are those that were live when the index was opened.
 */
export function openSqliteIndex(
  db: Database,
  options: { knowledgeDirs?: readonly string[] } = {},
): RetrievalIndex {
  const writer = openIndexWriter(db, options);
  const words = openWordIndex(db);
  const vectors = openVectorStore(db);
  return {
    put: (row: number, bib: Bib) => writer.put(row, bib),
    remove: (row) => writer.remove(row),
    finish: () => writer.finish(),
    lexical: (query) => words.lexical(query),
    nearest: (vector, options) => vectors?.nearest(vector, options) ?? [],
  };
}
