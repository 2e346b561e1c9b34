import { Worker } from 'node:worker_threads';
import { ImportStopped, receivedError, sentError, type SentError } from './failures.js';
import type { ImportTask, TaskProgress, TaskResult } from './task.js';

export type FromImport =
  | { type: 'progress'; progress: TaskProgress }
  | { type: 'done'; result: TaskResult }
  | { type: 'error'; error: SentError };

/**
 * Runs an import task in a thread, so that this one stays free to answer and to keep the lease alive. Rejects with what
 * stopped it: Problem, ImportStopped (`cancelled` after the signal) or a fault.
 */
export async function runInThread(
  task: ImportTask,
  options: { signal: AbortSignal; onProgress: (progress: TaskProgress) => void },
): Promise<TaskResult> {
  const { signal } = options;
  const worker = new Worker(new URL('./import-thread.js', import.meta.url), { workerData: task });
  const stop = (): void => worker.postMessage('stop');
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    return await new Promise<TaskResult>((resolve, reject) => {
      worker.on('message', (message: FromImport) => {
        if (message.type === 'progress') options.onProgress(message.progress);
        else if (message.type === 'done') resolve(message.result);
        else reject(receivedError(message.error));
      });
      worker.on('error', (error) => reject(receivedError(sentError(error))));
      worker.on('exit', () => reject(new Error('The importing thread ended early')));
    });
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new ImportStopped('cancelled', 'Cancelled; the catalogue is as it was.', { cause: error });
  } finally {
    signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
}
