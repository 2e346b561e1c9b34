import { setImmediate } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import type { FromThread, ToThread } from './model-messages.js';
import { ModelUnusable } from './model-unusable.js';

/** A loaded model as its thread works with it. */
export interface LoadedModel<Task, Answer> {
  /** The work in steps short enough to be waited for; between two of them urgent work is let in. */
  begin(task: Task): AsyncGenerator<void, Answer>;
  close(): Promise<void>;
}

interface Job<Answer> {
  id: number;
  steps: AsyncGenerator<void, Answer>;
}

/**
 * Serves one model to the thread that started this one, until told to close: urgent tasks first, then those in the
 * background, one step at a time. Says `unusable` instead when loading throws ModelUnusable; anything else ends the thread.
 */
export async function serveModel<Task, Answer>(
  load: () => Promise<LoadedModel<Task, Answer>>,
  buffersOf: (answer: Answer) => ArrayBuffer[],
): Promise<void> {
  const port = parentPort;
  if (!port) throw new Error('a model is served from a worker thread only');
  const tell = (message: FromThread<Answer>, buffers: ArrayBuffer[] = []) =>
    port.postMessage(message, buffers);
  let model: LoadedModel<Task, Answer>;
  try {
    model = await load();
  } catch (error) {
    if (!(error instanceof ModelUnusable)) throw error;
    const detail = error.cause instanceof Error ? error.cause.message : '';
    tell({ kind: 'unusable', sentence: error.message, detail });
    return;
  }

  const lines: { urgent: Job<Answer>[]; background: Job<Answer>[] } = { urgent: [], background: [] };
  let working = false;
  let closing = false;

  async function step(job: Job<Answer>): Promise<void> {
    try {
      const { done, value } = await job.steps.next();
      if (done !== true) return;
      leave(job.id);
      tell({ kind: 'done', id: job.id, answer: value }, buffersOf(value));
    } catch (error) {
      leave(job.id);
      tell({ kind: 'failed', id: job.id, message: error instanceof Error ? error.message : String(error) });
    }
  }
  function leave(id: number): void {
    for (const line of Object.values(lines)) {
      const at = line.findIndex((job) => job.id === id);
      if (at >= 0) line.splice(at, 1);
    }
  }
  async function work(): Promise<void> {
    if (working) return;
    working = true;
    for (;;) {
      const job = closing ? undefined : (lines.urgent[0] ?? lines.background[0]);
      if (!job) break;
      await step(job);
      // The library blocks this thread while it works: only now can it be heard that somebody waits or has left.
      await setImmediate();
    }
    working = false;
    if (closing) {
      await model.close();
      port?.close();
    }
  }

  port.on('message', (message: ToThread<Task>) => {
    if (message.kind === 'drop') leave(message.id);
    else if (message.kind === 'close') closing = true;
    else
      lines[message.urgent ? 'urgent' : 'background'].push({
        id: message.id,
        steps: model.begin(message.task),
      });
    void work();
  });
  tell({ kind: 'ready' });
}
