import { Problem } from '../../../contract/problems.js';
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
 * table such as KBART, then by the names of columns.yaml in several languages. What the import says may be any of those
 * names; throws Problem('file_unreadable') for another.
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
  const stated = new Map(
    Object.entries(given).map(([column, field]) => [column, fieldOf(field, named)] as const),
  );
  const taken = new Set(stated.values());
  const mapped: Record<string, string> = {};
  header.forEach((column, at) => {
    const key = keys[at] ?? '';
    const field = stated.get(column) ?? profiled.get(key) ?? named.get(key) ?? IGNORED;
    const isFree = stated.has(column) || field === IGNORED || repeatable.has(field) || !taken.has(field);
    mapped[column] = isFree ? field : IGNORED;
    taken.add(field);
  });
  return mapped;
}

/** A field by its own name or by one of those that columns may have, as in "writer=author". */
function fieldOf(said: string, named: ReadonlyMap<string, string>): string {
  if (said === IGNORED) return IGNORED;
  const field = named.get(columnKey(said));
  if (field !== undefined) return field;
  const known = [...new Set(named.values())].join(', ');
  throw new Problem('file_unreadable', {
    detail: `The column map names “${said}”, which is no field; the fields are ${known}.`,
  });
}
