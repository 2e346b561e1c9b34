import BetterSqlite3 from 'better-sqlite3';

/** A synchronous SQLite connection. Only threads that may wait use it directly; the server's own thread goes through Kysely. */
export type Sqlite = BetterSqlite3.Database;
export type SqliteStatement<P extends unknown[] = unknown[], R = unknown> = BetterSqlite3.Statement<P, R>;

export interface SqliteOptions {
  /** Default: false. */
  readonly?: boolean;
  /** Page cache in MiB. Default: 16. */
  cacheMiB?: number;
  /** Map the file into memory: quick for reading, but counts as memory while writing. Default: false. */
  mapped?: boolean;
}

const BUSY_TIMEOUT_MS = 10_000;
const MAP_BYTES = 2_147_418_112;

/**
 * Opens a database file with Carrel's pragmas: write-ahead log, every commit flushed to disk, 8 KiB pages.
 * A read-only connection needs the file to exist. Throws SqliteError when it cannot be opened.
 */
export function openSqlite(path: string, options: SqliteOptions = {}): Sqlite {
  const { readonly = false, cacheMiB = 16, mapped = false } = options;
  const db = new BetterSqlite3(path, { readonly, fileMustExist: readonly, timeout: BUSY_TIMEOUT_MS });
  try {
    if (!readonly) {
      db.pragma('page_size = 8192');
      db.pragma('journal_mode = WAL');
      db.pragma('synchronous = FULL');
    }
    db.pragma('temp_store = MEMORY');
    db.pragma(`cache_size = ${-1024 * cacheMiB}`);
    db.pragma(`mmap_size = ${mapped ? MAP_BYTES : 0}`);
    db.pragma('foreign_keys = ON');
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}
