import type { Phrases } from '../phrases/phrases.js';
import type { Thinking } from './turn.js';

/** In words when a longer answer will be there: as exactly as measured, and without a number where nothing was. */
export function signOf(
  { first_ms, whole_ms }: Pick<Thinking, 'first_ms' | 'whole_ms'>,
  phrases: Phrases,
): string {
  if (whole_ms !== null) return phrases.longer.takes(roughSeconds(whole_ms));
  if (first_ms !== null) return phrases.longer.begins(roughSeconds(first_ms));
  return phrases.longer.comes;
}

/** Whole seconds, by fives from fifteen on: more would sound like a promise. */
function roughSeconds(ms: number): number {
  const seconds = Math.max(1, Math.round(ms / 1000));
  return seconds < 15 ? seconds : Math.round(seconds / 5) * 5;
}
