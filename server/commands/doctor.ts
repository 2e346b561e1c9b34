import type { Config } from '../config.js';
import type { ModelSpeed } from '../engine/llm/measure-speed.js';
import { lookAtMachine, type Machine } from '../engine/models/machine.js';
import { measureBandwidth } from '../engine/models/memory-bandwidth.js';
import type { LocalChatModel, LocalEmbeddingModel } from '../engine/models/model.js';
import { modelRoles } from '../engine/models/model.js';
import { openModelStore, type ModelStore } from '../engine/models/model-store.js';
import { ceiling, felt, recommend } from '../engine/models/recommend.js';
import { readOffered } from '../engine/models/offered.js';
import { ModelTrouble } from '../engine/models/trouble.js';
import { DoctorReport, reportLines } from './doctor-report.js';
import { optionLines, type CommandOption, type CommandOutput } from './output.js';

export const doctorOptions = {
  quick: { type: 'boolean', means: 'look only, measure nothing' },
  json: { type: 'boolean', means: 'answer as JSON, for programs' },
} as const satisfies Record<string, CommandOption>;

export const doctorHelp = `carrel doctor [options]

Looks at this machine, measures for about 20 seconds what its models do here, and says which would suit it and why.

${optionLines(doctorOptions)}`;

/** Measures a chat model on one device within `limitMs`, loading included. */
export type MeasureSpeed = (
  model: LocalChatModel,
  options: { gpu: Config['gpu']; threads: number; limitMs: number; signal: AbortSignal },
) => Promise<ModelSpeed>;

/** Measures an embedding model for about `forMs`, loading not included. */
export type MeasureEmbedding = (
  model: LocalEmbeddingModel,
  options: { forMs: number; signal: AbortSignal },
) => Promise<{ textsPerSecond: number; wordsPerText: number }>;

/** All measuring together, in milliseconds. */
const BUDGET_MS = 20_000;
const BANDWIDTH_MS = 1500;
const EMBEDDING_MS = 3000;

export interface DoctorCommand {
  config: Pick<Config, 'dataDir' | 'programDir' | 'gpu' | 'ai'>;
  values: { quick?: boolean; json?: boolean };
  output: CommandOutput;
  signal: AbortSignal;
  measureSpeed: MeasureSpeed;
  measureEmbedding: MeasureEmbedding;
  /** A test's own machine. */
  look?: (options: { dataDir: string; signal: AbortSignal }) => Promise<Machine>;
  measureMemory?: typeof measureBandwidth;
}

/** Runs `carrel doctor`. Answers the exit status: 0 all well, 1 something is wrong. */
export async function doctorCommand(command: DoctorCommand): Promise<number> {
  const { config, values, output, signal } = command;
  const startedAt = performance.now();
  const troubles: string[] = [];
  const store = openModelStore(config);
  const models = modelsHere(store, troubles);
  if (!values.json && !values.quick) {
    const runs = models.chat ?? models.embedding;
    output.write(runs ? 'Measuring for about 20 seconds ...\n\n' : 'Looking at this machine ...\n\n');
  }
  const machine = await (command.look ?? lookAtMachine)({ dataDir: config.dataDir, signal });
  const threads = Math.max(1, machine.cores - 1);
  if (values.quick !== true) {
    const measure = command.measureMemory ?? measureBandwidth;
    machine.memory_bytes_per_second = await measure({ threads, forMs: BANDWIDTH_MS, signal });
  }
  const measuring = values.quick === true ? undefined : { ...command, machine, threads, troubles };
  const embedding = measuring && models.embedding && (await measureMeaning(measuring, models.embedding));
  const left = BUDGET_MS - BANDWIDTH_MS - (embedding ? EMBEDDING_MS : 0);
  const chat = models.chat && (await chatReport(measuring, machine, models.chat, left));
  if (!config.ai) troubles.push('CARREL_AI is false: no model reads or writes, whatever is installed.');
  const report = DoctorReport.parse({
    machine,
    in_use: models.inUse,
    installed: models.installed,
    chat: chat ?? null,
    embedding: embedding ?? null,
    recommended: recommend(machine, readOffered(config.programDir)),
    troubles,
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
  });
  output.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : reportLines(report));
  return troubles.length === 0 ? 0 : 1;
}

