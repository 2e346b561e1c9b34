import type { ImportMode } from '../../contract/office.js';
import type { Sqlite } from '../db/sqlite.js';
import type { PackedBatch, PackedOutcome, PackedRecord } from './batch.js';
import { openCheckpoint, type Checkpoint } from './checkpoint.js';
import { countRecords } from '../catalogue/generation-file.js';
import { ImportStopped } from './failures.js';
import { knowledgeDigest } from '../knowledge-files.js';
import { openRecordWriter, type Held } from './record-writer.js';

/** At most this share of a source's records may vanish in one full import unless staff allow more. */
export const SHRINK_LIMIT = 0.2;
const REMOVAL_BATCH = 500;
/** Key in `meta`: the digest of the words that the index was made with. */
const WORDS = 'index_words';

export interface StagingOptions {
  source: string;
  /** The library's own words and classes, beside Carrel's. */
  knowledgeDirs: readonly string[];
  mode: ImportMode;
  allowShrink: boolean;
  job: string;
  /** Whoever writes now; a new one for each attempt. */
  owner: string;
  /** Keeps refused and repaired records; called before the batch is committed, again with the same after a crash. */
  quarantine: (file: number, outcomes: PackedOutcome[]) => void;
  now?: () => Date;
}

export type Staging = ReturnType<typeof openStaging>;

/**
 * Puts an import's batches into the generation that is being built. Each batch is one transaction over records, index,
 * tally and checkpoint: after a crash the file holds whole batches, and says which.
 */
