import { parentPort, workerData } from 'node:worker_threads';
import { trainInThisThread } from './train.js';
import type { TrainingMessage } from './train-vectors.js';

const { cataloguePath, dimensions } = workerData as { cataloguePath: string; dimensions?: number };
const tell = (message: TrainingMessage) => parentPort?.postMessage(message);
try {
  const trained = trainInThisThread(cataloguePath, {
    ...(dimensions === undefined ? {} : { dimensions }),
    onProgress: (done) => tell({ kind: 'progress', done }),
  });
  tell({ kind: 'trained', ...trained });
} catch (error) {
  // Errors of native modules do not survive the way between threads; their words do.
  tell({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
