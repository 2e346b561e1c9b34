import { workerData } from 'node:worker_threads';
import { serveModel } from './model-thread.js';
import { loadEmbedder, type EmbedderToLoad } from './transformers-embedder.js';
import { loadScorer, type ScorerToLoad } from './transformers-scorer.js';

const wanted = workerData as EmbedderToLoad | ScorerToLoad;
if (wanted.role === 'embedding') {
  await serveModel(
    () => loadEmbedder(wanted),
    (vectors) => [vectors.buffer],
  );
} else {
  await serveModel(
    () => loadScorer(wanted),
    (scores) => [scores.buffer],
  );
}
