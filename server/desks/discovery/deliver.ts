import type { Availability } from '../../contract/availability.js';
import type {
  ModelPart,
  Recommendation,
  Referral,
  TurnAnswer,
  TurnEvent,
} from '../../contract/conversation.js';
import type { Clock } from '../../engine/cache/clock.js';
import type { Bib } from '../../engine/catalogue/bib.js';
import type { Estimate } from '../../engine/llm/llm.js';
import { recommendationOf, type Card } from './cards.js';
import { GUESS_BELOW } from './compose.js';
import type { Shelves } from './shelves.js';
import { whyOf, type Why } from './why.js';
import type { Wording } from './wording.js';

/** An answer whose words about the shelves still wait for the library's system. */
export interface Draft extends Pick<
  TurnAnswer,
  | 'turn'
  | 'text'
  | 'intent'
  | 'understood'
  | 'confidence'
  | 'handoff_to_librarian'
  | 'path'
  | 'total'
  | 'cache_hit'
> {
  cards: readonly Card[];
  /** Sentences that need no availability. */
  sentences: readonly string[];
  /** Told once every card's availability is known; undefined when there is nothing to say. */
  shelfSentence: (told: ReadonlyMap<string, Availability>) => string | undefined;
  suggestions: (told: ReadonlyMap<string, Availability>) => string[];
}

export interface Delivery {
  signal: AbortSignal;
  emit: (event: TurnEvent) => void;
  /** False where nobody waits for the answer, so that the library's system is not asked. Default true. */
  askShelves?: boolean;
  /**
   * False where the answer is heard in one piece: what the library's system has not said within `graceMs` is then told
   * as being checked, and can be asked for by record. Default true.
   */
  inPieces?: boolean;
}

/** How many sentences an answer has at most before the one about the shelves is left to the cards. */
const MAX_SENTENCES = 3;

/** What a second look at an answer came to. */
export interface Outcome {
  model: ModelPart;
  confidence: number;
}

/** The answer on the table, for whoever looks at it again. Calls after the turn has ended do nothing. */
export interface Stage {
  /** Tells the patron that a longer answer is being made. */
  think(estimate: Estimate | undefined): Promise<void>;
  /**
   * Puts another list, or the same in another order, in place of the shown one; asks after the shelves of books that
   * were not shown before, and says again, after `lead`, what has become untrue.
   */
  show(draft: Draft, lead: string): Promise<void>;
  /** Puts other reasons on cards, by record id. */
  explain(whys: ReadonlyMap<string, Why>): Promise<void>;
  /** Adds a sentence to the answer. */
  say(sentence: string): Promise<void>;
}

/** Looks at a delivered answer once more; it may change it by the stage. */
export type SecondLook = (stage: Stage, signal: AbortSignal) => Promise<Outcome>;

export interface DeliverDeps {
  shelves: Shelves;
  clock: Clock;
  graceMs: number;
  wording: Wording;
  here: string | undefined;
  startedAt: number;
  referral: Referral | null;
  /** True when the library wants a person to take it from here. */
  needsPerson: boolean;
  /** Called once the composed answer is out: what comes after it can be cut off without taking it back. */
  onComposed: () => void;
  secondLook: SecondLook;
}

/**
 * Sends an answer piece by piece: cards at once with what is remembered of their availability, words next, then
 * availability as the library's system tells it. `graceMs` is how long words wait for a quick system, so that the
 * sentence about the shelves usually comes with the others; with a slow one it comes last, or not at all where the answer
 * is heard in one piece. The second look begins once the composed words are out, and speaks after the shelves have been
 * told.
 */
