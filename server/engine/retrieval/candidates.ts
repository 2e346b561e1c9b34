import type { Concept } from './concept.js';
import type { Plan } from './plan.js';
import type { QueryWord } from './query-words.js';
import type { IndexReader, RowSet, Scored } from './retrieval-index.js';

const perQuery = 120;
/** The same for long descriptions, whose words are spread over many records. */
const perDescription = 200;
/** Documents that the words of one OR may touch together; the rarest words are taken first. */
const documentBudget = 30_000;
/** The same for the words of one concept, and how many of them are looked for. */
const conceptBudget = 12_000;
const mostTerms = 60;
/** Books by authors that librarians name for a concept, beside those that its words find. */
const mostNamed = 250;

/** Rows worth ranking, and the share of the best bm25 score of those that the plain words found. */
export interface Candidates {
  rows: Set<number>;
  lexical: Map<number, number>;
}

/** The words and concepts of a plan as groups that can be paid for, rarest words first. */
function groupsOf(plan: Plan) {
  const words = affordable(plan.words.filter(({ stop, words }) => !stop && words.size > 0));
  const concepts = plan.concepts
    .filter(({ concept }) => concept.lookUp.length > 0)
    .map(({ concept }) => ({ alternatives: affordableTerms(concept.lookUp), weight: 1 }));
  const others = words.filter((word) => !plan.covered[plan.words.indexOf(word)]).map(groupOf);
  return { words, concepts, both: [...concepts, ...others] };
}

/**
 * The whole extent of an answer, of which only the candidates are worth ranking with care: how many rows hold every
 * word and concept asked for, counted up to `most`, and the rows themselves, best bm25 first, when `listed`.
 */
export function extentOf(
  plan: Plan,
  index: IndexReader,
  { allow, most, listed }: { allow: RowSet | undefined; most: number; listed: boolean },
): { count: number; rows: readonly number[] } {
  const { both } = groupsOf(plan);
  if (both.length === 0) return { count: 0, rows: [] };
  const query = { groups: both, all: true, limit: most, ...(allow && { allow }) };
  if (!listed) return { count: index.count(query), rows: [] };
  const rows = index.lexical(query).map(({ row }) => row);
  return { count: rows.length, rows };
}

/** Rows worth ranking: those that words find, those that concepts find, each list bounded. */
export function candidatesFor(plan: Plan, index: IndexReader, allow: RowSet | undefined): Candidates {
  const rows = new Set<number>();
  const lexical = new Map<number, number>();
  const limit = { limit: plan.descriptive ? perDescription : perQuery, ...(allow ? { allow } : {}) };
  const add = (found: readonly Scored[]) => found.forEach(({ row }) => rows.add(row));

  const { words, concepts, both } = groupsOf(plan);
  if (words.length > 0) {
    const found = index.lexical({ groups: words.map(groupOf), prose: plan.descriptive, ...limit });
    const best = found[0]?.score ?? 1;
    for (const { row, score } of found) lexical.set(row, score / best);
    add(found);
  }
  if (words.length > 1 && !plan.descriptive)
    add(index.lexical({ groups: words.map(groupOf), all: true, ...limit }));

  // Every word of the question, small ones too, in one title: "The Day the".
  const all = plan.words.filter(({ words }) => words.size > 0);
  if (all.length > 1 && all.length <= 16 && all.length === plan.words.length) {
    add(index.lexical({ groups: all.map(groupOf), all: true, fields: ['title'], ...limit, limit: 60 }));
  }
  for (const group of concepts) add(index.lexical({ groups: [group], ...limit }));
  if (concepts.length > 0 && both.length > 1) add(index.lexical({ groups: both, all: true, ...limit }));
  for (const { concept } of plan.concepts) {
    let named = 0;
    for (const row of concept.named.keys()) {
      if (named >= mostNamed) break;
      if (rows.has(row) || (allow && !allow.has(row))) continue;
      rows.add(row);
      named++;
    }
  }
  return { rows, lexical };
}

function groupOf(word: QueryWord): { alternatives: string[]; weight: number } {
  return {
    alternatives: [...word.words]
      .filter(([, share]) => share >= 0.5 || word.words.size <= 3)
      .map(([text]) => text),
    weight: 1,
  };
}

function affordableTerms(terms: Concept['lookUp']): string[] {
  let spent = 0;
  return terms
    .filter(({ df }, at) => {
      if (at > 0 && spent + df > conceptBudget) return false;
      spent += df;
      return true;
    })
    .slice(0, mostTerms)
    .map(({ text }) => text);
}

function affordable(words: QueryWord[]): QueryWord[] {
  let spent = 0;
  return [...words]
    .sort((a, b) => a.df - b.df || a.at - b.at)
    .filter((word, at) => {
      spent += word.df;
      return at === 0 || spent <= documentBudget;
    });
}
