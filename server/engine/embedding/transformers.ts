import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { LocalEmbeddingModel } from '../models/model.js';
import type { Embedding } from './embedding.js';
import { openModelThreads } from './model-threads.js';
import { longestText, requireFolder } from './transformers-folder.js';
import type { EmbedderToLoad } from './transformers-embedder.js';

export interface TransformersOptions<Model> {
  model: Model;
  /** Threads that each hold the model in memory of their own. */
  workers: number;
  /** Processor cores that each of them uses. */
  threadsPerWorker: number;
  signal?: AbortSignal;
}

const maxBatch = 64;

/**
 * An embedding model of transformers.js from a folder, run by onnxruntime in worker threads; this thread never waits on
 * it. Rejects with ModelUnusable when the folder cannot be used. Its `embed` rejects with ModelThreadLost when the
 * thread died that worked on it; the next call finds another. `startWorker` is for tests.
 */
export async function openTransformersEmbedding(
  options: TransformersOptions<LocalEmbeddingModel>,
  startWorker: (workerData: EmbedderToLoad) => Worker = startTransformersWorker,
): Promise<Embedding & { close(): Promise<void> }> {
  const { model, workers, threadsPerWorker, signal } = options;
  const { name, path, onnxType, dimensions, pooling, queryPrefix, passagePrefix } = model;
  await requireFolder(model);
  const longest = Math.min(model.contextTokens, longestText);
  const toLoad: EmbedderToLoad = {
    role: 'embedding',
    name,
    path,
    onnxType,
    dimensions,
    pooling,
    longest,
    threads: threadsPerWorker,
  };
  const threads = await openModelThreads<readonly string[], Float32Array>({
    start: () => startWorker(toLoad),
    threads: workers,
    signal,
  });
  const made = [model.sha256, onnxType, pooling, longest, queryPrefix, passagePrefix];
  const digest = createHash('sha256').update(JSON.stringify(made)).digest('hex');
  return {
    id: `${model.id}-${digest.slice(0, 12)}`,
    dimensions,
    maxBatch,
    queryPrefix,
    passagePrefix,
    async embed(texts, { signal: stopping, urgent = false } = {}) {
      stopping?.throwIfAborted();
      if (texts.length > maxBatch) throw new RangeError(`embed takes at most ${maxBatch} texts`);
      if (texts.length === 0) return [];
      const all = await threads.run(texts, { urgent, ...(stopping && { signal: stopping }) });
      return texts.map((_, at) => all.slice(at * dimensions, (at + 1) * dimensions));
    },
    close: () => threads.close(),
  };
}

/** A thread of Carrel's own that loads the model and serves it. */
export function startTransformersWorker(workerData: object): Worker {
  return new Worker(new URL('./transformers-worker.js', import.meta.url), { workerData });
}
