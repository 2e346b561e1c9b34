import type { Bib } from '../../../engine/catalogue/bib.js';
import { wordFamily } from '../../../lib/stem.js';
import { isUnspaced, wordsOf } from '../../../lib/words.js';
import { fold } from '../patterns.js';
import { naturalName } from '../wording.js';
import type { Speech } from './speech.js';

/** Letters of a summary or of contents that are looked at: some records hold a whole chapter. */
export const MAX_TELLING = 2_000;

/** A record's own text, ready to be compared with what is said of it. */
export interface RecordWords {
  /** Every field as it stands. */
  fields: readonly string[];
  /** Fields that name things (titles, people, headings, series), folded, with a space at both ends. */
  names: readonly string[];
  words: ReadonlySet<string>;
  families: ReadonlySet<string>;
  numbers: ReadonlySet<string>;
}

/**
 * What may be said of a record. Names and numbers come from the fields that are there for them: a summary may name books
 * that are not held, and ends in a telephone number if somebody wrote one there. Of a summary only words in small letters
 * count, and words that begin a sentence where they are `ordinary`, written small in some record; in scripts that have
 * no small letters, nothing. A field that reads like an order counts for nothing. `languageName` puts a language code
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
  const opening = telling.flatMap(openingWords).filter((word) => deps.ordinary.has(word));
  const words = new Set([...naming.flatMap(wordsOf), ...telling.flatMap(smallWords), ...opening]);
  const facts = [bib.year, bib.pages, bib.ages?.min, bib.ages?.max, bib.durationMinutes];
  return {
    fields: [...naming, ...telling],
    names: naming.map((field) => ` ${fold(field)} `),
    words,
    families: new Set([...words].map(wordFamily)),
    numbers: new Set([
      ...naming.flatMap(numbersIn),
      ...facts.filter((fact) => fact !== undefined).map(String),
      ...bib.series.map((one) => one.volume ?? ''),
    ]),
  };
}

/** Words that some of these records write with a small letter. */
export function ordinaryWords(bibs: readonly Bib[], speech: Speech): ReadonlySet<string> {
  return new Set(bibs.flatMap((bib) => tellingOf(bib, speech)).flatMap(smallWords));
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

/** "Holmes, Sherlock" of "Holmes, Sherlock (Fictitious character) -- Fiction": a sentence turns the name around. */
function personIn({ text, parts }: Bib['subjects'][number]): string[] {
  const [name = text] = parts;
  return name.includes(',') ? [name] : [];
}
