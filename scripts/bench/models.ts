import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchEmbeddings, embeddingRows } from './embeddings.js';
import { aloneRows, measureAlone } from './models-alone.js';
import { cardsRows, measureCards } from './models-cards.js';
import { benchShapes, makeBenchModel, type BenchShape } from './models-made.js';
import { measurePatrons, measurePrefix, patronsRows, prefixRows } from './models-patrons.js';

export const modelsUsage = `npm run bench -- models [--shapes half,oneAndAHalf] [--rounds 5] [--quick]

Makes models of real measures with random weights and holds Carrel against a plain alternative in the same run, turn by
turn: its host of a language model against node-llama-cpp alone, four patrons against one, a kept system prompt against
one that is read, embeddings against onnxruntime alone, first cards with a busy model against one at rest. Ratios are
medians over the rounds. About six minutes; --quick is a look of a minute and a half, with fewer rounds and records.`;

/** Runs `npm run bench -- models`. */
export async function benchModels(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      shapes: { type: 'string' },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(modelsUsage);
    return;
  }
  const { quick } = values;
  const shapes = (values.shapes ?? (quick ? 'half' : 'half,oneAndAHalf')).split(',').map(shapeOf);
  const rounds = Number(values.rounds ?? (quick ? 2 : 5));
  const fewer = Math.max(2, rounds - 2);
  const startedAt = performance.now();
  console.log(`Load at the start: ${loadavg()[0]?.toFixed(2)}\n`);
  for (const shape of shapes) {
    await inFolder(async (folder) => {
      const model = makeBenchModel(folder, shape);
      say(aloneRows(benchShapes[shape], await measureAlone(model, shape === 'half' ? rounds : fewer)));
    });
  }
  await inFolder(async (folder) => {
    const model = makeBenchModel(folder, 'half');
    for (const sequences of [undefined, 4]) {
      say(patronsRows(benchShapes.half, await measurePatrons(model, fewer, sequences)));
    }
    say(prefixRows(benchShapes.half, await measurePrefix(model, fewer)));
  });
  say(embeddingRows(await benchEmbeddings({ secondsEach: quick ? 1 : 2, rounds: fewer })));
  await inFolder(async (folder) => {
    const size = quick
      ? { records: 3_000, rounds: 2, questions: 60, kills: 1 }
      : { records: 25_000, rounds: 3, questions: 100, kills: 2 };
    say(cardsRows(await measureCards(folder, size)));
  });
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(`\nLoad at the end: ${loadavg()[0]?.toFixed(2)}; ${seconds.toFixed(0)} s in all`);
}

function shapeOf(name: string): BenchShape {
  if (name !== 'half' && name !== 'oneAndAHalf')
    throw new Error(`--shapes knows half and oneAndAHalf, not ${name}`);
  return name;
}

/** A folder that goes when the work is done, however it ends. */
async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'carrel-bench-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function say(rows: readonly string[]): void {
  for (const row of rows) console.log(row);
}
