import type { Clock } from '../cache/clock.js';
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
  /**
   * `atOnce`: how many answers were in the making meanwhile, this one among them. `isWhole`: the answer came to its own
   * end; one that was stopped says nothing of how long answers are.
   */
  learn(figures: AnswerFigures, lengths: Lengths, atOnce: number, isWhole?: boolean): void;
  /** A measurement without anybody's words, while nothing else was done: what was known before it is forgotten. */
  measured(speed: MeasuredSpeed): void;
  /** Undefined while nothing was measured. */
  expect(lengths: Lengths, atOnce: number): Work | undefined;
  /** Tokens a second of one answer alone, or the nearest that was measured. */
  now(): MeasuredSpeed;
  /** Milliseconds since anything was learned or measured; Infinity before the first time. */
  ageMs(): number;
}

interface Pace {
  msPerToken: number;
  at: number;
}

/** How much the newest measurement counts. */
const NEWEST = 0.3;
/** Characters in a token before anything was measured: fewer than in English prose, so that the estimate errs on the late side. */
const FIRST_CHARACTERS_PER_TOKEN = 3;
/** Shorter readings and writings are mostly overhead and say nothing. */
const LEAST_READ = 16;
const LEAST_WRITTEN = 4;
/** How long a pace of several at once counts: a slow minute must not keep the second patron away for good. */
const FORGET_MS = 60_000;

export function createSpeed({ clock }: { clock: Clock }): Speed {
  let reading: (Pace | undefined)[] = [];
  let writing: (Pace | undefined)[] = [];
  let charactersPerToken = FIRST_CHARACTERS_PER_TOKEN;
  /** Part of the allowed tokens that answers really take. */
  let share = 1;
  let learnedAt = -Infinity;
  const blend = (old: number | undefined, value: number): number =>
    old === undefined ? value : old + (value - old) * NEWEST;
  // Times are blended, not speeds: it is a time that is foretold, and a slow reading is soon believed.
  const put = (paces: (Pace | undefined)[], atOnce: number, msPerToken: number): void => {
    paces[atOnce] = { msPerToken: blend(paces[atOnce]?.msPerToken, msPerToken), at: clock.now() };
    learnedAt = clock.now();
  };
  /**
   * The pace with so many at once: measured, or from the nearest that was. From fewer it is shared out as if the machine
   * had no more to give; from more it is taken as it is.
   */
  const near = (paces: readonly (Pace | undefined)[], atOnce: number): number | undefined => {
    const counts = (pace: Pace | undefined, count: number): boolean =>
      pace !== undefined && (count === 1 || clock.now() - pace.at < FORGET_MS);
    for (let fewer = atOnce; fewer >= 1; fewer -= 1) {
      const pace = paces[fewer];
      if (pace && counts(pace, fewer)) return (pace.msPerToken * atOnce) / fewer;
    }
    return paces.find((pace, count) => count > atOnce && counts(pace, count))?.msPerToken;
  };
  const perSecond = (msPerToken: number | undefined): number | null =>
    msPerToken === undefined ? null : 1000 / msPerToken;

  return {
    learn(figures, lengths, atOnce, isWhole = true) {
      const { promptTokens, readTokens, readMs, writtenTokens, writeMs } = figures;
      if (promptTokens > 0) {
        charactersPerToken = blend(charactersPerToken, (lengths.kept + lengths.rest) / promptTokens);
      }
      if (readTokens >= LEAST_READ && readMs > 0) put(reading, atOnce, readMs / readTokens);
      if (writtenTokens >= LEAST_WRITTEN && writeMs > 0) put(writing, atOnce, writeMs / writtenTokens);
      if (isWhole && writtenTokens > 0) share = blend(share, Math.min(1, writtenTokens / lengths.maxTokens));
    },
    measured(speed) {
      if (speed.reading !== null) put((reading = []), 1, 1000 / speed.reading);
      if (speed.writing !== null) put((writing = []), 1, 1000 / speed.writing);
    },
    expect(lengths, atOnce) {
      const read = near(reading, atOnce);
      const write = near(writing, atOnce);
      if (read === undefined || write === undefined) return undefined;
      const tokens = lengths.rest / charactersPerToken;
      return { readMs: tokens * read, writeMs: lengths.maxTokens * share * write };
    },
    now: () => ({ reading: perSecond(near(reading, 1)), writing: perSecond(near(writing, 1)) }),
    ageMs: () => clock.now() - learnedAt,
  };
}
