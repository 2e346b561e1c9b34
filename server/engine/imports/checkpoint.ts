import type { Sqlite } from '../db/sqlite.js';
import type { Notice, Position } from './batch.js';
import { ImportStopped } from './failures.js';

/** Counts of an import so far; each record of the file is in `records` and in exactly one of the others marked *. */
export interface ImportCounts {
  records: number;
  /** * */
  added: number;
  /** * */
  changed: number;
  /** * */
  unchanged: number;
  /** * marked as deleted in the file */
  deleted: number;
  /** * the same id came before in this import */
  duplicates: number;
  /** * */
  refused: number;
  repaired: number;
  suppressed: number;
  /** Held before, missing from a full export. */
  removed: number;
  /** Of `deleted`, those that the catalogue had. */
  deletedHeld: number;
}

export interface Checkpoint {
  batch: number;
  next: Position;
  /** `reading`, `removing` (the whole file is in) or `finished` (index complete, checked). */
  phase: 'reading' | 'removing' | 'finished';
  /** Records of this source in the catalogue before the import. */
  heldBefore: number;
  nextRow: number;
  counts: ImportCounts;
  /** A file ended in the middle of a record. */
  truncated: boolean;
  /** What the files as a whole showed, each code once. */
  notices: Notice[];
}

export const noCounts: ImportCounts = {
  records: 0,
  added: 0,
  changed: 0,
  unchanged: 0,
  deleted: 0,
  duplicates: 0,
  refused: 0,
  repaired: 0,
  suppressed: 0,
  removed: 0,
  deletedHeld: 0,
};

interface Row {
  job: string;
  batch: number;
  file: number;
  record_index: number;
  byte_offset: number;
  phase: Checkpoint['phase'];
  held_before: number;
  next_row: number;
  counts: string;
}

/**
 * The place an import has reached, kept in the generation it builds, so that records and place are committed together.
 * `owner` is whoever writes now: a process that lost the import to another one finds its save refused.
 */
export function openCheckpoint(db: Sqlite, options: { job: string; owner: string }) {
  const save = db.prepare(
    `UPDATE import_checkpoint SET batch = batch + 1, file = ?, record_index = ?, byte_offset = ?, phase = ?,
       next_row = ?, counts = ? WHERE id = 1 AND owner = ? AND batch = ?`,
  );
  const read = db.prepare<[], Row>('SELECT * FROM import_checkpoint');

  return {
    /** The place reached before, taken over for this owner; undefined when the import has not begun. */
    resume(): Checkpoint | undefined {
      const row = read.get();
      if (row === undefined || row.job !== options.job) return undefined;
      db.prepare('UPDATE import_checkpoint SET owner = ?').run(options.owner);
      const { truncated, notices, ...counts } = JSON.parse(row.counts) as ImportCounts &
        Pick<Checkpoint, 'truncated' | 'notices'>;
      return {
        batch: row.batch,
        next: { file: row.file, index: row.record_index, offset: row.byte_offset },
        phase: row.phase,
        heldBefore: row.held_before,
        nextRow: row.next_row,
        counts,
        truncated,
        notices,
      };
    },

    /** Notes that the import begins, in place of whatever an earlier import left in the copied file. */
    begin(start: { heldBefore: number; nextRow: number }): Checkpoint {
      db.prepare('DELETE FROM import_seen').run();
      db.prepare(
        `INSERT OR REPLACE INTO import_checkpoint VALUES (1, ?, ?, 0, 0, 0, 0, 'reading', ?, ?, ?)`,
      ).run(
        options.job,
        options.owner,
        start.heldBefore,
        start.nextRow,
        JSON.stringify({ ...noCounts, truncated: false, notices: [] }),
      );
      return {
        batch: 0,
        next: { file: 0, index: 0, offset: 0 },
        phase: 'reading',
        ...start,
        counts: { ...noCounts },
        truncated: false,
        notices: [],
      };
    },

    /** Saves inside the caller's transaction and counts the batch. Throws ImportStopped when the import has a new owner. */
    save(point: Checkpoint): void {
      const { changes } = save.run(
        point.next.file,
        point.next.index,
        point.next.offset,
        point.phase,
        point.nextRow,
        JSON.stringify({ ...point.counts, truncated: point.truncated, notices: point.notices }),
        options.owner,
        point.batch,
      );
      if (changes !== 1) throw new ImportStopped('lost', 'Another process has taken this import over.');
      point.batch += 1;
    },
  };
}
