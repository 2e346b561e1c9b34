import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Problem } from '../contract/problems.js';
import type { Bib } from '../engine/catalogue/bib.js';
import type { Reranker } from '../engine/embedding/reranker.js';
import { readCatalogue, type ReadOptions } from '../engine/catalogue/formats/read-catalogue.js';
import { readMarcKnowledge } from '../engine/catalogue/mapping/knowledge.js';
import { knowledgeDirsOf, requireKnowledge } from '../engine/knowledge-check.js';
import { measureReranker, type RerankerMeasured } from '../engine/retrieval/admit-reranker.js';
import { openSearch } from '../engine/retrieval/open-search.js';
import { createReranked } from '../engine/retrieval/reranked.js';
import { writeAdmission } from '../engine/retrieval/reranker-admission.js';
import { buildScratchCatalogue, openScratchRecords } from '../engine/retrieval/scratch-catalogue.js';
import { trainVectors } from '../engine/retrieval/train-vectors.js';
import { measureNames, meanOf, type Measures } from '../lib/relevance-measures.js';
import { linesOf, readJudged, type Answers, type Judged } from '../engine/spaces/judged.js';
import { optionLines, type CommandOption, type CommandOutput } from './output.js';

export const evalOptions = {
  run: {
    type: 'string',
    value: 'FILE',
    means: 'also write the answers as "query id<TAB>record id", best first',
  },
  compare: { type: 'string', value: 'FILE', means: 'show the difference to an earlier run in the same form' },
  'words-only': { type: 'boolean', means: 'leave vectors out' },
  reranker: {
    type: 'boolean',
    means: 'also ask with the chosen reranker, and use it from now on only if it betters the answers',
  },
  json: { type: 'boolean', means: 'answer as JSON, for programs' },
} as const satisfies Record<string, CommandOption>;

export const evalHelp = `carrel eval DIR [options]

Measures search on judged questions, the way patrons get it: imports DIR/catalogue.mrc into a scratch folder, trains
vectors, asks every line of DIR/queries.jsonl (id, type, text) and compares with DIR/qrels.tsv (query id, record id,
grade) where there is one. A query's "scope" names the file scope_NAME.txt of judged records, its "locale" the language
of the page it was asked on (en unless told). Where CARREL_DATA is set, that library's own words count.

${optionLines(evalOptions)}`;

/** One line of the table: a type of question, "ALL" over questions, or "MACRO" over types. */
export interface EvalRow extends Measures {
  type: string;
  queries: number;
  /** nDCG@10 less that of the compared run. */
  change?: number;
}

export interface EvalResult {
  records: number;
  queries: number;
  /** Milliseconds a question, one at a time. */
  latencyMs: { p50: number; p95: number };
  /** Empty without judgements. */
  rows: EvalRow[];
  /** What the reranker did, where one was measured. */
  reranker?: RerankerMeasured;
}

const idsPerQuery = 100;
/** A measurement waits for a reranker as long as it takes. */
const patientMs = 60_000;

