import type { Bib } from '../../../engine/catalogue/bib.js';
import { wordFamily } from '../../../lib/stem.js';
import { wordsOf } from '../../../lib/words.js';
import { fold } from '../patterns.js';
import { naturalName } from '../wording.js';

/** A record's own text, ready to be compared with what is said of it. */
export interface RecordWords {
  /** Every field as it stands. */
  fields: readonly string[];
  /** Each field folded, with a space at both ends, to find runs of words in. */
  folded: readonly string[];
  families: ReadonlySet<string>;
  words: ReadonlySet<string>;
  numbers: ReadonlySet<string>;
}

/** `languageName` puts a language code into words, so that "in Spanish" is the record's own. */
export function recordWords(bib: Bib, languageName: (code: string) => string): RecordWords {
  const fields = [
    bib.title,
    bib.subtitle,
    ...bib.otherTitles,
    ...bib.contributors,
    ...bib.subjects,
    bib.publisher,
  ]
    .flatMap((one) => (one ? [one.text, one.original ?? ''] : []))
    .concat(bib.contributors.map((one) => naturalName(one.text)))
    .concat([...bib.genres, ...bib.series.map((one) => one.name), ...bib.awards, ...bib.audienceNotes])
    .concat([bib.summary ?? '', bib.contents ?? '', bib.extent ?? '', ...bib.notes])
    .concat(bib.languages.map(languageName))
    .filter((field) => field !== '');
  const words = new Set(fields.flatMap(wordsOf));
  const facts = [bib.year, bib.pages, bib.ages?.min, bib.ages?.max, bib.durationMinutes];
  return {
    fields,
    folded: fields.map((field) => ` ${fold(field)} `),
    families: new Set([...words].map(wordFamily)),
    words,
    numbers: new Set([
      ...fields.flatMap(numbersIn),
      ...facts.filter((fact) => fact !== undefined).map(String),
    ]),
  };
}

/** The numbers in a text, in any script's digits, as they are written in Latin ones where that is known. */
export function numbersIn(text: string): string[] {
  return text.normalize('NFKC').match(/\p{N}+/gu) ?? [];
}
