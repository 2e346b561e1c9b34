import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { openSqlite, type Sqlite } from './sqlite.js';

/**
 * The form of a catalogue file's tables, records and retrieval alike. Raise it by one with every change to them that an
 * older program could not read or an older file does not have: files of another number are then asked for again.
 */
export const CATALOGUE_LAYOUT = 4;

/** Notes in a catalogue file, as the last thing of its making, that its tables are in this program's form. */
export function stampLayout(db: Sqlite): void {
  db.pragma(`user_version = ${CATALOGUE_LAYOUT}`);
}

/** The number noted in an open catalogue file; 0 where its making was cut short or it is older than the numbers. */
export function layoutOf(db: Sqlite): number {
  return Number(db.pragma('user_version', { simple: true }));
}

/**
 * Why the catalogue file at `path` cannot be used, as one sentence with what to do about it: it is missing, damaged or in
 * another layout. Undefined when it can be.
 */
export function unusableCatalogue(path: string): string | undefined {
  const name = basename(path);
  const again = 'import the whole catalogue again';
  if (!existsSync(path)) return `The catalogue file ${name} is missing from the data folder; ${again}.`;
  let layout: number;
  try {
    const db = openSqlite(path, { readonly: true, cacheMiB: 1 });
    try {
      layout = layoutOf(db);
    } finally {
      db.close();
    }
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    const damaged = code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT';
    return `The catalogue file ${name} ${damaged ? 'is damaged' : 'cannot be opened'}; ${again}.`;
  }
  if (layout === CATALOGUE_LAYOUT) return undefined;
  const numbers = `layout ${layout}, where this Carrel reads ${CATALOGUE_LAYOUT}`;
  return layout > CATALOGUE_LAYOUT
    ? `The catalogue file ${name} was written by a newer Carrel (${numbers}); start that version, or ${again}.`
    : `The catalogue file ${name} was written by an older Carrel (${numbers}); ${again}.`;
}
