import { openTransformersEmbedding } from '../engine/embedding/transformers.js';
import type { MeasureEmbedding } from './doctor.js';

const BATCH = 32;
const text =
  'The lighthouse keeper of a small harbour writes to his daughter about storms, ships that passed in the night and the year in which the lamp went out; letters of seven winters, with drawings by the author.';

/** Embeds texts as long as a record's in one worker thread and counts them, loading not included. */
export const measureEmbedding: MeasureEmbedding = async (model, { forMs, signal }) => {
  const embedding = await openTransformersEmbedding({ model, workers: 1, threadsPerWorker: 1, signal });
  try {
    const batch = Array.from({ length: Math.min(BATCH, embedding.maxBatch) }, (_, i) => `${i}. ${text}`);
    // The first batch lays memory out; it does not count.
    await embedding.embed(batch, { signal });
    const start = performance.now();
    let texts = 0;
    do {
      await embedding.embed(batch, { signal });
      texts += batch.length;
    } while (performance.now() - start < forMs);
    const textsPerSecond = texts / ((performance.now() - start) / 1000);
    return { textsPerSecond, wordsPerText: text.split(' ').length + 1 };
  } finally {
    await embedding.close();
  }
};
