import type { Phrases } from '../phrases/phrases.js';
import { isThinking, isWaiting } from './conversation.js';
import type { Turn } from './turn.js';
import { signOf } from './sign.js';

/**
 * What a screen reader is told of an answer: once that it is here, and once more, at the end, what a model has added.
 * Nothing is said while words are coming in.
 */
export function toldOf(turn: Turn, phrases: Phrases): string {
  if (isWaiting(turn)) return '';
  const arrived = phrases.arrived(turn.recommendations?.length ?? 0);
  if (!turn.thinking) return turn.phase === 'done' ? arrived : '';
  if (isThinking(turn)) return `${arrived} ${signOf(turn.thinking, phrases)}`;
  if (turn.phase === 'stopped') return phrases.stopped;
  const news = [turn.moved ? phrases.moved : '', turn.longer].filter((sentence) => sentence !== '');
  return news.length > 0 ? news.join(' ') : phrases.longer.none;
}
