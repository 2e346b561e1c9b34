import type { Clock } from '../../engine/cache/clock.js';
import type { Intent } from '../../contract/intent.js';
import type { Locale } from '../../contract/vocabulary.js';
import type { Search } from '../../engine/retrieval/search.js';
import { CANDIDATES, type Asking } from './asking.js';
import type { Card } from './cards.js';
import { GUESS_BELOW } from './compose.js';
import { MAX_PAST, putOnTable, type Conversation, type Topic } from './conversation.js';
import { createDecider, type Decision } from './decide.js';
import type { Draft } from './deliver.js';
import type { Records } from './records.js';
import type { Asked, Finder, Finding } from './find.js';
import type { FollowupRules } from './followups.js';
import { isBlank } from './limits.js';
import { createLists, type Drafted, type ListOrder } from './list.js';
import { meets } from './meets.js';
import type { Phrases } from './phrases.js';
import { noProspects, prospectsOf } from './prospects.js';
import { shelfSentence } from './shelf-sentence.js';
import type { Shelves } from './shelves.js';
import type { Step } from './steer.js';
import { suggestionsFor } from './suggestions.js';
import { tellOf } from './tell.js';
import type { Wording } from './wording.js';

/** A turn's answer, and what the conversation remembers once it was given. */
export interface Turn {
  draft: Draft;
  keep: () => void;
  /** Given when the turn is a list that a model could look at. */
  list?: Listing;
}

/** A drafted list, open to another look before it is remembered. */
export interface Listing {
  /** The list as it is, or will be, remembered. */
  current(): Drafted;
  /** Another order of it, or another list in its place, on the table too if it is there. Answers its draft. */
  replace(drafted: Drafted): Draft;
  /** The same question found anew with another intent. */
  find(intent: Intent, signal: AbortSignal): Promise<Drafted>;
  lead: ListOrder['lead'];
  isMakeshift: boolean;
  /** True when the turn sounded like going on, but had words that the rules did not understand. */
  isLeftOver: boolean;
  /** What was on the table before. */
  before: Topic | undefined;
}

export interface Turns {
  /** Reads, finds and words one turn. Nothing is remembered until `keep` is called. */
  draft(conversation: Conversation, asking: Asking, wording: Wording, signal: AbortSignal): Promise<Turn>;
}

