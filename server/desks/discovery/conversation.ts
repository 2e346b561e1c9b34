import type { Chip, Intent } from '../../contract/intent.js';
import type { Locale } from '../../contract/vocabulary.js';
import type { Evidence } from '../../engine/retrieval/search.js';
import type { Asked } from './find.js';

/** What is on the table: what was asked, what is shown, what was turned down. */
export interface Topic {
  intent: Intent;
  chips: Chip[];
  /** Turned down by the patron; stays out for as long as the topic lasts. */
  declined: string[];
  /** Shown since the question last changed; "another" leaves them out. */
  seen: string[];
  /** The cards of the last list, in order: "the second one" counts here. */
  listed: string[];
  /** The book last spoken of: "it". */
  focus?: string;
  /** The question that made this list, so that "go back" asks it again. */
  asked: Asked;
  /** What each listed card was found by, so that it says so again when it is spoken of. */
  evidence: ReadonlyMap<string, Evidence[]>;
  /** Follow-ups offered under the list. */
  offered: string[];
}

/** What Carrel remembers of one conversation, in memory only. */
export interface Conversation {
  locale: Locale;
  turn: number;
  /** The turn being answered: aborted when its patron left, over when it ended or was left. */
  answering: { signal: AbortSignal; over: Promise<void> } | undefined;
  topic: Topic | undefined;
  past: Topic[];
  /** The last questions that were answered with a list, for a model that has to know what "it" is. */
  questions: string[];
}

export const MAX_PAST = 20;

export function newConversation(): Conversation {
  return { locale: 'en', turn: 0, answering: undefined, topic: undefined, past: [], questions: [] };
}

/** Puts a new list on the table and the old one where "go back" finds it. */
export function putOnTable(conversation: Conversation, topic: Topic): void {
  if (conversation.topic) conversation.past = [...conversation.past, conversation.topic].slice(-MAX_PAST);
  conversation.topic = topic;
}

/**
 * The record a patron points at: the nth card (1 is the first, -1 the last), or the book last spoken of, or the first
 * card. Undefined when there is no such card.
 */
export function pointedAt(topic: Topic, which: number | undefined): string | undefined {
  if (which === undefined) return topic.focus ?? topic.listed[0];
  return topic.listed.at(which > 0 ? which - 1 : which);
}
