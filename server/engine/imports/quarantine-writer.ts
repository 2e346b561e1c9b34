import type { Sqlite } from '../db/sqlite.js';
import type { PackedOutcome } from './batch.js';

/** Bytes of one record that are kept; a longer one is kept without its bytes. */
export const MAX_RAW_BYTES = 8 * 1024 * 1024;
/** Bytes kept for one job; beyond them places and reasons are still noted. */
export const MAX_JOB_RAW_BYTES = 256 * 1024 * 1024;

/**
 * Notes refused and repaired records in carrel.db. Writing the same record of the same job again changes nothing, so a
 * batch that is applied twice after a crash is listed once.
 */
export function openQuarantineWriter(
  db: Sqlite,
  job: { id: string; source: string; files: readonly string[] },
  limits: { jobRawBytes?: number } = {},
) {
  const insert = db.prepare(
    `INSERT INTO quarantine (job_id, source, file, file_index, record_index, byte_offset, length, record_id, title, kind, code,
       reason, notices, raw, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (job_id, file_index, record_index) DO NOTHING`,
  );
  const jobRawBytes = limits.jobRawBytes ?? MAX_JOB_RAW_BYTES;
  let kept =
    db
      .prepare<[string], number | null>('SELECT sum(length(raw)) FROM quarantine WHERE job_id = ?')
      .pluck()
      .get(job.id) ?? 0;

  return db.transaction((file: number, outcomes: readonly PackedOutcome[]) => {
    const at = new Date().toISOString();
    for (const outcome of outcomes) {
      const size = outcome.raw?.byteLength ?? 0;
      const raw = size > 0 && size <= MAX_RAW_BYTES && kept + size <= jobRawBytes ? outcome.raw : undefined;
      const [first] = outcome.notices;
      const { changes } = insert.run(
        job.id,
        job.source,
        job.files[file] ?? '',
        file,
        outcome.index,
        outcome.offset,
        outcome.length,
        outcome.id ?? null,
        outcome.title ?? null,
        outcome.kind === 'refused' ? 'refused' : 'repaired',
        first?.code ?? 'unreadable',
        first?.message ?? 'The record could not be read.',
        JSON.stringify(outcome.notices),
        raw ?? null,
        at,
      );
      if (changes === 1 && raw) kept += size;
    }
  });
}
