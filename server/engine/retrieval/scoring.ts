import type { Database } from 'better-sqlite3';
import { columns, type Column } from './tables.js';

/** Something asked for: words that stand for one another, each with the share it counts at. */
export interface Group {
  words: Map<string, number>;
  weight: number;
}

/** The words of a candidate by column, as filed. */
export type DocWords = Record<Column, string[]>;

/** How much a word counts by where it stands, and how strongly long fields are held against it. */
const field: Record<Column, { boost: number; b: number }> = {
  title: { boost: 3.2, b: 0.4 },
  author: { boost: 2, b: 0.2 },
  subject: { boost: 2.6, b: 0.3 },
  series: { boost: 1.6, b: 0.2 },
  summary: { boost: 1, b: 0.6 },
  context: { boost: 0.8, b: 0.2 },
};
/** For long descriptions, which retell a summary: a word in a title says no more than one in it. */
const proseField: typeof field = {
  title: { boost: 1.2, b: 0.3 },
  author: { boost: 0.4, b: 0.2 },
  subject: { boost: 1.2, b: 0.3 },
  series: { boost: 0.4, b: 0.2 },
  summary: { boost: 1.3, b: 0.6 },
  context: { boost: 0.2, b: 0.2 },
};
const k1 = 1.2;

/** Reads candidates' words; the average length of each column comes with it, from a sample of 2,000 records. */
export function openDocWords(db: Database): {
  read(row: number): DocWords | undefined;
  averages: Record<Column, number>;
} {
  const one = db.prepare<[number], Record<Column, string>>(
    `SELECT ${columns.join(', ')} FROM doc WHERE row = ?`,
  );
  const sample = db
    .prepare<[], Record<Column, string>>(`SELECT ${columns.join(', ')} FROM doc LIMIT 2000`)
    .all();
  const averages = {} as Record<Column, number>;
  for (const column of columns) {
    const filled = sample.filter((doc) => doc[column] !== '');
    const total = filled.reduce((sum, doc) => sum + doc[column].split(' ').length, 0);
    averages[column] = Math.max(1, total / Math.max(1, filled.length));
  }
  return {
    averages,
    read(row) {
      const doc = one.get(row);
      if (!doc) return undefined;
      const out = {} as DocWords;
      for (const column of columns) out[column] = doc[column] === '' ? [] : doc[column].split(' ');
      return out;
    },
  };
}

/**
 * BM25F (Robertson, Zaragoza and Taylor 2004) of one record for every group, each between 0 and 1 and without the
 * group's rarity: the caller weighs groups. `prose` is for long descriptions.
 */
export function saturations(
  doc: DocWords,
  groups: readonly Group[],
  averages: Record<Column, number>,
  { prose = false } = {},
): Float64Array {
  const sums = new Float64Array(groups.length);
  const index = indexOf(groups);
  for (const column of columns) {
    const words = doc[column];
    if (words.length === 0) continue;
    const { boost, b } = (prose ? proseField : field)[column];
    const share = boost / (1 - b + (b * words.length) / averages[column]);
    for (const word of words) {
      const targets = index.get(word);
      if (!targets) continue;
      for (const { at, factor } of targets) sums[at] = (sums[at] ?? 0) + factor * share;
    }
  }
  return sums.map((tf) => tf / (k1 + tf));
}

const indexes = new WeakMap<readonly Group[], Map<string, { at: number; factor: number }[]>>();

function indexOf(groups: readonly Group[]): Map<string, { at: number; factor: number }[]> {
  const known = indexes.get(groups);
  if (known) return known;
  const index = new Map<string, { at: number; factor: number }[]>();
  groups.forEach(({ words }, at) => {
    for (const [word, factor] of words) index.set(word, [...(index.get(word) ?? []), { at, factor }]);
  });
  indexes.set(groups, index);
  return index;
}

/** Robertson-Sparck Jones weight of a word in `df` of `count` records, never below 0. */
export function rarity(df: number, count: number): number {
  return Math.log(1 + (count - df + 0.5) / (df + 0.5));
}

/**
 * Share of the neighbouring words of a description that stand side by side in the record too, by rarity (0 to 1).
 * Descriptions of one book share turns of phrase even where they were written apart.
 */
export function sharedPairs(doc: DocWords, pairs: ReadonlyMap<string, number>): number {
  if (pairs.size === 0) return 0;
  let total = 0;
  for (const weight of pairs.values()) total += weight;
  const found = new Set<string>();
  let sum = 0;
  for (const column of ['title', 'subject', 'summary'] as const) {
    const words = doc[column];
    for (let at = 0; at + 1 < words.length; at++) {
      const pair = `${words[at]} ${words[at + 1]}`;
      const weight = pairs.get(pair);
      if (weight === undefined || found.has(pair)) continue;
      found.add(pair);
      sum += weight;
    }
  }
  return sum / total;
}
