import { Worker } from 'node:worker_threads';
import { receivedError, type SentError } from '../imports/failures.js';
import type { VectorSpace } from '../retrieval/vector-spaces.js';

export interface PassageTask {
  cataloguePath: string;
  storePath: string;
  /** Id of the embedding whose vectors are kept. */
  model: string;
  dimensions: number;
  /** What the model wants before a passage. */
  prefix: string;
  bitsAbove?: number | undefined;
  memory?: number | undefined;
}

/** What the thread can be asked for, and what it answers. */
export interface PassageAnswers {
  /** How many records patrons may see, of how many the passage was read before, and how many passages are to be read. */
  survey: { records: number; known: number; missing: number };
  /** The next passages to be read, prefix included; none when all have been handed out. */
  next: { texts: string[] };
  /** Vectors of the passages handed out first and not kept yet. */
  keep: { kept: number };
  /** Adds to the model's space, where the file has one, what is known and lacking there. */
  carryOver: { added: number; live: boolean };
  /** Completes the model's space, or makes it. */
  publish: { space: VectorSpace; changed: boolean };
}

export type PassageRequest =
  | { kind: 'survey' }
  | { kind: 'next'; limit: number }
  | { kind: 'keep'; vectors: Float32Array[] }
  | { kind: 'carryOver' }
  | { kind: 'publish'; questions: Float32Array[] };

export type PassageReply =
  | { kind: 'progress'; done: number }
  | { kind: 'answer'; answer: PassageAnswers[keyof PassageAnswers] }
  | { kind: 'error'; error: SentError };

export interface PassageThread {
  ask<K extends keyof PassageAnswers>(request: PassageRequest & { kind: K }): Promise<PassageAnswers[K]>;
  /** Stops the thread where it is; what it was writing is undone. */
  close(): Promise<void>;
}

/**
 * Starts the thread that reads a catalogue's passages, keeps their vectors and writes spaces, so that nobody else waits
 * for the disk. Questions are answered in their order; all of them reject with the signal's reason when it aborts.
 */
export function openPassageThread(
  task: PassageTask,
  { signal, onProgress }: { signal: AbortSignal; onProgress?: (done: number) => void },
): PassageThread {
  const worker = new Worker(new URL('./passage-worker.js', import.meta.url), { workerData: task });
  const waiting: { resolve: (answer: never) => void; reject: (error: unknown) => void }[] = [];
  let over: { error: Error } | undefined;
  const end = (error: Error): void => {
    over ??= { error };
    for (const { reject } of waiting.splice(0)) reject(over.error);
  };
  const stop = (): void => {
    end(signal.reason as Error);
    void worker.terminate();
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  worker.on('message', (reply: PassageReply) => {
    if (reply.kind === 'progress') onProgress?.(reply.done);
    else if (reply.kind === 'answer') waiting.shift()?.resolve(reply.answer as never);
    else waiting.shift()?.reject(receivedError(reply.error));
  });
  worker.on('error', end);
  worker.on('exit', () => end(new Error('the thread that keeps passages has ended')));

  return {
    ask(request) {
      return new Promise((resolve, reject) => {
        if (over) return reject(over.error);
        waiting.push({ resolve, reject });
        worker.postMessage(request);
      });
    },
    async close() {
      signal.removeEventListener('abort', stop);
      await worker.terminate();
    },
  };
}
