import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ImportMode } from '../../contract/office.js';
import { Problem } from '../../contract/problems.js';
import type { Database } from '../db/database.js';
import { activeStates, createJobStore, type JobRequest, type StoredJob } from '../jobs/job-store.js';
import { holdLease, type HeldLease } from '../jobs/lease-holder.js';
import { createLease } from '../jobs/lease.js';
import { readBranchNames } from '../catalogue/branch-names.js';
import { readMarcKnowledge } from '../catalogue/mapping/knowledge.js';
import { knowledgeDirsOf } from '../knowledge-check.js';
import { createGenerations } from './generations.js';
import { attemptImport, settleDead } from './attempt.js';
import { explained, ImportStopped } from './failures.js';
import { describeFile, requireSameFiles } from './files.js';
import { interruptedMessage } from './message.js';
import type { ImportTask } from './task.js';
import { createQuarantine } from './quarantine.js';

export interface ImportRequest {
  /** Read one after the other as one import. `owned` files (uploads) are deleted when the job is over. */
  files: { path: string; name?: string; owned?: boolean }[];
  /** Default: main. */
  source?: string;
  /** Default: full. */
  mode?: ImportMode;
  profile?: string;
  /** Column of a table to the field it fills, where the header alone does not say. */
  csvMapping?: Record<string, string>;
  /** Default: false. */
  allowShrink?: boolean;
  /** Train vectors afterwards. Default: true. */
  vectors?: boolean;
}

export interface RunningImport {
  job: StoredJob;
  /** The job in its last state. It does not reject for what the file or the machine did: the job says that. */
  done: Promise<StoredJob>;
}

export interface ImportDeps {
  database: Database;
  /** Told of errors that Carrel has no sentence for. */
  onFault?: (error: unknown, jobId: string) => void;
  /** Most pages of 8 KiB that a generation may take. Default: no limit. */
  maxPages?: number;
}

const CANCELLED = 'Cancelled; the catalogue is as it was.';
const TIDYING_PAUSE_MS = 50;
const TIDYING_TRIES = 200;

type StopReason = 'cancel' | 'close';

export type Imports = ReturnType<typeof createImports>;

