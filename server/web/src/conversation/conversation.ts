import type { TurnEvent } from '../../../contract/conversation.js';
import type { RecordBrief } from '../../../contract/record.js';
import type { Refusal } from '../api/refusal.js';
import { checked, rearranged, shelved } from './shelving.js';
import type { Asked, Turn } from './turn.js';
import { wordsOf } from './words-of.js';

/** All that a conversation page shows. Older turns come first. */
export interface Conversation {
  turns: Turn[];
  refusal: { why: Refusal; asked: Asked; atMs: number } | undefined;
  nextKey: number;
}

export type ConversationStep =
  | { step: 'asked'; asked: Asked }
  | { step: 'event'; event: TurnEvent }
  | { step: 'touched' }
  | { step: 'rearranged'; key: number }
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

/** A title as any card of the conversation shows it. */
export function briefOf(id: string, { turns }: Conversation): RecordBrief | undefined {
  return turns.flatMap((turn) => turn.recommendations ?? []).find((book) => book.record_id === id);
}

/** True until there are books and composed words to go on with; a model may still be at work after that. */
export function isWaiting(turn: Turn): boolean {
  return turn.phase === 'asking' || (turn.phase === 'arriving' && turn.thinking === undefined);
}

/** True while a model works on more words. */
export function isThinking(turn: Turn): boolean {
  return turn.phase === 'arriving' && turn.thinking !== undefined;
}

/** Whether this conversation has shown that a model may take part in answers here. */
export function hasModel({ turns }: Conversation): boolean {
  return turns.some(({ thinking, answer }) => thinking || (answer && answer.model.absence !== 'off'));
}

/** The conversation after one step. A turn that was refused or stopped before anything came leaves no trace. */
export function stepped(conversation: Conversation, step: ConversationStep): Conversation {
  switch (step.step) {
    case 'asked':
      return {
        // Whatever was still being written to the question before this one ends here.
        turns: [...withLast(conversation, ended).turns, newTurn(conversation.nextKey, step.asked)],
        refusal: undefined,
        nextKey: conversation.nextKey + 1,
      };
    case 'event':
      return withLast(conversation, (turn) => [received(turn, step.event)]);
    case 'touched':
      return withLast(conversation, (turn) => [turn.recommendations ? { ...turn, touched: true } : turn]);
    case 'rearranged':
      return { ...conversation, turns: conversation.turns.map((turn) => rearranged(turn, step.key)) };
    case 'stopped':
      return withLast(conversation, ended);
    case 'refused': {
      const asked = runningTurn(conversation)?.asked;
      if (!asked) return conversation;
      const rest = withLast(conversation, ended);
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
    longer: '',
    touched: false,
    moved: false,
    heldBack: undefined,
    answer: undefined,
  };
}

function withLast(conversation: Conversation, change: (turn: Turn) => Turn[]): Conversation {
  const turn = runningTurn(conversation);
  if (!turn) return conversation;
  return { ...conversation, turns: [...conversation.turns.slice(0, -1), ...change(turn)] };
}

function ended(turn: Turn): Turn[] {
  return isEmpty(turn) ? [] : [{ ...turn, phase: 'stopped' }];
}

function isEmpty(turn: Turn): boolean {
  return turn.recommendations === undefined && turn.text === '';
}

function received(turn: Turn, { event, data }: TurnEvent): Turn {
  switch (event) {
    case 'understood':
      return { ...turn, phase: 'arriving', understood: data.understood };
    case 'recommendations':
      return { ...shelved(turn, data.recommendations), phase: 'arriving', total: data.total };
    case 'thinking':
      return { ...turn, thinking: data };
    case 'text':
      return turn.thinking
        ? { ...turn, longer: (turn.longer + data.delta).trimStart() }
        : { ...turn, phase: 'arriving', text: turn.text + data.delta };
    case 'availability':
      return {
        ...turn,
        recommendations: turn.recommendations?.map((book) => checked(book, data)),
        heldBack: turn.heldBack?.map((book) => checked(book, data)),
      };
    case 'done':
      return {
        ...shelved(turn, data.recommendations),
        ...wordsOf(turn, data),
        phase: 'done',
        understood: data.understood,
        total: data.total,
        answer: data,
      };
  }
}
