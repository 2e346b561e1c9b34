import type { MarcKnowledge } from './knowledge.js';
import { columnKey } from './table-to-bib.js';

/** Marks a column that is read as nothing. */
export const IGNORED = '-';

// A second column of these adds to the first; of all others the first counts.
const repeatable = new Set([
  'isbn',
  'issn',
  'subjects',
  'genres',
  'notes',
  'authors',
  'other_authors',
  'url',
  'awards',
]);

/**
 * Which field each column of a header is, "-" where none: by what the import says (`given`), then by a known kind of
 * table such as KBART, then by the names of columns.yaml in several languages.
 */
export function mapColumns(
  header: readonly string[],
  { columns }: MarcKnowledge,
  given: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const keys = header.map(columnKey);
  const profile = Object.values(columns.profiles).find((p) =>
    p.when.every((name) => keys.includes(columnKey(name))),
  );
  const named = new Map<string, string>();
  for (const [field, names] of Object.entries(columns.fields)) {
    for (const name of [field, ...names]) if (!named.has(columnKey(name))) named.set(columnKey(name), field);
  }
  const profiled = new Map(
    Object.entries(profile?.columns ?? {}).map(([name, field]) => [columnKey(name), field]),
  );
  const taken = new Set(Object.values(given));
  const mapped: Record<string, string> = {};
  header.forEach((column, at) => {
    const key = keys[at] ?? '';
    const field = given[column] ?? profiled.get(key) ?? named.get(key) ?? IGNORED;
    const isFree =
      given[column] !== undefined || field === IGNORED || repeatable.has(field) || !taken.has(field);
    mapped[column] = isFree ? field : IGNORED;
    taken.add(field);
  });
  return mapped;
}