/** Imports, trains, asks and measures; see `evalHelp`. The scratch folder is removed whatever happens. */
export async function runEval(options: {
  dir: string;
  run?: string | undefined;
  compare?: string | undefined;
  wordsOnly?: boolean;
  /** The library's own words. Default: none, Carrel's alone. */
  knowledgeDirs?: readonly string[];
  /** Asked as well, with as much time as it takes. */
  reranker?: Reranker | undefined;
  signal: AbortSignal;
}): Promise<EvalResult> {
  const { dir, signal, knowledgeDirs = [] } = options;
  const judged = await readJudged(dir);
  const { queries } = judged;
  const scratch = await mkdtemp(join(tmpdir(), 'carrel-eval-'));
  try {
    const cataloguePath = join(scratch, 'catalogue.sqlite');
    const knowledge = readMarcKnowledge(knowledgeDirs);
    const bibs = bibsOf(join(dir, 'catalogue.mrc'), { signal, knowledge });
    const records = await buildScratchCatalogue(cataloguePath, bibs, { knowledgeDirs });
    if (!options.wordsOnly) await trainVectors({ cataloguePath, signal });
    const answers = new Map<string, string[]>();
    const latencies: number[] = [];
    let reranker: RerankerMeasured | undefined;
    const search = await openSearch({ cataloguePath, workers: 1, maxQueue: 1, knowledgeDirs });
    try {
      for (const { id, text, locale } of queries) {
        const began = performance.now();
        const question = { text, locale, offset: 0, limit: idsPerQuery };
        const found = await search.search({ ...question, wordsOnly: options.wordsOnly ?? false }, { signal });
        latencies.push(performance.now() - began);
        answers.set(
          id,
          found.hits.map((hit) => hit.id),
        );
      }
      if (options.reranker) {
        const held = openScratchRecords(cataloguePath);
        const reranked = createReranked(search, {
          reranker: options.reranker,
          listRecords: (ids) => Promise.resolve(held.list(ids)),
          budgetMs: patientMs,
        });
        try {
          reranker = await measureReranker(judgedQuestions(judged), { search, reranked, signal });
        } finally {
          held.close();
        }
      }
    } finally {
      await search.close();
    }
    if (options.run !== undefined) await writeFile(options.run, runText(answers));
    const before = options.compare === undefined ? undefined : await readRun(options.compare);
    return {
      records,
      queries: queries.length,
      latencyMs: spread(latencies),
      rows: table(judged, answers, before),
      ...(reranker && { reranker }),
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function* bibsOf(path: string, options: ReadOptions): AsyncGenerator<Bib[]> {
  for await (const { outcomes } of readCatalogue({ path }, options)) {
    yield outcomes.flatMap((outcome) => (outcome.kind === 'record' ? [outcome.bib] : []));
  }
}

/** The questions that have a right answer, as patrons would ask them. */
function judgedQuestions(judged: Judged): Parameters<typeof measureReranker>[0] {
  return judged.queries.flatMap((query) => {
    const grades = judged.gradesOf(query.id);
    const { text, locale } = query;
    const question = { text, locale, offset: 0, limit: idsPerQuery };
    return grades.size === 0 ? [] : [{ question, grades, scope: judged.scopeOf(query) }];
  });
}

function table(judged: Judged, answers: Answers, before?: Answers): EvalRow[] {
  const { queries } = judged;
  if (!judged.hasGrades) return [];
  const rowsOf = (run: Answers): EvalRow[] => {
    const byType = new Map<string, Measures[]>();
    for (const query of queries) {
      const one = judged.measure(query, run.get(query.id) ?? []);
      byType.set(query.type, [...(byType.get(query.type) ?? []), one]);
    }
    const types = [...byType].map(([type, all]) => ({ type, queries: all.length, ...meanOf(all) }));
    const all = { type: 'ALL', queries: queries.length, ...meanOf([...byType.values()].flat()) };
    return [...types, all, { type: 'MACRO', queries: types.length, ...meanOf(types) }];
  };
  const earlier = before && new Map(rowsOf(before).map((row) => [row.type, row.ndcg10]));
  return rowsOf(answers).map((row) =>
    earlier ? { ...row, change: row.ndcg10 - (earlier.get(row.type) ?? 0) } : row,
  );
}

async function readRun(path: string): Promise<Map<string, string[]>> {
  const run = new Map<string, string[]>();
  for (const line of await linesOf(path)) {
    const [query = '', record = ''] = line.split('\t');
    run.set(query, [...(run.get(query) ?? []), record]);
  }
  return run;
}

function runText(answers: Map<string, string[]>): string {
  return [...answers].flatMap(([query, ids]) => ids.map((id) => `${query}\t${id}\n`)).join('');
}

function spread(latencies: number[]): { p50: number; p95: number } {
  const sorted = [...latencies].sort((a, b) => a - b);
  const at = (share: number) => Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 10) / 10;
  return { p50: at(0.5), p95: at(0.95) };
}

/** Runs `carrel eval`. Answers the exit status: 0 measured, 2 not understood. */
export async function evalCommand(command: {
  positionals: readonly string[];
  values: {
    run?: string;
    compare?: string;
    'words-only'?: boolean;
    reranker?: boolean;
    json?: boolean;
  };
  output: CommandOutput;
  /** Whose own words count. Default: nobody's. */
  dataDir?: string;
  /** Opens the chosen reranker; undefined where there is none. */
  openReranker?: () => Promise<(Reranker & { close(): Promise<void> }) | undefined>;
  signal: AbortSignal;
}): Promise<number> {
  const { output, values, signal, dataDir } = command;
  const [dir] = command.positionals;
  if (dir === undefined || command.positionals.length > 1 || !existsSync(join(dir, 'queries.jsonl'))) {
    output.problem('Name one folder that holds catalogue.mrc and queries.jsonl.');
    return 2;
  }
  if (dataDir !== undefined) requireKnowledge(dataDir);
  const knowledgeDirs =
    dataDir === undefined ? [] : knowledgeDirsOf(dataDir).filter((path) => existsSync(path));
  const reranker = values.reranker ? await command.openReranker?.() : undefined;
  if (values.reranker && (!reranker || dataDir === undefined)) {
    output.problem('No reranker is chosen in this library’s data folder; carrel models use chooses one.');
    return 2;
  }
  try {
    const result = await runEval({
      dir,
      reranker,
      run: values.run,
      compare: values.compare,
      wordsOnly: values['words-only'] ?? false,
      knowledgeDirs,
      signal,
    });
    if (reranker && result.reranker && dataDir !== undefined)
      keepMeasured(dataDir, reranker, result.reranker);
    const words = knowledgeDirs.length > 0 ? `With the words of ${knowledgeDirs.join(', ')}.\n` : '';
    output.write(values.json ? `${JSON.stringify({ ...result, knowledgeDirs })}\n` : words + asTable(result));
    return 0;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    output.problem(error.message);
    return 2;
  } finally {
    await reranker?.close();
  }
}

function keepMeasured(dataDir: string, reranker: Reranker, measured: RerankerMeasured): void {
  const { questions, without, with: with_, admitted } = measured;
  const measured_at = new Date().toISOString();
  writeAdmission(dataDir, { reranker: reranker.id, questions, without, with: with_, admitted, measured_at });
}

function rerankerLine({ questions, without, with: with_, addedMs, admitted }: RerankerMeasured): string {
  const verdict = admitted
    ? 'it is used from the next start of the server on'
    : 'it is not used, since that is no gain beyond chance';
  return `The reranker takes nDCG@10 over ${questions} judged questions from ${without.toFixed(3)} to ${with_.toFixed(3)} and adds ${addedMs.p50} ms (p95 ${addedMs.p95}): ${verdict}.`;
}

function asTable({ records, queries, latencyMs, rows, reranker }: EvalResult): string {
  const head = ['type'.padEnd(24), 'n'.padStart(5), ...measureNames.map((name) => name.padStart(10))].join(
    ' ',
  );
  const body = rows.map((row) => {
    const numbers = measureNames.map((name) => row[name].toFixed(3).padStart(10));
    const change = row.change === undefined ? '' : ` ${row.change >= 0 ? '+' : ''}${row.change.toFixed(3)}`;
    return `${[row.type.padEnd(24), String(row.queries).padStart(5), ...numbers].join(' ')}${change}`;
  });
  const about = `${records} records, ${queries} questions, ${latencyMs.p50} ms (p95 ${latencyMs.p95} ms) a question`;
  const last = reranker ? [rerankerLine(reranker)] : [];
  return `${[about, ...(rows.length > 0 ? [head, ...body] : []), ...last].join('\n')}\n`;
}
