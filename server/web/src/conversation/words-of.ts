import type { TurnAnswer } from '../../../contract/conversation.js';
import type { Turn } from './turn.js';

/**
 * The whole words of an answer, parted into what was composed and what a model added. An answer that comes whole, from
 * the cache, parts its words with an empty line.
 */
export function wordsOf(turn: Turn, answer: TurnAnswer): Pick<Turn, 'text' | 'longer'> {
  const whole = answer.response_text.trim();
  if (!answer.model.used) return { text: whole, longer: '' };
  const composed = turn.thinking ? turn.text.trim() : '';
  const cut = composed !== '' && whole.startsWith(composed) ? composed.length : whole.indexOf('\n\n');
  return cut < 0
    ? { text: whole, longer: '' }
    : { text: whole.slice(0, cut).trim(), longer: whole.slice(cut).trim() };
}

/** Whether a model ordered, explained or worded any of what is shown. */
export function hasModelPart(turn: Turn): boolean {
  return (
    turn.longer !== '' ||
    turn.answer?.model.used === true ||
    (turn.recommendations ?? []).some((book) => book.why_from === 'model')
  );
}
