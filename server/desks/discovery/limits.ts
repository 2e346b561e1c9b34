import type { Intent } from '../../contract/intent.js';
import type { FollowupRules } from './followups.js';

/** What narrows a topic without being one. */
const limitKeys = [
  ...(['formats', 'languages', 'audiences', 'age', 'pages', 'years', 'available_now', 'branch'] as const),
  ...(['fiction', 'without', 'without_author', 'appeals', 'sort'] as const),
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

/** A mood is put in one word or two; more words are a topic. */
const MAX_MOOD_WORDS = 2;

/**
 * The limits an intent consists of, when it says where or how but not what; undefined when it is a question of its own.
 * A mood counts as a limit only when it opens like one: "something light" narrows, "light verse" asks. "But funny" adds
 * its word to the topic, "less scary" turns the mood into something not wanted. Words of a topic beside hard limits ask
 * anew, however they open ("and mysteries for teens"), unless they hold on to the topic ("but with dragons for teens").
 */
export function limitsOf(intent: Intent, rules: FollowupRules): Intent | undefined {
  if (nameKeys.some((key) => intent[key] !== undefined)) return undefined;
  if (rules.asksAnew(intent.text)) return undefined;
  const words = rules.contentWords(intent.topic);
  const hard = limitKeys.filter((key) => key !== 'appeals' && key !== 'without' && isSet(intent[key]));
  const isLimit = hard.length > 0 || (isSet(intent.without) && !isSet(intent.appeals));
  if (words.length === 0 && isLimit) return { ...intent, topic: '' };
  const opening = rules.openingOf(intent.text);
  const mood = rules.moodWords(intent.topic);
  if (opening === undefined || mood.length > MAX_MOOD_WORDS) return undefined;
  if (opening === 'lessening' && mood.length > 0) {
    return { ...without(intent, 'appeals'), topic: '', without: [...(intent.without ?? []), ...mood] };
  }
  if (hard.length > 0 && mood.length === 0) return { ...intent, topic: '' };
  const asksForMore = hard.length > 0 && mood.some((word) => !rules.isMood(word));
  if (asksForMore && !rules.holdsOn(intent.text)) return undefined;
  if (opening === 'adding' && mood.length > 0 && !isSet(intent.appeals)) {
    return { ...intent, topic: mood.join(' ') };
  }
  const isMood = isSet(intent.appeals) || (isSet(intent.without) && mood.length === 0);
  return isMood ? { ...intent, topic: '' } : undefined;
}

/** How many limits an intent has; an age and its audience are one. */
export function countLimits(intent: Intent): number {
  return limitKeys.filter((key) => isSet(intent[key]) && !(key === 'audiences' && intent.age !== undefined))
    .length;
}

/** True when nothing is left to look for. */
export function isBlank(intent: Intent, rules: FollowupRules): boolean {
  return rules.isEmpty(intent.topic) && [...limitKeys, ...nameKeys].every((key) => !isSet(intent[key]));
}

/** The topic at hand with further limits: a new limit takes the place of an old one of its kind; moods add up. */
export function withLimits(intent: Intent, further: Intent): Intent {
  const merged: Intent = { ...intent, topic: `${intent.topic} ${further.topic}`.trim() };
  const replaced = new Set<keyof Intent>(limitKeys.filter((key) => isSet(further[key])));
  // An age and an audience say the same thing twice: the later one counts.
  if (replaced.has('age') || replaced.has('audiences')) {
    delete merged.age;
    delete merged.audiences;
  }
  for (const key of replaced) Object.assign(merged, { [key]: further[key] });
  if (further.without) merged.without = union(intent.without, further.without);
  if (further.without_author) merged.without_author = union(intent.without_author, further.without_author);
  if (further.appeals) merged.appeals = union(intent.appeals, further.appeals);
  return merged;
}

/** The limits that outlive a change of topic, with the question's text carried over. */
export function standingLimits(intent: Intent): Intent {
  const kept = standingKeys.filter((key) => intent[key] !== undefined).map((key) => [key, intent[key]]);
  return { text: intent.text, topic: '', ...(Object.fromEntries(kept) as Partial<Intent>) };
}

/**
 * A following question with whom the books are for carried over from the topic at hand; undefined where there is nothing
 * to carry, where it says for whom itself, or where it names one book, which is meant whoever asks.
 */
export function carriedOver(topic: Intent, following: Intent): Intent | undefined {
  const says = [following.audiences, following.age, following.title, following.isbn].some(isSet);
  if (says || !(isSet(topic.audiences) || isSet(topic.age))) return undefined;
  const { audiences, age } = topic;
  return { ...following, ...(audiences && { audiences }), ...(age !== undefined && { age }) };
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
