import { createRetrievalTables } from '../retrieval/tables.js';
import { layoutOf, stampLayout } from '../db/catalogue-layout.js';
import { openSqlite, type Sqlite } from '../db/sqlite.js';
import { createItemBarcodes } from './item-barcodes.js';

/** Columns of `record` in a generation file. `bib` is the JSON of a Bib; `digest` the first half of its SHA-256. */
export interface RecordRow {
  row: number;
  id: string;
  source: string;
  digest: Buffer;
  bib: string;
  suppressed: number;
  updated_at: string;
}

/** How many patron-visible records have a value: kept while writing, so that no page has to count the catalogue. */
export interface TallyRow {
  kind: 'format' | 'language' | 'branch';
  value: string;
  label: string;
  records: number;
}

/** Tables of a generation that records.ts reads through Kysely. */
export interface CatalogueTables {
  record: RecordRow;
  tally: TallyRow;
  meta: { key: string; value: string };
  /** Of copies, as item-barcodes.ts writes them; a generation of an earlier version has no such table. */
  item_barcode: { barcode: string; row: number };
}

const schema = `
CREATE TABLE IF NOT EXISTS record (
  row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL, digest BLOB NOT NULL,
  bib TEXT NOT NULL, suppressed INTEGER NOT NULL DEFAULT 0, updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS record_source ON record (source);
CREATE INDEX IF NOT EXISTS record_ils_id ON record (bib ->> '$.keys.ilsId');
CREATE TABLE IF NOT EXISTS tally (
  kind TEXT NOT NULL, value TEXT NOT NULL, label TEXT NOT NULL, records INTEGER NOT NULL, PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS import_checkpoint (
  id INTEGER PRIMARY KEY CHECK (id = 1), job TEXT NOT NULL, owner TEXT NOT NULL, batch INTEGER NOT NULL,
  file INTEGER NOT NULL, record_index INTEGER NOT NULL, byte_offset INTEGER NOT NULL, phase TEXT NOT NULL,
  held_before INTEGER NOT NULL, next_row INTEGER NOT NULL, counts TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS import_seen (row INTEGER PRIMARY KEY, was BLOB) STRICT;
`;

/**
 * Opens a generation for writing, creating its tables in a new file; one that exists must be of this program's layout.
 * Nobody else may be reading it yet.
 */
export function openGenerationForWriting(path: string): Sqlite {
  const db = openSqlite(path, { cacheMiB: 64 });
  try {
    // 64 MiB of log between checkpoints: an index page that many batches touch then reaches the file once.
    db.pragma('wal_autocheckpoint = 8192');
    db.exec(schema);
    createItemBarcodes(db);
    createRetrievalTables(db);
    if (layoutOf(db) === 0) stampLayout(db);
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

/** Records in a generation, suppressed ones included. */
export function countRecords(db: Sqlite): number {
  return db.prepare<[], { n: number }>('SELECT count(*) AS n FROM record').get()?.n ?? 0;
}

/** Opens a finished generation for reading. */
export function openGenerationForReading(path: string): Sqlite {
  return openSqlite(path, { readonly: true });
}
