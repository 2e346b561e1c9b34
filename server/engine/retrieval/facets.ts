import type { Facet } from '../../contract/search.js';
import type { Locale } from '../../contract/vocabulary.js';
import type { Facts } from './facts.js';
import { languageName } from './understanding/chips.js';
import type { Rules } from './understanding/rules.js';

const mostValues = 12;
/** Facets with few values are counted by the rows of each value, the others by the values of each row. */
const byValue = ['format', 'language', 'audience', 'branch'] as const;
const byRow = [
  ['topic', 'subject'],
  ['author', 'author'],
] as const;

/** Values among the rows and how many have each, most first; facets with nothing to choose are left out. */
export function facetsOf(
  rows: readonly number[],
  locale: Locale,
  { facts, rules, branchName }: { facts: Facts; rules: Rules; branchName: (id: string) => string },
): Facet[] {
  const counts = new Map<Facet['name'], Map<string, number>>();
  const add = (name: Facet['name'], value: string) => {
    const values = counts.get(name) ?? new Map<string, number>();
    values.set(value, (values.get(value) ?? 0) + 1);
    counts.set(name, values);
  };
  for (const kind of byValue) {
    for (const { value } of facts.values(kind)) {
      const having = facts.having(kind, value);
      let count = 0;
      for (const row of rows) if (having.has(row)) count++;
      if (count > 0) counts.set(kind, (counts.get(kind) ?? new Map<string, number>()).set(value, count));
    }
  }
  for (const [kind, name] of byRow) counts.set(name, new Map(facts.countValues(kind, rows, mostValues)));
  for (const row of rows) {
    const year = facts.year(row);
    if (year !== null && year !== 0) add('decade', String(Math.floor(year / 10) * 10));
  }
  const label = (name: Facet['name'], value: string): string => {
    if (name === 'format') return rules.formatLabels[locale][value as 'book'] ?? value;
    if (name === 'audience') return rules.audienceLabels[locale][value as 'adult'] ?? value;
    if (name === 'language') return languageName(rules, value, locale);
    if (name === 'branch') return branchName(value);
    return name === 'decade' ? (rules.chips[locale]['decade'] ?? '<a>').replace('<a>', value) : value;
  };
  const order: Facet['name'][] = ['format', 'language', 'audience', 'branch', 'decade', 'subject', 'author'];
  return order.flatMap((name) => {
    const values = [...(counts.get(name) ?? [])]
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, mostValues)
      .map(([value, count]) => ({ value, label: label(name, value), count }));
    return values.length === 0 ? [] : [{ name, values }];
  });
}
