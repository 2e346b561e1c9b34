import type { Clock } from '../cache/clock.js';
import type { Estimate } from './llm.js';

/** What answers of an engine have taken lately: recent ones count most. */
export interface Speed {
  /** The first word came after `ms`; `tokens` of the prompt where the engine told. */
  began(ms: number, tokens?: number): void;
  /** `tokens` were written in `ms`, the whole request took `wholeMs`. */
  ended(tokens: number, ms: number, wholeMs: number): void;
  /** No first word had come after `ms`. */
  gaveUp(ms: number): void;
  /** Undefined before the first answer, and when the last is so old that it says nothing of now. */
  estimate(maxTokens: number, ahead: number): Estimate | undefined;
  /** Tokens a second, null before the first. */
  readonly reading: number | null;
  readonly writing: number | null;
}

/** Share of a new measurement in the average. */
const share = 0.3;

/** `forgetMs`: age from which measurements no longer count, so that one slow minute does not shut an engine out. */
export function createSpeed({ clock, forgetMs }: { clock: Clock; forgetMs: number }): Speed {
  let firstMs: number | undefined;
  let wholeMs: number | undefined;
  let reading: number | null = null;
  let writing: number | null = null;
  let measuredAt = -Infinity;
  const mix = (old: number | null | undefined, value: number): number =>
    old === null || old === undefined ? value : old + share * (value - old);

  return {
    began(ms, tokens) {
      firstMs = mix(firstMs, ms);
      measuredAt = clock.now();
      if (tokens !== undefined && tokens > 0 && ms > 0) reading = mix(reading, (tokens * 1000) / ms);
    },
    ended(tokens, ms, whole) {
      wholeMs = mix(wholeMs, whole);
      if (tokens > 1 && ms > 0) writing = mix(writing, ((tokens - 1) * 1000) / ms);
    },
    gaveUp(ms) {
      firstMs = Math.max(ms, mix(firstMs, ms));
      measuredAt = clock.now();
    },
    estimate(maxTokens, ahead) {
      if (firstMs === undefined || clock.now() - measuredAt > forgetMs) return undefined;
      const first = firstMs + ahead * (wholeMs ?? firstMs);
      const rest = writing === null ? (wholeMs ?? firstMs) : (maxTokens * 1000) / writing;
      return { firstMs: Math.round(first), wholeMs: Math.round(first + rest) };
    },
    get reading() {
      return reading;
    },
    get writing() {
      return writing;
    },
  };
}
