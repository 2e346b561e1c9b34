import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeOnnxModel, miniLmShape } from '../made-models/onnx-model.js';
import type { ProbeReading } from './event-loop-probe.js';
import type { Known } from './generate.js';
import { median, processorMs } from './models-asking.js';
import { chooseModel, modelPid, modelReady, prepareData } from './models-served.js';
import { takeTurn } from './models-turns.js';
import { percentiles, type Percentiles } from './percentiles.js';
import { askQuestions } from './questions.js';
import { startServer, type ServerProcess } from './server-process.js';

export interface CardsMeasured {
  records: number;
  idle: Percentiles;
  busy: Percentiles;
  /** Both, while a catalogue is embedded in the background too. */
  embedding: Percentiles;
  loops: { idle: ProbeReading; busy: ProbeReading; embedding: ProbeReading };
  /** Cores' worth of processor time that the model's process took; undefined where the system does not tell. */
  modelCores: number | undefined;
  /** From kill -9 of the model's process to the turn's end, in milliseconds. */
  fallBackMs: number[];
}

export interface CardsOptions {
  records: number;
  /** Turns between idle and busy. */
  rounds: number;
  /** Questions timed in each of them. */
  questions: number;
  kills: number;
}

const PATRONS = 3;
/** What a patron does between an answer and the next question. */
const READING_MS = 500;

/**
 * Time to the first card over HTTP from the real server, model and all: while the model rests (turns that ask for an
 * answer without it) and while three patrons keep it at work (ordinary turns), by turns; then with a catalogue being
 * embedded beside it; at last the model's process is killed in the middle of turns.
 */
export async function measureCards(folder: string, options: CardsOptions): Promise<CardsMeasured> {
  const { dataDir, known } = await prepareData(folder, options.records);
  const times = { idle: [] as number[], busy: [] as number[], embedding: [] as number[] };
  const readings = { idle: [] as ProbeReading[], busy: [] as ProbeReading[] };
  const cores: number[] = [];
  const fallBackMs: number[] = [];
  const seeds = seedsFrom(100);
  const server = await startServer(dataDir);
  try {
    await modelReady(server.base);
    await timeCards(server, askQuestions(known, 40, seeds()), false);
    for (let round = 0; round < options.rounds; round++) {
      server.resetProbe();
      times.idle.push(...(await timeCards(server, askQuestions(known, options.questions, seeds()), false)));
      readings.idle.push(await server.readProbe());
      const busy = await whileBusy(server, known, seeds, async () => {
        server.resetProbe();
        times.busy.push(...(await timeCards(server, askQuestions(known, options.questions, seeds()), true)));
        readings.busy.push(await server.readProbe());
      });
      if (busy !== undefined) cores.push(busy);
    }
    for (let kill = 0; kill < options.kills; kill++) {
      await modelReady(server.base);
      fallBackMs.push(await killDuringTurn(server, known, seeds));
    }
  } finally {
    await server.stop();
  }
  const embedding = await whileEmbedding(folder, dataDir, known, async (other) => {
    times.embedding.push(...(await timeCards(other, askQuestions(known, options.questions, seeds()), true)));
  });
  return {
    records: options.records,
    idle: percentiles(times.idle),
    busy: percentiles(times.busy),
    embedding: percentiles(times.embedding),
    loops: { idle: middle(readings.idle), busy: middle(readings.busy), embedding },
    modelCores: cores.length > 0 ? median(cores) : undefined,
    fallBackMs,
  };
}

/** Starts a second server whose new embedding model reads the catalogue while patrons keep the language model at work. */
async function whileEmbedding(
  folder: string,
  dataDir: string,
  known: Known,
  work: (server: ServerProcess) => Promise<void>,
): Promise<ProbeReading> {
  const path = join(folder, 'made-minilm');
  mkdirSync(path);
  makeOnnxModel(path, { body: 'bert', head: 'embedding', types: ['q8'], ...miniLmShape });
  await chooseModel(dataDir, path, 'made-minilm', 'embedding', ['--pooling', 'mean']);
  const server = await startServer(dataDir);
  try {
    await modelReady(server.base);
    await timeCards(server, askQuestions(known, 20, 5), false);
    let reading: ProbeReading | undefined;
    await whileBusy(server, known, seedsFrom(9000), async () => {
      server.resetProbe();
      await work(server);
      reading = await server.readProbe();
    });
    if (!reading) throw new Error('the server told nothing of its event loop');
    return reading;
  } finally {
    await server.stop();
  }
}

