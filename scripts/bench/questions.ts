import type { Known } from './generate.js';
import { seededRandom } from '../../server/lib/seeded-random.js';

/**
 * `count` questions in the mix that a front desk sees: a third known titles (some misspelt), then authors, subjects,
 * two to four words, and questions with limits. Equal seeds give equal lists; with `distinct` no two are equal.
 */
export function askQuestions(known: Known, count: number, seed = 7): string[] {
  const random = seededRandom(seed);
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? '';
  const words = (n: number): string => Array.from({ length: n }, () => pick(known.words)).join(' ');
  const kinds: (() => string)[] = [
    () => pick(known.titles),
    () => pick(known.titles),
    () => misspell(pick(known.titles), random),
    () => pick(known.authors),
    () => pick(known.subjects),
    () => words(2),
    () => words(4),
    () => `a short book about ${words(2)}`,
    () => `${words(1)} in Spanish`,
    () => `mystery audiobooks about ${words(1)}`,
  ];
  return Array.from({ length: count }, (_, i) => kinds[i % kinds.length]?.() ?? '');
}

function misspell(text: string, random: () => number): string {
  const at = 1 + Math.floor(random() * Math.max(1, text.length - 2));
  return text.slice(0, at) + (text[at + 1] ?? '') + (text[at] ?? '') + text.slice(at + 2);
}
