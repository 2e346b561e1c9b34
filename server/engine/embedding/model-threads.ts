import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import type { FromThread, ToThread } from './model-messages.js';
import { ModelUnusable } from './model-unusable.js';

/** The thread that worked on it is gone, or none could be started: nothing was answered. Asking again may work. */
export class ModelThreadLost extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ModelThreadLost';
  }
}

/** Threads that each hold the same model. */
export interface ModelThreads<Task, Answer> {
  /**
   * Urgent tasks go before all others and share a thread with one of those. Rejects with the signal's reason as soon as
   * it aborts, and with ModelThreadLost when the thread dies; the thread is then replaced.
   */
  run(task: Task, options?: { signal?: AbortSignal; urgent?: boolean }): Promise<Answer>;
  /** Lets the steps under way end and rejects what waits. A thread in a very long step is left to end by itself. */
  close(): Promise<void>;
}

interface Job<Task, Answer> {
  id: number;
  task: Task;
  urgent: boolean;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

interface Thread<Task, Answer> {
  worker: Worker;
  state: 'starting' | 'ready';
  /** At most one of each kind: what waits can then still be dropped or go to another thread. */
  urgent?: Job<Task, Answer>;
  background?: Job<Task, Answer>;
  gone: Promise<void>;
}

const firstPauseMs = 1000;
const longestPauseMs = 60_000;
/** How long whoever closes waits for a thread, and after how long it is taken for hanging. */
const closingMs = 5000;
const hungMs = 60_000;

/**
 * Starts the threads and waits until all have loaded the model. Rejects with ModelUnusable when it cannot be used. A
 * thread that dies is replaced at once, one that cannot start again after a pause that doubles, up to a minute.
 */
export async function openModelThreads<Task, Answer>(options: {
  start: () => Worker;
  threads: number;
  signal?: AbortSignal | undefined;
}): Promise<ModelThreads<Task, Answer>> {
  type OneJob = Job<Task, Answer>;
  type OneThread = Thread<Task, Answer>;
  const { start, threads, signal } = options;
  signal?.throwIfAborted();
  const alive = new Set<OneThread>();
  const pauses = new Set<NodeJS.Timeout>();
  const lines: { urgent: OneJob[]; background: OneJob[] } = { urgent: [], background: [] };
  let lastId = 0;
  let pauseMs = firstPauseMs;
  let closed = false;

  /** Starts one thread; settles when it has loaded the model or has failed to. */
  function open(): Promise<void> {
    return new Promise((resolve, reject) => {
      const worker = start();
      let ended: () => void = () => undefined;
      const gone = new Promise<void>((done) => (ended = done));
      const thread: OneThread = { worker, state: 'starting', gone };
      alive.add(thread);
      let why: unknown;
      worker.on('message', (message: FromThread<Answer>) => {
        if (message.kind === 'ready') {
          thread.state = 'ready';
          pauseMs = firstPauseMs;
          resolve();
          assign();
        } else if (message.kind === 'unusable') {
          const cause = message.detail === '' ? {} : { cause: new Error(message.detail) };
          why = new ModelUnusable(message.sentence, cause);
          void worker.terminate();
        } else settle(thread, message);
      });
      worker.on('error', (error) => (why = error));
      worker.on('exit', () => {
        alive.delete(thread);
        ended();
        const lost = why instanceof ModelUnusable ? why : lostThread(why);
        reject(lost);
        thread.urgent?.reject(lost);
        thread.background?.reject(lost);
        if (!closed) replace(thread.state === 'ready');
      });
    });
  }

  let opened = false;
  function replace(atOnce: boolean): void {
    if (!opened) return;
    if (atOnce) void open().catch(() => undefined);
    else {
      const timer = setTimeout(() => {
        pauses.delete(timer);
        // What goes wrong reaches those who ask: they are refused while there is no thread.
        void open().catch(() => undefined);
      }, pauseMs);
      pauses.add(timer.unref());
      pauseMs = Math.min(longestPauseMs, 2 * pauseMs);
    }
    if (alive.size === 0) refuseAll(lostThread(undefined));
  }

  function settle(thread: OneThread, message: Extract<FromThread<Answer>, { id: number }>): void {
    for (const kind of ['urgent', 'background'] as const) {
      const job = thread[kind];
      if (job?.id !== message.id) continue;
      delete thread[kind];
      if (message.kind === 'done') job.resolve(message.answer);
      else job.reject(new Error(message.message));
    }
    assign();
  }

  function assign(): void {
    for (const kind of ['urgent', 'background'] as const) {
      const free = () => [...alive].filter((thread) => thread.state === 'ready' && !thread[kind]);
      // Urgent work goes first where nothing else is done.
      for (let list = free(); list.length > 0 && lines[kind].length > 0; list = free()) {
        const thread = list.find((one) => !one.urgent && !one.background) ?? list[0];
        const job = lines[kind].shift();
        if (!thread || !job) break;
        thread[kind] = job;
        const { id, urgent, task } = job;
        thread.worker.postMessage({ kind: 'task', id, urgent, task } satisfies ToThread<Task>);
      }
    }
  }

  function drop(id: number): void {
    for (const kind of ['urgent', 'background'] as const) {
      lines[kind] = lines[kind].filter((job) => job.id !== id);
      for (const thread of alive) {
        if (thread[kind]?.id !== id) continue;
        delete thread[kind];
        thread.worker.postMessage({ kind: 'drop', id } satisfies ToThread<Task>);
      }
    }
    assign();
  }

  function refuseAll(error: Error): void {
    for (const job of [...lines.urgent.splice(0), ...lines.background.splice(0)]) job.reject(error);
  }

  async function close(): Promise<void> {
    closed = true;
    for (const timer of pauses) clearTimeout(timer);
    const error = new ModelThreadLost('the model was closed');
    refuseAll(error);
    await Promise.all(
      [...alive].map((thread) => {
        thread.urgent?.reject(error);
        thread.background?.reject(error);
        return endOf(thread);
      }),
    );
  }

  /** Ending a thread by force while native code loads or works in it would abort the whole process: it is asked to. */
  async function endOf({ worker, gone }: OneThread): Promise<void> {
    worker.postMessage({ kind: 'close' } satisfies ToThread<Task>);
    const hung = setTimeout(() => void worker.terminate(), hungMs).unref();
    void gone.then(() => clearTimeout(hung));
    const enough = new AbortController();
    await Promise.race([gone, sleep(closingMs, undefined, { signal: enough.signal }).catch(() => undefined)]);
    enough.abort();
  }

  let stop: () => void = () => undefined;
  const stopped = new Promise<never>((_resolve, reject) => (stop = () => reject(signal?.reason as Error)));
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const starting = Promise.allSettled(Array.from({ length: threads }, open));
    const starts = await Promise.race([stopped, starting]);
    const failed = starts.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
  } catch (error) {
    await close();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
  opened = true;
  // One that was ready and died before the others were is still to be replaced.
  for (let missing = threads - alive.size; missing > 0; missing--) replace(true);

  return {
    close,
    run: (task, { signal: stopping, urgent = false } = {}) =>
      new Promise((resolve, reject) => {
        if (stopping?.aborted) return reject(stopping.reason as Error);
        if (closed || alive.size === 0) return reject(lostThread(undefined));
        const id = ++lastId;
        const left = () => {
          drop(id);
          reject(stopping?.reason as Error);
        };
        const done = () => stopping?.removeEventListener('abort', left);
        stopping?.addEventListener('abort', left, { once: true });
        lines[urgent ? 'urgent' : 'background'].push({
          id,
          task,
          urgent,
          resolve: (answer) => (done(), resolve(answer)),
          reject: (error: Error) => (done(), reject(error)),
        });
        assign();
      }),
  };
}

function lostThread(cause: unknown): ModelThreadLost {
  return new ModelThreadLost(
    'the thread that holds the model has died',
    cause === undefined ? {} : { cause },
  );
}
