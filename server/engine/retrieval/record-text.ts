import { compact } from '../../lib/fold.js';
import { indexedWords, wordsOf } from '../../lib/words.js';
import type { Bib } from '../catalogue/bib.js';
import type { Scripted } from '../../contract/record.js';
import type { ClassWords } from './class-words.js';
import type { Column } from './tables.js';

const both = (text: Scripted | undefined): string[] =>
  text === undefined ? [] : [text.text, text.original ?? ''].filter((part) => part !== '');
const article =
  /^(the|a|an|le|la|les|l|un|une|el|los|las|una|der|die|das|ein|eine|il|lo|gli|i|o|os|as|um|uma|de|het|een)\s+/u;

/** Words of a record by column, folded and in reading order; both scripts of every field. `context` is filled later. */
export function recordWords(
  bib: Bib,
  classWords: ClassWords,
): Record<Exclude<Column, 'context'>, string[]> & { classes: string[] } {
  const words = (...texts: (string | undefined)[]) =>
    texts.flatMap((text) => (text === undefined ? [] : indexedWords(text)));
  const author = words(...bib.contributors.flatMap(both));
  const known = new Set(author);
  return {
    title: words(
      ...both(bib.title),
      ...both(bib.subtitle),
      ...bib.otherTitles.flatMap(both),
      ...bib.unpairedOriginals,
    ),
    author: [...author, ...words(...both(bib.responsibility)).filter((word) => !known.has(word))],
    subject: words(...bib.subjects.flatMap(both), ...bib.genres),
    series: words(...bib.series.map((series) => series.name)),
    summary: words(
      bib.summary,
      bib.contents,
      ...bib.notes,
      ...bib.audienceNotes,
      ...bib.awards,
      ...bib.relatedWorks,
    ),
    classes: classWords(bib.callNumber ?? bib.items.find((item) => item.callNumber)?.callNumber),
  };
}

/** Keys under which a title is known: compact forms, best first (0 the whole title, 1 without subtitle, 2 other titles). */
export function titleKeys(bib: Bib): Map<string, number> {
  const keys = new Map<string, number>();
  const add = (text: string | undefined, rank: number) => {
    if (text === undefined) return;
    for (const form of [text, text.toLowerCase().replace(article, '')]) {
      const key = compact(form);
      if (key !== '' && key.length <= 200 && (keys.get(key) ?? 9) > rank) keys.set(key, rank);
    }
  };
  const pairs: [string | undefined, string | undefined][] = [
    [bib.title.text, bib.subtitle?.text],
    [bib.title.original, bib.subtitle?.original],
  ];
  for (const [main, sub] of pairs) {
    if (main === undefined) continue;
    add(main, 0);
    if (sub !== undefined) add(`${main} ${sub}`, 0);
    const head = /^(.{2,}?)\s*[:;=/(]/u.exec(main)?.[1];
    add(head, 1);
  }
  for (const other of bib.otherTitles) for (const text of both(other)) add(text, 2);
  for (const text of bib.unpairedOriginals) add(text, 2);
  return keys;
}

/** A title without its leading article, in any of the languages whose articles are known. */
export function withoutArticle(title: string): string {
  return title.replace(article, '');
}

/** Keys of a name: its words sorted, so that "Le Guin, Ursula K." and "Ursula K. Le Guin" are one. */
export function nameKey(name: string): string {
  return wordsOf(name.replace(/\(.*?\)/gu, ' '))
    .sort()
    .join(' ');
}

/** Key of a series name: compact, without "the" and without the words series, saga, trilogy, cycle at its end. */
export function seriesKey(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(article, '')
    .replace(/\s+(series|saga|trilogy|cycle|serie|trilogia|trilogía)\.?$/u, '');
  return compact(plain);
}

/** Number of a volume designation: "bk. 3", "Vol. III", "2.5" as 3, 3, 2.5; undefined without one. */
export function volumeNumber(volume: string | undefined): number | undefined {
  const digits = /\d+(?:\.\d+)?/.exec(volume ?? '')?.[0];
  if (digits !== undefined) return Number(digits);
  const roman = /\b([ivx]+)\b/iu.exec(volume ?? '')?.[1]?.toUpperCase();
  if (roman === undefined) return undefined;
  const values: Record<string, number> = { I: 1, V: 5, X: 10 };
  const numbers = [...roman].map((letter) => values[letter] ?? 0);
  return numbers.reduce((sum, n, at) => sum + (n < (numbers[at + 1] ?? 0) ? -n : n), 0);
}

/** Key of a work: its main title and first author, so that editions in other formats can be seen as one. */
export function workKey(bib: Bib): string {
  const head = /^(.{2,}?)\s*[:;=/]/u.exec(bib.title.text)?.[1] ?? bib.title.text;
  const author = bib.contributors.find((c) => c.main) ?? bib.contributors[0];
  return `${compact(withoutArticle(head.toLowerCase()))}|${author ? nameKey(author.text) : ''}|${bib.languages[0] ?? ''}`;
}
