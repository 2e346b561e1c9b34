import type { Bib } from '../catalogue/bib.js';
import { openSqlite } from '../db/sqlite.js';
import { openIndexWriter } from './index-writer.js';

const schema = `
CREATE TABLE record (
  row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT, digest BLOB, bib TEXT,
  suppressed INTEGER NOT NULL DEFAULT 0, updated_at TEXT
);
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT);
`;

/**
 * Builds a searchable catalogue file outside any data folder, for measuring and for tests. The last record of an id
 * counts. Answers how many records it holds; vectors are trained apart (`trainVectors`).
 */
export async function buildScratchCatalogue(
  path: string,
  batches: AsyncIterable<readonly Bib[]> | Iterable<readonly Bib[]>,
  { knowledgeDirs = [] }: { knowledgeDirs?: readonly string[] } = {},
): Promise<number> {
  const db = openSqlite(path, { cacheMiB: 128 });
  try {
    db.exec(schema);
    const writer = openIndexWriter(db, { knowledgeDirs });
    const rowOf = db.prepare<[string], number>('SELECT row FROM record WHERE id = ?').pluck();
    const write = db.prepare('INSERT OR REPLACE INTO record (row, id, bib, suppressed) VALUES (?,?,?,?)');
    let rows = 0;
    const putAll = db.transaction((bibs: readonly Bib[]) => {
      for (const bib of bibs) {
        const row = rowOf.get(bib.id) ?? ++rows;
        write.run(row, bib.id, JSON.stringify(bib), bib.suppressed ? 1 : 0);
        writer.put(row, bib);
      }
    });
    for await (const bibs of batches) putAll(bibs);
    writer.finish();
    db.pragma('wal_checkpoint(TRUNCATE)');
    return rows;
  } finally {
    db.close();
  }
}

/** Records of a scratch catalogue by their ids, in the order asked for; those that are not there are left out. */
export function openScratchRecords(path: string): { list(ids: readonly string[]): Bib[]; close(): void } {
  const db = openSqlite(path, { readonly: true });
  const find = db.prepare<[string], string>('SELECT bib FROM record WHERE id = ?').pluck();
  return {
    list: (ids) =>
      ids.flatMap((id) => {
        const json = find.get(id);
        return json === undefined ? [] : [JSON.parse(json) as Bib];
      }),
    close: () => db.close(),
  };
}
