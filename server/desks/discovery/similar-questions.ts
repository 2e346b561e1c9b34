import { LRUCache } from 'lru-cache';
import { wipeInTime } from '../../engine/cache/wipe.js';
import { fold } from './patterns.js';

interface Remembered<T> {
  scope: string;
  decisive: string;
  words: ReadonlySet<string>;
  answer: T;
}

/**
 * Questions answered lately, for when search cannot answer a new one. A remembered question stands in only when every
 * word of it was also asked now, so that nobody is ever shown a word that somebody else typed, and when both say the
 * same numbers, ages and negations: "with magic" is no likeness of "without magic".
 */
export interface SimilarQuestions<T extends object> {
  /** `scope` is everything besides the words that the answer depends on (locale, branch, catalogue version). */
  remember(scope: string, text: string, answer: T): void;
  find(scope: string, text: string): T | undefined;
}

/**
 * Share of the asked words that the remembered question must cover. At 0.6 a three-word question may lose one word;
 * docs/adr/0005 has the measurement.
 */
const MIN_COVERED = 0.6;

export function createSimilarQuestions<T extends object>(options: {
  isFiller: (word: string) => boolean;
  /** Turns around what follows it: "without". */
  negates: (word: string) => boolean;
  /** Must be the same in both questions: a number, whom it is for. */
  decides: (word: string) => boolean;
  now: () => number;
  /** What is older leaves memory within a minute, asked for or not. */
  maxAgeMs: number;
  maxEntries: number;
  sweepMs?: number;
}): SimilarQuestions<T> {
  const kept = new LRUCache<string, Remembered<T>>({
    max: options.maxEntries,
    ttl: options.maxAgeMs,
    ttlResolution: 0,
    perf: { now: options.now },
  });
  const wipeLater = wipeInTime(kept, options.sweepMs);
  const wordsOf = (text: string): Set<string> =>
    new Set(
      fold(text)
        .split(' ')
        .filter((word) => word !== '' && !options.isFiller(word)),
    );
  /** What must be the same in both: deciding words in any order, and all that is said from the first negation on. */
  const decisiveOf = (text: string): string => {
    const said = fold(text).split(' ');
    const negated = said.findIndex(options.negates);
    const after = negated < 0 ? [] : said.slice(negated).filter((word) => !options.isFiller(word));
    return [...said.filter(options.decides).sort(), '', ...after].join(' ');
  };

  return {
    remember(scope, text, answer) {
      const words = wordsOf(text);
      if (words.size === 0) return;
      const decisive = decisiveOf(text);
      const key = [scope, [...words].sort().join(' '), decisive].join('\n');
      kept.set(key, { scope, decisive, words, answer });
      wipeLater();
    },
    find(scope, text) {
      const asked = wordsOf(text);
      const decisive = decisiveOf(text);
      let best: { covered: number; answer: T } | undefined;
      for (const entry of kept.values()) {
        if (entry.scope !== scope || entry.decisive !== decisive) continue;
        if (![...entry.words].every((word) => asked.has(word))) continue;
        const covered = entry.words.size / asked.size;
        if (covered >= MIN_COVERED && covered > (best?.covered ?? 0))
          best = { covered, answer: entry.answer };
      }
      return best?.answer;
    },
  };
}
