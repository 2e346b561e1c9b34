import type { Intent } from '../../contract/intent.js';
import type { FollowupRules } from './followups.js';

/** What narrows a topic without being one. */
const limitKeys = [
  ...(['formats', 'languages', 'audiences', 'age', 'pages', 'years', 'available_now', 'branch'] as const),
  ...(['fiction', 'without', 'appeals', 'sort'] as const),
] satisfies (keyof Intent)[];

/** What names a book, a person or a series: a question of its own. */
const nameKeys = ['author', 'series', 'title', 'isbn', 'like', 'like_author'] satisfies (keyof Intent)[];

/** Limits that stay when the topic becomes "like this book" or "by this author". */
const standingKeys = [
  'formats',
  'languages',
  'audiences',
  'age',
  'available_now',
  'branch',
] satisfies (keyof Intent)[];

/** True when an intent says where or how, but not what. */
export function isLimitsOnly(intent: Intent, rules: FollowupRules): boolean {
  if (nameKeys.some((key) => intent[key] !== undefined) || !rules.isEmpty(intent.topic)) return false;
  const limits = limitKeys.filter((key) => isSet(intent[key]));
  const isMood = limits.length > 0 && limits.every((key) => key === 'appeals' || key === 'without');
  return limits.length > 0 && (!isMood || rules.isNarrowing(intent.text));
}

/** True when nothing is left to look for. */
export function isBlank(intent: Intent, rules: FollowupRules): boolean {
  return rules.isEmpty(intent.topic) && [...limitKeys, ...nameKeys].every((key) => !isSet(intent[key]));
}

/** The topic at hand with further limits: a new limit takes the place of an old one of its kind; moods add up. */
export function withLimits(intent: Intent, further: Intent): Intent {
  const merged: Intent = { ...intent };
  const replaced = new Set<keyof Intent>(limitKeys.filter((key) => isSet(further[key])));
  // An age and an audience say the same thing twice: the later one counts.
  if (replaced.has('age') || replaced.has('audiences')) {
    delete merged.age;
    delete merged.audiences;
  }
  for (const key of replaced) Object.assign(merged, { [key]: further[key] });
  if (further.without) merged.without = union(intent.without, further.without);
  if (further.appeals) merged.appeals = union(intent.appeals, further.appeals);
  return merged;
}

/** The limits that outlive a change of topic, with the question's text carried over. */
export function standingLimits(intent: Intent): Intent {
  const kept = standingKeys.filter((key) => intent[key] !== undefined).map((key) => [key, intent[key]]);
  return { text: intent.text, topic: '', ...(Object.fromEntries(kept) as Partial<Intent>) };
}

/** The intent without the given keys. */
export function without(intent: Intent, ...keys: (keyof Omit<Intent, 'text' | 'topic'>)[]): Intent {
  const rest = { ...intent };
  for (const key of keys) delete rest[key];
  return rest;
}

function isSet(value: unknown): boolean {
  return value !== undefined && !(Array.isArray(value) && value.length === 0);
}

function union(a: readonly string[] | undefined, b: readonly string[]): string[] {
  return [...new Set([...(a ?? []), ...b])];
}
