import { channel } from 'node:diagnostics_channel';
import type { Bib } from '../catalogue/bib.js';
import { systemClock, within, type Clock } from '../cache/clock.js';
import type { Reranker } from '../embedding/reranker.js';
import { passageText } from './passage.js';
import { respelt } from './question-vector.js';
import type { Found, Hit, Question, Search } from './search.js';

/** Publishes `{ error }` when a reranker failed or came too late. Carries nothing of the question. */
export const rerankFailed = channel('carrel:retrieval:rerank-failed');

export interface RerankedOptions {
  reranker: Reranker;
  /** Records by their ids, in any order; those that are gone are left out. */
  listRecords: (ids: readonly string[]) => Promise<Bib[]>;
  /** After this time the order stays as it was, in milliseconds. Default 400. */
  budgetMs?: number;
  clock?: Clock;
}

/** Hits that are read; each costs the reranker a hundredth of a second. */
const mostRead = 20;
/** What a reranker reads of a summary: more would cost more than it says. */
const summaryCharacters = 400;
/** How much the reranker's order counts beside search's own. */
const share = 0.5;

/**
 * A Search whose first page is put in order once more by a model that reads question and records together. It only
 * moves hits that search has found; where it fails or is late the order stays, and nobody is told of an error.
 */
export function createReranked(search: Search, options: RerankedOptions): Search {
  const { reranker, listRecords, budgetMs = 400, clock = systemClock } = options;

  async function scoresOf(
    found: Found,
    hits: readonly Hit[],
    signal: AbortSignal,
  ): Promise<Map<string, number>> {
    const bibs = await listRecords(hits.map(({ id }) => id));
    signal.throwIfAborted();
    const texts = bibs.map((bib) => passageText(bib, { summaryCharacters }));
    const topic = respelt(found.intent.topic, found.corrected);
    const scores = await reranker.rerank(topic, texts, { signal });
    return new Map(bibs.map(({ id }, at) => [id, scores[at] ?? 0]));
  }

  async function reranked(question: Question, found: Found, signal: AbortSignal): Promise<Found> {
    const first = found.hits.slice(0, Math.min(mostRead, reranker.maxBatch));
    if (first.length < 2 || !isForModels(question, found)) return found;
    try {
      const scores = await within(clock, budgetMs, signal, (stop) => scoresOf(found, first, stop));
      return { ...found, hits: [...blended(first, scores), ...found.hits.slice(first.length)] };
    } catch (error) {
      signal.throwIfAborted();
      rerankFailed.publish({ error });
      return found;
    }
  }

  return {
    ...search,
    async search(question, { signal }) {
      return reranked(question, await search.search(question, { signal }), signal);
    },
  };
}

/** What names a book, a length or an order needs no reading; later pages follow on the order that search gave them. */
function isForModels(question: Question, { intent }: Found): boolean {
  const { topic, title, isbn, like, like_author, sort } = intent;
  const isOrdered = sort !== undefined && sort !== 'relevance';
  if (question.offset > 0 || question.plain || question.wordsOnly || isOrdered) return false;
  return topic !== '' && [title, isbn, like, like_author].every((named) => named === undefined);
}

/** Both orders on one measure, from 0 for the last to 1 for the first; places keep the scores that search gave them. */
function blended(hits: readonly Hit[], scores: ReadonlyMap<string, number>): Hit[] {
  const own = spread(hits.map(({ score }) => score));
  const read = spread(hits.map(({ id }) => scores.get(id) ?? NaN));
  return hits
    .map((hit, at) => ({ hit, at, worth: (1 - share) * (own[at] ?? 0) + share * (read[at] ?? 0) }))
    .sort((a, b) => b.worth - a.worth || a.at - b.at)
    .map(({ hit }, place) => ({ ...hit, score: hits[place]?.score ?? hit.score }));
}

/** A value that is missing counts as the lowest. */
function spread(values: readonly number[]): number[] {
  const known = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return values.map((value) => (Number.isFinite(value) && high > low ? (value - low) / (high - low) : 0));
}
