import type { Sqlite } from '../db/sqlite.js';
import type { Bib } from './bib.js';

const table = `
CREATE TABLE item_barcode (
  barcode TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (barcode, row)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_barcode_row ON item_barcode (row);
`;

const ROWS_AT_ONCE = 1000;

/** A barcode as it is looked up: whoever reads or types it leaves blanks and case to chance. */
export function barcodeKey(barcode: string): string {
  return barcode.trim().toUpperCase();
}

/**
 * Makes the table of barcodes where a generation has none, and fills it from the records that it holds: one of an earlier
 * version gets it with its next import. An older program reads a file that has it, so that it is no other layout.
 */
export function createItemBarcodes(db: Sqlite): void {
  if (hasItemBarcodes(db)) return;
  db.transaction(() => {
    db.exec(table);
    const barcodes = openItemBarcodes(db);
    const next = db.prepare<[number], { row: number; bib: string }>(
      `SELECT row, bib FROM record WHERE row > ? ORDER BY row LIMIT ${ROWS_AT_ONCE}`,
    );
    let rows = next.all(-1);
    while (rows.length > 0) {
      for (const { row, bib } of rows) barcodes.put(row, JSON.parse(bib) as Bib);
      rows = next.all(rows.at(-1)?.row ?? 0);
    }
  })();
}

function hasItemBarcodes(db: Sqlite): boolean {
  return db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'item_barcode'").get() !== undefined;
}

/** Keeps the barcodes of a record's copies as the record is written; the caller's transaction is the unit. */
export function openItemBarcodes(db: Sqlite) {
  const insert = db.prepare('INSERT OR IGNORE INTO item_barcode VALUES (?, ?)');
  const erase = db.prepare('DELETE FROM item_barcode WHERE row = ?');
  return {
    /** In place of what the row had. */
    put(row: number, { items }: Bib): void {
      erase.run(row);
      for (const { barcode = '' } of items)
        if (barcodeKey(barcode) !== '') insert.run(barcodeKey(barcode), row);
    },
    remove(row: number): void {
      erase.run(row);
    },
  };
}
