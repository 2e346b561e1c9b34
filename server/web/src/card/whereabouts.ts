import type { Availability, BranchAvailability } from '../../../contract/availability.js';
import type { Phrases } from '../phrases/phrases.js';

/** Where a title stands, as one short sentence, a note beside it, and a tone that the mark before it takes. */
export interface Whereabouts {
  tone: 'in' | 'out' | 'online' | 'stale' | 'unknown';
  sentence: string;
  /** When it was looked up, or what to do about not knowing. */
  note: string;
}

/** Says where a title is and how old that knowledge is at `nowMs`. */
export function whereabouts(availability: Availability, phrases: Phrases, nowMs: number): Whereabouts {
  if (availability.checking && availability.state !== 'online')
    return { tone: 'stale', sentence: phrases.patron.asking, note: remembered(availability, phrases, nowMs) };
  if (availability.state === 'unknown') {
    return { tone: 'unknown', sentence: phrases.cannotSee, note: phrases.pleaseCheck };
  }
  const names = namesOf(withCopiesIn(availability), phrases);
  if (availability.state === 'online') return { tone: 'online', sentence: phrases.readOnline, note: '' };
  const { asOf } = availability;
  if (availability.stale && asOf !== null) {
    return { tone: 'stale', sentence: remembered(availability, phrases, nowMs), note: '' };
  }
  const note = asOf === null ? '' : phrases.checked(ago(nowMs - Date.parse(asOf), phrases));
  if (availability.state === 'available') {
    return { tone: 'in', sentence: names === '' ? phrases.itemStatus.available : phrases.inAt(names), note };
  }
  return { tone: 'out', sentence: outSentence(availability, phrases, nowMs), note };
}

/** What was true when the shelves were last seen; nothing where they never were. */
function remembered(availability: Availability, phrases: Phrases, nowMs: number): string {
  const { asOf, state } = availability;
  if (asOf === null || state === 'unknown' || state === 'online') return '';
  const time = clockTime(Date.parse(asOf), nowMs, phrases.locale);
  return state === 'available'
    ? phrases.wasIn(time, namesOf(withCopiesIn(availability), phrases))
    : phrases.wasOut(time);
}

/** The one branch of a title whose sentence names none, because no copy is there to be fetched. */
export function unnamedBranch({ state, branches }: Availability): string | undefined {
  const [only, second] = branches;
  if (state === 'online' || !only || second || only.available > 0) return undefined;
  return only.items.some((item) => item.status === 'reference_only') ? undefined : only.branch_name;
}

/** "20 seconds ago" in the patron's language; under five seconds, and times to come, are "just now". */
export function ago(elapsedMs: number, phrases: Phrases): string {
  const seconds = Math.floor(elapsedMs / 1000);
  if (seconds < 5) return phrases.justNow;
  const say = new Intl.RelativeTimeFormat(phrases.locale, { numeric: 'always' });
  if (seconds < 60) return say.format(-(seconds - (seconds % 5)), 'second');
  if (seconds < 3600) return say.format(-Math.floor(seconds / 60), 'minute');
  if (seconds < 86_400) return say.format(-Math.floor(seconds / 3600), 'hour');
  return say.format(-Math.floor(seconds / 86_400), 'day');
}

/** A day such as "3 May", with the year when it is another one. */
export function dayName(iso: string, nowMs: number, locale: string): string {
  const day = new Date(iso);
  const year = day.getFullYear() === new Date(nowMs).getFullYear() ? {} : { year: 'numeric' as const };
  return new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, {
    day: 'numeric',
    month: 'long',
    ...year,
  }).format(day);
}

/** A time of day, with its day where that is long ago. */
export function clockTime(ms: number, nowMs: number, locale: string): string {
  const region = locale === 'en' ? 'en-GB' : locale;
  const time = new Intl.DateTimeFormat(region, { hour: '2-digit', minute: '2-digit' }).format(ms);
  return nowMs - ms < 20 * 3_600_000
    ? time
    : `${dayName(new Date(ms).toISOString(), nowMs, locale)}, ${time}`;
}

function withCopiesIn(availability: Availability): BranchAvailability[] {
  return availability.branches.filter((branch) => branch.available > 0);
}

function namesOf(branches: readonly BranchAvailability[], phrases: Phrases): string {
  const [first, second] = branches;
  if (!first) return '';
  if (branches.length === 2 && second) return phrases.someBranches([first.branch_name, second.branch_name]);
  return branches.length === 1
    ? first.branch_name
    : phrases.branchesAndMore(first.branch_name, branches.length - 1);
}

function outSentence(availability: Availability, phrases: Phrases, nowMs: number): string {
  const items = availability.branches.flatMap((branch) => branch.items);
  const onTheSpot = availability.branches.filter((b) => b.items.some((i) => i.status === 'reference_only'));
  if (onTheSpot.length > 0) return phrases.readHere(namesOf(onTheSpot, phrases));
  const due = items.flatMap((item) => (item.due_at === undefined ? [] : [item.due_at])).sort()[0];
  if (due !== undefined && Date.parse(due) > nowMs)
    return phrases.outUntil(dayName(due, nowMs, phrases.locale));
  if (items.length > 0 && items.every((item) => item.status === 'on_order')) return phrases.onOrder;
  const gone = ['lost', 'missing', 'withdrawn'];
  if (items.length > 0 && items.every((item) => gone.includes(item.status))) return phrases.notHeld;
  return phrases.out;
}