/** Imports as jobs: one at a time over all processes, each able to be watched, cancelled and resumed. */
export function createImports(deps: ImportDeps) {
  const { db, dataDir } = deps.database;
  const jobs = createJobStore({ db });
  const lease = createLease({ db });
  const generations = createGenerations({ db, dataDir });
  const quarantine = createQuarantine({ db });
  const attempt = { ...deps, db, dataDir, jobs, generations };
  const running = new Map<string, { stop: (reason: StopReason) => void; done: Promise<StoredJob> }>();

  async function hold(jobId: string | null): Promise<HeldLease> {
    const held = await holdLease({ lease, jobId });
    if (held === undefined) throw new Problem('import_running');
    return held;
  }

  function launch(held: HeldLease, job: StoredJob, input?: ImportTask['input']): RunningImport {
    const stop = new AbortController();
    let reason: StopReason | 'lost' = 'lost';
    const stopFor = (why: StopReason): void => {
      reason = why;
      stop.abort();
    };
    const signal = AbortSignal.any([stop.signal, held.lost]);
    const done = attemptImport(attempt, job, {
      held,
      signal,
      cancel: () => stopFor('cancel'),
      ...(input && { input }),
    })
      .then(() => keepCurrent(job))
      .catch((error: unknown) => endEarly(job, signal.aborted ? reason : undefined, error))
      .finally(() => held.release())
      .finally(() => running.delete(job.id))
      .then(() => get(job.id));
    running.set(job.id, { stop: stopFor, done });
    return { job, done };
  }

  /** After success: the file has served, older tries are moot, and only the newest findings of a source count. */
  async function keepCurrent(job: StoredJob): Promise<void> {
    await deleteOwned(job);
    for (const older of await jobs.list({ limit: 100, kind: 'import', states: ['interrupted', 'failed'] })) {
      if (older.source !== job.source) continue;
      await deleteOwned(older);
      if (older.state === 'interrupted') await abandon(older, 'a later import took its place.');
    }
    if (job.mode === 'full' && job.source !== null) await quarantine.keepOnly(job.source, job.id);
    await quarantine.trim();
  }

  async function endEarly(
    job: StoredJob,
    stopped: StopReason | 'lost' | undefined,
    thrown: unknown,
  ): Promise<void> {
    const error = explained(thrown);
    // Another process has the catalogue now: this job and what it built are that one's to settle or to go on with.
    if (stopped === 'lost' || (error instanceof ImportStopped && error.reason === 'lost')) return;
    const now = await get(job.id);
    const ended_at = new Date().toISOString();
    if (stopped === 'close') {
      const message = interruptedMessage(now.progress);
      await jobs.change(job.id, { state: 'interrupted', message, ended_at }, activeStates);
      return;
    }
    // The space is given back first: on a full disk the job's own row could not be written otherwise.
    if (now.generation !== null) await generations.discard(now.generation);
    if (stopped === 'cancel') {
      await jobs.change(
        job.id,
        { state: 'cancelled', message: CANCELLED, ended_at, generation: null },
        activeStates,
      );
      await quarantine.dropJob(job.id);
      await deleteOwned(job);
      return;
    }
    const known = error instanceof ImportStopped || error instanceof Problem;
    if (!known) deps.onFault?.(error, job.id);
    const message = known ? error.message : 'Something went wrong on our side; the catalogue is as it was.';
    await jobs.change(job.id, { state: 'failed', message, ended_at, generation: null }, activeStates);
  }

  /** Gives an interrupted import up, with the reason why it cannot be resumed. */
  async function abandon(job: StoredJob, why: string): Promise<void> {
    const message = `The import was interrupted and cannot go on: ${why}`;
    const given = await jobs.change(job.id, { state: 'failed', message, generation: null }, ['interrupted']);
    if (given && job.generation !== null) await generations.discard(job.generation);
  }

  async function get(id: string): Promise<StoredJob> {
    const job = await jobs.find(id);
    if (job === undefined) throw new Problem('job_not_found');
    return job;
  }

  async function requireIdle(): Promise<void> {
    for (let tries = 0; ; tries++) {
      const holder = await lease.find();
      if (holder === undefined || holder.yields) return;
      const job = holder.jobId === null ? undefined : await jobs.find(holder.jobId);
      const isTidying = job !== undefined && !activeStates.includes(job.state);
      if (!isTidying || tries === TIDYING_TRIES) throw new Problem('import_running');
      await sleep(TIDYING_PAUSE_MS);
    }
  }

  return {
    jobs,
    quarantine,
    generations,
    get,

    /** Names of branches as the library's own file gives them now. */
    branchNames: () => readBranchNames(dataDir),
    /** What Carrel and the library's own files know about MARC and tables now. */
    marcKnowledge: () => readMarcKnowledge(knowledgeDirsOf(dataDir)),
    abandon,

    /** Who may write to the catalogue now, in whichever process. */
    lease: () => lease.find(),

    /**
     * Throws Problem('import_running') while another import is at work, here or in another process. One that is over but
     * still tidies up is waited for.
     */
    requireIdle,

    /** Starts an import. Throws Problem('import_running') or Problem('file_unreadable'); nothing is noted then. */
    async start(request: ImportRequest): Promise<RunningImport> {
      await requireIdle();
      const { files, source = 'main', mode = 'full', ...rest } = request;
      const described = await Promise.all(files.map((file) => describeFile(file.path, file)));
      return this.startWith({ ...rest, files: described }, { source, mode });
    },

    /** Starts a job over files already described, or over `input` that was read already. */
    async startWith(
      request: JobRequest,
      options: { source: string; mode: ImportMode; input?: ImportTask['input'] },
    ): Promise<RunningImport> {
      await requireIdle();
      const { source, mode, input } = options;
      const job = await jobs.add({ kind: 'import', source, mode, request, message: 'Waiting to start.' });
      try {
        return launch(await hold(job.id), job, input);
      } catch (error) {
        const ended_at = new Date().toISOString();
        await jobs.change(job.id, { state: 'failed', message: messageOf(error), ended_at }, ['queued']);
        throw error;
      }
    },

    /**
     * Goes on with an interrupted or failed import where its last batch ended. Throws Problem('file_unreadable') when
     * the file is gone or another one by now, Problem('job_not_found') when the job cannot be resumed, and
     * Problem('import_running') when somebody else is at it.
     */
    async resume(id: string, change: { allowShrink?: boolean } = {}): Promise<RunningImport> {
      await requireIdle();
      await get(id);
      // Looked at only by whoever holds the lease: of two who come at once the other finds what the first made of it.
      const held = await hold(id);
      try {
        await settleDead(jobs);
        const job = await get(id);
        if (job.kind !== 'import' || (job.state !== 'interrupted' && job.state !== 'failed')) {
          throw new Problem('job_not_found', { detail: 'This job is over; there is nothing to resume.' });
        }
        await requireSameFiles(job.request.files);
        const request = { ...job.request, ...change };
        const waiting = {
          state: 'queued',
          request,
          message: 'Waiting to go on.',
          cancelRequested: false,
        } as const;
        if (!(await jobs.change(id, waiting, [job.state]))) throw new Problem('import_running');
        return launch(held, { ...job, request });
      } catch (error) {
        await held.release();
        throw error;
      }
    },

    /** The newest import that can be resumed. */
    async findInterrupted(): Promise<StoredJob | undefined> {
      if ((await lease.find()) === undefined) await settleDead(jobs);
      return (await jobs.list({ limit: 1, kind: 'import', states: ['interrupted'] }))[0];
    },

    /** Cancels a job, whichever process runs it; one that nobody runs is cancelled at once. */
    async cancel(id: string): Promise<StoredJob> {
      const job = await get(id);
      const here = running.get(id);
      if (here) {
        here.stop('cancel');
        return here.done;
      }
      if (activeStates.includes(job.state) && (await lease.find())?.jobId === id) {
        await jobs.change(id, { cancelRequested: true }, activeStates);
        return get(id);
      }
      const open = [...activeStates, 'interrupted', 'failed'] as const;
      const ended_at = new Date().toISOString();
      const cancelled = await jobs.change(id, { state: 'cancelled', message: CANCELLED, ended_at }, open);
      if (cancelled) {
        if (job.generation !== null) await generations.discard(job.generation);
        await quarantine.dropJob(id);
        await deleteOwned(job);
      }
      return get(id);
    },

    /** Brings the generation before back; the live one is kept so that this can be undone. Throws Problem('not_found'). */
    async rollback(): Promise<{ records: number }> {
      await requireIdle();
      const held = await hold(null);
      try {
        const before = await generations.keptBack();
        if (before === undefined || generations.unusable(before) !== undefined) {
          throw new Problem('not_found', { detail: 'There is no earlier catalogue to go back to.' });
        }
        await generations.promote(before.number, { holder: held.holder });
        return { records: before.records };
      } finally {
        await held.release();
      }
    },

    /** Stops what runs here, leaving it `interrupted`, and waits for it. */
    async close(): Promise<void> {
      const all = [...running.values()];
      for (const { stop } of all) stop('close');
      await Promise.all(all.map(({ done }) => done));
    },
  };
}

async function deleteOwned(job: StoredJob): Promise<void> {
  for (const file of job.request.files) if (file.owned) await rm(file.path, { force: true });
}

function messageOf(error: unknown): string {
  return error instanceof Problem ? error.message : 'The import could not be started.';
}
