import type { Intent } from '../../contract/intent.js';
import type { Bib } from '../../engine/catalogue/bib.js';
import { authorOf } from '../../engine/catalogue/covered.js';
import { pointedAt, type Topic } from './conversation.js';
import type { Asked, Finding } from './find.js';
import type { Act, ActId } from './followups.js';
import { standingLimits, without } from './limits.js';

/** A question of its own, already searched. */
export interface NewQuestion {
  asked: Asked;
  finding: Finding;
}

/**
 * What a turn comes to once its acts are read. `orElse` is the same turn read as a question of its own, for when the
 * topic at hand has nothing to it.
 */
export type Step =
  | { kind: 'list'; intent: Intent; declined: string[]; hideSeen: boolean; orElse?: NewQuestion }
  | {
      kind: 'tell';
      of: 'author_of' | 'about_of' | 'length_of' | 'where_of' | 'next_in_series';
      recordId: string;
    }
  | { kind: 'which' };

/** Where "shorter" and "longer" begin when no shown record says its pages. */
const SHORT_PAGES = 250;
const LONG_PAGES = 400;

/** Acts that compare with what is shown, or with the book that is likened. */
export const comparing: ReadonlySet<ActId> = new Set(['shorter', 'longer', 'newer', 'older']);

const telling = new Set<ActId>(['author_of', 'about_of', 'length_of', 'where_of', 'next_in_series']);

/**
 * Applies acts to the topic at hand. `shown` are the records of the topic's list and the one last spoken of; `here` is the branch the patron
 * stands in. Answers `which` when a book is pointed at that is not there.
 */
export function steer(
  acts: readonly Act[],
  topic: Topic,
  shown: readonly Bib[],
  here: string | undefined,
): Step {
  const tell = acts.find((act) => telling.has(act.id));
  if (tell) {
    const recordId = pointedAt(topic, tell.which);
    return recordId === undefined
      ? { kind: 'which' }
      : { kind: 'tell', of: tell.id as 'author_of', recordId };
  }
  const step: Step & { kind: 'list' } = {
    kind: 'list',
    intent: topic.intent,
    declined: [...topic.declined],
    hideSeen: false,
  };
  // What is turned down is turned down before anything is likened to the rest, and "shorter" narrows what is likened.
  const ordered = [...acts].sort((a, b) => placeOf(a) - placeOf(b));
  for (const act of ordered) {
    if (!apply(act, step, topic, shown, here)) return { kind: 'which' };
  }
  return step;
}

function placeOf({ id }: Act): number {
  if (id === 'not') return 0;
  return id === 'like' || id === 'same_author' ? 1 : 2;
}

function apply(
  act: Act,
  step: Step & { kind: 'list' },
  topic: Topic,
  shown: readonly Bib[],
  here: string | undefined,
): boolean {
  const pointed = pointedAt(topic, act.which);
  const bib = shown.find((one) => one.id === pointed);
  const { intent } = step;
  if (comparing.has(act.id)) {
    // "More like the second, but shorter" is shorter than the second.
    const likened = intent.like === topic.intent.like ? undefined : intent.like?.[0]?.record_id;
    const listed = shown.filter((one) =>
      likened === undefined ? topic.listed.includes(one.id) : one.id === likened,
    );
    step.intent = measured(act.id, intent, act.which === undefined ? listed : bib ? [bib] : []);
    return true;
  }
  switch (act.id) {
    case 'like':
      if (!bib) return false;
      step.intent = { ...standingLimits(intent), like: [{ record_id: bib.id, title: bib.title.text }] };
      return true;
    case 'same_author': {
      const byAuthor = bib && byAuthorOf(bib, intent);
      if (!bib || !byAuthor) return false;
      step.intent = byAuthor;
      step.declined.push(bib.id);
      return true;
    }
    case 'not':
      if (pointed === undefined) return false;
      step.declined.push(pointed);
      return true;
    case 'none':
      step.declined.push(...topic.listed);
      return true;
    case 'more':
      step.hideSeen = true;
      return true;
    case 'available':
      step.intent = { ...intent, available_now: true };
      return true;
    case 'here':
      if (here !== undefined) step.intent = { ...intent, branch: here };
      return true;
    default:
      step.intent = lifted(act.id, intent);
      return true;
  }
}

/**
 * The intent narrowed to what is shorter, longer, newer or older than the middle of these records; where none says its
 * pages or year, to what is short, long, new or old as such.
 */
export function measured(id: ActId, intent: Intent, by: readonly Bib[]): Intent {
  switch (id) {
    case 'shorter':
      return { ...intent, pages: { max: Math.max(1, (middle(by, 'pages') ?? SHORT_PAGES + 1) - 1) } };
    case 'longer':
      return { ...intent, pages: { min: (middle(by, 'pages') ?? LONG_PAGES - 1) + 1 } };
    case 'newer':
    case 'older':
      return inTime(id, intent, middle(by, 'year'));
    default:
      return intent;
  }
}

/** Books by the author of this one, within the limits that stand; undefined when the record names nobody. */
export function byAuthorOf(bib: Bib, intent: Intent): Intent | undefined {
  const author = authorOf(bib);
  return author && { ...standingLimits(intent), author: author.text };
}

function inTime(act: 'newer' | 'older', intent: Intent, year: number | undefined): Intent {
  if (year === undefined) return { ...intent, sort: act === 'newer' ? 'newest' : 'oldest' };
  return { ...intent, years: act === 'newer' ? { min: year + 1 } : { max: year - 1 } };
}

function lifted(act: ActId, intent: Intent): Intent {
  switch (act) {
    case 'lift_languages':
      return without(intent, 'languages');
    case 'lift_formats':
      return without(intent, 'formats');
    case 'lift_pages':
      return without(intent, 'pages');
    case 'lift_years':
      return without(intent, 'years');
    case 'lift_ages':
      return without(intent, 'age', 'audiences');
    case 'lift_branch':
      return without(intent, 'branch');
    case 'lift_available':
      return without(intent, 'available_now');
    default:
      return intent;
  }
}

/** The median of a number that the records state; undefined when none does. */
export function middle(bibs: readonly Bib[], field: 'pages' | 'year'): number | undefined {
  const known = bibs
    .map((bib) => bib[field])
    .filter((n) => n !== undefined)
    .sort((a, b) => a - b);
  return known[Math.floor(known.length / 2)];
}
