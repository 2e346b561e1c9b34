import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { sql, type Kysely, type Selectable } from 'kysely';
import type { ImportMode, Job, JobKind, JobProgress, JobState } from '../../contract/office.js';
import type { JobTable, Tables } from '../db/tables.js';

/** States in which a process is at work on a job. */
export const activeStates: readonly JobState[] = ['queued', 'running', 'finishing'];

/** A progress of nothing at all. */
export const noProgress: JobProgress = {
  records: 0,
  total: null,
  per_second: 0,
  seconds_left: null,
  added: 0,
  changed: 0,
  unchanged: 0,
  removed: 0,
  deleted: 0,
  suppressed: 0,
  repaired: 0,
  refused: 0,
  duplicates: 0,
  notices: [],
};

/** A file as a job remembers it: enough to tell, after a crash, that it is still the same one. */
export interface JobFile {
  path: string;
  name: string;
  sizeBytes: number;
  modifiedMs: number;
  /** SHA-256 of the first 64 KiB, in hex. */
  head: string;
  /** True for an upload, which Carrel deletes when the job is over. */
  owned: boolean;
}

/** What was asked for: stored with the job, so that it can be taken up again. */
export interface JobRequest {
  files: JobFile[];
  profile?: string;
  csvMapping?: Record<string, string>;
  allowShrink?: boolean;
  vectors?: boolean;
  /** Id of the embedding that reads the catalogue. */
  model?: string;
  /** The most texts a second that an embedding may take. */
  textsPerSecond?: number;
}

export interface StoredJob extends Job {
  request: JobRequest;
  generation: number | null;
  cancelRequested: boolean;
}

export interface JobChange {
  state?: JobState;
  message?: string;
  progress?: JobProgress;
  generation?: number | null;
  request?: JobRequest;
  started_at?: string;
  ended_at?: string | null;
  cancelRequested?: boolean;
}

/** Jobs as rows of carrel.db: every process sees every job. */
export function createJobStore(deps: { db: Kysely<Tables> }) {
  const { db } = deps;
  return {
    /** Notes a new job in state `queued` and returns it. */
    async add(job: {
      kind: JobKind;
      source: string | null;
      mode: ImportMode | null;
      request: JobRequest;
      message: string;
    }): Promise<StoredJob> {
      const row = await db
        .insertInto('job')
        .values({
          id: randomBytes(6).toString('hex'),
          kind: job.kind,
          state: 'queued',
          source: job.source,
          mode: job.mode,
          request: JSON.stringify(job.request),
          generation: null,
          progress: JSON.stringify(noProgress),
          message: job.message,
          created_at: new Date().toISOString(),
          started_at: null,
          ended_at: null,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return stored(row);
    },

    async find(id: string): Promise<StoredJob | undefined> {
      const row = await db.selectFrom('job').selectAll().where('id', '=', id).executeTakeFirst();
      return row && stored(row);
    },

    /** Newest first. */
    async list(options: {
      limit: number;
      kind?: JobKind;
      states?: readonly JobState[];
    }): Promise<StoredJob[]> {
      let query = db
        .selectFrom('job')
        .selectAll()
        .orderBy(sql`rowid`, 'desc')
        .limit(options.limit);
      if (options.kind) query = query.where('kind', '=', options.kind);
      if (options.states) query = query.where('state', 'in', options.states);
      return (await query.execute()).map(stored);
    },

    /** Changes what is given. With `from`, only when the job is still in one of these states; false otherwise. */
    async change(id: string, change: JobChange, from?: readonly JobState[]): Promise<boolean> {
      const { progress, request, cancelRequested, ...plain } = change;
      let query = db
        .updateTable('job')
        .set({
          ...plain,
          ...(progress && { progress: JSON.stringify(progress) }),
          ...(request && { request: JSON.stringify(request) }),
          ...(cancelRequested !== undefined && { cancel_requested: cancelRequested ? 1 : 0 }),
        })
        .where('id', '=', id);
      if (from) query = query.where('state', 'in', from);
      const { numUpdatedRows } = await query.executeTakeFirst();
      return numUpdatedRows > 0n;
    },
  };
}

export type JobStore = ReturnType<typeof createJobStore>;

/** A stored job as staff may see it: no paths of the server. */
export function shownJob(job: StoredJob): Job {
  const { id, kind, state, source, mode, files, progress, message, created_at, started_at, ended_at } = job;
  return { id, kind, state, source, mode, files, progress, message, created_at, started_at, ended_at };
}

function stored(row: Selectable<JobTable>): StoredJob {
  const request = JSON.parse(row.request) as JobRequest;
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    source: row.source,
    mode: row.mode,
    files: request.files.map((file) => basename(file.name)),
    progress: JSON.parse(row.progress) as JobProgress,
    message: row.message,
    created_at: row.created_at,
    started_at: row.started_at,
    ended_at: row.ended_at,
    request,
    generation: row.generation,
    cancelRequested: row.cancel_requested === 1,
  };
}
