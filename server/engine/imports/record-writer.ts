import type { Sqlite } from '../db/sqlite.js';
import { openIndexWriter } from '../retrieval/index-writer.js';
import type { PackedRecord } from './batch.js';
import type { Bib } from '../catalogue/bib.js';
import { openItemBarcodes } from '../catalogue/item-barcodes.js';
import type { Checkpoint } from './checkpoint.js';
import { openTally } from './tally.js';

/** A record as the generation holds it now. */
export interface Held {
  row: number;
  source: string;
  digest: Buffer;
  suppressed: number;
}

/** What became of a record: in, in place of another of the same import, or left out for another source's. */
export type Applied = 'in' | 'displaced' | 'taken';

const ROWS_AT_ONCE = 1000;

/** In `import_seen.was`: met in this import and, so far, as it was before. */
const AS_IT_WAS = Buffer.alloc(0);

/**
 * Writes single records into a generation: row, index and tally together, each compared by digest with what is held.
 * It counts into `point` and opens no transaction; the caller's batch is the unit.
 */
export function openRecordWriter(
  db: Sqlite,
  point: Checkpoint,
  options: { source: string; knowledgeDirs: readonly string[] },
) {
  const { source } = options;
  const index = openIndexWriter(db, options);
  const tally = openTally(db);
  const barcodes = openItemBarcodes(db);

  const findHeld = db.prepare<[string], Held>(
    'SELECT row, source, digest, suppressed FROM record WHERE id = ?',
  );
  const readBib = db.prepare<[number], { bib: string }>('SELECT bib FROM record WHERE row = ?');
  const insert = db.prepare('INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)');
  const update = db.prepare(
    'UPDATE record SET digest = ?, bib = ?, suppressed = ?, updated_at = ? WHERE row = ?',
  );
  const erase = db.prepare('DELETE FROM record WHERE row = ?');
  // `was` is NULL for a record that this import added, else the digest before the import (or AS_IT_WAS).
  const findSeen = db.prepare<[number], { was: Buffer | null }>('SELECT was FROM import_seen WHERE row = ?');
  const noteSeen = db.prepare('INSERT OR REPLACE INTO import_seen VALUES (?, ?)');
  const forgetSeen = db.prepare('DELETE FROM import_seen WHERE row = ?');

  const nextRows = db.prepare<[number], { row: number; bib: string }>(
    `SELECT row, bib FROM record WHERE row > ? ORDER BY row LIMIT ${ROWS_AT_ONCE}`,
  );
  const putAll = db.transaction((rows: readonly { row: number; bib: string }[]) => {
    for (const { row, bib } of rows) index.put(row, JSON.parse(bib) as Bib);
  });

  function untally(held: Held): void {
    if (held.suppressed === 1) return;
    const row = readBib.get(held.row);
    if (row) tally.remove(JSON.parse(row.bib) as Bib);
  }

  function enter(row: number, record: PackedRecord): void {
    const bib = JSON.parse(record.bib) as Bib;
    index.put(row, bib);
    barcodes.put(row, bib);
    if (!record.suppressed) tally.add(bib);
  }

  function add(record: PackedRecord, at: string): void {
    const row = point.nextRow++;
    point.counts.added += 1;
    insert.run(row, record.id, source, record.digest, record.bib, record.suppressed ? 1 : 0, at);
    noteSeen.run(row, null);
    enter(row, record);
  }

  /** Replaces a held record unless its digest is the same. Of two with one id in the same import, the later counts. */
  function replace(held: Held, record: PackedRecord, at: string): Applied {
    const { counts } = point;
    const same = held.digest.equals(record.digest);
    const seen = findSeen.get(held.row);
    if (seen === undefined) {
      counts[same ? 'unchanged' : 'changed'] += 1;
      noteSeen.run(held.row, same ? AS_IT_WAS : held.digest);
    } else {
      counts.duplicates += 1;
      if (same) return 'in';
      if (seen.was !== null) recount(held, seen.was, record);
    }
    if (same) return 'in';
    untally(held);
    update.run(record.digest, record.bib, record.suppressed ? 1 : 0, at, held.row);
    enter(held.row, record);
    return seen === undefined ? 'in' : 'displaced';
  }

  /** What counts is how the last of several stands to the catalogue before the import. */
  function recount(held: Held, was: Buffer, record: PackedRecord): void {
    const before = was.equals(AS_IT_WAS) ? held.digest : was;
    const step = Number(!before.equals(record.digest)) - Number(!before.equals(held.digest));
    point.counts.changed += step;
    point.counts.unchanged -= step;
    noteSeen.run(held.row, before);
  }

  function takeOut(held: Held): void {
    untally(held);
    index.remove(held.row);
    barcodes.remove(held.row);
    erase.run(held.row);
    forgetSeen.run(held.row);
  }

  return {
    takeOut,

    /** Adds, replaces or deletes one record; nothing is done when another source holds the id. */
    apply(record: PackedRecord, at: string): Applied {
      const { counts } = point;
      const held = findHeld.get(record.id);
      if (held && held.source !== source) return 'taken';
      if (record.deleted) {
        counts.deleted += 1;
        if (!held) return 'in';
        // What this same import added was never in the catalogue that patrons saw.
        if (findSeen.get(held.row)?.was === null) counts.added -= 1;
        else counts.deletedHeld += 1;
        takeOut(held);
        return 'in';
      }
      if (record.suppressed) counts.suppressed += 1;
      if (held) return replace(held, record, at);
      add(record, at);
      return 'in';
    },

    /** Keeps the held version of a record whose new version could not be read. */
    keep(id: string): void {
      const held = findHeld.get(id);
      if (held?.source === source && !findSeen.get(held.row)) noteSeen.run(held.row, AS_IT_WAS);
    },

    flush: () => tally.flush(),
    /** Forgets what was gathered in a transaction that was rolled back. */
    drop: () => tally.drop(),
    finishIndex: () => index.finish(),

    /** Files every record again, a batch at a time; call it outside a transaction. Throws the signal's reason. */
    fileAgain(signal: AbortSignal): void {
      let after = 0;
      for (let rows = nextRows.all(after); rows.length > 0; rows = nextRows.all(after)) {
        signal.throwIfAborted();
        putAll(rows);
        after = rows.at(-1)?.row ?? after;
      }
    },
  };
}
