import { similarity } from '../../lib/edit-distance.js';

/** How a question's words lie in a title: 0 nothing, 1 the whole title and nothing else, in order. */
export function titleCover(query: readonly string[], title: readonly string[]): number {
  if (query.length === 0 || title.length === 0) return 0;
  const run = commonSubsequence(query, title);
  return (run / query.length) * (0.6 + (0.4 * Math.min(run, title.length)) / title.length);
}

/** Length of the longest common subsequence of two word lists. */
export function commonSubsequence(a: readonly string[], b: readonly string[]): number {
  let last = new Array<number>(b.length + 1).fill(0);
  for (const word of a) {
    const row = [0];
    for (let j = 1; j <= b.length; j++) {
      row.push(word === b[j - 1] ? (last[j - 1] ?? 0) + 1 : Math.max(last[j] ?? 0, row[j - 1] ?? 0));
    }
    last = row;
  }
  return last[b.length] ?? 0;
}

/**
 * How well words name a person: each must stand for one of the name's words, spelt alike or as its initial. 1 for the
 * full name, less for typing errors and for names with more words; 0 when a word has no counterpart.
 */
export function nameMatch(query: readonly string[], name: readonly string[]): number {
  const free = new Set(name.keys());
  let total = 0;
  for (const word of query) {
    let best = -1;
    let bestScore = 0;
    for (const at of free) {
      const part = name[at] ?? '';
      const initial = word.length === 1 || part.length === 1;
      const score = initial ? (word[0] === part[0] ? 0.9 : 0) : similarity(word, part);
      if (score > bestScore) [best, bestScore] = [at, score];
    }
    if (bestScore < (word.length <= 4 ? 0.5 : 0.6)) return 0;
    free.delete(best);
    total += bestScore;
  }
  if (query.length === 0) return 0;
  const left = [...free].filter((at) => (name[at] ?? '').length > 1).length;
  return (total / query.length) * (1 - 0.06 * left);
}
