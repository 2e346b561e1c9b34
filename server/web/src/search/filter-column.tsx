import { useState, type ReactNode } from 'react';
import type { Facet } from '../../../contract/search.js';
import { searchCatalogue } from '../api/carrel-api.js';
import { useAnswer } from '../api/use-answer.js';
import type { Phrases } from '../phrases/phrases.js';
import { usePhrases } from '../phrases/speech.js';
import { countOf, filtersOf, queryOf, SORTS, toggled, type Filters } from './search-address.js';

interface FilterColumnProps {
  facets: readonly Facet[];
  filters: Filters;
  go: (next: Filters) => void;
}

const GROUPS = ['format', 'language', 'audience'] as const;

/** Filters as plain controls: each change shows at once in the list and in the address. */
export function FilterColumn({ facets, filters, go }: FilterColumnProps): ReactNode {
  const phrases = usePhrases();
  const set = countOf(filters);
  // Open beside the list; a narrow page shows the list first.
  const [open] = useState(() => window.matchMedia('(min-width: 60rem)').matches);
  return (
    <aside className="filters" aria-label={phrases.filters}>
      <details className="fold" open={open}>
        <summary>
          {phrases.filters}
          {set > 0 && ` (${set})`}
        </summary>
        <Choice
          name={phrases.filter.sort}
          value={filters.sort === '' ? 'relevance' : filters.sort}
          options={SORTS.map((sort) => ({ value: sort, label: phrases.sort[sort] }))}
          onChoose={(sort) =>
            go({ ...filters, sort: sort === 'relevance' ? '' : (sort as Filters['sort']), offset: 0 })
          }
        />
        {GROUPS.map((group) => (
          <Group key={group} {...{ group, facets, filters, go }} />
        ))}
        <Choice
          name={phrases.filter.branch}
          value={filters.branch}
          options={[
            { value: '', label: phrases.anyBranch },
            ...counted(valuesOf(facets, 'branch', [filters.branch], phrases)),
          ]}
          onChoose={(branch) => go({ ...filters, branch, offset: 0 })}
        />
        <Choice
          name={phrases.filter.decade}
          value={filters.decade}
          options={[
            { value: '', label: phrases.anyTime },
            ...counted(valuesOf(facets, 'decade', [filters.decade], phrases)),
          ]}
          onChoose={(decade) => go({ ...filters, decade, offset: 0 })}
        />
        {set > 0 && (
          <button
            type="button"
            className="action"
            onClick={() => go({ ...filtersOf(''), words: filters.words })}
          >
            {phrases.clearFilters}
          </button>
        )}
      </details>
    </aside>
  );
}

interface GroupProps {
  group: (typeof GROUPS)[number];
  facets: readonly Facet[];
  filters: Filters;
  go: (next: Filters) => void;
}

/** One may tick a second value: those not ticked stay in sight, counted as if nothing in the group were. */
function Group({ group, facets, filters, go }: GroupProps): ReactNode {
  const phrases = usePhrases();
  const { locale } = phrases;
  const asked =
    filters[group].length === 0
      ? ''
      : `${queryOf({ ...filters, [group]: [], offset: 0 })}&limit=1&locale=${locale}`;
  const { data } = useAnswer(asked, async (signal) =>
    asked === '' ? undefined : (await searchCatalogue(asked, signal)).facets,
  );
  // Until that is counted the group stays as it was before the first tick.
  const [before, setBefore] = useState(facets);
  if (asked === '' && before !== facets) setBefore(facets);
  const values = valuesOf(asked === '' ? facets : (data ?? before), group, filters[group], phrases);
  if (values.length === 0) return null;
  return (
    <fieldset className="filter-group">
      <legend>{phrases.filter[group]}</legend>
      {values.map(({ value, label, count }) => (
        <label key={value} className="filter-value">
          <input
            type="checkbox"
            checked={filters[group].includes(value)}
            onChange={() => go(toggled(filters, group, value))}
          />
          <span>{label}</span> <span className="filter-count">{count}</span>
        </label>
      ))}
    </fieldset>
  );
}

interface ChoiceProps {
  name: string;
  value: string;
  options: { value: string; label: string }[];
  onChoose: (value: string) => void;
}

function Choice({ name, value, options, onChoose }: ChoiceProps): ReactNode {
  if (options.length < 2) return null;
  return (
    <label className="filter-choice">
      <span>{name}</span>
      <select value={value} onChange={(event) => onChoose(event.target.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The values of one filter; one that is set stays in the list even when nothing is left under it. */
function valuesOf(
  facets: readonly Facet[],
  name: Facet['name'],
  set: readonly string[],
  phrases: Phrases,
): Facet['values'] {
  const values = facets.find((facet) => facet.name === name)?.values ?? [];
  const lost = set.filter((value) => value !== '' && !values.some((v) => v.value === value));
  const labels: Partial<Record<string, string>> =
    name === 'format' ? phrases.format : name === 'audience' ? phrases.audience : {};
  const all = [...values, ...lost.map((value) => ({ value, label: value, count: 0 }))];
  return all.map((v) => ({ ...v, label: labels[v.value] ?? v.label }));
}

function counted(values: Facet['values']): { value: string; label: string }[] {
  return values.map(({ value, label, count }) => ({ value, label: `${label} (${count})` }));
}
