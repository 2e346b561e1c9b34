import { Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';

/** More than any cache of a machine that a library buys. */
export const COPIED_BYTES = 96 * 1024 * 1024;

/**
 * Copies big buffers in as many threads as a model would use and answers bytes a second, read and written counted; the
 * ceiling of writing is this over the file's length, for every token reads the whole file once. Takes about `forMs`.
 */
export async function measureBandwidth(options: {
  threads: number;
  forMs: number;
  signal: AbortSignal;
}): Promise<number> {
  const path = fileURLToPath(new URL('./bandwidth-worker.js', import.meta.url));
  const workers = Array.from(
    { length: options.threads },
    () => new Worker(path, { workerData: { bytes: COPIED_BYTES, forMs: options.forMs } }),
  );
  try {
    const each = workers.map(
      (worker) =>
        new Promise<number>((resolve, reject) => {
          worker.once('message', resolve);
          worker.once('error', reject);
          options.signal.addEventListener('abort', () => reject(options.signal.reason as Error), {
            once: true,
          });
        }),
    );
    options.signal.throwIfAborted();
    return (await Promise.all(each)).reduce((sum, one) => sum + one, 0);
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
