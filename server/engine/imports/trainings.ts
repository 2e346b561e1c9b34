import { trainVectors } from '../retrieval/train-vectors.js';
import type { Database } from '../db/database.js';
import { activeStates, createJobStore, noProgress, type StoredJob } from '../jobs/job-store.js';
import { watchJob } from '../jobs/job-watch.js';
import { holdLease } from '../jobs/lease-holder.js';
import { createLease } from '../jobs/lease.js';
import { createGenerations, type Generation } from './generations.js';

export interface TrainingDeps {
  database: Database;
  /** Told of errors that Carrel has no sentence for. */
  onFault?: (error: unknown, jobId: string) => void;
  /** What trains; a test hands in its own. */
  train?: typeof trainVectors;
}

const PATIENCE_MS = 20_000;

export type Trainings = ReturnType<typeof createTrainings>;

/**
 * Training of the catalogue's own vectors, as jobs: after an import, in a thread, while words are searched already. A
 * training steps aside for an import at once, because that will call for a new one anyway.
 */
export function createTrainings(deps: TrainingDeps) {
  const { db, dataDir } = deps.database;
  const train = deps.train ?? trainVectors;
  const jobs = createJobStore({ db });
  const lease = createLease({ db });
  const generations = createGenerations({ db, dataDir });
  const running = new Map<string, { stop: (cancelled: boolean) => void; done: Promise<StoredJob> }>();

  async function get(id: string): Promise<StoredJob> {
    const job = await jobs.find(id);
    if (job === undefined) throw new Error(`training job ${id} has gone`);
    return job;
  }

  /** An embedding goes on for hours and steps aside for a training; another training is left to finish. */
  async function patience(): Promise<{ patienceMs?: number }> {
    const id = (await lease.find())?.jobId ?? undefined;
    const job = id === undefined ? undefined : await jobs.find(id);
    return job?.kind === 'embedding' ? { patienceMs: PATIENCE_MS } : {};
  }

  /** The live catalogue, where there is anything to learn from. */
  async function trainable(): Promise<Generation | undefined> {
    const live = await generations.live();
    if (live === undefined || live.records === 0) return undefined;
    return generations.unusable(live) === undefined ? live : undefined;
  }

  async function launch(live: Generation): Promise<{ job: StoredJob; done: Promise<StoredJob> } | undefined> {
    const held = await holdLease({ lease, jobId: null, yields: true, ...(await patience()) });
    if (held === undefined) return undefined;
    const message = 'Learning what the books are about; searching by words works meanwhile.';
    const request = { files: [] };
    const job = await jobs.add({ kind: 'training', source: null, mode: null, request, message });
    const stop = new AbortController();
    let cancelled = false;
    const stopFor = (wanted: boolean): void => {
      cancelled = wanted;
      stop.abort();
    };
    const signal = AbortSignal.any([stop.signal, held.lost]);
    const done = work(job, live, signal, () => stopFor(true))
      .catch(async (error: unknown) => {
        if (!signal.aborted) deps.onFault?.(error, job.id);
        const [state, said] = !signal.aborted
          ? (['failed', 'Learning failed; searching by words goes on working.'] as const)
          : cancelled
            ? (['cancelled', 'Cancelled; searching by words goes on working.'] as const)
            : (['interrupted', 'Set aside; it begins again later.'] as const);
        await jobs.change(job.id, { state, message: said, ended_at: new Date().toISOString() }, activeStates);
      })
      .finally(() => held.release())
      .finally(() => running.delete(job.id))
      .then(() => get(job.id));
    running.set(job.id, { stop: stopFor, done });
    return { job, done };
  }

  async function work(
    job: StoredJob,
    live: Generation,
    signal: AbortSignal,
    cancel: () => void,
  ): Promise<void> {
    await jobs.change(job.id, {
      state: 'running',
      generation: live.number,
      started_at: new Date().toISOString(),
    });
    const watch = watchJob(jobs, job.id, cancel);
    const started = Date.now();
    let records: number;
    try {
      ({ records } = await train({
        cataloguePath: generations.pathOf(live),
        signal,
        onProgress(done) {
          const seconds = (Date.now() - started) / 1000;
          watch.report({
            ...noProgress,
            records: Math.round(done * live.records),
            total: live.records,
            seconds_left: done > 0 ? Math.round((seconds * (1 - done)) / done) : null,
          });
        },
      }));
    } finally {
      await watch.end();
    }
    signal.throwIfAborted();
    await generations.note(live.number, { trained: 1 });
    await generations.revise(live.number);
    const message = `Learned from ${records.toLocaleString('en')} records; searching by meaning works now.`;
    await jobs.change(job.id, { state: 'done', message, ended_at: new Date().toISOString() });
  }

  return {
    /**
     * Starts training where the live catalogue has none and `after` (the import before it) does not refuse it; undefined
     * when there is nothing to do or an import is at work.
     */
    async startIfNeeded(
      after?: StoredJob,
    ): Promise<{ job: StoredJob; done: Promise<StoredJob> } | undefined> {
      if (after && (after.state !== 'done' || after.request.vectors === false)) return undefined;
      const live = await trainable();
      return live === undefined || live.trained === 1 ? undefined : launch(live);
    },

    /** Trains anew, also where what was trained still serves; undefined as with `startIfNeeded`. */
    async start(): Promise<{ job: StoredJob; done: Promise<StoredJob> } | undefined> {
      const live = await trainable();
      return live && launch(live);
    },

    /** Cancels a training, whichever process runs it. */
    async cancel(id: string): Promise<StoredJob> {
      const here = running.get(id);
      if (here) {
        here.stop(true);
        return here.done;
      }
      await jobs.change(id, { cancelRequested: true }, activeStates);
      return get(id);
    },

    /** Stops what runs here and waits for it; it begins again at the next start. */
    async close(): Promise<void> {
      const all = [...running.values()];
      for (const { stop } of all) stop(false);
      await Promise.all(all.map(({ done }) => done));
    },
  };
}
