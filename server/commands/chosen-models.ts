import type { Config } from '../config.js';
import type { Embedding } from '../engine/embedding/embedding.js';
import type { Reranker } from '../engine/embedding/reranker.js';
import { openTransformersReranker } from '../engine/embedding/transformers-reranker.js';
import { embeddingFor } from '../engine/embedding/open-embedding.js';
import { openModelStore } from '../engine/models/model-store.js';

/** Opens the embedding model that this library uses; undefined where it has none. The caller closes it. */
export async function openChosenEmbedding(
  config: Pick<Config, 'dataDir' | 'programDir' | 'remoteEmbedding'>,
  signal: AbortSignal,
): Promise<(Embedding & { close(): Promise<void> }) | undefined> {
  const open = embeddingFor({ remoteEmbedding: config.remoteEmbedding, models: openModelStore(config) });
  return open?.(signal);
}

/** Opens the chosen reranker, admitted or not, to be measured; undefined where there is none. The caller closes it. */
export async function openChosenReranker(
  config: Pick<Config, 'dataDir' | 'programDir'>,
  signal: AbortSignal,
): Promise<(Reranker & { close(): Promise<void> }) | undefined> {
  const model = openModelStore(config).chosen('reranker');
  return model && openTransformersReranker({ model, workers: 1, threadsPerWorker: 1, signal });
}
