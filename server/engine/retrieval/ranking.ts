import type { Fact, Facts } from './facts.js';
import type { Plan } from './plan.js';
import { conceptScore } from './concept.js';
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

/** How much each kind of evidence counts beside the share of words answered (which counts 1). */
const taste = { known: 2.2, cover: 0.6, stopWords: 0.02, offForm: 0.6, proseStopWords: 0.1, bm25: 0.2, pairs: 1 } as const;

/** Scores one record; undefined when it is not there or not wanted. */
export function rank(row: number, input: RankInput, deps: RankDeps): Ranked | undefined {
  const doc = deps.read(row);
  if (!doc || input.unwanted(doc)) return undefined;
  const { plan } = input;
  const sat = saturations(doc, plan.words, deps.averages, { prose: plan.descriptive });
  let got = 0;
  let asked = 0;
  const inConcept = new Set(plan.concepts.flatMap(({ covers }) => covers));
  plan.words.forEach((word, at) => {
    if (inConcept.has(word)) return;
    const weight = word.stop ? (plan.descriptive ? taste.proseStopWords : taste.stopWords) * word.weight : word.weight;
    got += weight * (sat[at] ?? 0);
    asked += weight;
  });
  let fact: Fact | undefined;
  let offForm = 1;
  for (const { concept, weight, covers } of plan.concepts) {
    fact ??= deps.facts.fact(row);
    const forms = concept.entry.forms.length > 0 ? deps.facts.valuesOf('form', row) : [];
    const score = conceptScore(concept, row, doc, {
      forms,
      audience: fact?.audience ?? null,
      format: fact?.format ?? '',
      year: fact?.year ?? null,
    });
    const content = covers.filter(({ stop }) => !stop);
    const total = content.reduce((sum, w) => sum + w.weight, 0);
    const own = total === 0 ? 0 : content.reduce((sum, w) => sum + w.weight * (sat[plan.words.indexOf(w)] ?? 0), 0) / total;
    const either = 1 - (1 - 0.7 * own) * (1 - score);
    got += weight * (input.ownWords * own + (1 - input.ownWords) * either);
    asked += weight;
    if (concept.entry.form_only && !concept.entry.forms.some((form) => forms.includes(form))) offForm *= taste.offForm;
  }
  const relevance = asked === 0 ? 0 : (offForm * got) / asked;
  const cover = plan.list.length > 1 && !plan.descriptive ? titleCover(plan.list, doc.title) : 0;
  const known = input.known.get(row) ?? 0;
  const cosine = input.cosine(row);
  let score = relevance + taste.known * known + taste.cover * cover ** 2 + input.vectorShare * offForm * Math.max(0, cosine);
  if (plan.descriptive) {
    score += taste.pairs * sharedPairs(doc, plan.pairs) + taste.bm25 * (input.lexical.get(row) ?? 0);
  }
  for (const { rows, bonus } of input.favoured) if (rows.has(row)) score += bonus;
  return { row, score, relevance, known, cosine };
}
