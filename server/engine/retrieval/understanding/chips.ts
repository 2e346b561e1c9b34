import type { Chip, ChipKind, Intent, Span } from '../../../contract/intent.js';
import type { Locale } from '../../../contract/vocabulary.js';
import type { Advisory } from '../advisory.js';
import type { Rules } from './rules.js';

export interface ChipDeps {
  rules: Rules;
  advisory: Advisory;
  branchName: (id: string) => string;
}

const sorts = {
  newest: 'newest',
  oldest: 'oldest',
  shortest: 'shortest',
  longest: 'longest',
  series: 'in_order',
} as const;

/** The limits of an intent as chips in the patron's language, in a fixed order; `relevance` as sort has none. */
export function chipsOf(intent: Intent, locale: Locale, { rules, advisory, branchName }: ChipDeps): Chip[] {
  const chips: Chip[] = [];
  const say = (name: string, a: string | number = '', b: string | number = '') =>
    (rules.chips[locale][name] ?? name).replace('<a>', String(a)).replace('<b>', String(b));
  const add = (kind: ChipKind, value: string | number, label: string) =>
    chips.push({ id: `${kind}:${value}`, kind, label });
  const formats = intent.formats ?? [];
  for (const format of formats) {
    if (format === 'eaudiobook' && formats.includes('audiobook')) continue;
    add('format', format, rules.formatLabels[locale][format] ?? format);
  }
  for (const code of intent.languages ?? [])
    add('language', code, say('language', languageName(rules, code, locale)));
  if (intent.age !== undefined) add('age', intent.age, say('age', intent.age));
  else
    for (const audience of intent.audiences ?? [])
      add('audience', audience, rules.audienceLabels[locale][audience] ?? audience);
  span(intent.pages, 'pages');
  span(intent.years, 'years');
  if (intent.available_now) add('available_now', 'yes', say('available_now'));
  if (intent.branch !== undefined) add('branch', intent.branch, say('branch', branchName(intent.branch)));
  if (intent.fiction !== undefined)
    add('fiction', intent.fiction ? 'yes' : 'no', say(intent.fiction ? 'fiction' : 'nonfiction'));
  if (intent.author !== undefined) add('author', intent.author, say('author', intent.author));
  if (intent.series !== undefined) add('series', intent.series, say('series', intent.series));
  if (intent.title !== undefined) add('title', intent.title, say('title', intent.title));
  if (intent.isbn !== undefined) add('isbn', intent.isbn, say('isbn', intent.isbn));
  for (const { record_id, title } of intent.like ?? []) add('like', record_id, say('like', title));
  if (intent.like_author !== undefined)
    add('like_author', intent.like_author, say('like_author', intent.like_author));
  for (const name of intent.without_author ?? []) add('without_author', name, say('without_author', name));
  for (const topic of intent.without ?? []) add('without', topic, say('without', topic));
  for (const id of intent.appeals ?? []) add('appeal', id, advisory.label(id, locale));
  if (intent.sort && intent.sort !== 'relevance') add('sort', intent.sort, say(sorts[intent.sort]));
  return chips;

  function span(limits: Span | undefined, kind: 'pages' | 'years'): void {
    const { min, max } = limits ?? {};
    if (min === undefined && max === undefined) return;
    const id = `${min ?? ''}-${max ?? ''}`;
    if (min !== undefined && min === max)
      add(kind, id, say(kind === 'years' ? 'years_in' : 'pages_between', min, min));
    else if (min === undefined) add(kind, id, say(`${kind}_max`, max));
    else if (max === undefined) add(kind, id, say(`${kind}_min`, min));
    else add(kind, id, say(`${kind}_between`, min, max));
  }
}

/** The intent without the limits that these chips stand for; unknown ids change nothing. */
export function withoutChips(intent: Intent, remove: readonly string[]): Intent {
  const left: Intent = { ...intent };
  const lists = {
    language: 'languages',
    audience: 'audiences',
    without: 'without',
    without_author: 'without_author',
    appeal: 'appeals',
    format: 'formats',
  } as const;
  for (const id of remove) {
    const kind = id.slice(0, id.indexOf(':'));
    const value = id.slice(id.indexOf(':') + 1);
    if (kind in lists) {
      const field = lists[kind as keyof typeof lists];
      const gone = (item: string) => item === value || (value === 'audiobook' && item === 'eaudiobook');
      const rest = (left[field] ?? []).filter((item) => !gone(item));
      if (rest.length > 0 || field === 'appeals') Object.assign(left, { [field]: rest });
      else delete left[field];
    } else if (kind === 'like') {
      const rest = (left.like ?? []).filter(({ record_id }) => record_id !== value);
      if (rest.length > 0) left.like = rest;
      else delete left.like;
    } else if (kind === 'age') {
      delete left.age;
      delete left.audiences;
    } else if (kind in left) {
      delete left[
        kind as
          | 'pages'
          | 'years'
          | 'available_now'
          | 'branch'
          | 'fiction'
          | 'author'
          | 'series'
          | 'title'
          | 'isbn'
          | 'like_author'
          | 'sort'
      ];
      if (kind === 'series' && left.sort === 'series') delete left.sort;
    }
  }
  return left;
}

/** A language's name in a locale; the code itself when the tables do not know it. */
export function languageName(rules: Rules, code: string, locale: Locale): string {
  return rules.languages.find((language) => language.code === code)?.names[locale] ?? code;
}
