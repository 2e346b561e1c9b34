import type { Intent } from '../../contract/intent.js';
import type { Facts } from './facts.js';
import { createBitmap, difference, intersection, union, type Bitmap } from './row-set.js';

/** A limit of the intent as a set of rows. `field` is the intent's. */
export interface Limit {
  field: keyof Intent;
  rows: Bitmap;
}

/** Hard limits of an intent as sets of rows; those of its names, author and series, are in `nameLimitsOf`. */
export function limitsOf(intent: Intent, facts: Facts): Limit[] {
  const limits: Limit[] = [];
  const add = (field: keyof Intent, rows: Bitmap) => limits.push({ field, rows });
  const any = (kind: string, values: readonly string[]) =>
    union(values.map((value) => facts.having(kind, value)));

  if (intent.formats?.length) add('formats', any('format', intent.formats));
  if (intent.languages?.length) add('languages', any('language', intent.languages));
  if (intent.audiences?.length) add('audiences', audienceRows(intent, facts));
  if (intent.pages) add('pages', facts.between('pages', intent.pages));
  if (intent.years) add('years', facts.between('year', intent.years));
  if (intent.fiction === true) add('fiction', any('form', ['fiction']));
  if (intent.fiction === false) add('fiction', difference(facts.all(), any('form', ['fiction'])));
  // Whether a copy is in, only the library's system knows: what a catalogue file says of it is old. The desk asks.
  if (intent.branch !== undefined) add('branch', facts.having('branch', intent.branch));
  return limits;
}

/** What is let go of first when nothing meets every limit. Whom a book is for is never let go of. */
const relaxingOrder = [
  'years',
  'pages',
  'fiction',
  'branch',
  'formats',
  'languages',
  'series',
  'author',
] as const satisfies readonly (keyof Intent)[];

/**
 * The fewest limits to let go of so that something meets the others: one of them if that is enough, else more and more
 * in the order above. Empty when letting go would not help.
 */
export function limitsToRelax(limits: readonly Limit[]): Limit[] {
  const loose = relaxingOrder.flatMap((field) => limits.filter((limit) => limit.field === field));
  const ways = [...loose.map((limit) => [limit]), ...loose.map((_, at) => loose.slice(0, at + 1))];
  const helps = (way: readonly Limit[]): boolean => {
    const rest = meeting(limits.filter((limit) => !way.includes(limit)));
    return rest === undefined || rest.size > 0;
  };
  return ways.find(helps) ?? [];
}

function audienceRows({ audiences = [], age }: Intent, facts: Facts): Bitmap {
  const named = (values: readonly string[]) => union(values.map((value) => facts.having('audience', value)));
  const sets: Bitmap[] = [named(audiences)];
  if (audiences.includes('children')) sets.push(facts.having('audience', 'preschool'));
  if (audiences.includes('adult')) {
    // A record that names no audience is for adults, unless its headings say otherwise, which `audience` already holds.
    sets.push(difference(facts.all(), named(['preschool', 'children', 'teen'])));
  }
  if (age !== undefined) {
    const meets = facts.agesMeeting(Math.max(0, age - 1), age + 1);
    const others = facts.agesMeeting(0, 120);
    return union([difference(union(sets), difference(others, meets)), meets]);
  }
  return union(sets);
}

/** Rows that meet every limit; undefined when there is no limit at all. */
export function meeting(limits: readonly Limit[]): Bitmap | undefined {
  return limits.length === 0 ? undefined : intersection(limits.map(({ rows }) => rows));
}

/** The set with some rows taken out of it, or out of everything. */
export function without(set: Bitmap | undefined, rows: readonly number[], facts: Facts): Bitmap | undefined {
  if (rows.length === 0) return set;
  const out = createBitmap(facts.highestRow);
  for (const row of rows) out.add(row);
  return difference(set ?? facts.all(), out);
}
