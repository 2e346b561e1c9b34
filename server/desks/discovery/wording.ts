import type { Intent, Span } from '../../contract/intent.js';
import type { Format, Locale } from '../../contract/vocabulary.js';
import { naturalName } from '../../engine/catalogue/covered.js';
import type { Phrases, Plural } from './phrases.js';

export type Values = Readonly<Record<string, string | number>>;

/** One language's way of putting records and counts into Carrel's sentences. */
export interface Wording {
  readonly locale: Locale;
  readonly phrases: Phrases;
  /** Fills `{name}` places; throws when a place has no value, since half a sentence must not reach a patron. */
  fill(line: string, values?: Values): string;
  /** Chooses `one` or `other` by `count` and fills it; `{count}` and `{Count}` are the count in words. */
  plural(lines: Plural, count: number, values?: Values): string;
  /** `one` to `twelve` in words, digits beyond. */
  number(n: number): string;
  /** "a, b and c". */
  list(items: readonly string[]): string;
  /** A title in this language's quotation marks. */
  title(title: string): string;
  /** A patron's own word in single marks. */
  word(word: string): string;
  /** What a set of records is called: `{thing}` for one ("one film"), `{things}` for several ("films"). */
  things(formats: readonly Format[]): { thing: string; things: string };
  /** The limits of an intent as they follow the thing, with a leading space: " in Spanish for age 10". At most three. */
  limits(intent: Partial<Intent>): string;
  /** The same with the format in front, for sentences that name no thing: " among audiobooks in Spanish". */
  limitsWithFormat(intent: Partial<Intent>): string;
  language(code: string): string;
  branchName(id: string): string;
  /** The time of day, with the day when it is another one than today. */
  time(iso: string): string;
  date(iso: string): string;
}

/** A piece of a sentence, or nothing to say. */
type Part = string | number | undefined;

const MAX_LIMITS = 3;

/** `branchName` turns a branch id into the name on its door; `timeZone` is the library's, the machine's by default. */
export function createWording(
  locale: Locale,
  phrases: Phrases,
  deps: { branchName: (id: string) => string; timeZone?: string; now?: () => number },
): Wording {
  const now = deps.now ?? Date.now;
  const rules = new Intl.PluralRules(locale);
  const lists = new Intl.ListFormat(locale === 'en' ? 'en-GB' : locale, { type: 'conjunction' });
  const languages = new Intl.DisplayNames([locale], { type: 'language', fallback: 'code' });
  const zone = deps.timeZone === undefined ? {} : { timeZone: deps.timeZone };
  const times = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...zone,
  });
  const dates = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, {
    day: 'numeric',
    month: 'long',
    ...zone,
  });

  const fill = (line: string, values: Values = {}): string =>
    line.replace(/\{(\w+)\}/g, (_place, name: string) => {
      const lower = name.charAt(0).toLowerCase() + name.slice(1);
      const value = values[name] ?? values[lower];
      if (value === undefined) throw new Error(`no value for {${name}} in a sentence`);
      return name === lower ? String(value) : capitalise(String(value));
    });
  const number = (n: number): string => phrases.numbers[n] ?? new Intl.NumberFormat(locale).format(n);
  const language = (code: string): string => {
    const name = languages.of(code) ?? code;
    return name === 'root' ? code : name;
  };
  const list = (items: readonly string[]): string => lists.format(items);
  const span = (kind: 'pages' | 'years', { min, max }: Span): string | undefined => {
    const lines = phrases.limits;
    if (min !== undefined && max !== undefined) {
      if (min === max && kind === 'years') return fill(lines.years_one, { min });
      return fill(lines[`${kind}_span`], { min, max });
    }
    if (max !== undefined) return fill(lines[`${kind}_max`], { max });
    return min === undefined ? undefined : fill(lines[`${kind}_min`], { min });
  };

  const limitsOf = (intent: Partial<Intent>): Part[] => {
    const lines = phrases.limits;
    const audience = intent.audiences?.length === 1 ? intent.audiences[0] : undefined;
    return [
      intent.author && fill(lines.author, { author: naturalName(intent.author) }),
      intent.series && fill(lines.series, { series: intent.series }),
      intent.languages?.length && fill(lines.language, { languages: list(intent.languages.map(language)) }),
      intent.age !== undefined ? fill(lines.age, { age: intent.age }) : audience && lines.audience[audience],
      intent.pages && span('pages', intent.pages),
      intent.years && span('years', intent.years),
      intent.branch && fill(lines.branch, { branch: deps.branchName(intent.branch) }),
    ];
  };
  const formatOf = (intent: Partial<Intent>): Part => {
    const kinds: Readonly<Record<string, Plural>> = phrases.things;
    const things = kinds[intent.formats?.[0] ?? '']?.other;
    return things && fill(phrases.limits.format, { things });
  };
  const said = (parts: readonly Part[]): string =>
    parts
      .filter((part): part is string => typeof part === 'string' && part !== '')
      .slice(0, MAX_LIMITS)
      .map((part) => ` ${part}`)
      .join('');

  return {
    locale,
    phrases,
    fill,
    plural: (lines, count, values) =>
      fill(rules.select(count) === 'one' ? lines.one : lines.other, { ...values, count: number(count) }),
    number,
    list,
    title: (title) => fill(phrases.title, { title }),
    word: (word) => fill(phrases.word, { word }),
    things(formats) {
      const [first, ...others] = new Set(formats);
      const kinds: Readonly<Record<string, Plural>> = phrases.things;
      const lines =
        (others.length === 0 && first !== undefined ? kinds[first] : undefined) ?? phrases.things.mixed;
      return { thing: lines.one, things: lines.other };
    },
    limits: (intent) => said(limitsOf(intent)),
    limitsWithFormat: (intent) => said([formatOf(intent), ...limitsOf(intent)]),
    language,
    branchName: deps.branchName,
    time(iso) {
      const then = new Date(iso);
      const time = times.format(then);
      // A time alone would read as today's.
      return dates.format(then) === dates.format(new Date(now())) ? time : `${time}, ${dates.format(then)}`;
    },
    date: (iso) => dates.format(new Date(iso)),
  };
}

/** First letter upper case, the rest untouched. */
export function capitalise(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}
