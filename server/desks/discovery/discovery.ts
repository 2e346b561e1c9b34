import type { Branch } from '../../contract/availability.js';
import type { TurnAnswer, TurnRequest } from '../../contract/conversation.js';
import { Problem } from '../../contract/problems.js';
import type { Locale } from '../../contract/vocabulary.js';
import type { Cache } from '../../engine/cache/cache.js';
import { systemClock, type Clock } from '../../engine/cache/clock.js';
import { createSharedWork } from '../../engine/cache/shared-work.js';
import type { ShieldedIls } from '../../engine/ils/shielded.js';
import type { Figures } from '../../engine/figures/figures.js';
import type { Llm } from '../../engine/llm/llm.js';
import type { Found, Search } from '../../engine/retrieval/search.js';
import type { Conversations } from '../../engine/sessions/conversations.js';
import type { Visits } from '../../engine/sessions/visits.js';
import { newConversation, type Conversation } from './conversation.js';
import { deliver, type Delivery, type SecondLook } from './deliver.js';
import { createFinder } from './find.js';
import { createLookup, type Lookup } from './lookup.js';
import type { FollowupRules } from './followups.js';
import { createAssistant } from './model/assistant.js';
import type { Choice } from './model/choosing.js';
import type { Prompts } from './model/prompts.js';
import type { Speech } from './model/speech.js';
import { noPolicy, type Policy } from './policy.js';
import type { Phrases } from './phrases.js';
import type { Records } from './records.js';
import { createShelves } from './shelves.js';
import { createSimilarQuestions, type SimilarQuestions } from './similar-questions.js';
import { takeTurn } from './turn-taking.js';
import { createTurns, type Turn } from './turns.js';
import { createWelcome, type WelcomeDesk } from './welcome.js';
import { createWording, type Wording } from './wording.js';

export interface DiscoveryDeps {
  search: Search;
  records: Records;
  ils: ShieldedIls;
  cache: Cache;
  conversations: Conversations<Conversation>;
  visits: Visits;
  phrases: Readonly<Record<Locale, Phrases>>;
  followups: Readonly<Record<Locale, FollowupRules>>;
  /** Looks at lists once they are out; without one, answers are composed from records alone. */
  llm?: Llm;
  /** `on` is the library's own switch; `budgetMs` is when a model's first word must come. Default: on, 6 s. */
  ai?: { on: boolean; budgetMs: number };
  /** What a model is told, and what it may say; needed with `llm`. */
  prompts?: Prompts & { speech: Speech };
  /** Topics that people should handle; none by default. */
  policy?: Policy;
  /** Where turns are counted; nowhere by default. */
  figures?: Pick<Figures, 'count'>;
  /** Shown on the start page; default "The library". */
  libraryName?: string;
  clock?: Clock;
  /** The library's; the machine's by default. */
  timeZone?: string;
  /** Cards in one answer; default 6. */
  cards?: number;
  /** How long search may take before the ladder is gone down; default 2 s. */
  searchDeadlineMs?: number;
  /** How long words, and a list of what is in, wait for the library's system; default 300 ms. */
  graceMs?: number;
  /** How long a turn waits for the one before it, which may have been stopped a moment ago; default 500 ms. */
  stopMs?: number;
}

