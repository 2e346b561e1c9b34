import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';

/** A file that says that one process works on something. */
export interface Holding {
  /** Lets go of it; a second time does nothing. */
  release(): void;
}

/**
 * Takes what only one process on this folder of models can have, named `what`; undefined when another has it still
 * after `waitMs` (default 0, during which this thread does nothing else). The lock is SQLite's, on an empty database in
 * the folder `.held`, so the system takes it back from a process that dies; the file stays, since taking it away could
 * part two who wait for it. Makes the folders; throws what the file system refuses.
 */
export function takeHold(modelsDir: string, what: string, { waitMs = 0 } = {}): Holding | undefined {
  const dir = join(modelsDir, '.held');
  mkdirSync(dir, { recursive: true, mode: 0o750 });
  // Never by opening the file: the first to close it would let go of SQLite's lock on it (fcntl, POSIX).
  accessSync(dir, constants.W_OK);
  const database = new Sqlite(join(dir, what), { timeout: waitMs });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY')) return undefined;
    throw error;
  }
  return { release: () => void database.close() };
}
