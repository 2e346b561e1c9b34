import type { SearchQuery } from '../../../contract/search.js';

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

export const PAGE_SIZE = 20;
/** The server counts and pages no further than this. */
const LAST_OFFSET = 980;

/** The filters of an address; whatever it does not say is empty. */
export function filtersOf(query: string): Filters {
  const said = new URLSearchParams(query);
  const offset = Number(said.get('offset') ?? 0);
  return {
    words: said.get('q') ?? '',
    format: said.getAll('format'),
    language: said.getAll('language'),
    audience: said.getAll('audience'),
    branch: said.get('branch') ?? '',
    decade: said.get('year_from') ?? '',
    sort: (said.get('sort') ?? '') as Filters['sort'],
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

/** Which page of how many, for a total. */
export function pageOf(offset: number, total: number): { page: number; pages: number } {
  const reachable = Math.min(total, LAST_OFFSET + PAGE_SIZE);
  return { page: Math.floor(offset / PAGE_SIZE) + 1, pages: Math.max(1, Math.ceil(reachable / PAGE_SIZE)) };
}
