import { isUnspaced, wordsOf } from '../../lib/words.js';
import { rarity, type Group } from './scoring.js';
import type { Vocabulary } from './vocabulary.js';

/** A word of the question with what stands for it in the catalogue. */
export interface QueryWord extends Group {
  text: string;
  /** Its place in the word list of the question. */
  at: number;
  /** Records that have the word itself or a form of it. */
  df: number;
  /** A word like "the" that says nothing on its own. */
  stop: boolean;
  /** What it was read as, where it is not a word of the catalogue. */
  corrected?: string;
}

export interface QueryWords {
  words: QueryWord[];
  corrected: { from: string; to: string }[];
}

export interface WordReader {
  vocabulary: Vocabulary;
  stop: ReadonlySet<string>;
  softStop: ReadonlySet<string>;
  /** Number of records. */
  count: number;
}

const relativeShare = 0.6;

/**
 * Reads the words of a topic against the vocabulary: forms of the same stem count in full, relatives for a third, and
 * a word the catalogue does not know is read as its nearest ones, or as two words run together; not those at the places
 * in `known`, which mean something as they stand.
 */
export function readWords(
  topic: string,
  { vocabulary, stop, softStop, count }: WordReader,
  known: ReadonlySet<number> = new Set(),
): QueryWords {
  const list = wordsOf(topic);
  const hard = list.filter((word) => !stop.has(word));
  // "Things to do", "the one": when nothing else is left, the softer stop words are what is asked for.
  const isStop = (word: string) => stop.has(word) && !(hard.length === 0 && softStop.has(word));
  const corrected: { from: string; to: string }[] = [];
  const seen = new Set<string>();
  const words: QueryWord[] = [];
  list.forEach((text, at) => {
    if (seen.has(text)) return;
    seen.add(text);
    const own = vocabulary.sameStem(text);
    const group: QueryWord = {
      text,
      at,
      df: own.reduce((sum, w) => sum + w.df, 0),
      stop: isStop(text),
      words: new Map(),
      weight: 1,
    };
    for (const form of own) group.words.set(form.word, form.word === text ? 1 : 0.95);
    if (group.df > 0) {
      if (!group.stop)
        for (const form of vocabulary.sameFamily(text)) group.words.set(form.word, relativeShare);
    } else if (!group.stop && !known.has(at)) {
      readUnknown(group, list[at + 1], vocabulary, corrected);
    }
    group.weight = group.words.size > 0 ? rarity(Math.min(group.df, count), count) : 0;
    words.push(group);
  });
  return { words, corrected };
}

/** Hands rarely miss the first letter: "nuclear" is not "clear", nor "dick" "nick", but "pnicess" may be "princess". */
function isLikelySlip(typed: string, word: string, distance: number): boolean {
  const swapped = typed[0] === word[1] && typed[1] === word[0];
  return typed[0] === word[0] || swapped || (distance === 1 && typed.length > 5);
}

function readUnknown(
  group: QueryWord,
  next: string | undefined,
  vocabulary: Vocabulary,
  corrected: { from: string; to: string }[],
): void {
  const { text } = group;
  if (isUnspaced(text) || /\d/.test(text)) return;
  const near = (text.length < 4 ? [] : vocabulary.neighbours(text, text.length <= 5 ? 1 : 2, 12))
    .filter(({ word, distance }) => isLikelySlip(text, word, distance))
    .slice(0, 3);
  const [best] = near;
  if (best) {
    for (const { word, distance } of near) {
      if (distance > best.distance) continue;
      group.words.set(word, word === best.word ? 0.9 : 0.7);
      group.df += vocabulary.find(word)?.df ?? 0;
    }
    group.corrected = best.word;
    corrected.push({ from: text, to: best.word });
    return;
  }
  const joined = next === undefined ? undefined : vocabulary.find(text + next);
  if (joined) {
    group.words.set(joined.word, 0.9);
    group.df = joined.df;
    return;
  }
  for (let cut = 3; cut <= text.length - 3; cut++) {
    const halves = [text.slice(0, cut), text.slice(cut)].map((half) => vocabulary.find(half));
    if (halves.every((half) => half !== undefined && half.df > 1)) {
      for (const half of halves) if (half) group.words.set(half.word, 0.6);
      group.df = Math.min(...halves.map((half) => half?.df ?? 0));
      corrected.push({ from: text, to: `${text.slice(0, cut)} ${text.slice(cut)}` });
      return;
    }
  }
}
