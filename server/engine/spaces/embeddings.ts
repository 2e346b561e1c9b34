import { Problem } from '../../contract/problems.js';
import type { Clock } from '../cache/clock.js';
import type { Database } from '../db/database.js';
import type { Embedding } from '../embedding/embedding.js';
import { explained, ImportStopped } from '../imports/failures.js';
import { createGenerations, type Generation } from '../imports/generations.js';
import { settleDead } from '../imports/attempt.js';
import { activeStates, createJobStore, type StoredJob } from '../jobs/job-store.js';
import { holdLease, type HeldLease } from '../jobs/lease-holder.js';
import { createLease } from '../jobs/lease.js';
import { EngineFault } from '../remote/engine-fault.js';
import { passageVersion } from '../retrieval/passage.js';
import { sweepPassageStores } from './passage-store.js';
import { atWork, doneMessage, endings, readsMessage, refusedMessage } from './sentences.js';
import { countSpaces, readSpaces, type SpaceState } from './space-states.js';
import { embedCatalogue, type EmbedOptions } from './embed-catalogue.js';

export interface EmbeddingsDeps {
  database: Database;
  /** The model that the library chose; undefined where it has none: then nothing is embedded. */
  embedding?: Embedding | undefined;
  /** Told of errors that Carrel has no sentence for. */
  onFault?: (error: unknown, jobId: string) => void;
  /** After how long `startIfNeeded` looks again when something else has the catalogue. Default: 5 seconds. */
  retryMs?: number;
  /** See BuildOptions; a test asks for bits early. */
  bitsAbove?: number;
  clock?: Clock;
}

export interface RunningEmbedding {
  job: StoredJob;
  /** The job in its last state. It does not reject for what the model or the machine did: the job says that. */
  done: Promise<StoredJob>;
}

export interface EmbeddingStatus {
  /** Records of the live catalogue; 0 without one. */
  records: number;
  /** The live space first. */
  spaces: SpaceState[];
  /** The newest embedding, whichever process runs it. */
  job: StoredJob | undefined;
}

export type Embeddings = ReturnType<typeof createEmbeddings>;

type StopReason = 'pause' | 'cancel' | 'close';

const resumable = ['paused', 'interrupted', 'failed'] as const;

/**
 * Embedding of the live catalogue by a model, as jobs: in the background, while search goes on with the vectors that
 * there are. What the model has read is kept passage by passage, so that a stop of any kind costs one batch, and after an
 * import only what changed is read. A job steps aside for an import or a training at once.
 */
