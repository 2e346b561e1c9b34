import type { Intent } from '../../contract/intent.js';
import type { Bib } from '../../engine/catalogue/bib.js';
import { fold } from './patterns.js';

/**
 * Whether a record meets the limits that an answer would claim for it. Retrieval may rank a near miss among the hits;
 * a sentence must not. What the record does not state is not claimed, except the audience: most records leave it open.
 */
export function meets(bib: Bib, intent: Intent): boolean {
  return (
    (!intent.formats?.length || intent.formats.includes(bib.format)) &&
    (!intent.languages?.length || bib.languages.some((code) => intent.languages?.includes(code))) &&
    (intent.author === undefined || bib.contributors.some((one) => isSame(one.text, intent.author))) &&
    (intent.series === undefined || bib.series.some((one) => isSame(one.name, intent.series))) &&
    isWithin(bib.pages, intent.pages) &&
    isWithin(bib.year, intent.years) &&
    (intent.branch === undefined || bib.items.some((item) => item.branchId === intent.branch)) &&
    isFor(bib, intent)
  );
}

/** The limits of an intent that every one of these records meets: what may be said of all of them. */
export function sharedLimits(bibs: readonly Bib[], intent: Intent): Partial<Intent> {
  const groups: (keyof Intent)[][] = [
    ['author'],
    ['series'],
    ['languages'],
    ['age', 'audiences'],
    ['pages'],
    ['years'],
    ['branch'],
  ];
  const shared = groups.flatMap((keys) => {
    const entries = keys.map((key) => [key, intent[key]] as const).filter(([, value]) => value !== undefined);
    const only = { text: '', topic: '', ...Object.fromEntries(entries) } as Intent;
    return bibs.every((bib) => meets(bib, only)) ? entries : [];
  });
  return Object.fromEntries(shared);
}

/** How far a stated age range is taken to reach: publishers' ranges are no fences. */
const AGE_SLACK = 1;

function isFor(bib: Bib, { age, audiences }: Intent): boolean {
  if (age !== undefined && bib.ages)
    return age >= bib.ages.min - AGE_SLACK && age <= bib.ages.max + AGE_SLACK;
  if (!audiences?.length || bib.audience === undefined || bib.audience === 'general') return true;
  return audiences.includes(bib.audience) || (bib.audience === 'preschool' && audiences.includes('children'));
}

function isWithin(value: number | undefined, span: Intent['pages']): boolean {
  if (span?.min === undefined && span?.max === undefined) return true;
  return value !== undefined && value >= (span.min ?? -Infinity) && value <= (span.max ?? Infinity);
}

function isSame(a: string, b: string | undefined): boolean {
  return b !== undefined && fold(a) === fold(b);
}
