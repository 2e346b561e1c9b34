import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reasonOf, systemClock, type Clock } from '../cache/clock.js';
import type { LocalChatModel } from '../models/model.js';
import { createAdmission, type Turn } from './admission.js';
import { createInbox, type Inbox } from './inbox.js';
import { keepProcess, type KeptState } from './kept-process.js';
import type {
  AnswerEnd,
  AnswerFigures,
  FromLlama,
  LlamaFacts,
  LlamaSettings,
  MeasuredSpeed,
  MeasureOptions,
  ToLlama,
} from './llama-messages.js';
import { LlmDeclined, type ChatRequest, type Estimate, type Llm, type LlmState } from './llm.js';
import { createSpeed, type Lengths } from './speed.js';

export interface LlamaHostOptions {
  model: LocalChatModel;
  gpu?: LlamaSettings['gpu'];
  /** Default: cores minus one, at least one. */
  threads?: number;
  /** Tokens of one conversation; default 2048 on a processor and 4096 on a GPU, never more than the model's own. */
  contextTokens?: number;
  /** Answers made at once; default 2 on a box of two cores or fewer, else 4. */
  sequences?: number;
  /** Look at every weight while loading. */
  checkTensors?: boolean;
  /** Fixed prompts read before the first patron comes. */
  systemPrompts?: readonly string[];
  /** Where their states are kept from one start to the next; default a folder that goes with the process. */
  prefixFolder?: string;
  /** Looks at the file before native code does; a sentence says why it cannot be loaded. */
  checkFile?: (path: string, signal: AbortSignal) => Promise<string | undefined>;
  /** Told of every answer that ended, in figures and without a word of it. */
  onAnswer?: (figures: AnswerFigures & { how: AnswerEnd }) => void;
  clock?: Clock;
  beatMs?: number;
  hungMs?: number;
  firstWaitMs?: number;
  longestWaitMs?: number;
  healthyMs?: number;
  failures?: number;
}

/** A language model in a process of its own: what fells the process costs the answers under way and nothing else. */
export interface LlamaHost extends Llm {
  /** Reads further fixed prompts now and after every restart. */
  preload(systemPrompts: readonly string[]): void;
  /** What was opened; undefined until then. */
  facts(): LlamaFacts | undefined;
  /** Resolves when the model answers. Rejects with LlmDeclined `away` once it is failing, or with the signal's reason. */
  ready(signal: AbortSignal): Promise<LlamaFacts>;
  /** Reads and writes noise for its speed. Throws LlmDeclined `away` when the model is. */
  measure(options: MeasureOptions, signal: AbortSignal): Promise<MeasuredSpeed>;
  /** The process that runs now. */
  pid(): number | undefined;
}

interface UnderWay {
  inbox: Inbox<string>;
  turn: Turn;
  lengths: Lengths;
  busyAtStart: number;
}

/** Falls without a whole answer between them, after which `auto` is taken for the processor: a GPU that fells does not work. */
const GPU_FALLS = 2;

/** Noise read and written where the speed is in doubt, and the age at which it is. */
const DOUBTFUL: MeasureOptions = { readTokens: 192, writeTokens: 8, limitMs: 3_000 };
const DOUBT_MS = 30_000;

