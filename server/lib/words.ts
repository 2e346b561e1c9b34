import { fold } from './fold.js';

const word = /[\p{L}\p{N}\p{M}\p{Co}]+/gu;
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const pieces =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー々\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{M}]+|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー々\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+/gu;

/**
 * Folded words of a text in reading order. Runs of scripts written without spaces become overlapping pairs of
 * letters (a run of one letter stays as it is), so that any part of two letters or more can be found.
 */
export function wordsOf(text: string): string[] {
  const out: string[] = [];
  for (const [run] of fold(text).matchAll(word)) {
    if (!unspaced.test(run)) out.push(run);
    else
      for (const [piece] of run.matchAll(pieces))
        out.push(...(unspaced.test(piece) ? pairs(piece) : [piece]));
  }
  return out;
}

/** Like `wordsOf`, with the whole form of words that an apostrophe divides added ("don't" gives don, t, dont). */
export function indexedWords(text: string): string[] {
  const out = wordsOf(text);
  for (const [whole] of fold(text).matchAll(/[\p{L}\p{N}]+(?:'[\p{L}\p{N}]+)+/gu))
    out.push(whole.replaceAll("'", ''));
  return out;
}

/** True when the word is written in a script without spaces, where spelling correction makes no sense. */
export function isUnspaced(text: string): boolean {
  return unspaced.test(text);
}

function pairs(run: string): string[] {
  const letters = [...run];
  if (letters.length < 2) return letters;
  return letters.slice(1).map((letter, at) => `${letters[at]}${letter}`);
}
