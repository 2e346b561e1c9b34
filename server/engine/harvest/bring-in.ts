import { Problem } from '../../contract/problems.js';
import { reasonOf, type Clock } from '../cache/clock.js';
import type { ImportRequest, Imports, RunningImport } from '../imports/imports.js';
import { activeStates, type StoredJob } from '../jobs/job-store.js';

/** What the harvester needs of imports. */
export type HarvestImports = Pick<Imports, 'start' | 'resume' | 'get' | 'cancel' | 'marcKnowledge'> & {
  jobs: Pick<Imports['jobs'], 'list'>;
  generations: Pick<Imports['generations'], 'live' | 'unusable'>;
};

/** How long another import is waited for before it is asked again whether this one may begin. */
const BUSY_MS = 5000;
const JOBS_LOOKED_AT = 100;

/**
 * Brings files in by an import of their own and answers its job in its last state. Waits for another import rather than
 * failing; goes on with the import that a process began before it died. `note` is told of the job as soon as there is
 * one. Rejects with the signal's reason when it aborts, which leaves the import itself alone.
 */
export async function bringIn(
  deps: { imports: HarvestImports; clock: Clock; onImport?: (running: RunningImport) => void },
  work: {
    request: ImportRequest;
    jobId: string | undefined;
    note: (jobId: string) => Promise<void>;
    signal: AbortSignal;
  },
): Promise<StoredJob> {
  const { imports, clock } = deps;
  const { signal } = work;
  let jobId = work.jobId;
  for (;;) {
    signal.throwIfAborted();
    const job = jobId === undefined ? await startedBefore() : await imports.get(jobId);
    if (job !== undefined && job.id !== jobId) await work.note((jobId = job.id));
    const isActive = job !== undefined && activeStates.includes(job.state);
    if (job !== undefined && !isActive && job.state !== 'interrupted') return job;
    const running = isActive ? undefined : await begin(job);
    if (running === undefined) {
      await clock.after(BUSY_MS, signal);
      continue;
    }
    await work.note(running.job.id);
    deps.onImport?.(running);
    return orAbort(running.done, signal);
  }

  /** The import of these very files that a process began and could not note any more. */
  async function startedBefore(): Promise<StoredJob | undefined> {
    const states = [...activeStates, 'interrupted', 'done'] as const;
    const jobs = await imports.jobs.list({ limit: JOBS_LOOKED_AT, kind: 'import', states });
    const paths = work.request.files.map(({ path }) => path);
    return jobs.find(({ request }) => request.files.some(({ path }) => paths.includes(path)));
  }

  /** Undefined while another import is at work. */
  async function begin(interrupted: StoredJob | undefined): Promise<RunningImport | undefined> {
    try {
      return interrupted ? await imports.resume(interrupted.id) : await imports.start(work.request);
    } catch (error) {
      if (error instanceof Problem && error.code === 'import_running') return undefined;
      throw error;
    }
  }
}

async function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const leave = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) => {
    const stop = (): void => reject(reasonOf(signal));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true, signal: leave.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    leave.abort();
  }
}
