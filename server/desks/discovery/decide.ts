import type { Intent } from '../../contract/intent.js';
import type { Locale } from '../../contract/vocabulary.js';
import type { Bib } from '../../engine/catalogue/bib.js';
import { CANDIDATES, type Asking } from './asking.js';
import type { Conversation, Topic } from './conversation.js';
import type { Act, ActId, FollowupRules, Reading, TalkId } from './followups.js';
import type { Asked, Finder } from './find.js';
import { carriedOver, countLimits, isBlank, limitsOf, withLimits } from './limits.js';
import { likenedQuestion } from './likened.js';
import { fold } from './patterns.js';
import type { Phrases } from './phrases.js';
import type { Records } from './records.js';
import { comparing, steer, type NewQuestion, type Step } from './steer.js';

/** What a turn turns out to be. */
export type Decision =
  | Step
  | { kind: 'talk'; line: keyof Phrases['talk']; clears: boolean; handoff: boolean }
  | { kind: 'back'; topic: Topic }
  /** `isLeftOver`: follow-up words were in it that did not make up the whole of it. */
  | ({ kind: 'new'; isLeftOver?: boolean } & NewQuestion);

export interface Decider {
  decide(
    conversation: Conversation,
    asking: Asking,
    shown: readonly Bib[],
    signal: AbortSignal,
  ): Promise<Decision>;
}

/** Acts that point at something shown or compare with it: without a list they mean nothing. */
const pointing = new Set<ActId>([
  'like',
  'not',
  'none',
  'same_author',
  'author_of',
  'about_of',
  'length_of',
  'where_of',
  'next_in_series',
  ...comparing,
]);

const talkLines: Readonly<Record<TalkId, keyof Phrases['talk']>> = {
  hello: 'hello',
  thanks: 'thanks',
  help: 'help',
  librarian: 'librarian',
  refusal: 'refusal',
  anger: 'anger',
  library: 'library',
};

/** Small talk that only a person can take further. */
const forPeople = new Set<TalkId>(['librarian', 'anger', 'library']);

/**
 * Decides by rules whether a turn goes on with the topic at hand or begins another: it goes on only when it is made of
 * follow-up language, limits and fillers and nothing else.
 */
