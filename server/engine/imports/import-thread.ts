import { parentPort, workerData } from 'node:worker_threads';
import { sentError } from './failures.js';
import { runImportTask, type ImportTask } from './task.js';
import type { FromImport } from './run.js';

/** Entry of the writing thread. Any message to it means: stop. */
const port = parentPort;
if (!port) throw new Error('import-thread.js runs as a worker thread');
const stop = new AbortController();
port.on('message', () => stop.abort());

const send = (message: FromImport): void => port.postMessage(message);
try {
  const result = await runImportTask(workerData as ImportTask, stop.signal, (progress) =>
    send({ type: 'progress', progress }),
  );
  send({ type: 'done', result });
} catch (error) {
  send({ type: 'error', error: sentError(error) });
}
port.close();