export function createTurns(deps: {
  finder: Finder;
  records: Records;
  search: Search;
  shelves: Shelves;
  graceMs: number;
  clock: Clock;
  followups: Readonly<Record<Locale, FollowupRules>>;
  /** Questions that find something here, offered where there is no topic. */
  examples: (locale: Locale, signal: AbortSignal) => Promise<string[]>;
  cards: number;
}): Turns {
  const decider = createDecider(deps);
  const lists = createLists(deps);

  return {
    async draft(conversation, asking, wording, signal) {
      const { topic } = conversation;
      const shown = topic
        ? await inOrder([...topic.listed, ...(topic.focus === undefined ? [] : [topic.focus])])
        : [];
      const decision = await decider.decide(conversation, asking, shown, signal);
      const remember = (change: () => void) => () => {
        conversation.turn += 1;
        conversation.locale = asking.locale;
        change();
      };
      const turn = conversation.turn + 1;
      if (decision.kind === 'talk' || decision.kind === 'which') {
        const draft = await talkDraft(conversation, decision, asking, wording, signal);
        const clears = decision.kind === 'talk' && decision.clears;
        return { draft: { ...draft, turn }, keep: remember(() => clears && clear(conversation)) };
      }
      if (decision.kind === 'tell') {
        const { draft, focus } = await tellDraft(topic as Topic, decision, asking, wording, signal);
        return { draft: { ...draft, turn }, keep: remember(() => topic && focus && (topic.focus = focus)) };
      }
      const order = await orderFor(decision, conversation, asking, signal);
      if (isBlank(order.finding.found.intent, deps.followups[asking.locale]) && asking.remove?.length) {
        const left = { kind: 'talk', line: 'nothing_left', clears: true, handoff: false } as const;
        const draft = await talkDraft(newEmpty(conversation), left, asking, wording, signal);
        return { draft: { ...draft, turn }, keep: remember(() => clear(conversation)) };
      }
      let drafted = await lists.draft(order, asking, wording, signal);
      let onTable: Topic | undefined;
      const list: Listing = {
        current: () => drafted,
        replace(other) {
          drafted = other;
          if (onTable && conversation.topic === onTable) conversation.topic = onTable = other.topic;
          return { ...other.draft, turn };
        },
        async find(intent, stop) {
          const asked: Asked = { ...order.asked, intent, remove: [] };
          const finding = await deps.finder.find(asked, stop);
          return await lists.draft({ ...order, asked, finding }, asking, wording, stop);
        },
        lead: order.lead,
        isMakeshift: order.finding.isMakeshift,
        isLeftOver: decision.kind === 'new' && decision.isLeftOver === true,
        before: topic,
      };
      return {
        draft: { ...drafted.draft, turn },
        list,
        keep: remember(() => {
          settle(conversation, decision, drafted);
          onTable = conversation.topic;
        }),
      };
    },
  };

  async function inOrder(ids: readonly string[]) {
    const byId = new Map((await deps.records.listRecords(ids)).map((bib) => [bib.id, bib]));
    return [...new Set(ids)].map((id) => byId.get(id)).filter((bib) => bib !== undefined);
  }

  /** Nothing was found that meets what was asked. */
  async function isBarren({ found }: Finding): Promise<boolean> {
    if (found.hits.length === 0 || found.relaxed.length > 0) return true;
    const first = await deps.records.listRecords(found.hits.slice(0, deps.cards).map((hit) => hit.id));
    return !first.some((bib) => meets(bib, found.intent));
  }

  /**
   * Whether a question answers better alone than within the topic at hand: where the topic has nothing to it, or, for
   * one that has words of its own ("something funny for teens"), where the topic's answer would be a guess.
   */
  async function isBetter(alone: Finding, within: Finding): Promise<boolean> {
    if (await isBarren(alone)) return false;
    const isGuess = within.found.confidence < GUESS_BELOW && alone.found.confidence >= GUESS_BELOW;
    return (isGuess && alone.found.intent.topic !== '') || (await isBarren(within));
  }

  async function orderFor(
    decision: Extract<Decision, { kind: 'list' | 'new' | 'back' }>,
    conversation: Conversation,
    asking: Asking,
    signal: AbortSignal,
  ): Promise<ListOrder> {
    const hasPast = conversation.topic !== undefined;
    if (decision.kind === 'new') {
      const { asked, finding } = decision;
      return { asked, finding, lead: 'found', declined: [], seen: [], hasPast };
    }
    if (decision.kind === 'back') {
      const { declined, seen } = decision.topic;
      const asked = { ...decision.topic.asked, locale: asking.locale, branch: asking.branch };
      const finding = await deps.finder.find(asked, signal);
      return { asked, finding, lead: 'back', declined, seen, hasPast: conversation.past.length > 1 };
    }
    const seen = decision.hideSeen ? (conversation.topic?.seen ?? []) : [];
    const asked: Asked = {
      text: decision.intent.text,
      intent: decision.intent,
      locale: asking.locale,
      branch: asking.branch,
      remove: asking.remove ?? [],
      exclude: [...new Set([...decision.declined, ...seen])],
      limit: CANDIDATES,
    };
    const finding = await deps.finder.find(asked, signal);
    if (decision.orElse && (await isBetter(decision.orElse.finding, finding))) {
      return { ...decision.orElse, lead: 'found', declined: [], seen: [], hasPast };
    }
    const lead = decision.hideSeen ? 'more' : 'found';
    return { asked, finding, lead, declined: decision.declined, seen, hasPast };
  }

  async function talkDraft(
    conversation: Conversation,
    decision: Extract<Decision, { kind: 'talk' | 'which' }>,
    asking: Asking,
    wording: Wording,
    signal: AbortSignal,
  ): Promise<Omit<Draft, 'turn'>> {
    const topic = decision.kind === 'talk' && decision.clears ? undefined : conversation.topic;
    const lines: Phrases = wording.phrases;
    const offered =
      topic?.offered ??
      [...(await deps.examples(asking.locale, signal)), lines.suggest.librarian].slice(0, 3);
    return {
      text: asking.text,
      intent: topic?.intent ?? { text: asking.text, topic: '' },
      understood: topic?.chips ?? [],
      confidence: 1,
      handoff_to_librarian: decision.kind === 'talk' && decision.handoff,
      path: 'full',
      total: 0,
      cache_hit: false,
      cards: [],
      sentences: [decision.kind === 'talk' ? lines.talk[decision.line] : lines.about.which],
      shelfSentence: () => undefined,
      suggestions: () => offered,
    };
  }

  async function tellDraft(
    topic: Topic,
    step: Extract<Step, { kind: 'tell' }>,
    asking: Asking,
    wording: Wording,
    signal: AbortSignal,
  ): Promise<{ draft: Omit<Draft, 'turn'>; focus: string | undefined }> {
    const bib = await deps.records.findRecord(step.recordId);
    const next =
      step.of === 'next_in_series' ? await deps.search.nextInSeries(step.recordId, { signal }) : undefined;
    const told = next ? await deps.records.findRecord(next.id) : bib;
    const cards: Card[] = told
      ? [{ bib: told, evidence: next?.evidence ?? topic.evidence.get(told.id) ?? [] }]
      : [];
    const prospects = told ? await prospectsOf(told, topic.intent, asking, deps, signal) : noProspects;
    const isMissing = told === undefined || (step.of === 'next_in_series' && !next);
    const lines = wording.phrases;
    const sentence = (): string => {
      if (!told) return lines.nothing;
      if (isMissing) return wording.fill(lines.about.next_unknown, { title: wording.title(told.title.text) });
      return tellOf(step.of, told, deps.shelves.peek(told, asking.branch), wording);
    };
    return {
      focus: told?.id,
      draft: {
        text: asking.text,
        intent: topic.intent,
        understood: topic.chips,
        confidence: isMissing ? 0 : 1,
        handoff_to_librarian: isMissing,
        path: told ? 'full' : 'nothing',
        total: cards.length,
        cache_hit: false,
        cards,
        sentences: step.of === 'where_of' ? [] : [sentence()],
        // Where a book is can be said only once the library's system has been asked.
        shelfSentence: (known) => {
          if (!told || isMissing) return undefined;
          if (step.of === 'next_in_series') return shelfSentence([...known.values()], undefined, wording);
          if (step.of !== 'where_of') return undefined;
          return tellOf('where_of', told, known.get(told.id) ?? deps.shelves.peek(told), wording);
        },
        suggestions: (known) =>
          suggestionsFor(
            {
              intent: topic.intent,
              shown: told ? [told] : [],
              availability: known,
              further: [],
              hasPast: true,
              prospects,
            },
            wording,
          ),
      },
    };
  }
}

function settle(conversation: Conversation, decision: Decision, drafted: Drafted): void {
  if (decision.kind === 'back') {
    conversation.past = conversation.past.slice(0, -1);
    conversation.topic = drafted.topic;
    return;
  }
  const before = conversation.topic;
  // An empty answer leaves the books on the table that were there: "the second one" still means one of them.
  if (decision.kind === 'list' && before && drafted.topic.listed.length === 0) {
    const { listed, evidence } = before;
    putOnTable(conversation, { ...drafted.topic, listed, evidence });
  } else putOnTable(conversation, drafted.topic);
}

/** Nothing is asked any more; what was can still be gone back to. */
function clear(conversation: Conversation): void {
  if (conversation.topic) conversation.past = [...conversation.past, conversation.topic].slice(-MAX_PAST);
  conversation.topic = undefined;
  conversation.questions = [];
}

function newEmpty(conversation: Conversation): Conversation {
  return { ...conversation, topic: undefined };
}
