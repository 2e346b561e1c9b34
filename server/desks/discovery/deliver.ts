import type { Availability } from '../../contract/availability.js';
import type { Recommendation, TurnAnswer, TurnEvent } from '../../contract/conversation.js';
import type { Clock } from '../../engine/cache/clock.js';
import { recommendationOf, type Card } from './cards.js';
import type { Shelves } from './shelves.js';
import { whyOf } from './why.js';
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
}

/** How many sentences an answer has at most before the one about the shelves is left to the cards. */
const MAX_SENTENCES = 3;

/**
 * Sends an answer piece by piece: cards at once with what is remembered of their availability, words next, then
 * availability as the library's system tells it. `graceMs` is how long words wait for a quick system, so that the
 * sentence about the shelves usually comes with the others; with a slow one it comes last.
 */
export async function deliver(
  draft: Draft,
  { signal, emit }: Delivery,
  deps: {
    shelves: Shelves;
    clock: Clock;
    graceMs: number;
    wording: Wording;
    here: string | undefined;
    startedAt: number;
  },
): Promise<TurnAnswer> {
  const { turn, text, intent, understood, total } = draft;
  emit({ event: 'understood', data: { turn, intent, understood } });
  const told = new Map<string, Availability>();
  const bibs = draft.cards.map((card) => card.bib);
  const cardsWith = (of: (card: Card) => Availability): Recommendation[] =>
    draft.cards.map((card) => recommendationOf(card, whyOf(card.evidence, card.bib, deps.wording), of(card)));
  emit({
    event: 'recommendations',
    data: { recommendations: cardsWith((card) => deps.shelves.peek(card.bib, deps.here)), total },
  });

  const said: string[] = [];
  const say = (sentence: string | undefined): void => {
    if (sentence === undefined || sentence === '') return;
    emit({ event: 'text', data: { delta: said.length === 0 ? sentence : ` ${sentence}` } });
    said.push(sentence);
  };
  let speaking = true;
  const asking = deps.shelves.ask(bibs, {
    signal,
    here: deps.here,
    onEach: (record_id, availability) => {
      told.set(record_id, availability);
      if (!speaking) emit({ event: 'availability', data: { record_id, availability } });
    },
  });
  await settledWithin(asking, deps.clock, deps.graceMs);
  signal.throwIfAborted();
  draft.sentences.forEach(say);
  const isTold = told.size === bibs.length;
  const aboutShelves = (): string | undefined => {
    const sentence = draft.shelfSentence(told);
    const count = countSentences([...said, sentence ?? '']);
    return count > MAX_SENTENCES && sentence !== deps.wording.phrases.shelf.away ? undefined : sentence;
  };
  if (isTold) say(aboutShelves());
  for (const [record_id, availability] of told)
    emit({ event: 'availability', data: { record_id, availability } });
  speaking = false;
  await asking;
  if (!isTold) say(aboutShelves());

  const answer: TurnAnswer = {
    turn,
    text,
    intent,
    understood,
    recommendations: cardsWith((card) => told.get(card.bib.id) ?? deps.shelves.peek(card.bib, deps.here)),
    response_text: said.join(' '),
    suggestions: draft.suggestions(told),
    confidence: draft.confidence,
    handoff_to_librarian: draft.handoff_to_librarian,
    referral: null,
    model: { used: false, absence: 'off', wait_ms: null },
    path: draft.path,
    total,
    cache_hit: draft.cache_hit,
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
