/**
 * Embeddings a second through Carrel's threads against onnxruntime alone on the same weights, texts and cores. The model
 * is made here with MiniLM's shape and random weights: its time is real. Run it alone with
 * `node dist/scripts/bench/embeddings.js`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { openTransformersEmbedding } from '../../server/engine/embedding/transformers.js';
import { onnxFile } from '../../server/engine/embedding/transformers-folder.js';
import type { LocalEmbeddingModel } from '../../server/engine/models/model.js';
import { makeOnnxModel, miniLmShape } from '../made-models/onnx-model.js';
import { percentiles } from './percentiles.js';
import { seededRandom } from '../../server/lib/seeded-random.js';

export interface EmbeddingsMeasured {
  /** Texts a second, medians of the rounds. */
  carrel: number;
  alone: number;
  /** Of neighbouring rounds, so that a busy moment weighs on both; the median. */
  ratio: number;
  /** The same by processor time, which other programs at work hardly change. */
  ratioByCpu: number;
  /** The server's own event loop meanwhile, in milliseconds. */
  loopP99Ms: number;
  /** One question while the threads work in the background, in milliseconds. */
  questionP95Ms: number;
}

const tokensEach = 64;
/** Sizes of batch that onnxruntime alone is given; the best of them counts. */
const batchSizes = [8, 16, 32];

/** Measures in `rounds` rounds of both, about `secondsEach` each; `threads` cores in one worker. */
export async function benchEmbeddings({
  secondsEach = 3,
  rounds = 5,
  threads = 1,
} = {}): Promise<EmbeddingsMeasured> {
  const dir = mkdtempSync(join(tmpdir(), 'carrel-bench-'));
  try {
    makeOnnxModel(dir, { body: 'bert', head: 'embedding', types: ['q8'], ...miniLmShape });
    const model: LocalEmbeddingModel = {
      id: 'made',
      role: 'embedding',
      name: 'made',
      path: dir,
      sha256: '0'.repeat(64),
      bytes: 0,
      contextTokens: 256,
      dimensions: miniLmShape.dimensions,
      pooling: 'mean',
      queryPrefix: '',
      passagePrefix: '',
      onnxType: 'q8',
    };
    const embedding = await openTransformersEmbedding({ model, workers: 1, threadsPerWorker: threads });
    const session = await InferenceSession.create(join(dir, onnxFile('q8')), {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
    });
    try {
      const rows: { carrel: number; alone: number; ratio: number; ratioByCpu: number }[] = [];
      await throughCarrel(embedding, 1);
      for (let round = 0; round < rounds; round++) {
        const alone = await bestAlone(session, secondsEach);
        const carrel = await throughCarrel(embedding, secondsEach);
        rows.push({
          carrel: carrel.aSecond,
          alone: alone.aSecond,
          ratio: carrel.aSecond / alone.aSecond,
          ratioByCpu: carrel.aCpuSecond / alone.aCpuSecond,
        });
      }
      const { loopP99Ms, questionP95Ms } = await questionsMeanwhile(embedding, secondsEach);
      return {
        carrel: median(rows.map((row) => row.carrel)),
        alone: median(rows.map((row) => row.alone)),
        ratio: median(rows.map((row) => row.ratio)),
        ratioByCpu: median(rows.map((row) => row.ratioByCpu)),
        loopP99Ms,
        questionP95Ms,
      };
    } finally {
      await session.release();
      await embedding.close();
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

type Opened = Awaited<ReturnType<typeof openTransformersEmbedding>>;

/** Texts of about `tokensEach` tokens: each of these words is one. */
function texts(count: number, random: () => number): string[] {
  const words = 'the of and library book history town science art music child novel poem sea'.split(' ');
  const word = () => words[Math.floor(random() * words.length)] ?? 'the';
  return Array.from({ length: count }, () => Array.from({ length: tokensEach - 2 }, word).join(' '));
}

interface Rate {
  aSecond: number;
  /** By the time of all of this process's threads. */
  aCpuSecond: number;
}

/** Starts the clocks; the answered function tells the rate of what was done since. */
function startClocks(): (done: number) => Rate {
  const began = performance.now();
  const cpu = process.cpuUsage();
  return (done) => {
    const { user, system } = process.cpuUsage(cpu);
    return {
      aSecond: (1000 * done) / (performance.now() - began),
      aCpuSecond: (1e6 * done) / (user + system),
    };
  };
}

async function throughCarrel(embedding: Opened, seconds: number): Promise<Rate> {
  const random = seededRandom(7);
  const calls = Array.from({ length: 8 }, () => texts(embedding.maxBatch, random));
  const began = performance.now();
  const rateOf = startClocks();
  let done = 0;
  const line = async (from: number): Promise<void> => {
    for (let at = from; performance.now() - began < 1000 * seconds; at++) {
      const vectors = await embedding.embed(calls[at % calls.length] ?? []);
      done += vectors.length;
    }
  };
  // Two calls at a time, as who embeds a catalogue makes them: one is worked on while the other is made ready.
  await Promise.all([line(0), line(4)]);
  return rateOf(done);
}

async function bestAlone(session: InferenceSession, seconds: number): Promise<Rate> {
  let best: Rate = { aSecond: 0, aCpuSecond: 0 };
  for (const size of batchSizes) {
    const shape = [size, tokensEach];
    const numbers = (fill: (at: number) => bigint) =>
      new Tensor(
        'int64',
        BigInt64Array.from({ length: size * tokensEach }, (_, at) => fill(at)),
        shape,
      );
    const inputs = {
      input_ids: numbers((at) => BigInt(200 + (at % 97))),
      attention_mask: numbers(() => 1n),
      token_type_ids: numbers(() => 0n),
    };
    const began = performance.now();
    const rateOf = startClocks();
    let done = 0;
    while (performance.now() - began < (1000 * seconds) / batchSizes.length) {
      await session.run(inputs);
      done += size;
    }
    const rate = rateOf(done);
    if (rate.aCpuSecond > best.aCpuSecond) best = rate;
  }
  return best;
}

async function questionsMeanwhile(
  embedding: Opened,
  seconds: number,
): Promise<{ loopP99Ms: number; questionP95Ms: number }> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  const waits: number[] = [];
  let busy = true;
  delay.enable();
  const background = throughCarrel(embedding, seconds).finally(() => (busy = false));
  while (busy) {
    const began = performance.now();
    await embedding.embed(['a novel about the sea and a library in a small town'], { urgent: true });
    waits.push(performance.now() - began);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await background;
  delay.disable();
  return { loopP99Ms: delay.percentile(99) / 1e6, questionP95Ms: percentiles(waits).p95 };
}

function median(values: readonly number[]): number {
  return percentiles(values).p50;
}

/** Rows of the bench's table. */
export function embeddingRows(measured: EmbeddingsMeasured): string[] {
  const { carrel, alone, ratio, ratioByCpu, loopP99Ms, questionP95Ms } = measured;
  return [
    `| embeddings/s through Carrel, ${tokensEach} tokens | ${carrel.toFixed(0)} |`,
    `| embeddings/s of onnxruntime alone | ${alone.toFixed(0)} |`,
    `| share of it (at least 0.9) | ${ratio.toFixed(2)} |`,
    `| share of it by processor time | ${ratioByCpu.toFixed(2)} |`,
    `| event loop of the server meanwhile, p99 | ${loopP99Ms.toFixed(1)} ms |`,
    `| a question while the catalogue is embedded, p95 | ${questionP95Ms.toFixed(0)} ms |`,
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const row of embeddingRows(await benchEmbeddings())) console.log(row);
}
