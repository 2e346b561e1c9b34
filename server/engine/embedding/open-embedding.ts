import { availableParallelism } from 'node:os';
import type { ModelStore } from '../models/model-store.js';
import { ModelUnusable } from './model-unusable.js';
import { openRemoteEmbedding, type RemoteEmbeddingOptions } from './remote.js';
import type { Embedding } from './embedding.js';
import { openTransformersEmbedding } from './transformers.js';

export interface EmbeddingChoice {
  remoteEmbedding: RemoteEmbeddingOptions['engine'] | undefined;
  models: Pick<ModelStore, 'chosen' | 'unusable'>;
}

export type OpenEmbedding = (signal: AbortSignal) => Promise<Embedding & { close(): Promise<void> }>;

/** Each thread holds the model once more; four read as fast as a library's catalogue changes. */
const MOST_THREADS = 4;

/**
 * How to open the embedding model that this library wants: the engine at an address where one is set, else the chosen
 * folder; undefined when there is neither. Opening a folder that is not as it was rejects with ModelUnusable. Half of the cores stay free for search and the language model.
 */
export function embeddingFor({ remoteEmbedding, models }: EmbeddingChoice): OpenEmbedding | undefined {
  if (remoteEmbedding) return (signal) => openRemoteEmbedding({ engine: remoteEmbedding, signal });
  const model = models.chosen('embedding');
  if (!model) {
    const trouble = models.unusable('embedding');
    return trouble === undefined ? undefined : () => Promise.reject(new ModelUnusable(trouble));
  }
  const workers = Math.min(MOST_THREADS, Math.max(1, Math.floor(availableParallelism() / 2)));
  return (signal) => openTransformersEmbedding({ model, workers, threadsPerWorker: 1, signal });
}
