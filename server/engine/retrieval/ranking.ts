import type { Facts } from './facts.js';
import type { Plan } from './plan.js';
import { conceptScore } from './concept.js';
import type { QueryWord } from './query-words.js';
import { saturations, sharedPairs, type DocWords } from './scoring.js';
import type { Column } from './tables.js';
import { titleCover } from './title-words.js';

/** What a record's score is made of, kept for evidence and for confidence. */
export interface Ranked {
  row: number;
  score: number;
  /** 0 to 1: share of what was asked for by word or concept that the record answers. */
  relevance: number;
  known: number;
  cosine: number;
}

export interface RankDeps {
  facts: Facts;
  read(row: number): DocWords | undefined;
  averages: Record<Column, number>;
}

export interface RankInput {
  plan: Plan;
  /** Rows that the question names, with how surely (0 to 1). */
  known: ReadonlyMap<number, number>;
  /** Share of the best bm25 score, for rows that words found. */
  lexical: ReadonlyMap<number, number>;
  /** Cosine of a row with the question, 0 without vectors. */
  cosine(row: number): number;
  /** Languages merely named beside a form, and audiences hinted at: rows that have them come first. */
  favoured: readonly { rows: { has(row: number): boolean }; bonus: number }[];
  /** Topics the patron does not want. */
  unwanted(doc: DocWords): boolean;
  vectorShare: number;
  /** How far the patron's own words lead over a concept that covers them, 0 to 1. */
  ownWords: number;
}

/** How much each kind of evidence counts beside the share of words answered, which counts 1. Tuned on judged questions. */
const taste = {
  /** A record that the question names. */
  known: 2.2,
  /** Words of the question in the order of a title. */
  cover: 0.6,
  /** Weight left to words like "the", in short questions and in descriptions. */
  stopWords: 0.02,
  proseStopWords: 0.1,
  /** What is left of a record that is not of the form asked for. */
  offForm: 0.6,
  /** In descriptions: bm25 of the words, turns of phrase shared, and the exponent that makes rare words lead. */
  bm25: 0.5,
  pairs: 3,
  proseRarity: 1.3,
} as const;

function weightOf({ stop, weight }: QueryWord, descriptive: boolean): number {
  if (stop) return weight * (descriptive ? taste.proseStopWords : taste.stopWords);
  return descriptive ? weight ** taste.proseRarity : weight;
}

/** Scores one record; undefined when it is not there or not wanted. */
export function rank(row: number, input: RankInput, deps: RankDeps): Ranked | undefined {
  const doc = deps.read(row);
  if (!doc || input.unwanted(doc)) return undefined;
  const { plan } = input;
  const sat = saturations(doc, plan.words, deps.averages, { prose: plan.descriptive });
  let got = 0;
  let asked = 0;
  plan.words.forEach((word, at) => {
    if (plan.covered[at] && !plan.descriptive) return;
    const weight = weightOf(word, plan.descriptive);
    got += weight * (sat[at] ?? 0);
    asked += weight;
  });
  let offForm = 1;
  if (plan.concepts.length > 0) {
    for (const { concept, weight, covers } of plan.concepts) {
      const score = conceptScore(concept, row, doc, deps.facts);
      let total = 0;
      let own = 0;
      for (const at of covers) {
        const word = plan.words[at];
        if (!word || word.stop) continue;
        total += word.weight;
        own += word.weight * (sat[at] ?? 0);
      }
      own = total === 0 ? 0 : own / total;
      const either = 1 - (1 - 0.7 * own) * (1 - score);
      got += weight * (input.ownWords * own + (1 - input.ownWords) * either);
      asked += weight;
      const { form_only, forms: wanted } = concept.entry;
      if (form_only && !wanted.some((form) => deps.facts.hasForm(row, form))) offForm *= taste.offForm;
    }
  }
  const relevance = asked === 0 ? 0 : (offForm * got) / asked;
  const cover = plan.list.length > 1 && !plan.descriptive ? titleCover(plan.list, doc.title) : 0;
  const known = input.known.get(row) ?? 0;
  const cosine = input.cosine(row);
  let score =
    relevance +
    taste.known * known +
    taste.cover * cover ** 2 +
    input.vectorShare * offForm * Math.max(0, cosine);
  if (plan.descriptive) {
    score += taste.pairs * sharedPairs(doc, plan.pairs) + taste.bm25 * (input.lexical.get(row) ?? 0);
  }
  for (const { rows, bonus } of input.favoured) if (rows.has(row)) score += bonus;
  return { row, score, relevance, known, cosine };
}
