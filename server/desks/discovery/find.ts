import { channel } from 'node:diagnostics_channel';
import type { AnswerPath } from '../../contract/conversation.js';
import type { Intent } from '../../contract/intent.js';
import { Problem } from '../../contract/problems.js';
import type { Locale } from '../../contract/vocabulary.js';
import type { Cache } from '../../engine/cache/cache.js';
import { DeadlineError, within, type Clock } from '../../engine/cache/clock.js';
import type { SharedWork } from '../../engine/cache/shared-work.js';
import type { Found, Question, Search } from '../../engine/retrieval/search.js';
import type { SimilarQuestions } from './similar-questions.js';

/** Publishes `{ step, error }` whenever an answer comes from further down the ladder. Carries no question text. */
export const degraded = channel('carrel:discovery:degraded');

export interface Asked {
  text: string;
  locale: Locale;
  intent?: Intent;
  remove: readonly string[];
  exclude: readonly string[];
  /** The branch the patron stands in; part of the key. */
  branch: string | undefined;
  limit: number;
}

export interface Finding {
  found: Found;
  /** Which step of the ladder answered. */
  path: Extract<
    (typeof AnswerPath)['options'][number],
    'full' | 'cached' | 'similar_question' | 'words_only'
  >;
  cacheHit: boolean;
  /** True when a better answer was wanted and could not be had just now. */
  isMakeshift: boolean;
}

export interface Finder {
  /**
   * Search, remembered for an hour and shared by equal questions in flight. When search is busy, slow or failing:
   * the same question remembered for a day, then one much like it, then words without vectors, then Problem('busy').
   */
  find(asked: Asked, signal: AbortSignal): Promise<Finding>;
}

/** Found by words alone although a model's vectors were wanted: an answer for this patron, and none to remember. */
class VectorMissed extends Error {
  readonly found: Found;

  constructor(found: Found) {
    super('the question’s vector did not come in time');
    this.name = 'VectorMissed';
    this.found = found;
  }
}

const HOUR_MS = 3_600_000;
const ANSWER_AGE = { freshMs: HOUR_MS, staleMs: 24 * HOUR_MS };

export function createFinder(deps: {
  search: Search;
  cache: Cache;
  shared: SharedWork;
  similar: Readonly<Record<Locale, SimilarQuestions<Found>>>;
  clock: Clock;
  deadlineMs: number;
}): Finder {
  const run = (question: Question, signal: AbortSignal): Promise<Found> =>
    within(deps.clock, deps.deadlineMs, signal, (stop) => deps.search.search(question, { signal: stop }));

  return {
    async find(asked, signal) {
      const { catalogueVersion } = deps.search.status();
      const scope = JSON.stringify([catalogueVersion, asked.locale, asked.branch ?? '', asked.limit]);
      const key = `${scope}\n${keyOf(asked)}`;
      const isPlain = asked.intent === undefined && asked.exclude.length === 0 && asked.remove.length === 0;
      try {
        const cached = await deps.shared.join(key, signal, (stop) =>
          deps.cache.through(key, ANSWER_AGE, async () => {
            const found = await run(questionOf(asked), stop);
            if (found.vectorMissed) throw new VectorMissed(found);
            return found;
          }),
        );
        if (isPlain && cached.from === 'load' && cached.value.hits.length > 0)
          deps.similar[asked.locale].remember(scope, asked.text, cached.value);
        const cacheHit = cached.from !== 'load';
        const found = inOwnWords(cached.value, asked);
        // Names and limits need no vectors; words alone are a lesser answer only while there are none.
        const whole = found.path === 'full' || deps.search.status().vectors ? 'full' : 'words_only';
        return { found, path: cacheHit ? 'cached' : whole, cacheHit, isMakeshift: false };
      } catch (error) {
        if (signal.aborted || isRefusal(error)) throw error;
        if (error instanceof VectorMissed) {
          const found = inOwnWords(error.found, asked);
          return { found, path: 'words_only', cacheHit: false, isMakeshift: true };
        }
        const near = isPlain ? deps.similar[asked.locale].find(scope, asked.text) : undefined;
        if (near) {
          degraded.publish({ step: 'similar_question', error });
          return {
            found: inOwnWords(near, asked),
            path: 'similar_question',
            cacheHit: true,
            isMakeshift: true,
          };
        }
        return await wordsOnly(asked, signal, error);
      }
    },
  };

  async function wordsOnly(asked: Asked, signal: AbortSignal, first: unknown): Promise<Finding> {
    degraded.publish({ step: 'words_only', error: first });
    try {
      const found = await run({ ...questionOf(asked), wordsOnly: true }, signal);
      return { found, path: 'words_only', cacheHit: false, isMakeshift: true };
    } catch (error) {
      if (signal.aborted || error instanceof Problem) throw error;
      if (!(error instanceof DeadlineError)) throw error;
      throw new Problem('busy', { retryAfterSeconds: 2 }, { cause: error });
    }
  }
}

/** Equal questions have equal keys: case, spacing and closing marks do not make a question another one. */
export function keyOf(asked: Asked): string {
  // The words as they were put do not matter once there is an intent: it says what they mean.
  const question = asked.intent ? canonical({ ...asked.intent, text: undefined }) : normalised(asked.text);
  return JSON.stringify([question, [...asked.remove].sort(), [...asked.exclude].sort()]);
}

/** A question's words without case, spacing and closing marks. */
export function normalised(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\s+/gu, ' ')
    .replace(/^[\s¿¡]+|[\s.!?]+$/gu, '');
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, canonical(inner)]);
}

function questionOf(asked: Asked): Question {
  return {
    text: asked.text,
    locale: asked.locale,
    ...(asked.intent && { intent: asked.intent }),
    remove: asked.remove,
    exclude: asked.exclude,
    offset: 0,
    limit: asked.limit,
  };
}

/** A shared answer carries the words of whoever asked first; each patron gets their own back. */
function inOwnWords(found: Found, asked: Asked): Found {
  return { ...found, intent: { ...found.intent, text: asked.intent?.text ?? asked.text } };
}

/** A no other than "busy" is meant as it was said. */
function isRefusal(error: unknown): boolean {
  return error instanceof Problem && error.code !== 'busy';
}
