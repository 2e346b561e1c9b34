import { Worker } from 'node:worker_threads';
import type { PackedBatch } from './batch.js';
import { receivedError, type SentError } from './failures.js';
import type { ReadingOptions } from './pack.js';

export interface ToReader {
  credit: number;
}
export type FromReader =
  { type: 'batch'; batch: PackedBatch } | { type: 'end' } | { type: 'error'; error: SentError };

/** Batches that may wait between the threads: enough to keep both busy, little enough to bound memory. */
const CREDIT = 3;

/**
 * Reads files in a thread of their own and yields their batches in order; the reader waits when the caller is slow.
 * Throws what the reading threw. Ending the iteration ends the thread.
 */
export async function* readInThread(
  options: ReadingOptions,
  signal: AbortSignal,
): AsyncGenerator<PackedBatch> {
  const worker = new Worker(new URL('./reader-thread.js', import.meta.url), {
    workerData: { options, credit: CREDIT },
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  });
  const arrived: FromReader[] = [];
  let wake: (() => void) | undefined;
  const arrive = (message: FromReader): void => {
    arrived.push(message);
    wake?.();
  };
  worker.on('message', arrive);
  worker.on('error', (error) => arrive({ type: 'error', error: fault(error) }));
  worker.on('exit', () =>
    arrive({ type: 'error', error: fault(new Error('The reading thread ended early')) }),
  );
  const aborted = (): void => wake?.();
  signal.addEventListener('abort', aborted);
  try {
    for (;;) {
      const message = arrived.shift();
      signal.throwIfAborted();
      if (message === undefined) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      if (message.type === 'error') throw receivedError(message.error);
      if (message.type === 'end') return;
      yield message.batch;
      worker.postMessage({ credit: 1 } satisfies ToReader);
    }
  } finally {
    signal.removeEventListener('abort', aborted);
    await worker.terminate();
  }
}

function fault(error: unknown): SentError {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { kind: 'fault', name, message, stack: stack ?? '' };
}
