import { join } from 'node:path';
import { Kysely, Migrator } from 'kysely';
import { prepareDataFolder, type StatFs } from './data-folder.js';
import { CarrelSqliteDialect } from './dialect.js';
import { migrations } from './migrations.js';
import { openSqlite } from './sqlite.js';
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
 * Opens `<dataDir>/carrel.db`, bringing its tables up to date first. Throws DataFolderError when the folder cannot be
 * used, and the migration's own error (with nothing changed) when a step fails.
 */
export async function openDatabase(options: { dataDir: string; statfs?: StatFs }): Promise<Database> {
  const { dataDir } = options;
  await prepareDataFolder(dataDir, options);
  const sqlite = openSqlite(databasePath(dataDir), { cacheMiB: 8 });
  const db = new Kysely<Tables>({ dialect: new CarrelSqliteDialect({ database: sqlite }) });
  try {
    const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
    const { error } = await migrator.migrateToLatest();
    if (error instanceof Error) throw error;
    if (error !== undefined) throw new Error('carrel.db could not be brought up to date', { cause: error });
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return { db, dataDir, close: () => db.destroy() };
}
