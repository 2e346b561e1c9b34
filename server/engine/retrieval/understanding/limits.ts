import type { Intent } from '../../../contract/intent.js';
import type { Audience, Format } from '../../../contract/vocabulary.js';
import { decadeStart, numberOf } from './patterns.js';
import type { Reading } from './reading.js';
import type { LocaleRules, Rules } from './rules.js';

/** "Short" and "long" in pages, where a patron gives no number. */
export const shortPages = 250;
export const longPages = 500;

/** Formats named in the text. */
export function readFormats(reading: Reading, rules: readonly LocaleRules[], intent: Intent): void {
  const formats = new Set<Format>();
  const aboutBooks = /(?<!\p{L})(books?|novels?|stories|libros?|novelas?|cuentos?)(?!\p{L})/u.test(
    reading.text,
  );
  const { long } = reading;
  // Longest match first over both languages, so that "e-audiobooks" is not read as audiobooks.
  for (;;) {
    const found = rules
      .flatMap((locale) => locale.formats)
      .map(({ value, pattern }) => ({ value, match: longest(reading.text, pattern) }))
      .filter(
        ({ value, match }) =>
          match === undefined || isFormatAskedFor(value, match, reading.text, aboutBooks, long),
      )
      .filter((f): f is { value: Format; match: string } => f.match !== undefined)
      .sort((a, b) => b.match.length - a.match.length)[0];
    if (!found) break;
    formats.add(found.value);
    reading.replace(found.match, ' ¦ ');
  }
  // A spoken book may be held on disc or as a download; "audiobook" means both unless one is named.
  if (formats.has('audiobook') && !formats.has('eaudiobook')) formats.add('eaudiobook');
  if (formats.size > 0) intent.formats = [...formats];
}

const strongly = new Set<Format>(['large_print', 'braille', 'audiobook', 'eaudiobook', 'ebook']);

/**
 * "Maps", "music" and "films" are topics as often as formats: "books made into films", "the history of maps". They
 * count as formats only at either end of a short text that speaks of no books and not after "of" or "about".
 */
function isFormatAskedFor(
  value: Format,
  match: string,
  text: string,
  aboutBooks: boolean,
  long: boolean,
): boolean {
  if (strongly.has(value))
    return !long || match.trim().includes(' ') || /book|libro|kindle|print/.test(match);
  if (aboutBooks || long) return false;
  const at = text.indexOf(match);
  const before = text.slice(0, at).replaceAll('¦', '').trim();
  const after = text
    .slice(at + match.length)
    .replaceAll('¦', '')
    .trim();
  if (/(?<!\p{L})(of|about|on|into|sobre|de|del|and|y)$/u.test(before)) return false;
  return (
    before === '' ||
    after === '' ||
    /^(for|about|with|in|on|to|by|from|para|sobre|de|en|con)(?!\p{L})/u.test(after)
  );
}

/** Languages asked for by name or in the language itself. `soft` are named beside a form ("Greek plays") only. */
export function readLanguages(
  reading: Reading,
  rules: Rules,
  locales: readonly LocaleRules[],
  intent: Intent,
): string[] {
  const hard = new Set<string>();
  for (const { code, own } of rules.languages) if (reading.take(own)) hard.add(code);
  for (const { languages } of locales) {
    const original = reading.takeAll(languages.original).length > 0;
    for (const match of reading.takeAll(languages.hard)) {
      const code = match
        .slice(1)
        .map((name) => rules.languageByName.get(name ?? ''))
        .find(Boolean);
      if (code !== undefined) hard.add(code);
    }
    if (original && hard.size === 0) {
      for (const [name, code] of rules.languageByName) {
        if (!new RegExp(`(?<!\\p{L})${name}(?!\\p{L})`, 'u').test(reading.text)) continue;
        hard.add(code);
        reading.replace(name, ' ¦ ');
        break;
      }
    }
  }
  if (hard.size > 0) intent.languages = [...hard];
  const soft = new Set<string>();
  for (const { languages } of locales) {
    for (const match of reading.text.matchAll(languages.soft)) {
      const code = match
        .slice(1)
        .map((name) => rules.languageByName.get(name ?? ''))
        .find(Boolean);
      if (code !== undefined) soft.add(code);
    }
  }
  return [...soft];
}