/** First cards of one patron's questions, one after another; questions without cards are left out. */
async function timeCards(
  { base }: ServerProcess,
  questions: readonly string[],
  ai: boolean,
): Promise<number[]> {
  const times: number[] = [];
  for (const text of questions) {
    const { first } = await takeTurn(base, text, {
      ...(!ai && { ai }),
      onEvent: (event) => event === 'recommendations',
    });
    if (first.recommendations !== undefined) times.push(first.recommendations);
  }
  return times;
}

/** Does `work` while patrons take turns all the time. Answers how many cores the model's process was busy with. */
async function whileBusy(
  { base, pid }: ServerProcess,
  known: Known,
  seeds: () => number,
  work: () => Promise<void>,
): Promise<number | undefined> {
  const over = new AbortController();
  const begun = new Set<number>();
  const patron = async (number: number): Promise<void> => {
    for (;;) {
      for (const text of topics(known, seeds())) {
        if (over.signal.aborted) return;
        const onEvent = (event: string): undefined => void (event === 'thinking' && begun.add(number));
        await takeTurn(base, text, { signal: over.signal, onEvent });
        await new Promise((resolve) => setTimeout(resolve, READING_MS));
      }
    }
  };
  const patrons = Array.from({ length: PATRONS }, (_, i) => patron(i));
  for (let tries = 0; begun.size === 0 && tries < 300; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const model = modelPid(pid);
  const before = processorMs(model);
  const startedAt = performance.now();
  await work();
  const after = processorMs(model);
  const tookMs = performance.now() - startedAt;
  over.abort();
  await Promise.all(patrons);
  // Work that was left ends within 300 ms.
  await new Promise((resolve) => setTimeout(resolve, 500));
  return before === undefined || after === undefined ? undefined : (after - before) / tookMs;
}

/** Kills the model's process while it works on a turn; answers how long the turn then took to end. */
async function killDuringTurn(server: ServerProcess, known: Known, seeds: () => number): Promise<number> {
  for (const text of topics(known, seeds())) {
    let killedAt: number | undefined;
    let fall: NodeJS.Timeout | undefined;
    const pid = modelPid(server.pid);
    await takeTurn(server.base, text, {
      onEvent: (event) => {
        if (event === 'thinking' && fall === undefined) {
          fall = setTimeout(() => {
            killedAt = performance.now();
            process.kill(pid, 'SIGKILL');
          }, 300);
        }
        return undefined;
      },
    });
    clearTimeout(fall);
    if (killedAt !== undefined) return performance.now() - killedAt;
  }
  throw new Error('no turn lasted long enough to kill its model');
}

/** Questions on a topic, of the kind that a model is asked to look at. */
function topics(known: Known, seed: number): string[] {
  return askQuestions(known, 60, seed).filter((text) => text.startsWith('a short book about'));
}

function seedsFrom(first: number): () => number {
  let seed = first;
  return () => seed++;
}

function middle(readings: readonly ProbeReading[]): ProbeReading {
  const of = (pick: (reading: ProbeReading) => number): number => median(readings.map(pick));
  return {
    p50Ms: of((reading) => reading.p50Ms),
    p99Ms: of((reading) => reading.p99Ms),
    maxMs: Math.max(...readings.map((reading) => reading.maxMs)),
    residentMb: of((reading) => reading.residentMb),
  };
}

/** Rows of the bench's table. */
export function cardsRows(measured: CardsMeasured): string[] {
  const { records, idle, busy, embedding, loops, modelCores, fallBackMs } = measured;
  const show = (p: Percentiles): string => `p50 ${p.p50.toFixed(1)}, p95 ${p.p95.toFixed(1)} ms (${p.count})`;
  const loop = (reading: ProbeReading): string =>
    `p99 ${reading.p99Ms.toFixed(1)} ms (max ${reading.maxMs.toFixed(0)})`;
  const cores = modelCores === undefined ? '' : `; the model’s process took ${modelCores.toFixed(2)} cores`;
  return [
    `| first card over HTTP, ${records} records, model at rest | ${show(idle)} |`,
    `| the same while ${PATRONS} patrons keep the model busy | ${show(busy)}; ratio of p95 ${(busy.p95 / idle.p95).toFixed(2)} (at most 1.5), of p50 ${(busy.p50 / idle.p50).toFixed(2)}${cores} |`,
    `| the same while a catalogue is embedded too | ${show(embedding)}; ratio of p95 ${(embedding.p95 / idle.p95).toFixed(2)} |`,
    `| event loop of the server, model at rest | ${loop(loops.idle)} |`,
    `| while the model is busy | ${loop(loops.busy)} |`,
    `| while it is busy and a catalogue is embedded (p99 at most 30) | ${loop(loops.embedding)} |`,
    `| kill -9 of the model’s process to the end of the turn (at most 1000) | ${fallBackMs.map((ms) => ms.toFixed(0)).join(', ')} ms |`,
  ];
}
