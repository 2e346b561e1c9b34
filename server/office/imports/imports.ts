import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../contract/problems.js';
import type { ImportUpload, Job, QuarantineList, QuarantineQuery } from '../../contract/office.js';
import { retryRecord } from '../../engine/imports/retry.js';
import { explained, ImportStopped } from '../../engine/imports/failures.js';
import type { Imports } from '../../engine/imports/imports.js';
import { trainAfter, uploadsFolder } from '../../engine/imports/take-up.js';
import type { Trainings } from '../../engine/imports/trainings.js';
import { activeStates, shownJob } from '../../engine/jobs/job-store.js';

export interface ImportOfficeDeps {
  dataDir: string;
  imports: Imports;
  trainings: Trainings;
  /** Told of errors that nobody waits for. */
  onFault?: (error: unknown) => void;
}

const WATCH_EVERY_MS = 500;
const JOBS_SHOWN = 50;

export type ImportOffice = ReturnType<typeof createImportOffice>;

/** What staff may do with imports: send a file, watch it, stop it, go on with it, and look through what was refused. */
export function createImportOffice(deps: ImportOfficeDeps) {
  const { imports, trainings } = deps;
  const uploads = uploadsFolder(deps.dataDir);

  async function store(body: Readable, name: string): Promise<string> {
    await mkdir(uploads, { recursive: true, mode: 0o750 });
    const path = join(uploads, `${randomUUID()}-${safeName(name)}`);
    try {
      await pipeline(body, createWriteStream(path, { mode: 0o640 }));
      const handle = await open(path, 'r');
      await handle.sync().finally(() => handle.close());
      return path;
    } catch (thrown) {
      await rm(path, { force: true });
      const error = explained(thrown);
      if (!(error instanceof ImportStopped)) throw error;
      throw new Problem('file_unreadable', { detail: error.message }, { cause: thrown });
    }
  }

  return {
    /** Stores the body and starts importing it. Throws Problem('import_running') before it takes the body. */
    async upload(body: Readable, options: ImportUpload): Promise<Job> {
      await imports.requireIdle();
      const path = await store(body, options.name);
      try {
        const running = await imports.start({
          files: [{ path, name: basename(options.name), owned: true }],
          source: options.source,
          mode: options.mode,
          allowShrink: options.allow_shrink,
          vectors: options.vectors,
          ...(options.profile !== undefined && { profile: options.profile }),
          ...(options.csv_map && { csvMapping: options.csv_map }),
        });
        trainAfter(trainings, running, deps.onFault);
        return shownJob(running.job);
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
    },

    /** The newest jobs of every kind, newest first. */
    async list(): Promise<Job[]> {
      return (await imports.jobs.list({ limit: JOBS_SHOWN })).map(shownJob);
    },

    /** Throws Problem('job_not_found'). */
    async get(id: string): Promise<Job> {
      return shownJob(await imports.get(id));
    },

    /** The job each time it has changed, whichever process runs it; ends with its last state or with the signal. */
    async *follow(id: string, signal: AbortSignal): AsyncGenerator<Job> {
      let before = '';
      while (!signal.aborted) {
        const job = await this.get(id);
        const now = JSON.stringify(job);
        if (now !== before) yield job;
        if (!activeStates.includes(job.state)) return;
        before = now;
        await sleep(WATCH_EVERY_MS, undefined, { signal }).catch(() => undefined);
      }
    },

    async cancel(id: string): Promise<Job> {
      const job = await imports.get(id);
      return shownJob(job.kind === 'training' ? await trainings.cancel(id) : await imports.cancel(id));
    },

    /** Goes on with an interrupted or failed import; see Imports.resume for the problems. */
    async resume(id: string, options: { allowShrink?: boolean }): Promise<Job> {
      const running = await imports.resume(id, options);
      trainAfter(trainings, running, deps.onFault);
      return shownJob(running.job);
    },

    /** Throws Problem('job_not_found'). */
    async quarantine(jobId: string, query: QuarantineQuery): Promise<QuarantineList> {
      await imports.get(jobId);
      const { kind, offset, limit } = query;
      return imports.quarantine.list({ jobId, offset, limit, ...(kind !== undefined && { kind }) });
    },

    /** Bytes of a quarantined record and a name to save them under. Throws Problem('quarantine_not_found'). */
    async raw(id: string): Promise<{ name: string; bytes: Buffer }> {
      const { index, file } = await imports.quarantine.get(id);
      return { name: `${safeName(file)}-record-${index + 1}.bin`, bytes: await imports.quarantine.raw(id) };
    },

    /** Imports a quarantined record once more, from `corrected` bytes where there are any. See retryRecord. */
    async retry(id: string, corrected: Buffer | undefined): Promise<Job> {
      const running = await retryRecord({ imports }, id, corrected);
      trainAfter(trainings, running, deps.onFault);
      return shownJob(await running.done);
    },
  };
}

/** A file name without folders or characters that a file system or a header would trip over. */
function safeName(name: string): string {
  return (
    basename(name)
      .replace(/[^A-Za-z0-9._-]+/g, '_')
      .replace(/^\.+/, '')
      .slice(-80) || 'upload'
  );
}
