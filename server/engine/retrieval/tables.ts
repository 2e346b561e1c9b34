import type { Database } from 'better-sqlite3';

/** Columns of `doc` and of the word index, in bm25 order. */
export const columns = ['title', 'author', 'subject', 'series', 'summary', 'context'] as const;
export type Column = (typeof columns)[number];

const schema = `
CREATE TABLE IF NOT EXISTS doc (
  row INTEGER PRIMARY KEY,
  title TEXT NOT NULL, author TEXT NOT NULL, subject TEXT NOT NULL,
  series TEXT NOT NULL, summary TEXT NOT NULL, context TEXT NOT NULL DEFAULT ''
);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(
  ${columns.join(', ')}, content='doc', content_rowid='row',
  tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co M*' tokenchars '_'"
);
CREATE VIRTUAL TABLE IF NOT EXISTS words_vocab USING fts5vocab(words, 'col');
CREATE TABLE IF NOT EXISTS fact (
  row INTEGER PRIMARY KEY,
  format TEXT NOT NULL, audience TEXT, fiction INTEGER, pages INTEGER, year INTEGER,
  age_min INTEGER, age_max INTEGER, work TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS value (
  row INTEGER NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (row, kind, value)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS title_key (
  row INTEGER NOT NULL, key TEXT NOT NULL, rank INTEGER NOT NULL, PRIMARY KEY (row, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS name_key (
  row INTEGER NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, main INTEGER NOT NULL, PRIMARY KEY (row, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS series_key (
  row INTEGER NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, volume REAL, PRIMARY KEY (row, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS number_key (
  row INTEGER NOT NULL, key TEXT NOT NULL, PRIMARY KEY (row, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS branch (id TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS word (
  word TEXT PRIMARY KEY, df INTEGER NOT NULL,
  title_df INTEGER NOT NULL, author_df INTEGER NOT NULL, stem TEXT NOT NULL, family TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS figure (name TEXT PRIMARY KEY, value REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS vector_space (
  id TEXT PRIMARY KEY, model TEXT, slot INTEGER NOT NULL UNIQUE, dimensions INTEGER NOT NULL, trained_at TEXT NOT NULL,
  live INTEGER NOT NULL, passages INTEGER, rescored INTEGER, recall REAL, left_at TEXT,
  centre BLOB
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS vector_term (
  space TEXT NOT NULL, word TEXT NOT NULL, weight REAL NOT NULL, scale REAL NOT NULL, vector BLOB NOT NULL,
  PRIMARY KEY (space, word)
) WITHOUT ROWID;
`;

const lookups = `
CREATE INDEX IF NOT EXISTS value_lookup ON value (kind, value, row);
CREATE INDEX IF NOT EXISTS title_lookup ON title_key (key, rank, row);
CREATE INDEX IF NOT EXISTS name_lookup ON name_key (key, main DESC, row, name);
CREATE INDEX IF NOT EXISTS series_lookup ON series_key (key, row);
CREATE INDEX IF NOT EXISTS number_lookup ON number_key (key, row);
CREATE INDEX IF NOT EXISTS word_stem ON word (stem);
CREATE INDEX IF NOT EXISTS word_family ON word (family);
`;

/** Creates every table that retrieval keeps in a catalogue file, where they are not there yet. */
export function createRetrievalTables(db: Database): void {
  db.exec(schema);
}

/**
 * Creates the indexes that lookups by value need, where they are not there yet. A first import makes them after its
 * last record, because sorting once is several times as fast as a million inserts in places of their own.
 */
export function createLookups(db: Database): void {
  db.exec(lookups);
}
