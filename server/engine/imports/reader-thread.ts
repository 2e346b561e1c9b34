import { parentPort, workerData } from 'node:worker_threads';
import { sentError } from './failures.js';
import { packFiles, type ReadingOptions } from './pack.js';
import type { FromReader, ToReader } from './reader.js';

/** Entry of the reading thread: parses and maps while the writing thread writes, never more than its credit ahead. */
const port = parentPort;
if (!port) throw new Error('reader-thread.js runs as a worker thread');
const { options, credit: firstCredit } = workerData as { options: ReadingOptions; credit: number };

let credit = firstCredit;
let wake: (() => void) | undefined;
port.on('message', (message: ToReader) => {
  credit += message.credit;
  wake?.();
});

try {
  for await (const batch of packFiles(options, new AbortController().signal)) {
    while (credit === 0) await new Promise<void>((resolve) => (wake = resolve));
    credit -= 1;
    port.postMessage({ type: 'batch', batch } satisfies FromReader);
  }
  port.postMessage({ type: 'end' } satisfies FromReader);
} catch (error) {
  port.postMessage({ type: 'error', error: sentError(error) } satisfies FromReader);
}
port.close();
