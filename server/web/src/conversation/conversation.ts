import type { Recommendation, TurnAnswer, TurnEvent } from '../../../contract/conversation.js';
import type { Chip } from '../../../contract/intent.js';
import type { Refusal } from '../api/refusal.js';

/** What the patron did to start a turn: words of their own, or a chip taken out. */
export type Asked = { kind: 'words'; text: string } | { kind: 'removal'; chip: Chip };

/** One question and as much of its answer as has arrived. */
export interface Turn {
  key: number;
  asked: Asked;
  phase: 'asking' | 'arriving' | 'done' | 'stopped';
  understood: Chip[];
  /** Undefined until the cards have arrived; they arrive at once. */
  recommendations: Recommendation[] | undefined;
  total: number;
  text: string;
  /** Set once a model has begun a longer answer. */
  thinking?: { first_ms: number | null; whole_ms: number | null };
  /** The whole answer, once it is done. */
  answer: TurnAnswer | undefined;
}

/** All that a conversation page shows. Older turns come first. */
export interface Conversation {
  turns: Turn[];
  refusal: { why: Refusal; asked: Asked; atMs: number } | undefined;
  nextKey: number;
}

export type ConversationStep =
  | { step: 'asked'; asked: Asked }
  | { step: 'event'; event: TurnEvent }
  | { step: 'stopped' }
  | { step: 'refused'; why: Refusal; atMs: number }
  | { step: 'started_over' };

/** A conversation in which nothing was asked yet. */
export const emptyConversation: Conversation = { turns: [], refusal: undefined, nextKey: 1 };

/** The turn that is being answered, if any. */
export function runningTurn(conversation: Conversation): Turn | undefined {
  const last = conversation.turns.at(-1);
  return last?.phase === 'asking' || last?.phase === 'arriving' ? last : undefined;
}

/** The conversation after one step. A turn that was refused or stopped before anything came leaves no trace. */
export function stepped(conversation: Conversation, step: ConversationStep): Conversation {
  switch (step.step) {
    case 'asked':
      return {
        turns: [...conversation.turns, newTurn(conversation.nextKey, step.asked)],
        refusal: undefined,
        nextKey: conversation.nextKey + 1,
      };
    case 'event':
      return withLast(conversation, (turn) => [received(turn, step.event)]);
    case 'stopped':
      return withLast(conversation, (turn) => (isEmpty(turn) ? [] : [{ ...turn, phase: 'stopped' }]));
    case 'refused': {
      const asked = runningTurn(conversation)?.asked;
      if (!asked) return conversation;
      const rest = withLast(conversation, (turn) => (isEmpty(turn) ? [] : [{ ...turn, phase: 'stopped' }]));
      return { ...rest, refusal: { why: step.why, asked, atMs: step.atMs } };
    }
    case 'started_over':
      return { ...emptyConversation, nextKey: conversation.nextKey };
  }
}

function newTurn(key: number, asked: Asked): Turn {
  return {
    key,
    asked,
    phase: 'asking',
    understood: [],
    recommendations: undefined,
    total: 0,
    text: '',
    answer: undefined,
  };
}

function withLast(conversation: Conversation, change: (turn: Turn) => Turn[]): Conversation {
  const turn = runningTurn(conversation);
  if (!turn) return conversation;
  return { ...conversation, turns: [...conversation.turns.slice(0, -1), ...change(turn)] };
}

function isEmpty(turn: Turn): boolean {
  return turn.recommendations === undefined && turn.text === '';
}

function received(turn: Turn, { event, data }: TurnEvent): Turn {
  switch (event) {
    case 'understood':
      return { ...turn, phase: 'arriving', understood: data.understood };
    case 'recommendations':
      return { ...turn, phase: 'arriving', recommendations: data.recommendations, total: data.total };
    case 'thinking':
      return { ...turn, thinking: data };
    case 'text':
      return { ...turn, phase: 'arriving', text: turn.text + data.delta };
    case 'availability':
      return {
        ...turn,
        recommendations: turn.recommendations?.map((book) =>
          book.record_id === data.record_id ? { ...book, availability: data.availability } : book,
        ),
      };
    case 'done':
      return {
        ...turn,
        phase: 'done',
        understood: data.understood,
        recommendations: data.recommendations,
        total: data.total,
        text: data.response_text,
        answer: data,
      };
  }
}