/** Books, in conversation: what is asked in a patron's own words is answered with records the library holds. */
export interface Discovery extends Lookup {
  /** Begins a conversation of this session and answers its id. */
  createConversation(sessionId: string): string;
  /**
   * Answers one turn, telling each piece as it is known. Problems: conversation_not_found, turn_in_progress (the one
   * before it goes on and somebody waits for it), bad_request (nothing asked, nothing removed), busy, signed_out (the
   * visit has ended: nothing more is told, and the model stops). Rejects with the signal's reason when the patron leaves.
   * A `branch` that nobody knows counts as none.
   */
  turn(
    sessionId: string,
    conversationId: string,
    request: TurnRequest,
    delivery: Delivery,
  ): Promise<TurnAnswer>;
  endConversation(sessionId: string, conversationId: string): void;
  /** Looks something up for a session; Problem('signed_out') as soon as its visit ends. */
  during<T>(sessionId: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Stops what is under way in this session and forgets everything of it. */
  endVisit(sessionId: string): void;
  welcome: WelcomeDesk['welcome'];
}

export function createDiscovery(deps: DiscoveryDeps): Discovery {
  const clock = deps.clock ?? systemClock;
  const graceMs = deps.graceMs ?? 300;
  const shelves = createShelves({ ils: deps.ils, clock });
  const finder = createFinder({
    search: deps.search,
    cache: deps.cache,
    shared: createSharedWork(),
    similar: perLocale(deps.followups, (rules) =>
      similarTo<Found>(rules, Object.values<FollowupRules>(deps.followups), clock),
    ),
    clock,
    deadlineMs: deps.searchDeadlineMs ?? 2_000,
  });
  const lookup = createLookup({ ...deps, shelves, graceMs, wordingOf: (locale) => wordingOf(locale, deps) });
  const start = createWelcome({
    ...deps,
    libraryName: deps.libraryName ?? 'The library',
    finder,
    hasModel: () => deps.ai?.on !== false && deps.llm !== undefined && deps.llm.state().state !== 'off',
  });
  const policy = deps.policy ?? noPolicy;
  const secondLooks = createSecondLooks(deps, clock);
  const turns = createTurns({
    finder,
    examples: start.examples,
    records: deps.records,
    search: deps.search,
    shelves,
    graceMs,
    clock,
    followups: deps.followups,
    cards: deps.cards ?? 6,
  });

  const take: Discovery['turn'] = async (sessionId, conversationId, request, delivery) => {
    const startedAt = performance.now();
    const conversation = deps.conversations.get(sessionId, conversationId);
    if (request.text === '' && !request.remove?.length) {
      const message = 'Say what you are looking for, or name chips to remove.';
      throw new Problem('bad_request', { errors: [{ path: 'text', message }] });
    }
    const { signal } = delivery;
    const giveBack = await takeTurn(conversation, signal, { clock, waitMs: deps.stopMs ?? 500 });
    try {
      const locale = request.locale ?? conversation.locale;
      const here = await branchOf(request.branch, deps, delivery);
      const wording = await wordingOf(locale, deps, here);
      const asking = { ...request, locale, branch: here?.id, askShelves: delivery.askShelves };
      const turn = await turns.draft(conversation, asking, wording, signal);
      const match = policy.match(request.text, locale);
      const secondLook = secondLooks({
        ...{ turn, wording, locale, client: sessionId, text: request.text },
        questions: [...conversation.questions],
        isAsked: request.ai !== false,
        isAllowed: match?.model !== false,
      });
      const answer = await deliver(turn.draft, delivery, {
        shelves,
        clock,
        graceMs,
        wording,
        here: here?.id,
        startedAt,
        referral: match?.referral ?? null,
        needsPerson: match?.handoff === true,
        onComposed() {
          turn.keep();
          // What a model may not see now it may not see in the next turn either.
          if (turn.list && match?.model !== false && request.text !== '')
            conversation.questions = [...conversation.questions, request.text].slice(-2);
        },
        secondLook,
      });
      countTurn(answer, deps.figures);
      return answer;
    } finally {
      giveBack();
    }
  };
  const during: Discovery['during'] = (sessionId, signal, work) =>
    deps.visits.during(sessionId, (over) => work(AbortSignal.any([signal, over])));

  return {
    createConversation: (sessionId) => deps.conversations.begin(sessionId, newConversation()),
    turn: (sessionId, conversationId, request, delivery) =>
      during(sessionId, delivery.signal, (signal) => {
        const emit: Delivery['emit'] = (event) => {
          if (!signal.aborted) delivery.emit(event);
        };
        return take(sessionId, conversationId, request, { ...delivery, signal, emit });
      }),
    during,
    endConversation: (sessionId, conversationId) => deps.conversations.end(sessionId, conversationId),
    endVisit: (sessionId) => deps.visits.end(sessionId),
    welcome: start.welcome,
    ...lookup,
  };
}

/** What is known of a turn when it is decided who looks at it again. */
interface Looked {
  turn: Turn;
  wording: Wording;
  locale: Locale;
  client: string;
  text: string;
  questions: readonly string[];
  isAsked: boolean;
  isAllowed: boolean;
}

/** Who looks at an answer again: the model where there is one, it is wanted, and it could better anything. */
function createSecondLooks(deps: DiscoveryDeps, clock: Clock): (looked: Looked) => SecondLook {
  const { llm, prompts } = deps;
  const { on, budgetMs } = deps.ai ?? { on: true, budgetMs: 6_000 };
  const assistant =
    llm && prompts && on
      ? createAssistant({
          ...{
            llm,
            prompts,
            speech: prompts.speech,
            records: deps.records,
            cache: deps.cache,
            clock,
            budgetMs,
          },
          similar: perLocale(deps.followups, (rules) =>
            similarTo<Choice>(rules, Object.values<FollowupRules>(deps.followups), clock),
          ),
          catalogueVersion: () => deps.search.status().catalogueVersion,
          cards: deps.cards ?? 6,
        })
      : undefined;
  return ({ turn, isAsked, isAllowed, ...looked }) => {
    const isOff = !assistant || !isAsked || llm?.state().state === 'off';
    const look =
      !isOff && isAllowed && turn.list ? assistant.lookAgain({ ...looked, list: turn.list }) : undefined;
    const { confidence } = turn.draft;
    const absence = isOff ? 'off' : 'unasked';
    return look ?? (() => Promise.resolve({ confidence, model: { used: false, absence, wait_ms: null } }));
  };
}

/** Numbers only: how it was found, what a model had to do with it, which topic was handed on. */
function countTurn(answer: TurnAnswer, figures: DiscoveryDeps['figures']): void {
  figures?.count('turn', answer.path);
  figures?.count('model', answer.model.absence ?? 'used');
  if (answer.referral) figures?.count('referral', answer.referral.topic);
}

/** The branch of that id, where the catalogue or the library's system knows one; nobody else's word is repeated. */
async function branchOf(
  id: string | undefined,
  deps: Pick<DiscoveryDeps, 'records' | 'ils'>,
  { signal, askShelves }: { signal: AbortSignal; askShelves?: boolean },
): Promise<Branch | undefined> {
  if (id === undefined) return undefined;
  const held = (await deps.records.branches()).find((branch) => branch.id === id);
  if (held || askShelves === false) return held;
  return (await deps.ils.branches({ signal })).find((branch) => branch.id === id);
}

/** The wording of a locale with the names on the doors of today's branches, `here` among them. */
export async function wordingOf(
  locale: Locale,
  deps: Pick<DiscoveryDeps, 'phrases' | 'records' | 'timeZone' | 'clock'>,
  here?: Branch,
): Promise<Wording> {
  const branches = [...(here ? [here] : []), ...(await deps.records.branches())];
  const names = new Map(branches.map((branch) => [branch.id, branch.name]));
  return createWording(locale, deps.phrases[locale], {
    branchName: (id) => names.get(id) ?? id,
    ...(deps.timeZone !== undefined && { timeZone: deps.timeZone }),
    ...(deps.clock && { now: () => (deps.clock as Clock).now() }),
  });
}

/** Whatever the page's language, patrons ask in theirs: words that decide count in all of them. */
function similarTo<T extends object>(
  rules: FollowupRules,
  all: readonly FollowupRules[],
  clock: Clock,
): SimilarQuestions<T> {
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
