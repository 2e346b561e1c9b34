import type { Intent } from '../../contract/intent.js';
import type { Facts } from './facts.js';
import { createBitmap, difference, intersection, union, type Bitmap } from './row-set.js';

/** A limit of the intent as a set of rows. `field` is the intent's. */
export interface Limit {
  field: keyof Intent;
  rows: Bitmap;
}

/** Hard limits of an intent as sets of rows; author and series come from names and are resolved elsewhere. */
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
  if (intent.branch !== undefined) {
    add('branch', facts.having(intent.available_now ? 'available' : 'branch', intent.branch));
  } else if (intent.available_now) {
    const branches = facts.values('available').map(({ value }) => value);
    // Where no copy says anything of its state, the desk asks the library system; a limit here would empty every list.
    if (branches.length > 0) add('available_now', any('available', branches));
  }
  return limits;
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
