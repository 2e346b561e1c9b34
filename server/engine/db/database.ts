import { chmodSync, closeSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely, Migrator, SqliteDialect } from 'kysely';
import { DataFolderError, prepareDataFolder, type StatFs } from './data-folder.js';
import { migrations } from './migrations.js';
import { openSqlite, type Sqlite } from './sqlite.js';
import type { Tables } from './tables.js';

export interface Database {
  readonly db: Kysely<Tables>;
  readonly dataDir: string;
  close(): Promise<void>;
}

/** Where carrel.db lies in a data folder. */
export function databasePath(dataDir: string): string {
  return join(dataDir, 'carrel.db');
}

/**
 * Opens `<dataDir>/carrel.db`, which no other user may read, bringing its tables up to date first. Throws
 * DataFolderError when the folder cannot be used or a newer Carrel wrote it, and the migration's own error (with nothing
 * changed) when a step fails.
 */
export async function openDatabase(options: { dataDir: string; statfs?: StatFs }): Promise<Database> {
  const { dataDir } = options;
  await prepareDataFolder(dataDir, options);
  keepPrivate(databasePath(dataDir));
  const sqlite = openSqlite(databasePath(dataDir), { cacheMiB: 8 });
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: sqlite }) });
  try {
    await migrate(sqlite, db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return { db, dataDir, close: () => db.destroy() };
}

/**
 * Makes the file for the service's own user alone, whatever the umask, and takes from one that is there, and from its
 * log, what others had: a group may go on reading where its owner lets it. SQLite makes the log like the file.
 */
function keepPrivate(path: string): void {
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    const before = statSync(file, { throwIfNoEntry: false });
    if (before === undefined && file !== path) continue;
    if (before === undefined) closeSync(openSync(path, 'a', 0o600));
    const { mode, uid } = before ?? statSync(path);
    const wanted = before === undefined ? 0o600 : (mode & 0o640) | 0o600;
    // Only its owner may, and root.
    const mayChange = [uid, 0].includes(process.getuid?.() ?? uid);
    if ((mode & 0o777) !== wanted && mayChange) chmodSync(file, wanted);
  }
}

/**
 * Takes the missing steps in one transaction that locks out every other process: Kysely's migrator alone runs SQLite's
 * steps without a transaction, and two processes that start at once would both take them.
 */
async function migrate(sqlite: Sqlite, db: Kysely<Tables>): Promise<void> {
  const known = Object.keys(migrations).length;
  if (stepsTaken(sqlite) === known) return;
  sqlite.exec('BEGIN IMMEDIATE');
  try {
    if (stepsTaken(sqlite) > known) {
      throw new DataFolderError('The data folder was written by a newer Carrel; please start that version.');
    }
    const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
    const { error } = await migrator.migrateToLatest();
    if (error instanceof Error) throw error;
    if (error !== undefined) throw new Error('carrel.db could not be brought up to date', { cause: error });
    sqlite.pragma(`user_version = ${known}`);
    sqlite.exec('COMMIT');
  } catch (error) {
    if (sqlite.inTransaction) sqlite.exec('ROLLBACK');
    throw error;
  }
}

function stepsTaken(sqlite: Sqlite): number {
  return Number(sqlite.pragma('user_version', { simple: true }));
}
