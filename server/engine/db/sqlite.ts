import BetterSqlite3 from 'better-sqlite3';

/** A synchronous SQLite connection. Only threads that may wait use it directly; the server's own thread goes through Kysely. */
export type Sqlite = BetterSqlite3.Database;

export interface SqliteOptions {
  /** Default: false. */
  readonly?: boolean;
  /** Refuse to make a new file. Default: `readonly`. */
  mustExist?: boolean;
  /** Page cache in MiB. Default: 16. */
  cacheMiB?: number;
  /** How much of the file is mapped into memory, in MiB: quick to read, but its pages count as resident. Default: 0. */
  mapMiB?: number;
}

const BUSY_TIMEOUT_MS = 10_000;

/**
 * Opens a database file with Carrel's pragmas: write-ahead log, every commit flushed to disk, 8 KiB pages.
 * A read-only connection needs the file to exist. Throws SqliteError when it cannot be opened.
 */
export function openSqlite(path: string, options: SqliteOptions = {}): Sqlite {
  const { readonly = false, mustExist = readonly, cacheMiB = 16, mapMiB = 0 } = options;
  const db = new BetterSqlite3(path, { readonly, fileMustExist: mustExist, timeout: BUSY_TIMEOUT_MS });
  try {
    if (!readonly) {
      db.pragma('page_size = 8192');
      db.pragma('journal_mode = WAL');
      db.pragma('synchronous = FULL');
    }
    // What sorts a whole catalogue may spill to disk; what reads stays in memory.
    db.pragma(`temp_store = ${readonly ? 'MEMORY' : 'FILE'}`);
    db.pragma(`cache_size = ${-1024 * cacheMiB}`);
    db.pragma(`mmap_size = ${2 ** 20 * mapMiB}`);
    db.pragma('foreign_keys = ON');
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}