export function createEmbeddings(deps: EmbeddingsDeps) {
  const { db, dataDir } = deps.database;
  const { embedding, retryMs = 5000 } = deps;
  const jobs = createJobStore({ db });
  const lease = createLease({ db });
  const generations = createGenerations({ db, dataDir });
  const running = new Map<string, { stop: (reason: StopReason) => void; done: Promise<StoredJob> }>();
  const complete = embedding && `${embedding.id} ${passageVersion}`;
  let retry: NodeJS.Timeout | undefined;
  let closed = false;

  async function get(id: string): Promise<StoredJob> {
    const job = await jobs.find(id);
    if (job?.kind !== 'embedding') throw new Problem('job_not_found');
    return job;
  }

  async function newest(): Promise<StoredJob | undefined> {
    return (await jobs.list({ limit: 1, kind: 'embedding' }))[0];
  }

  /** The catalogue and the model to work with. Throws Problem('not_ready') where one is missing. */
  async function readyToRead(): Promise<{ live: Generation; model: Embedding }> {
    const live = await generations.live();
    if (live === undefined || live.records === 0)
      throw new Problem('not_ready', { detail: 'There is no catalogue to read yet.' });
    const trouble = generations.unusable(live);
    if (trouble !== undefined) throw new Problem('not_ready', { detail: trouble });
    if (embedding === undefined)
      throw new Problem('not_ready', {
        detail: 'No embedding model is in use; carrel models use chooses one.',
      });
    return { live, model: embedding };
  }

  async function launch(
    job: StoredJob,
    options: Pick<EmbedOptions, 'questions'> = {},
  ): Promise<RunningEmbedding> {
    const { live, model } = await readyToRead();
    const held = await holdLease({ lease, jobId: job.id, yields: true });
    if (held === undefined) throw atWork();
    const stop = new AbortController();
    let reason: StopReason | undefined;
    const stopFor = (why: StopReason): void => {
      reason ??= why;
      stop.abort();
    };
    const signal = AbortSignal.any([stop.signal, held.lost]);
    const done = attempt(job, { live, model, signal, stopFor, held, ...options })
      .catch((error: unknown) => endEarly(job, signal.aborted, reason, error))
      .finally(() => held.release())
      .finally(() => running.delete(job.id))
      .then(() => get(job.id));
    running.set(job.id, { stop: stopFor, done });
    return { job, done };
  }

  async function attempt(
    job: StoredJob,
    run: {
      live: Generation;
      model: Embedding;
      signal: AbortSignal;
      stopFor: (reason: StopReason) => void;
      held: HeldLease;
    } & Pick<EmbedOptions, 'questions'>,
  ): Promise<void> {
    const { live, model } = run;
    await settleDead(jobs, job.id);
    await jobs.change(job.id, {
      state: 'running',
      generation: live.number,
      started_at: job.started_at ?? new Date().toISOString(),
      ended_at: null,
      message: readsMessage(model.id),
    });
    const { space, records } = await embedCatalogue({
      jobs,
      jobId: job.id,
      dataDir,
      cataloguePath: generations.pathOf(live),
      embedding: model,
      signal: run.signal,
      onStop: run.stopFor,
      onAnswersChanged: () => generations.revise(live.number),
      ...(job.request.textsPerSecond !== undefined && { textsPerSecond: job.request.textsPerSecond }),
      ...(run.questions && { questions: run.questions }),
      ...(deps.bitsAbove !== undefined && { bitsAbove: deps.bitsAbove }),
      ...(deps.clock && { clock: deps.clock }),
    });
    await sweepPassageStores(dataDir, [model.id, ...modelsIn(live)]);
    if (complete !== undefined) await generations.note(live.number, { embedded: complete });
    const ended_at = new Date().toISOString();
    await jobs.change(
      job.id,
      { state: 'done', message: doneMessage(space, records), ended_at },
      activeStates,
    );
  }

  async function endEarly(
    job: StoredJob,
    stopped: boolean,
    reason: StopReason | undefined,
    thrown: unknown,
  ): Promise<void> {
    const ended_at = new Date().toISOString();
    if (stopped) {
      const state = reason === 'pause' ? 'paused' : reason === 'cancel' ? 'cancelled' : 'interrupted';
      await jobs.change(job.id, { state, message: endings[state], ended_at }, activeStates);
      if (state === 'interrupted') lookAgain();
      return;
    }
    const error = explained(thrown);
    const known = error instanceof Problem || error instanceof ImportStopped;
    if (!known) deps.onFault?.(error, job.id);
    const said = error instanceof EngineFault ? refusedMessage(error.message) : endings.failed;
    const message = known ? error.message : said;
    await jobs.change(job.id, { state: 'failed', message, ended_at }, activeStates);
  }

  /** What has the catalogue now has it for a while: an import or a training, after which there may be more to read. */
  function lookAgain(): void {
    if (closed) return;
    clearTimeout(retry);
    retry = setTimeout(() => {
      startIfNeeded().catch((error: unknown) => deps.onFault?.(error, ''));
    }, retryMs);
    retry.unref();
  }

  async function startIfNeeded(): Promise<RunningEmbedding | undefined> {
    clearTimeout(retry);
    if (closed || embedding === undefined || running.size > 0) return undefined;
    const live = await generations.live();
    if (live === undefined || live.records === 0 || generations.unusable(live) !== undefined)
      return undefined;
    const last = await newest();
    const own = last?.request.model === embedding.id ? last : undefined;
    const isStaffsWill = own?.state === 'paused' || own?.state === 'cancelled' || own?.state === 'failed';
    if (isStaffsWill && (own.state === 'paused' || own.generation === live.number)) return undefined;
    const unfinished = own !== undefined && (own.state === 'interrupted' || activeStates.includes(own.state));
    const wanted = unfinished || (live.embedded !== complete && (await isInUse(live)));
    if (!wanted) return undefined;
    if ((await lease.find()) !== undefined) {
      lookAgain();
      return undefined;
    }
    try {
      return unfinished ? await goOn(own) : await begin({});
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'import_running') throw error;
      lookAgain();
      return undefined;
    }
  }

  /** Whether this model has a space here, or had one in a catalogue before this one. */
  async function isInUse(live: Generation): Promise<boolean> {
    if (embedding !== undefined && modelsIn(live).includes(embedding.id)) return true;
    const before = await jobs.list({ limit: 100, kind: 'embedding', states: ['done'] });
    return before.some(({ request }) => request.model === embedding?.id);
  }

  function modelsIn(live: Generation): string[] {
    return readSpaces(generations.pathOf(live)).flatMap(({ model }) => model ?? []);
  }

  interface Wanted extends Pick<EmbedOptions, 'questions'> {
    /** The most texts a second. Default: as fast as the model goes. */
    textsPerSecond?: number;
  }

  async function begin({ textsPerSecond, questions }: Wanted): Promise<RunningEmbedding> {
    const { model } = await readyToRead();
    const request = { files: [], model: model.id, ...(textsPerSecond !== undefined && { textsPerSecond }) };
    const job = await jobs.add({
      kind: 'embedding',
      source: null,
      mode: null,
      request,
      message: 'Waiting to start.',
    });
    try {
      return await launch(job, questions ? { questions } : {});
    } catch (error) {
      const message = error instanceof Problem ? error.message : endings.failed;
      await jobs.change(job.id, { state: 'interrupted', message, ended_at: new Date().toISOString() });
      throw error;
    }
  }

  async function goOn(job: StoredJob, change: Wanted = {}): Promise<RunningEmbedding> {
    const { textsPerSecond, questions } = change;
    const request = { ...job.request, ...(textsPerSecond !== undefined && { textsPerSecond }) };
    await jobs.change(job.id, {
      state: 'queued',
      message: 'Waiting to go on.',
      request,
      cancelRequested: false,
    });
    try {
      return await launch({ ...job, request }, questions ? { questions } : {});
    } catch (error) {
      await jobs.change(job.id, { state: job.state, message: job.message });
      throw error;
    }
  }

  async function requireIdle(): Promise<void> {
    if ((await lease.find()) !== undefined) throw atWork();
  }

  return {
    jobs,
    generations,

    /**
     * Embeds the live catalogue, going on with what a stop left. Throws Problem('not_ready') without a catalogue or a
     * model, and Problem('import_running') while an import, a training or another embedding is at work.
     */
    async start(wanted: Wanted = {}): Promise<RunningEmbedding> {
      const { model } = await readyToRead();
      await requireIdle();
      const last = await newest();
      const open = last?.request.model === model.id && last.state !== 'done' && last.state !== 'cancelled';
      return open ? goOn(last, wanted) : begin(wanted);
    },

    /**
     * What a server asks when it starts and after every change of the catalogue: goes on with an embedding that was
     * stopped, and reads what an import changed where this model has read the rest. Undefined when there is nothing to
     * do; while something else has the catalogue it looks again by itself.
     */
    startIfNeeded,

    /** Stops an embedding until `resume`, whichever process runs it. */
    async pause(id: string): Promise<StoredJob> {
      await get(id);
      const here = running.get(id);
      if (here) {
        here.stop('pause');
        return here.done;
      }
      const change = {
        state: 'paused',
        message: endings.paused,
        ended_at: new Date().toISOString(),
      } as const;
      await jobs.change(id, change, [...activeStates, 'interrupted']);
      return get(id);
    },

    /** Goes on with an embedding that is paused, interrupted or failed, in this process. Throws as `start` does. */
    async resume(id: string, wanted: Wanted = {}): Promise<RunningEmbedding> {
      const job = await get(id);
      if (!resumable.some((state) => state === job.state))
        throw new Problem('job_not_found', { detail: 'This job is over; there is nothing to resume.' });
      const { model } = await readyToRead();
      if (job.request.model !== model.id)
        throw new Problem('not_ready', {
          detail: `It was begun with ${job.request.model}; ${model.id} is in use now.`,
        });
      await requireIdle();
      return goOn(job, wanted);
    },

    /** Cancels an embedding, whichever process runs it; what the model has read is kept. */
    async cancel(id: string): Promise<StoredJob> {
      await get(id);
      const here = running.get(id);
      if (here) {
        here.stop('cancel');
        return here.done;
      }
      if ((await lease.find())?.jobId === id) await jobs.change(id, { cancelRequested: true }, activeStates);
      else {
        const change = {
          state: 'cancelled',
          message: endings.cancelled,
          ended_at: new Date().toISOString(),
        } as const;
        await jobs.change(id, change, [...activeStates, 'paused', 'interrupted', 'failed']);
      }
      return get(id);
    },

    /** How the live catalogue's spaces stand. Counting takes a tenth of a second with a million records. */
    async status(): Promise<EmbeddingStatus> {
      const live = await generations.live();
      const usable = live !== undefined && generations.unusable(live) === undefined;
      const spaces = usable ? countSpaces(generations.pathOf(live)) : [];
      return { records: live?.records ?? 0, spaces, job: await newest() };
    },

    /** Stops what runs here and waits for it; it goes on at the next start. */
    async close(): Promise<void> {
      closed = true;
      clearTimeout(retry);
      const all = [...running.values()];
      for (const { stop } of all) stop('close');
      await Promise.all(all.map(({ done }) => done));
    },
  };
}
