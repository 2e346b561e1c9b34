import type { Intent } from '../../../contract/intent.js';
import type { Locale } from '../../../contract/vocabulary.js';
import { isbn13, issn8 } from '../../../lib/isbn.js';
import { wordsOf } from '../../../lib/words.js';
import type { Advisory } from '../advisory.js';
import {
  readAudience,
  readFiction,
  readFormats,
  readLanguages,
  readLength,
  readPlace,
  readYears,
} from './limits.js';
import { readAuthor, readLike, readNotBy, readSeries, readTitle, type Held } from './names.js';
import { gap } from './patterns.js';
import { readText, type Reading } from './reading.js';
import type { LocaleRules, Rules } from './rules.js';
import { readWithout } from './without.js';

export interface Understanding {
  intent: Intent;
  /** The language the text is written in, of those Carrel has rules for. */
  locale: Locale;
}

export interface UnderstandingDeps {
  rules: Rules;
  advisory: Advisory;
  held: Held;
  /** Folded branch names and their ids. */
  branches: Map<string, string>;
  thisYear: number;
}

/**
 * Reads a question by rules: limits are taken out and become fields of the intent, the rest is the topic. Equal texts
 * over equal catalogues give equal intents. A text that is a held title is left alone but for limits outside it.
 */
export function understand(text: string, locale: Locale, deps: UnderstandingDeps): Understanding {
  const { rules, held } = deps;
  const written = writtenIn(text, locale, rules);
  const intent: Intent = { text, topic: text };
  const number = numberIn(text);
  if (number !== undefined) return { intent: { ...intent, topic: '', isbn: number }, locale: written };
  if (isHeldTitle(text, held))
    return { intent: withAppeals({ ...intent, topic: plain(text) }, deps), locale: written };

  const own = rules.locales[written];
  const other = rules.locales[written === 'en' ? 'es' : 'en'];
  const both: LocaleRules[] = [own, other];
  const reading = readText(text);
  readTitle(reading, [own], held, intent);
  readSeries(reading, [own], held, intent);
  readLanguages(reading, rules, both, intent);
  readYears(reading, [own], intent, deps.thisYear);
  readLength(reading, [own], intent);
  readAudience(reading, both, intent);
  readPlace(reading, [own], deps.branches, intent);
  readNotBy(reading, [own], held, intent);
  readAuthor(reading, [own], held, intent);
  readLike(reading, [own], held, intent);
  readWithout(reading, [own], intent);
  readFormats(reading, both, intent);
  readFiction(reading, [own], intent);
  intent.topic = topicOf(reading, own, rules.generic);
  if (intent.topic !== '' && reading.text.includes(gap) && isPartOfTitle(text, held)) {
    return { intent: withAppeals({ text, topic: plain(text) }, deps), locale: written };
  }
  return { intent: withAppeals(intent, deps), locale: written };
}

const plain = (text: string) => wordsWithMarks(text).join(' ');

/** What is left without gaps and polite words; all of it when nothing but polite words is left. */
function topicOf(reading: Reading, rules: LocaleRules, generic: ReadonlySet<string>): string {
  const before = reading.text;
  const limited = before.includes(gap);
  for (let round = 0; round < 3; round++) reading.takeAll(rules.chaff);
  const left = wordsWithMarks(reading.text);
  if (limited && left.every((word) => generic.has(word))) return '';
  return left.length > 0 ? left.join(' ') : limited ? '' : wordsWithMarks(before).join(' ');
}

function wordsWithMarks(text: string): string[] {
  return text.match(/[\p{L}\p{N}\p{M}]+(?:['’-][\p{L}\p{N}\p{M}]+)*/gu) ?? [];
}

function withAppeals(intent: Intent, { advisory }: UnderstandingDeps): Intent {
  const ids = [...new Set(advisory.match(wordsOf(intent.topic)).map(({ entry }) => entry.id))];
  return ids.length > 0 ? { ...intent, appeals: ids } : intent;
}

/** A text counts as a held title when it is the whole title of a record and not a single everyday word. */
function isHeldTitle(text: string, held: Held): boolean {
  const words = wordsOf(text);
  if (words.length < 2) return false;
  return held.known.byTitle(text).some(({ sureness }) => sureness >= 0.95);
}

/**
 * "Diary of a wimpy kid" names children but is a title: the text stands word for word in one, or is a whole title but
 * for typing errors. Asked only when a limit was read, and something beside it.
 */
function isPartOfTitle(text: string, held: Held): boolean {
  const words = wordsOf(text);
  if (words.length < 3 || words.length > 14) return false;
  return (
    held.known.isInTitle(words) || held.known.byTitleFuzzy(text).some(({ sureness }) => sureness >= 0.86)
  );
}

function numberIn(text: string): string | undefined {
  const only = /^\s*(?:isbn|issn)?(?:-1[03])?[:\s]*([\dXx][\dXx\s–-]{6,20}[\dXx])\s*$/u.exec(text)?.[1];
  const within = /(?:97[89][\s-]?)?\d[\d\s-]{7,12}[\dXx]\b/u.exec(text)?.[0];
  for (const candidate of [only, within]) {
    const key =
      candidate === undefined
        ? undefined
        : (isbn13(candidate) ?? (candidate === only ? issn8(candidate) : undefined));
    if (key !== undefined) return key;
  }
  return undefined;
}

/** The language with more function words in the text; the patron's locale when they are even. */
function writtenIn(text: string, locale: Locale, rules: Rules): Locale {
  const words = wordsOf(text);
  const hits = (of: Locale) => words.filter((word) => rules.locales[of].functionWords.has(word)).length;
  const [english, spanish] = [hits('en'), hits('es')];
  return english === spanish ? locale : english > spanish ? 'en' : 'es';
}
