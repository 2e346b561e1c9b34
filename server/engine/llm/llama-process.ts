import { rmSync, writeFile } from 'node:fs';
import { setPriority } from 'node:os';
import { openLlamaEngine, type LlamaEngine } from './llama-engine.js';
import type { AnswerFigures, FromLlama, LlamaSettings, MeasuredSpeed, ToLlama } from './llama-messages.js';
import { StuckSequenceError } from './sequences.js';

/**
 * The process that owns the language model. It speaks with its parent alone, ends with it, and writes nothing that
 * anybody typed anywhere: not to a log, not to a file.
 */

/** Steps behind the server, so that cards come at once while the model works. */
const NICENESS = 5;
/** The kernel, short of memory, takes this process before the server. */
const FIRST_TO_GO = '800';
/** Noise read and written at the start, so that the first patron gets an estimate too. */
const WARM_UP = { readTokens: 48, writeTokens: 8, limitMs: 3000 };
/** Error lines of llama.cpp kept for the sentence that says why a file was refused. */
const KEPT_LINES = 5;

const nothing: AnswerFigures = { promptTokens: 0, readTokens: 0, readMs: 0, writtenTokens: 0, writeMs: 0 };
const unmeasured: MeasuredSpeed = { reading: null, writing: null };
const running = new Map<number, AbortController>();
const never = new AbortController().signal;
let engine: LlamaEngine | undefined;
/** A folder of this process and its parent alone, removed by whichever is the last. */
let temporaryFolder: string | undefined;

const tell = (message: FromLlama): void => {
  // A parent that is gone hears nothing, and this process is ending.
  if (process.connected) process.send?.(message, () => undefined);
};

async function open(settings: LlamaSettings, prefixes: readonly string[]): Promise<void> {
  if (settings.temporaryFolder) temporaryFolder = settings.prefixFolder;
  const lines: string[] = [];
  try {
    const opened = await openLlamaEngine(settings, (line) => {
      if (lines.push(line) > KEPT_LINES) lines.shift();
    });
    for (const prefix of prefixes) await opened.prepare(prefix, never);
    const speed = await opened.measure(WARM_UP, never);
    engine = opened;
    tell({ type: 'ready', facts: opened.facts, speed });
  } catch (error) {
    // Nobody has typed anything yet: these words are the library's and the file's.
    const said = error instanceof Error ? error.message : 'unknown reason';
    process.send?.({ type: 'refused', reason: [said, ...lines].join(' ') } satisfies FromLlama, () =>
      process.exit(1),
    );
  }
}

/** Runs one piece of work under its id; a fault costs this one answer, a conversation not erased the process. */
async function run(
  id: number,
  work: (signal: AbortSignal) => Promise<void>,
  failed: () => void,
): Promise<void> {
  const stop = new AbortController();
  running.set(id, stop);
  try {
    await work(stop.signal);
  } catch (error) {
    if (error instanceof StuckSequenceError) process.exit(1);
    failed();
  } finally {
    running.delete(id);
  }
}

async function hear(message: ToLlama): Promise<void> {
  switch (message.type) {
    case 'open':
      return open(message.settings, message.prefixes);
    case 'prepare':
      for (const prefix of message.prefixes) await engine?.prepare(prefix, never);
      return;
    case 'ask': {
      const { id, question } = message;
      const ended = (how: 'fault'): void => tell({ type: 'ended', id, how, figures: nothing });
      return run(
        id,
        async (signal) => {
          if (!engine) return ended('fault');
          const onText = (text: string): void => tell({ type: 'text', id, text });
          tell({ type: 'ended', id, ...(await engine.answer(question, { signal, onText })) });
        },
        () => ended('fault'),
      );
    }
    case 'measure': {
      const { id, options } = message;
      return run(
        id,
        async (signal) => {
          tell({ type: 'measured', id, speed: (await engine?.measure(options, signal)) ?? unmeasured });
        },
        () => tell({ type: 'measured', id, speed: unmeasured }),
      );
    }
    case 'stop':
      return running.get(message.id)?.abort();
    case 'ping':
      return tell({ type: 'pong' });
    case 'close':
      for (const stop of running.values()) stop.abort();
      await engine?.close();
      process.exit(0);
  }
}

// Node prints an uncaught error with its message, and a message may quote what was asked: only that it fell is told.
process.on('uncaughtException', () => process.exit(1));
process.on('unhandledRejection', () => process.exit(1));
process.on('message', (message: ToLlama) => void hear(message));
process.on('disconnect', () => {
  if (temporaryFolder !== undefined) rmSync(temporaryFolder, { recursive: true, force: true });
  // At once, whatever native code is doing: an orderly end would wait for it.
  process.kill(process.pid, 'SIGKILL');
});
// A signal to the whole process group is the parent's to answer; it ends this process in order.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

setPriority(NICENESS);
if (process.platform === 'linux') {
  // A hardened system may forbid it, and the model runs all the same.
  writeFile('/proc/self/oom_score_adj', FIRST_TO_GO, () => undefined);
  // Should native code fall, the system's picture of it shows no memory: patrons' words are in there.
  writeFile('/proc/self/coredump_filter', '0', () => undefined);
}
