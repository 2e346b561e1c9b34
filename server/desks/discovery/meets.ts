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

function isFor(bib: Bib, { age, audiences }: Intent): boolean {
  if (age !== undefined && bib.ages && age >= bib.ages.min && age <= bib.ages.max) return true;
  if (!audiences?.length || bib.audience === undefined || bib.audience === 'general') return true;
  return audiences.includes(bib.audience);
}

function isWithin(value: number | undefined, span: Intent['pages']): boolean {
  if (span?.min === undefined && span?.max === undefined) return true;
  return value !== undefined && value >= (span.min ?? -Infinity) && value <= (span.max ?? Infinity);
}

function isSame(a: string, b: string | undefined): boolean {
  return b !== undefined && fold(a) === fold(b);
}