export function openStaging(db: Sqlite, options: StagingOptions) {
  const { source, mode } = options;
  const checkpoint = openCheckpoint(db, options);
  const now = options.now ?? (() => new Date());
  const point: Checkpoint = checkpoint.resume() ?? checkpoint.begin(heldNow(db, source));
  const records = openRecordWriter(db, point, options);

  const applyBatch = db.transaction((batch: PackedBatch) => {
    const at = now().toISOString();
    const noted: PackedOutcome[] = [];
    for (const outcome of batch.outcomes) {
      point.counts.records += 1;
      const result = outcome.kind === 'refused' ? outcome : applied(outcome, at);
      if (result.kind === 'refused') {
        point.counts.refused += 1;
        if (result.id !== undefined) records.keep(result.id);
      } else if (outcome.notices.length > 0) {
        point.counts.repaired += 1;
      }
      if (result.notices.length > 0) noted.push(result);
    }
    point.truncated ||= batch.truncated;
    for (const notice of batch.notices) {
      if (!point.notices.some(({ code }) => code === notice.code)) point.notices.push(notice);
    }
    point.next = batch.next;
    records.flush();
    if (noted.length > 0) options.quarantine(batch.file, noted);
    checkpoint.save(point);
  });

  /** Writes a record; what comes back is the record, or its refusal, with all that is to be said about it. */
  function applied(record: PackedRecord, at: string): PackedOutcome {
    const result = records.apply(record, at);
    if (result === 'in') return record;
    const { id, index, offset, length, title, raw } = record;
    if (result === 'displaced') {
      const message = `The id ${id} came before in this import; this later record took the earlier one’s place.`;
      return { ...record, notices: [...record.notices, { code: 'id_repeated', message }] };
    }
    const message = `The id ${id} belongs to a record of another source.`;
    const notices = [{ code: 'id_taken', message }, ...record.notices];
    return { kind: 'refused', index, offset, length, title, notices, ...(raw && { raw }) };
  }

  // Words of classes and forms go into the index with each record: other words, and it has to be made again.
  const words = knowledgeDigest('classes', options.knowledgeDirs);
  const notedWords = db.prepare<[string], string>('SELECT value FROM meta WHERE key = ?').pluck();
  const noteWords = db.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)');
  if (countRecords(db) === 0) noteWords.run(WORDS, words);
  const wordsChanged = notedWords.get(WORDS) !== words;

  const vanished = db.prepare<[string], Held>(
    `SELECT row, source, digest, suppressed FROM record
     WHERE source = ? AND row NOT IN (SELECT row FROM import_seen) LIMIT ${REMOVAL_BATCH}`,
  );
  const countVanished = db
    .prepare<[string], number>(
      'SELECT count(*) FROM record WHERE source = ? AND row NOT IN (SELECT row FROM import_seen)',
    )
    .pluck();

  const removeSome = db.transaction((rows: Held[]) => {
    for (const held of rows) records.takeOut(held);
    point.counts.removed += rows.length;
    records.flush();
    checkpoint.save(point);
  });

  const enterPhase = db.transaction((phase: Checkpoint['phase']) => {
    point.phase = phase;
    if (phase === 'finished') {
      db.exec('DELETE FROM import_seen');
      noteWords.run(WORDS, words);
    }
    checkpoint.save(point);
  });

  /** Throws ImportStopped where finishing would take away more than a slip of an export should. */
  function brake(): void {
    const { counts, heldBefore } = point;
    if (counts.records === counts.refused) {
      const message = 'The file holds no record that could be imported; the catalogue is as it was.';
      throw new ImportStopped('empty', message);
    }
    if (mode === 'changes' || options.allowShrink || heldBefore === 0) return;
    const missing = countVanished.get(source) ?? 0;
    const lacks = `lacks ${figure(missing)} of the ${figure(heldBefore)} records that “${source}” holds`;
    if (point.truncated) {
      const message = `The file breaks off in the middle of a record and ${lacks}; the catalogue is as it was.`;
      throw new ImportStopped('truncated', message);
    }
    if (missing > heldBefore * SHRINK_LIMIT) {
      const advice = 'If that is right, import it again and allow it to shrink (--allow-shrink).';
      throw new ImportStopped('shrink', `The file ${lacks}; the catalogue is as it was. ${advice}`);
    }
  }

  return {
    /** The place reached; reading goes on at `point.next`. */
    point: point as Readonly<Checkpoint>,

    /** One batch, whole or not at all. */
    apply(batch: PackedBatch): void {
      const before = structuredClone(point);
      try {
        applyBatch(batch);
      } catch (error) {
        Object.assign(point, before);
        records.drop();
        throw error;
      }
    },

    /** The index is made anew, because the words that go into it are others than when it was made. */
    wordsChanged,

    /** True when the catalogue would be the same after this import. */
    changesNothing(): boolean {
      const { added, changed, removed, deletedHeld } = point.counts;
      return added + changed + removed + deletedHeld === 0 && !wordsChanged;
    },

    /** Takes out what a full export no longer has. Throws ImportStopped where that would be too much. */
    removeMissing(signal: AbortSignal): void {
      if (point.phase === 'reading') {
        brake();
        enterPhase('removing');
      }
      if (mode === 'changes' || point.phase === 'finished') return;
      for (let rows = vanished.all(source); rows.length > 0; rows = vanished.all(source)) {
        signal.throwIfAborted();
        removeSome(rows);
      }
    },

    /** Completes the index, checks the file and flushes it; returns the records it holds. Throws ImportStopped('check'). */
    finish(signal: AbortSignal): number {
      if (point.phase !== 'finished') {
        if (wordsChanged) records.fileAgain(signal);
        records.finishIndex();
        enterPhase('finished');
      }
      const held = heldNow(db, source).heldBefore;
      const { added, removed, deletedHeld } = point.counts;
      const sound = db.pragma('quick_check(1)', { simple: true }) === 'ok';
      if (!sound || held !== point.heldBefore + added - removed - deletedHeld) {
        const message = 'The new catalogue failed its check and was thrown away; the old one stays.';
        throw new ImportStopped('check', message);
      }
      db.pragma('wal_checkpoint(TRUNCATE)');
      return countRecords(db);
    },
  };
}

function heldNow(db: Sqlite, source: string): { heldBefore: number; nextRow: number } {
  const held = db
    .prepare<[string], number>('SELECT count(*) FROM record WHERE source = ?')
    .pluck()
    .get(source);
  const last = db.prepare<[], number | null>('SELECT max(row) FROM record').pluck().get();
  return { heldBefore: held ?? 0, nextRow: (last ?? 0) + 1 };
}

function figure(count: number): string {
  return count.toLocaleString('en');
}
