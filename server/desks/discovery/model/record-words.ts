import type { Bib } from '../../../engine/catalogue/bib.js';
import { wordFamily } from '../../../lib/stem.js';
import { isUnspaced, wordsOf } from '../../../lib/words.js';
import { fold } from '../patterns.js';
import { authorName, naturalName } from '../../../engine/catalogue/covered.js';
import type { Speech } from './speech.js';

/** Letters of a summary or of contents that are looked at: some records hold a whole chapter. */
export const MAX_TELLING = 2_000;

/** A record's own text, ready to be compared with what is said of it. */
export interface RecordWords {
  /** Every field as it stands. */
  fields: readonly string[];
  /** Fields that name things (titles, people, headings, series), folded, with a space at both ends. */
  names: readonly string[];
  /** Names of who wrote it, folded in the same way. */
  authors: readonly string[];
  /** Every field cut at its marks, folded, with a space at both ends. */
  clauses: readonly string[];
  words: ReadonlySet<string>;
  families: ReadonlySet<string>;
  numbers: ReadonlySet<string>;
}

/**
 * What may be said of a record. Names and numbers come from the fields that are there for them: a summary may name books
 * that are not held, and ends in a telephone number if somebody wrote one there. Of a summary only words in small letters
 * count, and words that begin a sentence where they are `ordinary`, written small in some record, or adjectives; in scripts that have
 * no small letters, nothing. Words behind a "not" are not the record's: they count where the same "not" is said. A field that reads like an order counts for nothing. `languageName` puts a language code
 * into words, so that "in Spanish" is the record's own.
 */
export function recordWords(
  bib: Bib,
  speech: Speech,
  deps: { languageName: (code: string) => string; ordinary: ReadonlySet<string> },
): RecordWords {
  const isSound = (field: string): boolean => field !== '' && !speech.isOrder(field);
  const naming = [bib.title, bib.subtitle, ...bib.otherTitles, ...bib.contributors, ...bib.subjects]
    .flatMap((one) => (one ? [one.text, one.original ?? ''] : []))
    .concat([...bib.contributors.map((one) => one.text), ...bib.subjects.flatMap(personIn)].map(naturalName))
    .concat([...bib.genres, ...bib.series.map((one) => one.name), ...bib.languages.map(deps.languageName)])
    .filter(isSound);
  const telling = tellingOf(bib, speech);
  const meant = telling.map((field) => withoutDenied(field, speech));
  const opening = [
    ...meant
      .flatMap(openingWords)
      .filter(
        (word) => speech.isCount(word) || [word, wordFamily(word)].some((one) => deps.ordinary.has(one)),
      ),
    ...meant.flatMap((field) => openingAdjectives(field, speech)),
  ];
  const words = new Set([
    ...naming.flatMap(wordsOf),
    ...meant.flatMap(smallWords),
    ...opening,
    ...codesOf(bib).flatMap((code) => speech.wordsOfCode(code)),
  ]);
  const author = authorName(bib);
  return {
    fields: [...naming, ...telling],
    names: naming.map(spaced),
    authors: [author?.text, author?.original].flatMap((name) => (name ? [spaced(name)] : [])),
    clauses: [...naming, ...telling].flatMap((field) => field.split(/[.,;:!?]+/u)).map(spaced),
    words,
    families: new Set([...words].map(wordFamily)),
    numbers: new Set([
      ...naming.flatMap(numbersIn),
      ...(bib.year === undefined ? [] : [String(bib.year)]),
      ...bib.series.map((one) => one.volume ?? ''),
    ]),
  };
}

function spaced(field: string): string {
  return ` ${fold(field)} `;
}

/** What a record says in codes: for whom it is, and its form. */
function codesOf({ audience, format, fiction, literaryForm, genres }: Bib): string[] {
  const isFiction = fiction ?? genres.some((genre) => /\bfiction\b/iu.test(genre));
  const isNovel = isFiction && format !== 'comic' && (literaryForm ?? 'novel') === 'novel';
  return [audience ?? '', format, isFiction ? 'fiction' : '', isNovel ? 'novel' : ''];
}

/** Words that a "not" turns round, as far as it reaches at most. */
const DENIED_WORDS = 3;

/** The text without the words that follow a negation in the same clause. */
function withoutDenied(text: string, speech: Speech): string {
  let denied = 0;
  return text.replace(/[\p{L}\p{M}\p{N}'’-]+|[.,;:!?]/gu, (piece) => {
    const isWord = /[\p{L}\p{N}]/u.test(piece);
    const isDenied = isWord && denied > 0;
    if (!isWord) denied = 0;
    else if (speech.isNegation(fold(piece))) denied = DENIED_WORDS;
    else if (denied > 0) denied -= 1;
    return isDenied ? '' : piece;
  });
}

/** Words that some of these records write with a small letter, and their families. */
export function ordinaryWords(bibs: readonly Bib[], speech: Speech): ReadonlySet<string> {
  const small = bibs.flatMap((bib) => tellingOf(bib, speech)).flatMap(smallWords);
  return new Set([...small, ...small.map(wordFamily)]);
}

function tellingOf(bib: Bib, speech: Speech): string[] {
  return [bib.summary ?? '', bib.contents ?? '']
    .map((field) => field.slice(0, MAX_TELLING))
    .filter((field) => field !== '' && !speech.isOrder(field));
}

/** The numbers in a text, in any script's digits. */
export function numbersIn(text: string): string[] {
  return text.normalize('NFKC').match(/\p{N}+/gu) ?? [];
}

/** Words that a text writes with a small letter: they name nothing. */
function smallWords(text: string): string[] {
  const small = text.match(/(?<![\p{L}\p{M}\p{N}'’-])\p{Ll}[\p{L}\p{M}'’-]*/gu) ?? [];
  return small.flatMap(wordsOf).filter((word) => !isUnspaced(word));
}

/** Words with a capital at the beginning of a sentence that no further capital follows. */
function openingWords(text: string): string[] {
  const found = text.matchAll(
    /(?:^|[.!?]\s+)(\p{Lu}[\p{Ll}\p{M}'’-]+)(?!\s+\p{Lu})(?![\p{L}\p{M}\p{N}'’-])/gu,
  );
  return [...found].flatMap((match) => wordsOf(match[1] ?? ''));
}

/** "Silly, sharp and easy to read": the first of a row of adjectives, which no name would stand in. */
function openingAdjectives(text: string, speech: Speech): string[] {
  const found = text.matchAll(/(?:^|[.!?]\s+)(\p{Lu}[\p{Ll}\p{M}]+)(?:,| and| y) (\p{Ll}[\p{Ll}\p{M}]+)/gu);
  return [...found].flatMap(([, word = '', next = '']) =>
    speech.isGrammar(fold(next)) ? [] : wordsOf(word),
  );
}

/** "Holmes, Sherlock" of "Holmes, Sherlock (Fictitious character) -- Fiction": a sentence turns the name around. */
function personIn({ text, parts }: Bib['subjects'][number]): string[] {
  const [name = text] = parts;
  return name.includes(',') ? [name] : [];
}
