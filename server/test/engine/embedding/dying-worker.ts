import { parentPort } from 'node:worker_threads';

/** The real worker, but that a text "die now" ends its thread, as a fault of the machine would. */
parentPort?.on('message', (message: { task?: readonly string[] }) => {
  if (message.task?.includes('die now')) process.exit(7);
});
await import('../../../engine/embedding/transformers-worker.js');