function modelsHere(store: ModelStore, troubles: string[]) {
  const none = { chat: null, embedding: null, reranker: null };
  try {
    const installed = store.list().flatMap(({ installed: model }) => model ?? []);
    for (const role of modelRoles) {
      const trouble = store.unusable(role);
      if (trouble !== undefined) troubles.push(trouble);
    }
    const chat = store.chosen('chat');
    const embedding = store.chosen('embedding');
    const reranker = store.chosen('reranker')?.id ?? null;
    return {
      chat,
      embedding,
      inUse: { chat: chat?.id ?? null, embedding: embedding?.id ?? null, reranker },
      installed: installed.map(({ id, role, bytes }) => ({ id, role, bytes })),
    };
  } catch (error) {
    if (!(error instanceof ModelTrouble)) throw error;
    troubles.push(error.message);
    return { chat: undefined, embedding: undefined, inUse: none, installed: [] };
  }
}

type Measuring = DoctorCommand & { machine: Machine; threads: number; troubles: string[] };

async function measureMeaning(measuring: Measuring, model: LocalEmbeddingModel) {
  const { signal, troubles } = measuring;
  try {
    const { textsPerSecond, wordsPerText } = await measuring.measureEmbedding(model, {
      forMs: EMBEDDING_MS,
      signal,
    });
    return { model: model.id, texts_per_second: textsPerSecond, words_per_text: wordsPerText };
  } catch (error) {
    signal.throwIfAborted();
    troubles.push(cannotRun(model.id, error));
    return undefined;
  }
}

async function chatReport(
  measuring: Measuring | undefined,
  machine: Machine,
  model: LocalChatModel,
  leftMs: number,
): Promise<DoctorReport['chat']> {
  const common = { model: model.id, writing_ceiling: ceiling(machine, model.bytes) ?? null };
  if (measuring === undefined) return { ...common, kind: 'estimate', speeds: [] };
  const { config, threads, signal, troubles } = measuring;
  // The processor always, and each GPU that the settings let it use.
  const wanted =
    config.gpu === 'off'
      ? []
      : machine.gpus.filter(({ kind }) => config.gpu === 'auto' || config.gpu === kind);
  const devices: Config['gpu'][] = ['off', ...new Set(wanted.map((gpu) => gpu.kind))];
  const speeds: NonNullable<DoctorReport['chat']>['speeds'] = [];
  for (const gpu of devices) {
    try {
      const speed = await measuring.measureSpeed(model, {
        gpu,
        threads,
        limitMs: leftMs / devices.length,
        signal,
      });
      speeds.push(speedOf(speed));
    } catch (error) {
      signal.throwIfAborted();
      troubles.push(cannotRun(gpu === 'off' ? model.id : `${model.id} on ${gpu}`, error));
    }
  }
  return { ...common, kind: speeds.length > 0 ? 'measured' : 'estimate', speeds };
}

function speedOf(speed: ModelSpeed): NonNullable<DoctorReport['chat']>['speeds'][number] {
  const { readingPerSecond: reading, writingPerSecond: writing } = speed;
  const feels = reading === null || writing === null ? null : felt({ reading, writing });
  return {
    device: speed.device,
    reading_per_second: reading,
    writing_per_second: writing,
    load_ms: speed.loadMs,
    why: speed.why,
    felt: feels && { first_seconds: feels.firstSeconds, whole_seconds: feels.wholeSeconds },
  };
}

/** The measurement is the question here: whatever keeps a model from running is the answer, by kind and not by its text. */
function cannotRun(what: string, error: unknown): string {
  const timeout = (error as Error | null)?.name === 'TimeoutError';
  return timeout
    ? `${what} was not ready within the time of the measurement: it is too big for this machine.`
    : `${what} could not be run here: carrel models verify says whether its files are whole.`;
}
