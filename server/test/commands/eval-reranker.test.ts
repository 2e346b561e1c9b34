import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { evalCommand } from '../../commands/eval.js';
import type { Reranker } from '../../engine/embedding/reranker.js';
import { openModelStore } from '../../engine/models/model-store.js';
import { admittedReranker } from '../../engine/retrieval/admitted-reranker.js';
import { readAdmission } from '../../engine/retrieval/reranker-admission.js';
import { programDir } from '../../config.js';
import { tinyModels } from '../engine/embedding/tiny-models.js';
import { writeIso2709 } from './eval-records.js';

const signal = new AbortController().signal;
const titles = ['Moss of the north', 'Moss walks', 'Old moss', 'Moss and fern', 'Growing moss at home'];
const files = {
  'catalogue.mrc': writeIso2709(titles.map((title, at) => [`a${at}`, title, 'Reed, Tom'])),
  'queries.jsonl': Array.from({ length: 4 }, (_, at) =>
    JSON.stringify({ id: `q${at}`, type: 'topic', text: 'something about moss' }),
  ).join('\n'),
  'qrels.tsv': Array.from({ length: 4 }, (_, at) => `q${at}\ta3\t2`).join('\n'),
};

/** Scores by a rule over the text instead of by a model. */
function rulesOut(score: (text: string) => number): Reranker & { close(): Promise<void> } {
  return {
    id: 'by-rule',
    maxBatch: 64,
    rerank: (_question, texts) => Promise.resolve(Float32Array.from(texts, score)),
    close: () => Promise.resolve(),
  };
}

t.test('a reranker is used only when judged questions are answered better with it', async (t) => {
  const dir = t.testdir(files);
  const dataDir = join(dir, 'var');
  mkdirSync(dataDir);
  const lines: string[] = [];
  const output = {
    write: (text: string | Uint8Array) => void lines.push(String(text)),
    problem: (line: string) => void lines.push(line),
    interactive: false,
  };
  const ask = (reranker: (Reranker & { close(): Promise<void> }) | undefined) => {
    lines.length = 0;
    const openReranker = () => Promise.resolve(reranker);
    const values = { 'words-only': true, reranker: true };
    return evalCommand({ positionals: [dir], values, output, dataDir, openReranker, signal });
  };
  t.equal(await ask(undefined), 2);
  t.match(lines, ['No reranker is chosen in this library’s data folder; carrel models use chooses one.']);
  t.equal(readAdmission(dataDir), undefined);

  t.equal(await ask(rulesOut((text) => (text.includes('fern') ? 5 : 0))), 0);
  t.match(lines.join(''), /over 4 judged questions from 0\.\d+ to 1\.000 and adds \d+ ms .*: it is used/);
  t.match(readAdmission(dataDir), { reranker: 'by-rule', questions: 4, with: 1, admitted: true });

  t.equal(await ask(rulesOut((text) => (text.includes('fern') ? -5 : 0))), 0);
  t.match(lines.join(''), /it is not used, since that is no gain beyond chance/);
  t.match(readAdmission(dataDir), { admitted: false }, 'the last measurement counts');
});

t.test('a chosen reranker that was not measured, or measured as another, is not opened', async (t) => {
  const made = tinyModels();
  t.teardown(() => made.remove());
  const dataDir = t.testdir({});
  const models = openModelStore({ dataDir, programDir });
  t.equal(admittedReranker(dataDir, models), undefined, 'none is chosen');
  const model = made.reranker('overlap');
  const open = admittedReranker(dataDir, {
    unusable: () => undefined,
    chosen: (() => model) as unknown as typeof models.chosen,
  });
  await t.rejects(async () => void (await open?.(signal)), {
    name: 'ModelUnusable',
    message: /^The reranker overlap is not used: carrel eval DIR --reranker has not shown/,
  });
});