/** Starts the model's process and answers at once; while the model loads it declines as `away`. */
export function openLlamaHost(options: LlamaHostOptions): LlamaHost {
  const { model } = options;
  const clock = options.clock ?? systemClock;
  const id = `${model.id}@${model.sha256.slice(0, 16)}+${engineVersion()}`;
  const prefixes = new Set(options.systemPrompts);
  const folder = openPrefixFolder(options.prefixFolder);
  const settings: LlamaSettings = {
    modelPath: model.path,
    gpu: options.gpu ?? 'auto',
    threads: options.threads ?? Math.max(1, availableParallelism() - 1),
    modelContextTokens: model.contextTokens,
    contextTokens: options.contextTokens,
    sequences: options.sequences,
    checkTensors: options.checkTensors ?? false,
    prefixFolder: folder,
    temporaryFolder: options.prefixFolder === undefined,
    prefixKey: createHash('sha256').update(`${id} ${options.gpu} ${options.contextTokens}`).digest('hex'),
  };
  const speed = createSpeed({ clock });
  const admission = createAdmission({ clock, hands: 0 });
  const underWay = new Map<number, UnderWay>();
  const measuring = new Map<number, (speed: MeasuredSpeed | undefined) => void>();
  const watchers = new Set<() => void>();
  /** Fixed prompts that the process was told of. */
  let told = new Set<string>();
  let fallsInARow = 0;
  /** Ends the measurement of a speed in doubt. */
  let doubting: AbortController | undefined;
  let facts: LlamaFacts | undefined;
  let nextId = 1;

  const ended = (message: FromLlama & { type: 'ended' }): void => {
    const one = underWay.get(message.id);
    if (!one) return;
    underWay.delete(message.id);
    const { how, figures } = message;
    // Learned first: leaving calls the next, whose estimate should know.
    const atOnce = Math.max(1, Math.round((one.busyAtStart + admission.busy()) / 2));
    if (how === 'whole' || how === 'cut' || how === 'stopped')
      speed.learn(figures, one.lengths, atOnce, how !== 'stopped');
    one.turn.leave();
    if (how === 'whole') fallsInARow = 0;
    if (how === 'whole') one.inbox.end();
    else if (how === 'cut' || how === 'too_long') one.inbox.fail(new LlmDeclined(how));
    else one.inbox.fail(new LlmDeclined('away'));
    options.onAnswer?.({ ...figures, how });
  };

  const kept = keepProcess<ToLlama, FromLlama>({
    clock,
    start: () =>
      fork(fileURLToPath(new URL('./llama-process.js', import.meta.url)), [], {
        execArgv: [],
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      }),
    opening() {
      told = new Set(prefixes);
      const gpuFell = settings.gpu === 'auto' && fallsInARow >= GPU_FALLS;
      const opened: LlamaSettings = gpuFell ? { ...settings, gpu: 'off', gpuFell } : settings;
      return { type: 'open', settings: opened, prefixes: [...told] };
    },
    closing: { type: 'close' },
    ping: { type: 'ping' },
    ready: (message) => message.type === 'ready',
    refusal: (message) => (message.type === 'refused' ? message.reason : undefined),
    check:
      options.checkFile &&
      ((signal) => options.checkFile?.(model.path, signal) ?? Promise.resolve(undefined)),
    onMessage(message) {
      if (message.type === 'ready') {
        facts = message.facts;
        speed.measured(message.speed);
        admission.setHands(facts.sequences);
        // Prompts that came while it was loading.
        tellPrefixes();
      }
      if (message.type === 'text') {
        const one = underWay.get(message.id);
        one?.turn.began();
        one?.inbox.put(message.text);
      }
      if (message.type === 'ended') ended(message);
      if (message.type === 'measured') measuring.get(message.id)?.(message.speed);
    },
    onPhase: () => watchers.forEach((watcher) => watcher()),
    onFell(wasReady) {
      fallsInARow += 1;
      const away = (): LlmDeclined => new LlmDeclined('away');
      admission.refuse(away());
      for (const one of underWay.values()) {
        one.inbox.fail(away());
        one.turn.leave();
      }
      underWay.clear();
      for (const answer of measuring.values()) answer(undefined);
      // A state that was not written whole would fell the next process too.
      if (!wasReady) dropStates(folder);
    },
    beatMs: options.beatMs ?? 2_000,
    hungMs: options.hungMs ?? 20_000,
    // A model of many gigabytes comes slowly from a slow disk, and a busy machine is slow at everything.
    startMs: 180_000,
    firstWaitMs: options.firstWaitMs ?? 1_000,
    longestWaitMs: options.longestWaitMs ?? 60_000,
    healthyMs: options.healthyMs ?? 60_000,
    failures: options.failures ?? 4,
    closeMs: 2_000,
  });

  const lengthsOf = ({ messages, maxTokens }: Pick<ChatRequest, 'messages' | 'maxTokens'>): Lengths => {
    const all = messages.reduce((sum, message) => sum + message.text.length, 0);
    const first = messages[0];
    const isKept = first?.role === 'system' && prefixes.has(first.text);
    return { kept: isKept ? first.text.length : 0, rest: isKept ? all - first.text.length : all, maxTokens };
  };
  const isReady = (): boolean => kept.state().phase === 'ready';

  const tellPrefixes = (): void => {
    const added = [...prefixes].filter((prompt) => !told.has(prompt));
    for (const prompt of added) told.add(prompt);
    if (added.length > 0) kept.send({ type: 'prepare', prefixes: added });
  };

  const measure = async (measureOptions: MeasureOptions, signal: AbortSignal): Promise<MeasuredSpeed> => {
    signal.throwIfAborted();
    if (!isReady()) throw new LlmDeclined('away');
    const number = nextId++;
    const stop = (): void => kept.send({ type: 'stop', id: number });
    signal.addEventListener('abort', stop, { once: true });
    try {
      const measured = await new Promise<MeasuredSpeed | undefined>((resolve) => {
        measuring.set(number, resolve);
        kept.send({ type: 'measure', id: number, options: measureOptions });
      });
      signal.throwIfAborted();
      if (!measured) throw new LlmDeclined('away');
      speed.measured(measured);
      return measured;
    } finally {
      measuring.delete(number);
      signal.removeEventListener('abort', stop);
    }
  };

  /**
   * What was learnt in a bad moment would decline everybody from then on, and nothing more would be learnt: while nobody
   * is served, the speed is measured anew.
   */
  const doubtSpeed = (): void => {
    if (admission.busy() > 0 || measuring.size > 0 || speed.ageMs() < DOUBT_MS) return;
    doubting = new AbortController();
    measure(DOUBTFUL, doubting.signal).catch(() => {
      // The process fell, and is measured when it starts again; or somebody is served, which measures as well.
    });
  };

  async function* chat(request: ChatRequest): AsyncGenerator<string> {
    const { signal, budgetMs, client } = request;
    signal.throwIfAborted();
    if (!isReady()) throw new LlmDeclined('away');
    const enteredAt = clock.now();
    const lengths = lengthsOf(request);
    const arrival = { client, budgetMs, signal, work: (atOnce: number) => speed.expect(lengths, atOnce) };
    const turn = await admission.enter(arrival).catch((error: unknown) => {
      doubtSpeed();
      throw error;
    });
    doubting?.abort();
    const number = nextId++;
    const inbox = createInbox<string>();
    const done = new AbortController();
    const stop = (reason: Error): void => {
      kept.send({ type: 'stop', id: number });
      inbox.fail(reason);
    };
    underWay.set(number, { inbox, turn, lengths, busyAtStart: admission.busy() });
    signal.addEventListener('abort', () => stop(reasonOf(signal)), { once: true, signal: done.signal });
    const late = new AbortController();
    clock.after(Math.max(0, enteredAt + budgetMs - clock.now()), late.signal).then(
      () => stop(new LlmDeclined('busy', { waitMs: clock.now() - enteredAt })),
      // The first word came, or nobody waits for it any more.
      () => undefined,
    );
    const { messages, schema, maxTokens } = request;
    kept.send({ type: 'ask', id: number, question: { messages, maxTokens, ...(schema && { schema }) } });
    if (signal.aborted) stop(reasonOf(signal));
    try {
      for await (const piece of inbox) {
        late.abort();
        yield piece;
      }
    } finally {
      late.abort();
      done.abort();
      // Whoever stops listening early stops the model; its hand is free when it says so.
      if (underWay.has(number)) kept.send({ type: 'stop', id: number });
    }
  }

  return {
    id,
    chat,
    estimate(request): Estimate | undefined {
      if (!isReady()) return undefined;
      const lengths = lengthsOf(request);
      return admission.estimate((atOnce) => speed.expect(lengths, atOnce));
    },
    state(): LlmState {
      const { phase, fell, restarts } = kept.state();
      return {
        state: phase,
        engine: 'local',
        model: model.name,
        detail: sentenceFor(phase, fell, facts),
        device: facts?.device ?? null,
        ...speed.now(),
        waiting: admission.waiting(),
        restarts,
      };
    },
    preload(systemPrompts) {
      for (const prompt of systemPrompts) prefixes.add(prompt);
      if (isReady()) tellPrefixes();
    },
    facts: () => (isReady() ? facts : undefined),
    pid: () => kept.pid(),
    ready: (signal) =>
      new Promise((resolve, reject) => {
        const settle = (): void => {
          if (isReady() && facts) resolve(facts);
          else if (kept.state().phase === 'failing') reject(new LlmDeclined('away'));
          else if (signal.aborted) reject(reasonOf(signal));
          else return;
          watchers.delete(settle);
          signal.removeEventListener('abort', settle);
        };
        watchers.add(settle);
        signal.addEventListener('abort', settle);
        settle();
      }),
    measure,
    async close() {
      await kept.close();
      if (options.prefixFolder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function sentenceFor(phase: KeptState['phase'], fell: string | null, facts: LlamaFacts | undefined): string {
  if (phase === 'ready') return facts?.why ?? 'Ready.';
  if (phase === 'starting') return 'The model is being loaded.';
  const why = fell ?? 'it ended';
  if (phase === 'restarting') return `The model’s process fell and starts again (${why}).`;
  return `The model cannot be used (${why}). Carrel tries again every minute and answers without it meanwhile.`;
}

/** The engine's own name and version: part of every answer's identity. */
function engineVersion(): string {
  const file = new URL('../package.json', import.meta.resolve('node-llama-cpp'));
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return `node-llama-cpp-${version}`;
}

/** Readable by this user alone, though it holds nothing that anybody typed. */
function openPrefixFolder(path: string | undefined): string {
  if (path === undefined) return mkdtempSync(join(tmpdir(), 'carrel-prefixes-'));
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

function dropStates(folder: string): void {
  const states = readdirSync(folder).filter((name) => /\.state(\.part)?$/.test(name));
  for (const name of states) rmSync(join(folder, name), { force: true });
}
