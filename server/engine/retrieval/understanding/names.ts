import type { Intent } from '../../../contract/intent.js';
import { wordsOf } from '../../../lib/words.js';
import type { KnownItems } from '../known-item.js';
import { numberOf } from './patterns.js';
import type { Reading } from './reading.js';
import type { LocaleRules } from './rules.js';

/** What names.ts needs to know about the catalogue. */
export interface Held {
  known: KnownItems;
  /** Id and title of a row. */
  title(row: number): { record_id: string; title: string } | undefined;
}

const edge = /^[\s"',:-]+|[\s"',:-]+$/gu;
export const trimmed = (text: string | undefined) => (text ?? '').replace(/\s+/g, ' ').replace(edge, '');
export const captures = (match: RegExpMatchArray) => match.slice(1).filter((part) => part !== undefined);
const clauseEnd =
  /\s+(?:but|and not|and no|that|which|for|in|on|with|available|please|pero|que|para|disponible|en|con)\s+.*$/u;

/** Series named as such: "X series", "book 3 of X", "first in X". Only what the catalogue holds as a series counts. */
export function readSeries(
  reading: Reading,
  locales: readonly LocaleRules[],
  held: Held,
  intent: Intent,
): void {
  for (const { series } of locales) {
    for (const rule of [series.volume, series.first, series.named]) {
      reading.take(rule, (match) => {
        const parts = captures(match).map(trimmed);
        const name = parts.map((part) => held.known.series(part)).find((found) => found !== undefined)?.name;
        if (name === undefined) return false;
        intent.series = name;
        const volume = rule === series.volume ? parts.map(numberOf).find((n) => !Number.isNaN(n)) : undefined;
        const title = volume === undefined ? undefined : volumeTitle(name, volume, held);
        // The volume asked for leads, by its title; without one the series comes in its order.
        if (title !== undefined) intent.title = title;
        else intent.sort = 'series';
        return true;
      });
      if (intent.series !== undefined) return;
    }
  }
}

function volumeTitle(series: string, volume: number, held: Held): string | undefined {
  const row = held.known.seriesRows(series).find((entry) => entry.volume === volume)?.row;
  return row === undefined ? undefined : held.title(row)?.title;
}

const negation = 'not|no|nothing|none|never|except|without|nada|ningun[oa]?|sin|excepto|salvo';
/** Before "by X" or at its beginning: whoever says so does not ask for X. */
const negated = new RegExp(
  `(?<!\\p{L})(?:${negation})(?:\\s+(?:any|anything|the|books?|written|el|la|libros?|escrit[oa]s?))*\\s*$`,
  'u',
);
const negates = new RegExp(`^(?:${negation})\\s`, 'u');
const another = /^[\s,]*(?:(?:or|and|nor|y|o|ni)\s+)?(?:(?:by|de|por)\s+)?/u;

/** Authors not wanted: "not by X or Y", "que no sea de X". What stands after the names is given back to the text. */
export function readNotBy(
  reading: Reading,
  locales: readonly LocaleRules[],
  held: Held,
  intent: Intent,
): void {
  const names: string[] = [];
  for (const { author } of locales) {
    reading.take(author.not, (match) => {
      const named = captures(match).at(-1) ?? '';
      // "Nada de guerra" is no author called Guerra.
      const least = /(?<!\p{L})(?:by|por|autora?)\s/u.test(match[0].slice(0, -named.length)) ? 1 : 2;
      const [upToComma = ''] = named.split(',');
      const first = nameAt(trimmed(upToComma), held, least) ?? nameAt(trimmed(named), held, least);
      if (first === undefined) return false;
      names.push(first.name);
      let rest = wordsFrom(trimmed(named), first.length);
      for (;;) {
        const more = nameAt(rest.replace(another, ''), held, 2);
        if (more === undefined) return rest;
        names.push(more.name);
        rest = wordsFrom(rest.replace(another, ''), more.length);
      }
    });
  }
  if (names.length > 0) intent.without_author = [...new Set(names)];
}

/** What stands after a name without further names: only one author can be asked for. */
function afterNames(text: string, held: Held): string {
  const more = /^(?:and|or|y|o|e)\s/u.test(text) ? nameAt(text.replace(another, ''), held, 2) : undefined;
  return more ? afterNames(wordsFrom(text.replace(another, ''), more.length), held) : text;
}

const wordsFrom = (text: string, at: number) => text.split(' ').slice(at).join(' ');

/** Authors: "by X" limits to X, "by someone like X" asks for others. A name that is not held stays in the topic. */
export function readAuthor(
  reading: Reading,
  locales: readonly LocaleRules[],
  held: Held,
  intent: Intent,
): void {
  for (const { author } of locales) {
    reading.take(author.like, (match) => {
      const name = captures(match)
        .map((part) => longestName(trimmed(part), held))
        .find(Boolean);
      if (name === undefined) return false;
      intent.like_author = name;
      return true;
    });
    if (intent.like_author !== undefined) return;
    reading.take(author.by, (match) => {
      const isNegated =
        negated.test(reading.text.slice(0, match.index)) ||
        captures(match).some((part) => negates.test(trimmed(part)));
      if (isNegated) return false;
      for (const part of captures(match).map(trimmed)) {
        const found = nameAt(part, held, 1);
        if (found === undefined) continue;
        intent.author = found.name;
        return match[0].trim().endsWith(part) ? afterNames(wordsFrom(part, found.length), held) : true;
      }
      return false;
    });
    if (intent.author !== undefined) return;
  }
}

/** Longest beginning of the text, at most five words, that is a held author's name. */
function longestName(text: string, held: Held): string | undefined {
  return nameAt(text, held, 1)?.name;
}

/** That name and how many words it takes, of at least `least` words. */
function nameAt(text: string, held: Held, least: number): { name: string; length: number } | undefined {
  const words = text.replace(clauseEnd, '').split(' ').filter(Boolean);
  for (let length = Math.min(5, words.length); length >= least; length--) {
    const part = words.slice(0, length).join(' ');
    if (length === 1 && part.length < 4) return undefined;
    const found = held.known.author(part) ?? (length > 1 ? held.known.authorFuzzy(part) : undefined);
    if (found) return { name: found.name, length };
  }
  return undefined;
}

/** A title in quotation marks or after "called". */
export function readTitle(
  reading: Reading,
  locales: readonly LocaleRules[],
  held: Held,
  intent: Intent,
): void {
  const accept = (match: RegExpMatchArray) => {
    const name = trimmed(captures(match)[0]);
    if (wordsOf(name).length === 0) return false;
    const rows = held.known.byTitle(name);
    if (rows.length === 0 && (reading.long || held.known.byTitleFuzzy(name).length === 0)) return false;
    intent.title = held.title(rows[0]?.row ?? held.known.byTitleFuzzy(name)[0]?.row ?? -1)?.title ?? name;
    return true;
  };
  reading.take(/"([^"]{2,120})"/gu, accept);
  for (const { title } of locales) if (intent.title === undefined) reading.take(title.called, accept);
}

