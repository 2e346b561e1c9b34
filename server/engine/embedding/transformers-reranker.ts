import { createHash } from 'node:crypto';
import type { LocalReranker } from '../models/model.js';
import { openModelThreads } from './model-threads.js';
import type { Reranker } from './reranker.js';
import { longestText, requireFolder } from './transformers-folder.js';
import type { PairsToScore, ScorerToLoad } from './transformers-scorer.js';
import { startTransformersWorker, type TransformersOptions } from './transformers.js';

const maxBatch = 64;

/**
 * A reranking model of transformers.js from a folder, run by onnxruntime in worker threads. Rejects with ModelUnusable
 * when the folder cannot be used; its `rerank` rejects with ModelThreadLost when the thread died that worked on it.
 */
export async function openTransformersReranker({
  model,
  workers,
  threadsPerWorker,
  signal,
}: TransformersOptions<LocalReranker>): Promise<Reranker & { close(): Promise<void> }> {
  const { name, path, onnxType } = model;
  await requireFolder(model);
  const longest = Math.min(model.contextTokens, longestText);
  const toLoad: ScorerToLoad = { role: 'reranker', name, path, onnxType, longest, threads: threadsPerWorker };
  const threads = await openModelThreads<PairsToScore, Float32Array>({
    start: () => startTransformersWorker(toLoad),
    threads: workers,
    signal,
  });
  const made = JSON.stringify([model.sha256, onnxType, longest]);
  return {
    id: `${model.id}-${createHash('sha256').update(made).digest('hex').slice(0, 12)}`,
    maxBatch,
    async rerank(question, texts, { signal: stopping } = {}) {
      stopping?.throwIfAborted();
      if (texts.length > maxBatch) throw new RangeError(`rerank takes at most ${maxBatch} texts`);
      if (texts.length === 0) return new Float32Array();
      return threads.run({ question, texts }, { urgent: true, ...(stopping && { signal: stopping }) });
    },
    close: () => threads.close(),
  };
}