/** Ages and audiences; an age decides the audience. */
export function readAudience(reading: Reading, locales: readonly LocaleRules[], intent: Intent): void {
  for (const { ages } of locales) {
    const match = reading.take(
      ages,
      ([whole]) => !reading.long || /^(for|para|my|our|mi|aged?|ages|ninos|kids|children)\b/.test(whole),
    );
    if (!match) continue;
    const grade = /grade/.test(match[0]);
    const numbers = match
      .slice(1)
      .filter((n) => n !== undefined)
      .map(numberOf)
      .filter((n) => !Number.isNaN(n));
    const age =
      numbers[0] === undefined
        ? undefined
        : Math.round((numbers[0] + (numbers[1] ?? numbers[0])) / 2) + (grade ? 5 : 0);
    if (age === undefined || age > 120) continue;
    intent.age = age;
    intent.audiences = audiencesOfAge(age);
  }
  for (const { audienceSubjects } of locales) reading.hide(audienceSubjects);
  const found = new Set<Audience>();
  for (const { audiences } of locales) {
    // Adults first: "for adults not teens" names teens only to leave them out.
    for (const { value, pattern } of [...audiences].reverse()) {
      const outright = (match: RegExpMatchArray) => !reading.long || /^(for|para|not for)\b/.test(match[0]);
      while (reading.take(pattern, outright)) found.add(value);
    }
  }
  reading.reveal();
  if (intent.audiences !== undefined || found.size === 0) return;
  intent.audiences = [...found];
}

function audiencesOfAge(age: number): Audience[] {
  if (age <= 5) return ['preschool'];
  if (age <= 12) return ['children'];
  return age < 18 ? ['teen'] : ['adult'];
}

/** Length in pages. */
export function readLength(reading: Reading, locales: readonly LocaleRules[], intent: Intent): void {
  const pages: { min?: number; max?: number } = {};
  for (const { length } of locales) {
    const between = reading.take(length.between);
    if (between) [pages.min, pages.max] = between.slice(1).filter(Boolean).map(numberOf) as [number, number];
    const max = reading.take(length.max);
    if (max) pages.max = numberOf(max.slice(1).find(Boolean) ?? '');
    const min = reading.take(length.min);
    if (min) pages.min = numberOf(min.slice(1).find(Boolean) ?? '');
  }
  for (const { length } of reading.long ? [] : locales) {
    reading.hide(length.not_length);
    if (reading.takeAll(length.short).length > 0 && pages.min === undefined) pages.max ??= shortPages;
    if (reading.takeAll(length.long).length > 0 && pages.max === undefined) pages.min ??= longPages;
    reading.reveal();
  }
  if (pages.min !== undefined || pages.max !== undefined) intent.pages = pages;
}

/** Years of publication, and "recent", which sorts nothing but asks for the last five years. */
export function readYears(
  reading: Reading,
  locales: readonly LocaleRules[],
  intent: Intent,
  thisYear: number,
): void {
  const years: { min?: number; max?: number } = {};
  const year = (match: RegExpMatchArray, at = 0) => Number(match.slice(1).filter(Boolean)[at]);
  for (const { years: rules } of locales) {
    const between = reading.take(
      rules.between,
      ([whole]) => !reading.long || /published|written|publicad|escrit/.test(whole),
    );
    if (between) [years.min, years.max] = [year(between), year(between, 1)];
    const plainly = ([whole]: RegExpMatchArray) =>
      !reading.long || /published|written|released|publicad|escrit/.test(whole);
    const after = reading.take(rules.after, plainly);
    if (after) years.min = year(after);
    const before = reading.take(rules.before, plainly);
    if (before) years.max = year(before);
    const exact = reading.take(rules.in);
    if (exact) years.min = years.max = year(exact);
    const outright = /published|written|released|publicad|escrit/;
    const decade = reading.take(
      rules.decade,
      (match) =>
        (!reading.long || outright.test(match[0])) &&
        /\d0s|'\d0|from|published|written|anos|decada/.test(match[0]),
    );
    if (decade) {
      const start = decadeStart(decade[0]);
      [years.min, years.max] = [start, start + 9];
    }
    if (!reading.long && reading.take(rules.recent)) years.min ??= thisYear - 5;
  }
  if (years.min !== undefined || years.max !== undefined) intent.years = years;
}

/** "Available now" and the branch meant. `branches` maps folded branch names to ids. */
export function readPlace(
  reading: Reading,
  locales: readonly LocaleRules[],
  branches: Map<string, string>,
  intent: Intent,
): void {
  for (const locale of locales) {
    const branch = branches.size > 0 ? reading.take(locale.branch([...branches.keys()])) : undefined;
    const name = branch?.slice(1).find((capture) => capture !== undefined);
    const id = name === undefined ? undefined : branches.get(name);
    if (id !== undefined) intent.branch = id;
    if (reading.takeAll(locale.available).length > 0) intent.available_now = true;
  }
}

/** Fiction or not, where it is said as a limit and not as part of a genre's name. */
export function readFiction(reading: Reading, locales: readonly LocaleRules[], intent: Intent): void {
  if (reading.long) return;
  for (const { fictionSubjects } of locales) reading.hide(fictionSubjects);
  for (const { fiction } of locales) {
    if (reading.takeAll(fiction.no).length > 0) intent.fiction = false;
    else if (reading.takeAll(fiction.yes).length > 0) intent.fiction = true;
  }
  reading.reveal();
}

function longest(text: string, pattern: RegExp): string | undefined {
  const matches = [...text.matchAll(pattern)].map(([whole]) => whole).filter((whole) => whole.trim() !== '');
  return matches.sort((a, b) => b.length - a.length)[0];
}
