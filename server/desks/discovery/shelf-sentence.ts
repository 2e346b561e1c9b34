import type { Availability } from '../../contract/availability.js';
import { isIn } from './shelves.js';
import type { Wording } from './wording.js';

/**
 * What the shelves look like for these cards, in one sentence (two when the library's system is away); undefined when
 * there is nothing to say. `branch` is the branch that matters to the patron. Remembered answers are told with their
 * time, never as if they were true now.
 */
export function shelfSentence(
  told: readonly Availability[],
  branch: { id: string; name: string } | undefined,
  wording: Wording,
): string | undefined {
  const lines = wording.phrases.shelf;
  if (told.length === 0) return undefined;
  const unseen = told.filter((one) => one.state === 'unknown' && one.asOf === null && one.source !== 'none');
  if (unseen.length === told.length) return lines.away;
  const isOld = told.filter((one) => one.stale);
  if (isOld.length > 0) return asOf(told, isOld, wording);
  const inAny = told.filter((one) => isIn(one));
  if (unseen.length > 0) return inAny.length > 0 ? wording.plural(lines.partly, inAny.length) : lines.away;
  if (told.length === 1) return single(told[0] as Availability, wording);
  if (inAny.length === 0) return noneIn(told, wording);
  if (branch) {
    const here = told.filter((one) => isIn(one, branch.id)).length;
    return wording.plural(here > 0 ? lines.here : lines.not_here, here || inAny.length, {
      branch: branch.name,
    });
  }
  if (inAny.length === told.length) return lines.all_in;
  return wording.plural(lines.in, inAny.length, {
    branches: wording.list(branchesWith(inAny[0] as Availability)),
  });
}

/** Names of the branches where a copy can be taken, at most three. */
export function branchesWith(availability: Availability): string[] {
  return availability.branches
    .filter((one) => one.available > 0)
    .map((one) => one.branch_name)
    .slice(0, 3);
}

/** When the first copy comes back, ISO 8601; undefined when nobody says. */
export function firstDue(told: readonly Availability[]): string | undefined {
  return told
    .flatMap((one) => one.branches.flatMap((branch) => branch.items.map((item) => item.due_at)))
    .filter((due) => due !== undefined)
    .sort()[0];
}

function asOf(told: readonly Availability[], old: readonly Availability[], wording: Wording): string {
  const lines = wording.phrases.shelf;
  const oldest = old
    .map((one) => one.asOf)
    .filter((at) => at !== null)
    .sort()[0] as string;
  const count = told.filter((one) => isIn(one)).length;
  const time = wording.time(oldest);
  return count === 0
    ? wording.fill(lines.as_of_none, { time })
    : wording.plural(lines.as_of, count, { time });
}

function single(one: Availability, wording: Wording): string | undefined {
  const lines = wording.phrases.shelf;
  switch (one.state) {
    case 'available':
      return wording.fill(lines.single_in, { branches: wording.list(branchesWith(one)) });
    case 'online':
      return lines.single_online;
    case 'unavailable': {
      const due = firstDue([one]);
      return due ? wording.fill(lines.single_out_due, { date: wording.date(due) }) : lines.single_out;
    }
    default:
      return undefined;
  }
}

function noneIn(told: readonly Availability[], wording: Wording): string | undefined {
  const lines = wording.phrases.shelf;
  const online = told.filter((one) => one.state === 'online').length;
  if (online > 0) return wording.plural(lines.online, online);
  if (told.some((one) => one.state === 'unknown')) return undefined;
  const due = firstDue(told);
  return due ? wording.fill(lines.out_due, { date: wording.date(due) }) : lines.out;
}
