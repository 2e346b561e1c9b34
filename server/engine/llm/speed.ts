import type { AnswerFigures, MeasuredSpeed } from './llama-messages.js';

/** A request's length in characters: the part that was read before and is kept, and the part to read. */
export interface Lengths {
  kept: number;
  rest: number;
  maxTokens: number;
}

/** How long a request would be read and then written, in milliseconds. */
export interface Work {
  readMs: number;
  writeMs: number;
}

/** What finished work says about the speed of work to come. */
export interface Speed {
  /** `atOnce`: how many answers were in the making meanwhile, this one among them. */
  learn(figures: AnswerFigures, lengths: Lengths, atOnce: number): void;
  /** A measurement without anybody's words. */
  measured(speed: MeasuredSpeed): void;
  /** Undefined while nothing was measured. */
  expect(lengths: Lengths, atOnce: number): Work | undefined;
  /** Tokens a second of one answer alone, or the nearest that was measured. */
  now(): MeasuredSpeed;
}

/** How much the newest measurement counts. */
const NEWEST = 0.3;
/** Characters in a token before anything was measured: fewer than in English prose, so that the estimate errs on the late side. */
const FIRST_CHARACTERS_PER_TOKEN = 3;
/** Shorter readings and writings are mostly overhead and say nothing. */
const LEAST_READ = 16;
const LEAST_WRITTEN = 4;

export function createSpeed(): Speed {
  const reading: (number | undefined)[] = [];
  const writing: (number | undefined)[] = [];
  let charactersPerToken = FIRST_CHARACTERS_PER_TOKEN;
  /** Part of the allowed tokens that answers really take. */
  let share = 1;
  const blend = (old: number | undefined, value: number): number =>
    old === undefined ? value : old + (value - old) * NEWEST;
  const put = (speeds: (number | undefined)[], atOnce: number, perSecond: number): void => {
    speeds[atOnce] = blend(speeds[atOnce], perSecond);
  };

  return {
    learn(figures, lengths, atOnce) {
      const { promptTokens, readTokens, readMs, writtenTokens, writeMs } = figures;
      if (promptTokens > 0) {
        charactersPerToken = blend(charactersPerToken, (lengths.kept + lengths.rest) / promptTokens);
      }
      if (readTokens >= LEAST_READ && readMs > 0) put(reading, atOnce, (readTokens / readMs) * 1000);
      if (writtenTokens >= LEAST_WRITTEN && writeMs > 0) {
        put(writing, atOnce, (writtenTokens / writeMs) * 1000);
      }
      if (writtenTokens > 0) share = blend(share, Math.min(1, writtenTokens / lengths.maxTokens));
    },
    measured(speed) {
      if (speed.reading !== null) put(reading, 1, speed.reading);
      if (speed.writing !== null) put(writing, 1, speed.writing);
    },
    expect(lengths, atOnce) {
      const read = near(reading, atOnce);
      const write = near(writing, atOnce);
      if (read === undefined || write === undefined) return undefined;
      const tokens = lengths.rest / charactersPerToken;
      return { readMs: (tokens / read) * 1000, writeMs: ((lengths.maxTokens * share) / write) * 1000 };
    },
    now: () => ({ reading: near(reading, 1) ?? null, writing: near(writing, 1) ?? null }),
  };
}

/**
 * The speed with so many at once: measured, or from the nearest that was. From fewer it is shared out as if the machine
 * had no more to give; from more it is taken as it is.
 */
function near(speeds: readonly (number | undefined)[], atOnce: number): number | undefined {
  for (let fewer = atOnce; fewer >= 1; fewer -= 1) {
    const speed = speeds[fewer];
    if (speed !== undefined) return (speed * fewer) / atOnce;
  }
  return speeds.slice(atOnce).find((speed) => speed !== undefined);
}