export async function deliver(
  draft: Draft,
  { signal, emit, askShelves: isAsked, inPieces = true }: Delivery,
  deps: DeliverDeps,
): Promise<TurnAnswer> {
  const { shelves, here, wording } = deps;
  let shown = draft;
  let whys: ReadonlyMap<string, Why> = new Map();
  const told = new Map<string, Availability>();
  /** As last told, be it while the asking goes on. */
  const latest = new Map<string, Availability>();
  const said: string[] = [];
  let isSpeaking = true;

  const beforeAsking = (bib: Bib): Availability =>
    isAsked === false ? shelves.peek(bib, here) : shelves.peekBeforeAsking(bib, here);
  const bibs = (): Bib[] => shown.cards.map((card) => card.bib);
  const known = (): Map<string, Availability> =>
    new Map(bibs().flatMap(({ id }) => (told.has(id) ? [[id, told.get(id) as Availability]] : [])));
  const cards = (): Recommendation[] =>
    shown.cards.map((card) => {
      const { id } = card.bib;
      const byModel = whys.get(id);
      const why = byModel ?? whyOf(card.evidence, card.bib, wording);
      const from = byModel ? 'model' : 'record';
      return recommendationOf(card, { ...why, from }, latest.get(id) ?? beforeAsking(card.bib));
    });
  const say = (sentence: string | undefined): void => {
    if (sentence === undefined || sentence === '') return;
    emit({ event: 'text', data: { delta: said.length === 0 ? sentence : ` ${sentence}` } });
    said.push(sentence);
  };
  const showList = (): void => {
    const { turn, intent, understood, total } = shown;
    emit({ event: 'understood', data: { turn, intent, understood } });
    emit({ event: 'recommendations', data: { recommendations: cards(), total } });
  };
  const askShelves = (ask: Bib[]): Promise<unknown> =>
    shelves.ask(ask, {
      signal,
      here,
      askShelves: isAsked,
      ...(!inPieces && { withinMs: deps.graceMs }),
      onEach: (record_id, availability) => {
        latest.set(record_id, availability);
        if (!availability.checking) told.set(record_id, availability);
        if (!isSpeaking) emit({ event: 'availability', data: { record_id, availability } });
      },
    });

  showList();
  const asking = askShelves(bibs());
  await settledWithin(asking, deps.clock, deps.graceMs);
  signal.throwIfAborted();
  draft.sentences.forEach(say);
  const isTold = told.size === draft.cards.length;
  const aboutShelves = (): string | undefined => {
    const sentence = draft.shelfSentence(told);
    const count = countSentences([...said, sentence ?? '']);
    return count > MAX_SENTENCES && sentence !== wording.phrases.shelf.away ? undefined : sentence;
  };
  if (isTold) say(aboutShelves());
  for (const [record_id, availability] of latest)
    if (!availability.checking || availability.ecopies)
      emit({ event: 'availability', data: { record_id, availability } });
  isSpeaking = false;

  let isOver = false;
  const composed = asking.then(() => {
    if (signal.aborted) return;
    if (!isTold && inPieces) say(aboutShelves());
    shown.suggestions(known());
    deps.onComposed();
  });
  /** In their turn, behind the composed words, and only while anybody listens. */
  const after = async (work: () => void | Promise<void>): Promise<void> => {
    await composed.catch(() => undefined);
    if (!isOver && !signal.aborted) await work();
  };
  const looking = deps.secondLook(
    {
      think: (estimate) =>
        after(() => {
          const ms = (n: number | undefined): number | null => (n === undefined ? null : Math.round(n));
          const data = {
            first_ms: ms(estimate?.firstMs),
            whole_ms: ms(estimate?.wholeMs),
            suggestions: shown.suggestions(known()),
          };
          emit({ event: 'thinking', data });
        }),
      show: (next, lead) =>
        after(async () => {
          shown = next;
          showList();
          const unknown = bibs().filter((bib) => !told.has(bib.id));
          if (unknown.length > 0) await askShelves(unknown);
          if (isOver || signal.aborted) return;
          const fresh = [...next.sentences, next.shelfSentence(known())].filter(
            (sentence) => sentence !== undefined && sentence !== '' && !said.includes(sentence),
          );
          if (fresh.length > 0) [lead, ...fresh].forEach(say);
        }),
      explain: (more) =>
        after(() => {
          whys = more;
          const { total } = shown;
          emit({ event: 'recommendations', data: { recommendations: cards(), total } });
        }),
      say: (sentence) => after(() => say(sentence)),
    },
    signal,
  );
  let outcome: Outcome;
  try {
    [outcome] = await Promise.all([looking, composed]);
  } finally {
    isOver = true;
  }

  const { turn, text, intent, understood, total } = shown;
  const answer: TurnAnswer = {
    turn,
    text,
    intent,
    understood,
    recommendations: cards(),
    response_text: said.join(' '),
    suggestions: shown.suggestions(known()),
    confidence: outcome.confidence,
    handoff_to_librarian: shown.handoff_to_librarian || deps.needsPerson || outcome.confidence < GUESS_BELOW,
    referral: deps.referral,
    model: outcome.model,
    path: shown.path,
    total,
    cache_hit: shown.cache_hit,
    response_time_ms: Math.round((performance.now() - deps.startedAt) * 10) / 10,
  };
  signal.throwIfAborted();
  emit({ event: 'done', data: answer });
  return answer;
}

/** Waits for the work, but no longer than `ms`; how it ends is for the one who awaits the work itself. */
export async function settledWithin(work: Promise<unknown>, clock: Clock, ms: number): Promise<void> {
  const stop = new AbortController();
  const ended = work.then(
    () => undefined,
    () => undefined,
  );
  await Promise.race([ended, clock.after(ms, stop.signal).catch(() => undefined)]);
  stop.abort();
}

/** An initial ("J. K. Rowling") ends no sentence. */
function countSentences(sentences: readonly string[]): number {
  const ends = /(?<![\s.]\p{Lu})[.?!](?=\s|$)/u;
  return sentences
    .join(' ')
    .split(ends)
    .filter((part) => part.trim() !== '').length;
}