/** Books to resemble: "like X", "if you liked X, Y and Z". What is no held title may be an author. */
export function readLike(
  reading: Reading,
  locales: readonly LocaleRules[],
  held: Held,
  intent: Intent,
): void {
  const like: { record_id: string; title: string }[] = [];
  for (const locale of locales) {
    for (;;) {
      const match = reading.take(locale.like, (candidate) => {
        const found = captures(candidate).flatMap((part) => heldTitles(trimmed(part), held));
        if (found.length > 0) like.push(...found);
        const author =
          found.length > 0
            ? undefined
            : captures(candidate)
                .map((part) => likeAuthor(trimmed(part), held))
                .find(Boolean);
        if (author !== undefined) intent.like_author ??= author;
        return found.length > 0 || author !== undefined;
      });
      if (!match) break;
    }
  }
  const seen = new Set<string>();
  const distinct = like.filter(({ record_id }) => !seen.has(record_id) && seen.add(record_id));
  if (distinct.length > 0) intent.like = distinct.slice(0, 8);
}

function likeAuthor(text: string, held: Held): string | undefined {
  const words = text.replace(clauseEnd, '').split(' ');
  return words.length >= 2 && words.length <= 4 ? held.known.author(words.join(' '))?.name : undefined;
}

/** Held titles in "X", "X, Y and Z", "X by A": the longest beginnings of each part that are whole titles or series. */
function heldTitles(text: string, held: Held): { record_id: string; title: string }[] {
  const whole = titleAt(text, held);
  if (whole) return [whole];
  return text.split(/\s*,\s*(?:and\s+|or\s+|y\s+)?|\s+(?:and|or|y|e|&)\s+/u).flatMap((part) => {
    const words = part.split(' ').filter(Boolean);
    for (let length = words.length; length > 0; length--) {
      const piece = words.slice(0, length).join(' ');
      if (length < words.length && piece.length < 6) break;
      const found = titleAt(piece, held);
      if (found) return [found];
    }
    return [];
  });
}

function titleAt(text: string, held: Held): { record_id: string; title: string } | undefined {
  if (text.length < 3) return undefined;
  const row =
    held.known.byTitle(text)[0]?.row ??
    held.known.byTitleAndAuthor(text)[0]?.row ??
    held.known.series(text)?.rows[0];
  return row === undefined ? undefined : held.title(row);
}
