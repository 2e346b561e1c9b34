import type { Chip } from '../../../contract/intent.js';
import type { SearchQuery } from '../../../contract/search.js';
import { en } from '../phrases/en.js';

/** The filters that the page offers, as an address keeps them. */
export interface Filters {
  words: string;
  format: string[];
  language: string[];
  audience: string[];
  branch: string;
  /** First year of a decade, or empty. */
  decade: string;
  sort: NonNullable<SearchQuery['sort']> | '';
  plain: boolean;
  offset: number;
}

export const SORTS = ['relevance', 'newest', 'oldest', 'shortest', 'longest'] as const;
export const PAGE_SIZE = 20;
/** The server counts and pages no further than this. */
const LAST_OFFSET = 980;

/** The filters of an address; whatever it does not say, or says in words that mean nothing here, is empty. */
export function filtersOf(query: string): Filters {
  const said = new URLSearchParams(query);
  const offset = Number(said.get('offset') ?? 0);
  return {
    words: said.get('q') ?? '',
    format: said.getAll('format').filter((value) => Object.hasOwn(en.format, value)),
    language: said.getAll('language').filter((value) => /^[a-z]{3}$/.test(value)),
    audience: said.getAll('audience').filter((value) => Object.hasOwn(en.audience, value)),
    branch: said.get('branch') ?? '',
    decade: /^\d{1,4}$/.exec(said.get('year_from') ?? '')?.[0] ?? '',
    sort: SORTS.find((sort) => sort === said.get('sort')) ?? '',
    plain: said.get('plain') === 'true',
    offset: Number.isInteger(offset) && offset > 0 ? Math.min(offset, LAST_OFFSET) : 0,
  };
}

/** The query string for filters, without a question mark and without what is empty; equal filters give equal strings. */
export function queryOf(filters: Filters): string {
  const query = new URLSearchParams();
  if (filters.words !== '') query.set('q', filters.words);
  for (const name of ['format', 'language', 'audience'] as const) {
    for (const value of [...filters[name]].sort()) query.append(name, value);
  }
  if (filters.branch !== '') query.set('branch', filters.branch);
  if (filters.decade !== '') {
    query.set('year_from', filters.decade);
    query.set('year_to', String(Number(filters.decade) + 9));
  }
  if (filters.sort !== '') query.set('sort', filters.sort);
  if (filters.plain) query.set('plain', 'true');
  if (filters.offset > 0) query.set('offset', String(filters.offset));
  return query.toString();
}

/** The filters with one value of a group put in or taken out, back on the first page. */
export function toggled(filters: Filters, group: 'format' | 'language' | 'audience', value: string): Filters {
  const has = filters[group].includes(value);
  return {
    ...filters,
    [group]: has ? filters[group].filter((v) => v !== value) : [...filters[group], value],
    offset: 0,
  };
}

/** How many filters are set, the words aside. */
export function countOf({ format, language, audience, branch, decade }: Filters): number {
  return (
    format.length + language.length + audience.length + (branch === '' ? 0 : 1) + (decade === '' ? 0 : 1)
  );
}

/** What was read out of the words: of all that was understood, the part that no filter set by hand says already. */
export function readFromWords(understood: readonly Chip[], filters: Filters): Chip[] {
  const { format, language, audience, branch, decade, sort } = filters;
  const set = new Set([
    ...format.map((value) => `format:${value}`),
    ...language.map((value) => `language:${value}`),
    ...audience.map((value) => `audience:${value}`),
    `branch:${branch}`,
    `years:${decade}-${Number(decade) + 9}`,
    `sort:${sort}`,
  ]);
  return understood.filter((chip) => !set.has(chip.id));
}

/** Which page of how many, for a total. */
export function pageOf(offset: number, total: number): { page: number; pages: number } {
  return { page: Math.floor(offset / PAGE_SIZE) + 1, pages: lastOffset(total) / PAGE_SIZE + 1 };
}

/** Where the last page that can be reached begins, for a total. */
export function lastOffset(total: number): number {
  return Math.min(LAST_OFFSET, Math.max(0, Math.ceil(total / PAGE_SIZE) - 1) * PAGE_SIZE);
}
