import { ModelUnusable } from '../embedding/model-unusable.js';
import type { Reranker } from '../embedding/reranker.js';
import { openTransformersReranker } from '../embedding/transformers-reranker.js';
import type { ModelStore } from '../models/model-store.js';
import { readAdmission } from './reranker-admission.js';

/**
 * How to open the chosen reranker; undefined when none is chosen. Only one that was measured on judged questions and
 * bettered them (`carrel eval --reranker`) opens, because a weak one makes answers worse; else ModelUnusable.
 */
export function admittedReranker(
  dataDir: string,
  models: Pick<ModelStore, 'chosen' | 'unusable'>,
): ((signal: AbortSignal) => Promise<Reranker & { close(): Promise<void> }>) | undefined {
  const model = models.chosen('reranker');
  if (!model) {
    const trouble = models.unusable('reranker');
    return trouble === undefined ? undefined : () => Promise.reject(new ModelUnusable(trouble));
  }
  return async (signal) => {
    const opened = await openTransformersReranker({ model, workers: 1, threadsPerWorker: 1, signal });
    const measured = readAdmission(dataDir);
    if (measured?.reranker === opened.id && measured.admitted) return opened;
    await opened.close();
    throw new ModelUnusable(
      `The reranker ${model.name} is not used: carrel eval DIR --reranker has not shown yet that it betters the answers here.`,
    );
  };
}