export function createDecider(deps: {
  finder: Finder;
  records: Records;
  followups: Readonly<Record<Locale, FollowupRules>>;
}): Decider {
  const decider: Decider = {
    async decide(conversation, asking, shown, signal) {
      const { topic } = conversation;
      const remove = asking.remove ?? [];
      if (asking.text === '') {
        return topic
          ? listed(topic, topic.intent)
          : { kind: 'talk', line: 'not_seen', clears: false, handoff: false };
      }
      const { reading, rules } = readIn(asking, topic, shown);
      const early = withoutTopic(reading, conversation);
      if (early) return early;
      if (topic && reading.acts.length > 0) {
        const step = steer(reading.acts, topic, shown, asking.branch);
        if (reading.rest === '') return step;
        const { locale, branch } = asking;
        const rest = await deps.finder.find(
          { text: reading.rest, locale, branch, remove: [], exclude: [], limit: 1 },
          signal,
        );
        const limits = limitsOf(rest.found.intent, rules);
        if (limits) return narrowed(step, limits);
      }
      const likened = await likenedQuestion(reading, rules, asking, deps, signal);
      if (likened) return { kind: 'new', ...(await anew(likened)) };
      const { locale, branch } = asking;
      const asked: Asked = { text: reading.question, locale, branch, remove, exclude: [], limit: CANDIDATES };
      const finding = await deps.finder.find(asked, signal);
      const { intent } = finding.found;
      // "No, in Spanish" narrows what is shown; "no, something funny" lets it go.
      const limits = reading.turnsAway && intent.appeals ? undefined : limitsOf(intent, rules);
      if (topic && limits) {
        const step = listed(topic, withLimits(topic.intent, limits));
        // "Films in French" says enough to stand alone; "in French" does not.
        return countLimits(limits) > 1 ? { ...step, orElse: await anew({ asked, finding }) } : step;
      }
      if (isBlank(intent, rules) && !(await isTitle(reading.question, finding.found.hits))) {
        return { kind: 'talk', line: topic ? 'unclear' : 'hello', clears: false, handoff: false };
      }
      const isLeftOver = topic !== undefined && reading.acts.length > 0;
      return { kind: 'new', isLeftOver, ...(await anew({ asked, finding })) };

      /** A question of its own, still for whom the topic at hand was. */
      async function anew(alone: NewQuestion): Promise<NewQuestion> {
        const { found } = alone.finding;
        const lifts = reading.acts.some((act) => act.id === 'lift_ages');
        const carried = topic && !lifts ? carriedOver(topic.intent, found.intent) : undefined;
        if (!carried || (await isTitle(reading.question, found.hits))) return alone;
        const within: Asked = { ...alone.asked, intent: carried };
        const narrower = await deps.finder.find(within, signal);
        // An author or a series of whom nothing is for them is named all the same.
        const isNamed = [carried.author, carried.series, carried.like_author, carried.like].some(Boolean);
        const { hits, relaxed } = narrower.found;
        if (isNamed && (hits.length === 0 || relaxed.length > 0)) return alone;
        return { asked: within, finding: narrower };
      }
    },
  };
  return decider;

  /** Whether fillers alone are the title of what was found: "It" is a book, "and for" is none. */
  async function isTitle(text: string, hits: readonly { id: string }[]): Promise<boolean> {
    const bibs = await deps.records.listRecords(hits.slice(0, 6).map((hit) => hit.id));
    return bibs.some((bib) => fold(bib.title.text) === fold(text));
  }

  /** Read in the patron's language; another is tried when that one sees nothing and the other sees all of it. */
  function readIn(
    asking: Asking,
    topic: Topic | undefined,
    shown: readonly Bib[],
  ): { reading: Reading; rules: FollowupRules } {
    const byId = new Map(shown.map((bib) => [bib.id, bib.title.text]));
    // A card that shares its title with the book it was likened to is not the one meant by that title.
    const liked = new Set(topic?.intent.like?.map((one) => fold(one.title)));
    const titles = (topic?.listed ?? [])
      .map((id) => byId.get(id) ?? '')
      .map((title) => (liked.has(fold(title)) ? '' : title));
    const rules = deps.followups[asking.locale];
    const reading = rules.read(asking.text, titles);
    if (reading.talk !== undefined || reading.acts.length > 0) return { reading, rules };
    for (const other of Object.values(deps.followups)) {
      const otherwise = other.read(asking.text, titles);
      const isAll = otherwise.talk !== undefined || (otherwise.acts.length > 0 && otherwise.rest === '');
      if (isAll) return { reading: otherwise, rules: other };
    }
    return { reading, rules };
  }
}

/** Decisions that need no list: small talk, going back, starting over, pointing at nothing. */
function withoutTopic(reading: Reading, conversation: Conversation): Decision | undefined {
  const has = (id: ActId): boolean => reading.acts.some((act: Act) => act.id === id);
  if (reading.talk !== undefined) {
    return {
      kind: 'talk',
      line: talkLines[reading.talk],
      clears: false,
      handoff: forPeople.has(reading.talk),
    };
  }
  if (reading.rest !== '') return undefined;
  if (has('start_over')) return { kind: 'talk', line: 'start_over', clears: true, handoff: false };
  if (has('undo')) {
    const before = conversation.past.at(-1);
    if (before) return { kind: 'back', topic: before };
    return { kind: 'talk', line: 'undo_none', clears: false, handoff: false };
  }
  if (!conversation.topic && reading.acts.some((act) => pointing.has(act.id))) {
    return { kind: 'talk', line: 'not_seen', clears: false, handoff: false };
  }
  return undefined;
}

function listed(topic: Topic, intent: Intent): Step & { kind: 'list' } {
  return { kind: 'list', intent, declined: [...topic.declined], hideSeen: false };
}

function narrowed(step: Step, limits: Intent): Step {
  return step.kind === 'list' ? { ...step, intent: withLimits(step.intent, limits) } : step;
}
