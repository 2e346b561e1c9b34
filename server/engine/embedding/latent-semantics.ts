import { singular } from '../../lib/stem.js';
import { times, type Sparse } from './dense.js';
import { rightSingularVectors } from './truncated-svd.js';
import { toUnit } from './quantised.js';

/** Words of one record, already folded, with how much each counts. */
export type WeightedWords = { words: readonly string[]; weight: number }[];

export interface LatentSpace {
  dimensions: number;
  /** Stem, its inverse document frequency and its vector of `dimensions` numbers. */
  terms: { word: string; idf: number; vector: Float32Array }[];
  /** Unit vector of each record in the order given; zero when none of its words is known. */
  records: Float32Array[];
}

export interface TrainOptions {
  dimensions: number;
  seed?: number;
  /** Words in fewer records are left out. Default 2. */
  leastRecords?: number;
  mostTerms?: number;
  onStep?: (done: number) => void;
}

/**
 * Latent semantic analysis (Deerwester et al. 1990): TF-IDF over stems, rows of unit length, truncated SVD. Records
 * come as re-readable sequence, since they are walked twice and never held as text.
 */
export function trainLatentSpace(records: () => Iterable<WeightedWords>, options: TrainOptions): LatentSpace {
  const { dimensions, leastRecords = 2, mostTerms = 120_000, onStep = () => undefined } = options;
  const df = new Map<string, number>();
  let count = 0;
  for (const record of records()) {
    count++;
    for (const stem of tally(record).keys()) df.set(stem, (df.get(stem) ?? 0) + 1);
  }
  const chosen = [...df]
    .filter(([, n]) => n >= leastRecords && n <= Math.max(50, count * 0.25))
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, mostTerms);
  const terms = chosen.map(([word, n]) => ({ word, idf: Math.log(1 + count / n) }));
  const matrix = weigh(records(), terms, count);
  const right = rightSingularVectors(matrix, {
    dimensions,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    onStep: (done) => onStep(done * 0.95),
  });
  const folded = times(matrix, right);
  onStep(1);
  return {
    dimensions,
    terms: terms.map((term, at) => ({
      ...term,
      vector: right.data.subarray(at * dimensions, (at + 1) * dimensions),
    })),
    records: Array.from({ length: count }, (_, at) =>
      toUnit(folded.data.slice(at * dimensions, (at + 1) * dimensions)),
    ),
  };
}

/** Stems of a record or query with their summed weights; very short words and bare numbers are left out. */
export function tally(record: WeightedWords): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { words, weight } of record) {
    for (const word of words) {
      if (word.length < 2 || word.startsWith('_') || /^\d+$/.test(word)) continue;
      const stem = singular(word);
      counts.set(stem, (counts.get(stem) ?? 0) + weight);
    }
  }
  return counts;
}

function weigh(
  records: Iterable<WeightedWords>,
  terms: { word: string; idf: number }[],
  rows: number,
): Sparse {
  const index = new Map(terms.map(({ word }, at) => [word, at]));
  const start = new Uint32Array(rows + 1);
  const column: number[] = [];
  const values: number[] = [];
  let row = 0;
  for (const record of records) {
    const from = column.length;
    let sum = 0;
    for (const [stem, weight] of tally(record)) {
      const at = index.get(stem);
      if (at === undefined) continue;
      const value = (1 + Math.log(Math.max(weight, 0.4))) * (terms[at]?.idf ?? 0);
      column.push(at);
      values.push(value);
      sum += value * value;
    }
    const norm = sum > 0 ? 1 / Math.sqrt(sum) : 0;
    for (let e = from; e < values.length; e++) values[e] = (values[e] ?? 0) * norm;
    start[++row] = column.length;
  }
  return {
    rows,
    cols: terms.length,
    start,
    column: Int32Array.from(column),
    values: Float32Array.from(values),
  };
}
