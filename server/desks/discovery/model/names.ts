import { fold } from '../patterns.js';
import { standsIn } from './quoting.js';

const joining = new Set([
  'of',
  'the',
  'and',
  'de',
  'del',
  'la',
  'las',
  'los',
  'el',
  'y',
  'von',
  'van',
  'le',
  'du',
]);

/**
 * Names in a sentence, folded: runs of capitalised words with the small words between them. A sentence's first word is
 * none when it is an everyday word, or one of the records' with no capital after it.
 */
export function namesIn(
  text: string,
  { isEveryday, isHeld }: { isEveryday: (word: string) => boolean; isHeld: (word: string) => boolean },
): string[] {
  const words = text.match(/[\p{L}\p{M}\p{N}'’-]+|[^\p{L}\p{M}\p{N}\s'’-]+/gu) ?? [];
  const names: string[][] = [[]];
  words.forEach((word, at) => {
    const run = names.at(-1) as string[];
    const isUpper = /\p{Lu}/u.test(word);
    const opens =
      at === 0 &&
      /^\p{Lu}[\p{Ll}\p{M}'’-]*$/u.test(word) &&
      (isEveryday(fold(word)) || (isHeld(word) && !/\p{Lu}/u.test(words[1] ?? '')));
    if (isUpper && !opens) run.push(word);
    else if (run.length > 0 && joining.has(word)) run.push(word);
    else names.push([]);
  });
  return names
    .map((run) => run.slice(0, run.findLastIndex((word) => /\p{Lu}/u.test(word)) + 1))
    .filter((run) => run.length > 0)
    .map((run) => fold(run.join(' ')).replaceAll('#', ''));
}

/** Whether the name, or both of two joined ones, stands as it is in one of the fields: parts of two titles are no title. */
export function isNamed(name: string, fields: readonly string[]): boolean {
  const isIn = (part: string): boolean => fields.some((field) => field.includes(` ${part} `));
  return isIn(name) || name.split(/ (?:and|y) /u).every(isIn);
}

const name = String.raw`\p{Lu}[\p{L}\p{M}]+(?:['’]s)?(?: \p{Lu}[\p{L}\p{M}]+)?`;
const determiner = String.raw`(?<![\p{L}\p{M}])(?:[Aa]n?|[Tt]he|[Oo]ne|its|this|every) `;
const place =
  'village|town|city|island|county|valley|coast|port|suburb|pueblo|ciudad|isla|valle|costa|puerto';
/** "a Quebec village", "the village of King’s Abbot". */
const told = [
  new RegExp(String.raw`${determiner}(?:\p{Ll}+ )?\p{Lu}[\p{Ll}\p{M}]+(?= (\p{Ll}[\p{Ll}\p{M}]*))`, 'gu'),
  new RegExp(String.raw`(?<![\p{L}\p{M}])(?:${place}) (?:of|de) ${name}(?![\p{L}\p{M}]| \p{Lu})`, 'gu'),
];

/**
 * The sentence without names that only say where something is, in words that the record has as well: as the adjective
 * of a thing, or behind a word for a place. No other name of a summary counts, since it may speak of books that are
 * not held; nor does an adjective where `isOfBooks` says that the thing could be one ("a Dune novel").
 */
export function withoutPlaces(
  sentence: string,
  { fields, isOfBooks }: { fields: readonly string[]; isOfBooks: (word: string) => boolean },
): string {
  return told.reduce(
    (left, pattern) =>
      left.replace(pattern, (phrase: string, thing: string | number) => {
        const whole = typeof thing === 'string' ? `${phrase} ${thing}` : phrase;
        if (typeof thing === 'string' && isOfBooks(fold(thing))) return phrase;
        if (!fields.some((field) => standsIn(whole, field))) return phrase;
        return phrase.replace(new RegExp(`${name}$`, 'u'), '');
      }),
    sentence,
  );
}
