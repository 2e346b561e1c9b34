import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { evalCommand, evalHelp, runEval, type EvalResult } from '../../commands/eval.js';
import { measure, meanOf } from '../../lib/relevance-measures.js';
import { writeIso2709 } from './eval-records.js';

// Scratch folders of this file alone: other tests make theirs at the same time.
process.env['TMPDIR'] = t.testdir({});
const signal = new AbortController().signal;
const files = {
  'catalogue.mrc': writeIso2709([
    ['a1', 'The salt road', 'Marlowe, Ada'],
    ['a2', 'A field guide to moss', 'Reed, Tom'],
    ['a3', 'Moss and fern', 'Reed, Tom'],
  ]),
  'queries.jsonl': [
    { id: 'q1', type: 'title', text: 'the salt road' },
    { id: 'q2', type: 'topic', text: 'moss', scope: 'half' },
  ]
    .map((query) => JSON.stringify(query))
    .join('\n'),
  'qrels.tsv': 'q1\ta1\t2\nq2\ta2\t1\nq2\ta3\t2\n',
  'scope_half.txt': 'a2\n',
};

t.test('questions are answered from the text alone, written as a run and measured by type', async (t) => {
  const dir = t.testdir(files);
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith('carrel-eval-'));
  const result = await runEval({ dir, run: join(dir, 'run.tsv'), wordsOnly: true, signal });
  t.match(result, { records: 3, queries: 2 });
  t.match(
    result.rows.map(({ type, ndcg10 }) => [type, ndcg10]),
    [
      ['title', 1],
      ['topic', 1],
      ['ALL', 1],
      ['MACRO', 1],
    ],
  );
  t.match(readFileSync(join(dir, 'run.tsv'), 'utf8'), /^q1\ta1\n/);
  t.strictSame(
    readdirSync(tmpdir()).filter((name) => name.startsWith('carrel-eval-')),
    before,
    'the scratch folder is gone',
  );
});

t.test('an earlier run is compared with, and without judgements there is no table', async (t) => {
  const dir = t.testdir({ ...files, 'old.tsv': 'q1\ta3\n' });
  const lines: string[] = [];
  const output = {
    write: (text: string | Uint8Array) => void lines.push(String(text)),
    problem: (line: string) => void lines.push(line),
    interactive: false,
  };
  t.equal(
    await evalCommand({
      positionals: [dir],
      values: { compare: join(dir, 'old.tsv'), json: true },
      output,
      signal,
    }),
    0,
  );
  const result = JSON.parse(lines.join('')) as EvalResult;
  t.equal(result.rows.find(({ type }) => type === 'title')?.change, 1);
  const unjudged = { 'catalogue.mrc': files['catalogue.mrc'], 'queries.jsonl': files['queries.jsonl'] };
  const bare = t.testdir(unjudged);
  lines.length = 0;
  t.equal(await evalCommand({ positionals: [bare], values: { 'words-only': true }, output, signal }), 0);
  t.match(lines.join(''), /^3 records, 2 questions, .* a question\n$/);
  lines.length = 0;
  t.equal(await evalCommand({ positionals: [], values: {}, output, signal }), 2);
  t.match(lines.join(''), /Name one folder/);
  t.ok(existsSync(dir) && evalHelp.includes('--compare'));
});

t.test('a library’s own words and the language of the page count', async (t) => {
  const dir = t.testdir({
    ...files,
    'queries.jsonl': '{"id":"q1","type":"topic","text":"audiolibros","locale":"es"}\n',
    var: { knowledge: { classes: { 'dewey.yaml': '"588": bryology\n' } } },
  });
  const lines: string[] = [];
  const output = {
    write: (text: string | Uint8Array) => void lines.push(String(text)),
    problem: (line: string) => void lines.push(line),
    interactive: false,
  };
  const ask = () =>
    evalCommand({
      positionals: [dir],
      values: { 'words-only': true },
      output,
      signal,
      dataDir: join(dir, 'var'),
    });
  t.equal(await ask(), 0);
  t.match(lines.join(''), /^With the words of \S+knowledge\.\n3 records, 1 questions/);
  lines.length = 0;
  writeFileSync(join(dir, 'queries.jsonl'), '{"id":"q1","type":"topic","text":"x","locale":"xx"}\n');
  t.equal(await ask(), 2);
  t.match(lines, [/queries\.jsonl, line 1: locale: /]);
  writeFileSync(join(dir, 'var', 'knowledge', 'classes', 'dewey.yaml'), '- a list\n');
  await t.rejects(ask(), { name: 'DataFolderError' });
});

t.test('measures follow their definitions', (t) => {
  const grades = new Map([
    ['a', 3],
    ['b', 1],
    ['c', 0],
  ]);
  const ideal = 7 + 1 / Math.log2(3);
  t.ok(Math.abs(measure(['c', 'a', 'a', 'b'], grades).ndcg10 - (7 / Math.log2(3) + 1 / 2) / ideal) < 1e-12);
  t.match(measure(['c', 'a', 'b'], grades), { mrr: 0.5, success1: 0, success10: 1, recall20: 1 });
  t.match(measure(['c', 'b'], grades, new Set(['b'])), { ndcg10: 1, success1: 1 });
  t.match(measure([], grades), { ndcg10: 0, mrr: 0, success10: 0 });
  t.equal(measure(['a'], new Map()).ndcg10, 0);
  t.equal(meanOf([]).mrr, 0);
  t.end();
});
