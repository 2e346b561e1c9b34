import type { TurnAnswer, TurnRequest } from '../../contract/conversation.js';
import { Problem } from '../../contract/problems.js';
import type { Locale } from '../../contract/vocabulary.js';
import type { Cache } from '../../engine/cache/cache.js';
import { systemClock, type Clock } from '../../engine/cache/clock.js';
import { createSharedWork } from '../../engine/cache/shared-work.js';
import type { ShieldedIls } from '../../engine/ils/shielded.js';
import type { Search } from '../../engine/retrieval/search.js';
import type { Conversations } from '../../engine/sessions/conversations.js';
import { newConversation, type Conversation } from './conversation.js';
import { deliver, type Delivery } from './deliver.js';
import { createFinder } from './find.js';
import { createLookup, type Lookup } from './lookup.js';
import type { FollowupRules } from './followups.js';
import type { Phrases } from './phrases.js';
import type { Records } from './records.js';
import { createShelves } from './shelves.js';
import { createSimilarQuestions, type SimilarQuestions } from './similar-questions.js';
import { createTurns } from './turns.js';
import { createWelcome, type WelcomeDesk } from './welcome.js';
import { createWording, type Wording } from './wording.js';

export interface DiscoveryDeps {
  search: Search;
  records: Records;
  ils: ShieldedIls;
  cache: Cache;
  conversations: Conversations<Conversation>;
  phrases: Readonly<Record<Locale, Phrases>>;
  followups: Readonly<Record<Locale, FollowupRules>>;
  /** Shown on the start page; default "The library". */
  libraryName?: string;
  clock?: Clock;
  /** The library's; the machine's by default. */
  timeZone?: string;
  /** Cards in one answer; default 6. */
  cards?: number;
  /** How long search may take before the ladder is gone down; default 2 s. */
  searchDeadlineMs?: number;
  /** How long words wait for a quick library system; default 250 ms. */
  graceMs?: number;
}

/** Books, in conversation: what is asked in a patron's own words is answered with records the library holds. */
export interface Discovery extends Lookup {
  /** Begins a conversation of this session and answers its id. */
  createConversation(sessionId: string): string;
  /**
   * Answers one turn, telling each piece as it is known. Problems: conversation_not_found, turn_in_progress,
   * bad_request (nothing asked, nothing removed), busy. Rejects with the signal's reason when the patron leaves.
   */
  turn(
    sessionId: string,
    conversationId: string,
    request: TurnRequest,
    delivery: Delivery,
  ): Promise<TurnAnswer>;
  endConversation(sessionId: string, conversationId: string): void;
  /** Forgets everything of this session. */
  endVisit(sessionId: string): void;
  welcome: WelcomeDesk['welcome'];
}

export function createDiscovery(deps: DiscoveryDeps): Discovery {
  const clock = deps.clock ?? systemClock;
  const shelves = createShelves({ ils: deps.ils, clock });
  const finder = createFinder({
    search: deps.search,
    cache: deps.cache,
    shared: createSharedWork(),
    similar: perLocale(deps.followups, (rules) =>
      similarTo(rules, Object.values<FollowupRules>(deps.followups), clock),
    ),
    clock,
    deadlineMs: deps.searchDeadlineMs ?? 2_000,
  });
  const lookup = createLookup({ ...deps, shelves, wordingOf: (locale) => wordingOf(locale, deps) });
  const start = createWelcome({ ...deps, libraryName: deps.libraryName ?? 'The library', finder });
  const turns = createTurns({
    finder,
    examples: start.examples,
    records: deps.records,
    search: deps.search,
    shelves,
    followups: deps.followups,
    cards: deps.cards ?? 6,
  });

  return {
    createConversation: (sessionId) => deps.conversations.begin(sessionId, newConversation()),
    async turn(sessionId, conversationId, request, delivery) {
      const startedAt = performance.now();
      const conversation = deps.conversations.get(sessionId, conversationId);
      if (request.text === '' && !request.remove?.length) {
        const message = 'Say what you are looking for, or name chips to remove.';
        throw new Problem('bad_request', { errors: [{ path: 'text', message }] });
      }
      if (conversation.isAnswering) throw new Problem('turn_in_progress');
      conversation.isAnswering = true;
      try {
        const locale = request.locale ?? conversation.locale;
        const wording = await wordingOf(locale, deps);
        const { draft, keep } = await turns.draft(
          conversation,
          { ...request, locale },
          wording,
          delivery.signal,
        );
        const answer = await deliver(draft, delivery, {
          shelves,
          clock,
          graceMs: deps.graceMs ?? 250,
          wording,
          here: request.branch,
          startedAt,
        });
        keep();
        return answer;
      } finally {
        conversation.isAnswering = false;
      }
    },
    endConversation: (sessionId, conversationId) => deps.conversations.end(sessionId, conversationId),
    endVisit: (sessionId) => deps.conversations.endVisit(sessionId),
    welcome: start.welcome,
    ...lookup,
  };
}

/** The wording of a locale with the names on the doors of today's branches. */
export async function wordingOf(
  locale: Locale,
  deps: Pick<DiscoveryDeps, 'phrases' | 'records' | 'timeZone' | 'clock'>,
): Promise<Wording> {
  const names = new Map((await deps.records.branches()).map((branch) => [branch.id, branch.name]));
  return createWording(locale, deps.phrases[locale], {
    branchName: (id) => names.get(id) ?? id,
    ...(deps.timeZone !== undefined && { timeZone: deps.timeZone }),
    ...(deps.clock && { now: () => (deps.clock as Clock).now() }),
  });
}

/** Whatever the page's language, patrons ask in theirs: words that decide count in all of them. */
function similarTo(rules: FollowupRules, all: readonly FollowupRules[], clock: Clock): SimilarQuestions {
  const negates = (word: string): boolean => all.some((one) => one.negates(word));
  return createSimilarQuestions({
    // A negation or a number is no filler here, whatever it is elsewhere.
    isFiller: (word) => rules.isEmpty(word) && !negates(word),
    negates,
    decides: (word) => all.some((one) => one.decides(word)),
    now: () => clock.now(),
    maxAgeMs: 3_600_000,
    maxEntries: 2_000,
  });
}

function perLocale<A, B>(from: Readonly<Record<Locale, A>>, make: (a: A) => B): Readonly<Record<Locale, B>> {
  return Object.fromEntries(Object.entries(from).map(([locale, a]) => [locale, make(a)])) as Record<
    Locale,
    B
  >;
}
