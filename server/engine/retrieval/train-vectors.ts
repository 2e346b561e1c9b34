import { Worker } from 'node:worker_threads';

export interface TrainingOptions {
  cataloguePath: string;
  /** Stops the training; nothing of it is kept. */
  signal: AbortSignal;
  /** Told how much is done, from 0 to 1. */
  onProgress?: (done: number) => void;
  /** Numbers in a vector. Default: 128 below 2,000 records, else 192. */
  dimensions?: number;
}

export type TrainingMessage =
  | { kind: 'progress'; done: number }
  | { kind: 'trained'; records: number; id: string }
  | { kind: 'failed'; message: string };

/**
 * Trains the catalogue's own vectors in a worker thread, while searches go on, and makes them live in one transaction.
 * Rejects with the signal's reason when stopped, and with the fault when training fails; the old vectors stay then.
 */
export function trainVectors(options: TrainingOptions): Promise<{ records: number; id: string }> {
  const { cataloguePath, signal, onProgress, dimensions } = options;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const worker = new Worker(new URL('./train-worker.js', import.meta.url), {
      workerData: { cataloguePath, dimensions },
    });
    const stop = () => settle(() => reject(signal.reason as Error));
    const settle = (answer: () => void) => {
      signal.removeEventListener('abort', stop);
      void worker.terminate().then(answer);
    };
    signal.addEventListener('abort', stop, { once: true });
    worker.on('message', (message: TrainingMessage) => {
      if (message.kind === 'progress') onProgress?.(message.done);
      else if (message.kind === 'trained')
        settle(() => resolve({ records: message.records, id: message.id }));
      else settle(() => reject(new Error(message.message)));
    });
    worker.on('error', (error) => settle(() => reject(error)));
  });
}
