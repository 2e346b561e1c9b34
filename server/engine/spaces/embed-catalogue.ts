import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../cache/clock.js';
import type { Embedding } from '../embedding/embedding.js';
import { activeStates, noProgress, type JobStore } from '../jobs/job-store.js';
import { watchJob } from '../jobs/job-watch.js';
import type { VectorSpace } from '../retrieval/vector-spaces.js';
import { passageStorePath } from './passage-store.js';
import { openPassageThread } from './passage-thread.js';
import { patientEmbedding } from './patient-embedding.js';
import { readsMessage } from './sentences.js';

export interface EmbedOptions {
  jobs: JobStore;
  jobId: string;
  dataDir: string;
  cataloguePath: string;
  embedding: Embedding;
  /** Stops it; what has been kept stays kept. */
  signal: AbortSignal;
  /** Told when another process paused or cancelled the job. */
  onStop: (reason: 'pause' | 'cancel') => void;
  /** Told when the live space has other vectors now, so that search threads read them. */
  onAnswersChanged: () => Promise<void>;
  /** The most texts a second. Default: as fast as the model goes. */
  textsPerSecond?: number;
  /** Questions that patrons ask, to measure recall with. */
  questions?: readonly string[];
  /** See BuildOptions. */
  bitsAbove?: number;
  clock?: Clock;
}

/** Pace is told over this many of the last batches. */
const paceBatches = 20;

/**
 * Has a model read every passage of a catalogue file that it has not read before, batch by batch, and makes or completes
 * its space in the file. Rejects with the signal's reason, or with what the model or the disk said; the space is then as
 * it was, and what was read is kept.
 */
export async function embedCatalogue(
  options: EmbedOptions,
): Promise<{ space: VectorSpace; records: number }> {
  const { jobs, jobId, embedding, signal } = options;
  const { id: model, dimensions, passagePrefix: prefix } = embedding;
  const watch = watchJob(jobs, jobId, () => options.onStop('cancel'), {
    pause: () => options.onStop('pause'),
  });
  const patient = patientEmbedding(embedding, {
    signal,
    onWait: (why) =>
      void jobs.change(jobId, { message: why ?? readsMessage(model) }, activeStates).catch(() => undefined),
    ...(options.clock && { clock: options.clock }),
  });
  const finishing = 'The model has read everything; its vectors are put in order and measured.';
  let progress = noProgress;
  const storePath = passageStorePath(options.dataDir, model);
  const task = {
    cataloguePath: options.cataloguePath,
    storePath,
    model,
    dimensions,
    prefix,
    bitsAbove: options.bitsAbove,
  };
  const thread = openPassageThread(task, { signal, onProgress: () => watch.report(progress, finishing) });
  try {
    const { records, missing } = await thread.ask({ kind: 'survey' });
    const report = (left: number, perSecond: number): void => {
      const seconds_left = perSecond > 0 ? Math.round(left / perSecond) : null;
      const per_second = Math.round(perSecond * 10) / 10;
      progress = { ...noProgress, records: records - left, total: records, per_second, seconds_left };
      watch.report(progress);
    };
    report(missing, 0);
    const carried = await thread.ask({ kind: 'carryOver' });
    if (carried.live && carried.added > 0) await options.onAnswersChanged();
    await readAll(missing, report);
    watch.report(progress, finishing);
    const questions = await vectorsOf(options.questions ?? []);
    const { space, changed } = await thread.ask({ kind: 'publish', questions });
    signal.throwIfAborted();
    if (space.live && changed) await options.onAnswersChanged();
    return { space, records };
  } finally {
    await thread.close();
    await watch.end();
  }

  async function readAll(missing: number, report: (left: number, perSecond: number) => void): Promise<void> {
    const rate = options.textsPerSecond ?? Infinity;
    const limit = Math.max(1, Math.min(embedding.maxBatch, Math.ceil(rate)));
    const began: { at: number; left: number }[] = [];
    let left = missing;
    let keeping: Promise<unknown> = Promise.resolve();
    let upcoming = thread.ask({ kind: 'next', limit });
    for (let { texts } = await upcoming; texts.length > 0; { texts } = await upcoming) {
      const startedAt = performance.now();
      began.push({ at: startedAt, left });
      if (began.length > paceBatches) began.shift();
      upcoming = thread.ask({ kind: 'next', limit });
      // Whoever awaits the batch after this one hears of it.
      upcoming.catch(() => undefined);
      const vectors = await orStopped(patient.embed(texts, { signal }), signal);
      await keeping;
      keeping = thread.ask({ kind: 'keep', vectors });
      keeping.catch(() => undefined);
      left -= texts.length;
      await pause(startedAt + (1000 * texts.length) / rate - performance.now());
      const [first] = began;
      const seconds = (performance.now() - (first?.at ?? 0)) / 1000;
      report(left, ((first?.left ?? left) - left) / seconds);
    }
    await keeping;
  }

  async function pause(ms: number): Promise<void> {
    if (ms > 0) await orStopped(sleep(ms, undefined, { signal }), signal);
  }

  async function vectorsOf(questions: readonly string[]): Promise<Float32Array[]> {
    const vectors: Float32Array[] = [];
    for (let at = 0; at < questions.length; at += embedding.maxBatch) {
      const texts = questions.slice(at, at + embedding.maxBatch).map((text) => embedding.queryPrefix + text);
      vectors.push(...(await orStopped(patient.embed(texts, { signal }), signal)));
    }
    return vectors;
  }
}

/** What is waited for, or the signal's reason: a model that does not listen holds nobody up. */
function orStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
