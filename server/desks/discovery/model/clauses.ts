import { fold } from '../patterns.js';
import type { Speech } from './speech.js';

/** A part of a sentence, and the books that it speaks of, by their numbers in brackets; none when it names none. */
export interface Clause {
  text: string;
  numbers: readonly number[];
}

const numbered = /\[(\d{1,2})\]/gu;

/**
 * The clauses of a sentence, so that what is said of one book is looked up in that book: "[1] is quiet and [2] is sly"
 * is two. Numbers with nothing but a comma or "and" between them are spoken of together. A clause begins at the last
 * semicolon, joining word or comma before its number.
 */
export function clausesOf(sentence: string, speech: Pick<Speech, 'isJoin'>): Clause[] {
  const groups: { from: number; to: number; numbers: number[] }[] = [];
  for (const match of sentence.matchAll(numbered)) {
    const to = match.index + match[0].length;
    const last = groups.at(-1);
    const between = fold(sentence.slice(last?.to ?? 0, match.index));
    if (last && between.split(' ').every((word) => word === '' || speech.isJoin(word))) {
      last.to = to;
      last.numbers.push(Number(match[1]));
    } else groups.push({ from: match.index, to, numbers: [Number(match[1])] });
  }
  if (groups.length === 0) return [{ text: sentence, numbers: [] }];
  const cuts = groups
    .slice(1)
    .map(({ from }, at) => cutIn(sentence, { from: groups[at]?.to ?? 0, to: from }, speech));
  return groups.map(({ numbers }, at) => ({
    text: sentence.slice(at === 0 ? 0 : cuts[at - 1], cuts[at]).replace(numbered, ' '),
    numbers,
  }));
}

/** Where between two numbers the second one's clause begins; at its number where nothing divides them. */
function cutIn(
  sentence: string,
  { from, to }: { from: number; to: number },
  speech: Pick<Speech, 'isJoin'>,
): number {
  const between = sentence.slice(from, to);
  const joins = [...between.matchAll(/(?<=\s)\p{L}+(?=\s)/gu)].filter(([word]) => speech.isJoin(fold(word)));
  const at = [between.lastIndexOf(';'), joins.at(-1)?.index ?? -1, between.lastIndexOf(',')].find(
    (one) => one >= 0,
  );
  return at === undefined ? to : from + at;
}
