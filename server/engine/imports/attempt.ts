import type { Kysely } from 'kysely';
import { databasePath } from '../db/database.js';
import type { Tables } from '../db/tables.js';
import { activeStates, type JobStore, type StoredJob } from '../jobs/job-store.js';
import { watchJob } from '../jobs/job-watch.js';
import { knowledgeDirsOf, requireKnowledge } from '../knowledge-check.js';
import type { HeldLease } from '../jobs/lease-holder.js';
import { readBranchNames } from '../catalogue/branch-names.js';
import { ImportStopped } from './failures.js';
import type { Generation, Generations } from './generations.js';
import { doneMessage, interruptedMessage, nothingMessage, WORDS_CHANGED } from './message.js';
import { createProgressMeter } from './progress.js';
import { runInThread } from './run.js';
import type { ImportTask, TaskResult } from './task.js';

export interface AttemptDeps {
  db: Kysely<Tables>;
  dataDir: string;
  jobs: JobStore;
  generations: Generations;
  /** See ImportTask. */
  maxPages?: number;
}

/**
 * One attempt at an import job, under a lease: stages a generation (or goes on with the one staged before), fills it and
 * makes it live together with the job's end. Rejects with what stopped it; the catalogue is then as it was.
 */
export async function attemptImport(
  deps: AttemptDeps,
  job: StoredJob,
  options: { held: HeldLease; signal: AbortSignal; cancel: () => void; input?: ImportTask['input'] },
): Promise<void> {
  const { jobs, generations } = deps;
  const { signal } = options;
  await settleDead(jobs, job.id);
  requireKnowledge(deps.dataDir);
  const { live, lost } = await startingPoint();
  const generation = await stagedFor(job);
  await sweep(generation.number);
  await jobs.change(job.id, {
    state: 'running',
    generation: generation.number,
    started_at: job.started_at ?? new Date().toISOString(),
    ended_at: null,
    message: 'Reading the file; patrons see the catalogue as it was.',
  });
  const measure = createProgressMeter();
  const watch = watchJob(jobs, job.id, options.cancel);
  let progress = job.progress;
  let result: TaskResult;
  try {
    result = await runInThread(taskFor(generation), {
      signal,
      onProgress(reported) {
        progress = measure(reported);
        watch.report(progress, reported.finishing ? 'Completing and checking the index.' : undefined);
      },
    });
  } finally {
    await watch.end();
  }
  signal.throwIfAborted();
  await conclude(result);

  /**
   * The live catalogue, where this program can read it: a whole export does without it, mere changes do not. `lost` are
   * the other feeds whose records lay in one that cannot be read.
   */
  async function startingPoint(): Promise<{ live?: Generation; lost: string[] }> {
    const held = await generations.live();
    const trouble = held && generations.unusable(held);
    if (trouble === undefined) return { ...(held && { live: held }), lost: [] };
    if (job.mode === 'changes')
      throw new ImportStopped('unusable', `${trouble} Changes alone are not enough.`);
    const feeds = await deps.db.selectFrom('source').select('name').orderBy('name').execute();
    return { lost: feeds.map(({ name }) => name).filter((name) => name !== job.source) };
  }

  /** The generation that this job was building before, unless the catalogue or the program has moved on since. */
  async function stagedFor({ generation: number }: StoredJob): Promise<Generation> {
    const before = number === null ? undefined : await generations.find(number);
    if (before?.state === 'building') {
      if (before.number > (live?.number ?? 0) && generations.unusable(before) === undefined) return before;
      await generations.discard(before.number);
    }
    return generations.stage(job.id);
  }

  /** Clears away what crashed imports left, but not what can still be resumed. */
  async function sweep(current: number): Promise<void> {
    const interrupted = await jobs.list({ limit: 100, kind: 'import', states: ['interrupted'] });
    await generations.sweep([current, ...interrupted.flatMap(({ generation: number }) => number ?? [])]);
  }

  function taskFor(target: Generation): ImportTask {
    const { files, profile, csvMapping, allowShrink = false } = job.request;
    const branchNames = readBranchNames(deps.dataDir);
    const reading = {
      files,
      branchNames,
      ...(profile !== undefined && { profile }),
      ...(csvMapping && { csvMapping }),
    };
    return {
      jobId: job.id,
      owner: options.held.holder,
      source: job.source ?? 'main',
      mode: job.mode ?? 'full',
      allowShrink,
      knowledgeDirs: knowledgeDirsOf(deps.dataDir),
      databasePath: databasePath(deps.dataDir),
      generationPath: generations.pathOf(target),
      ...(live && { copyFrom: generations.pathOf(live) }),
      fileNames: files.map(({ name }) => name),
      input: options.input ?? reading,
      ...(deps.maxPages !== undefined && { maxPages: deps.maxPages }),
    };
  }

  async function conclude({ records, wordsChanged, trained }: TaskResult): Promise<void> {
    const ended_at = new Date().toISOString();
    if (records === undefined) {
      const message = nothingMessage(progress, live?.records ?? 0);
      await jobs.change(job.id, { state: 'done', message, progress, ended_at, generation: null });
      await generations.discard(generation.number);
      return;
    }
    await generations.promote(generation.number, {
      holder: options.held.holder,
      records,
      ...(trained && { trained: 1 }),
      async also(tx) {
        const missing = lost.length === 0 ? '' : ` Import these feeds again too: ${lost.join(', ')}.`;
        const message = doneMessage(progress, records) + (wordsChanged ? WORDS_CHANGED : '') + missing;
        await tx
          .updateTable('job')
          .set({ state: 'done', message, progress: JSON.stringify(progress), ended_at })
          .where('id', '=', job.id)
          .execute();
        const row = {
          job_id: job.id,
          mode: job.mode ?? 'full',
          files: JSON.stringify(job.files),
          imported_at: ended_at,
        };
        await tx
          .insertInto('source')
          .values({ name: job.source ?? 'main', ...row })
          .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
          .execute();
      },
    });
  }
}

/** Jobs whose process has died become `interrupted`. Only for whoever holds the lease, or knows that nobody does. */
export async function settleDead(jobs: JobStore, exceptId?: string): Promise<void> {
  for (const job of await jobs.list({ limit: 100, states: activeStates })) {
    if (job.id === exceptId) continue;
    const change = { message: interruptedMessage(job.progress), ended_at: new Date().toISOString() };
    await jobs.change(job.id, { state: 'interrupted', ...change }, activeStates);
  }
}
