import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { Locale } from '../server/contract/vocabulary.js';
import type { Bib } from '../server/engine/catalogue/bib.js';
import { readCatalogue } from '../server/engine/catalogue/formats/read-catalogue.js';
import { readMarcKnowledge } from '../server/engine/catalogue/mapping/knowledge.js';
import { openCatalogueFile } from '../server/engine/retrieval/catalogue-file.js';
import type { Signals } from '../server/engine/retrieval/confidence-map.js';
import { readFinderKnowledge, type FinderKnowledge } from '../server/engine/retrieval/finder-knowledge.js';
import { openFinder } from '../server/engine/retrieval/finder.js';
import { buildScratchCatalogue } from '../server/engine/retrieval/scratch-catalogue.js';
import { trainVectors } from '../server/engine/retrieval/train-vectors.js';

/** One question with what retrieval made of it, and whether a relevant record was among the first five. */
export interface JudgedAnswer {
  set: string;
  type: string;
  /** Asked of a catalogue that does not hold what it names. */
  isUnheld: boolean;
  /** Half of the questions are fitted to, the other half tests; which is which follows from the question's id. */
  isForFitting: boolean;
  signals: Signals | undefined;
  confidence: number;
  isRight: boolean;
}

/** Types of questions that name one work, author or series: without it there is no right answer. */
const namesOne = /^(title|author|isbn|series|thatbook)/;
const first = 5;
const Query = z.object({
  id: z.string(),
  type: z.string(),
  text: z.string(),
  locale: Locale.default('en'),
  scope: z.string().optional(),
});
type Query = z.infer<typeof Query>;

interface JudgedSet {
  name: string;
  dir: string;
  cataloguePath: string;
  queries: Query[];
  relevant: Map<string, Set<string>>;
}

/**
 * Asks every judged question of each folder (see docs/evaluation.md), and every question that names one thing also
 * where that thing is not held: of another folder's catalogue, or, when there is one folder only, with its records left
 * out. Imports and trains in a scratch folder, which is removed.
 */
export async function askJudged(
  dirs: readonly string[],
  { signal }: { signal: AbortSignal },
): Promise<JudgedAnswer[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'carrel-confidence-'));
  const knowledge = readFinderKnowledge();
  try {
    const sets: JudgedSet[] = [];
    for (const [at, dir] of dirs.entries()) {
      const cataloguePath = join(scratch, `${at}.sqlite`);
      await buildScratchCatalogue(cataloguePath, bibsOf(join(dir, 'catalogue.mrc'), signal));
      await trainVectors({ cataloguePath, signal });
      sets.push({ name: basename(dir), dir, cataloguePath, ...judgementsOf(dir) });
    }
    const answers: JudgedAnswer[] = [];
    for (const [at, set] of sets.entries()) {
      answers.push(...(await askAtHome(set, knowledge)));
      for (const [step, other] of sets.filter((_, place) => place !== at).entries())
        answers.push(...(await askElsewhere(set, other, { step, of: sets.length - 1 }, knowledge)));
    }
    return answers;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }

  async function askAtHome(set: JudgedSet, knowledge: FinderKnowledge): Promise<JudgedAnswer[]> {
    const finder = openFinder(set.cataloguePath, knowledge, 'judged');
    const scopes = new Map<string, Set<string> | undefined>();
    const answers: JudgedAnswer[] = [];
    for (const query of set.queries) {
      const relevant = set.relevant.get(query.id) ?? new Set();
      const { scope } = query;
      if (scope !== undefined && !scopes.has(scope)) {
        const path = join(set.dir, `scope_${scope}.txt`);
        scopes.set(scope, existsSync(path) ? new Set(linesOf(path)) : undefined);
      }
      const judged = scope === undefined ? undefined : scopes.get(scope);
      const { hits, signals, confidence } = await finder.search(questionOf(query));
      const shown = hits.filter(({ id }) => judged?.has(id) ?? true).slice(0, first);
      const isRight = shown.some(({ id }) => relevant.has(id));
      answers.push({ ...about(set, query), isUnheld: false, signals, confidence, isRight });
      if (dirs.length > 1 || !namesOne.test(query.type)) continue;
      const without = await finder.search({ ...questionOf(query), exclude: [...relevant] });
      answers.push({
        ...about(set, query),
        isUnheld: true,
        signals: without.signals,
        confidence: without.confidence,
        isRight: false,
      });
    }
    finder.close();
    return answers;
  }
}

/** Asks `other` for what `set` holds and it does not; each question goes to one other catalogue, by its id. */
async function askElsewhere(
  set: JudgedSet,
  other: JudgedSet,
  turn: { step: number; of: number },
  knowledge: FinderKnowledge,
): Promise<JudgedAnswer[]> {
  const home = openCatalogueFile(set.cataloguePath);
  const away = openCatalogueFile(other.cataloguePath);
  const finder = openFinder(other.cataloguePath, knowledge, 'judged');
  const isHeld = ({ id, type, text }: Query): boolean => {
    const byAuthor = type.startsWith('author');
    if (byAuthor && away.known.author(text) !== undefined) return true;
    if (type === 'series' && away.known.series(text) !== undefined) return true;
    return [...(set.relevant.get(id) ?? [])].some((recordId) => {
      const row = home.rowOf(recordId);
      const bib = row === undefined ? undefined : home.bib(row);
      if (!bib) return false;
      const [main = ''] = bib.title.text.split(/[:;(/]/);
      const names = bib.contributors.filter((one) => one.main).map((one) => one.text);
      if (byAuthor && names.some((name) => away.known.author(name) !== undefined)) return true;
      return [bib.title.text, main].some((title) => away.known.byTitle(title).length > 0);
    });
  };
  const answers: JudgedAnswer[] = [];
  for (const query of set.queries) {
    if (!namesOne.test(query.type) || digestOf(query.id) % turn.of !== turn.step || isHeld(query)) continue;
    const { signals, confidence } = await finder.search(questionOf(query));
    answers.push({ ...about(set, query), isUnheld: true, signals, confidence, isRight: false });
  }
  finder.close();
  home.close();
  away.close();
  return answers;
}

function about({ name }: JudgedSet, { id, type }: Query) {
  return { set: name, type, isForFitting: (digestOf(id) >> 8) % 2 === 0 };
}

function questionOf({ text, locale }: Query) {
  return { text, locale, offset: 0, limit: 100 };
}

function digestOf(id: string): number {
  return createHash('sha256').update(id).digest().readUInt16BE(0);
}

function judgementsOf(dir: string): Pick<JudgedSet, 'queries' | 'relevant'> {
  const relevant = new Map<string, Set<string>>();
  for (const line of linesOf(join(dir, 'qrels.tsv'))) {
    const [query = '', record = '', grade] = line.split('\t');
    if (Number(grade) >= 1) relevant.set(query, (relevant.get(query) ?? new Set()).add(record));
  }
  const queries = linesOf(join(dir, 'queries.jsonl')).map((line) => Query.parse(JSON.parse(line)));
  return { queries, relevant };
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

async function* bibsOf(path: string, signal: AbortSignal): AsyncGenerator<Bib[]> {
  for await (const { outcomes } of readCatalogue({ path }, { signal, knowledge: readMarcKnowledge() }))
    yield outcomes.flatMap((outcome) => (outcome.kind === 'record' ? [outcome.bib] : []));
}
