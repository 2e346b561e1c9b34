import { measure } from '../../lib/relevance-measures.js';
import type { Question, Search } from './search.js';

export interface JudgedQuestion {
  question: Question;
  /** Grades by record id, above 0 is relevant. */
  grades: ReadonlyMap<string, number>;
  /** Records that were judged, where not all were. */
  scope?: ReadonlySet<string> | undefined;
}

/** What a reranker did to the judged questions. */
export interface RerankerMeasured {
  questions: number;
  /** Mean nDCG@10. */
  without: number;
  with: number;
  better: number;
  worse: number;
  /** Milliseconds that it added to a question. */
  addedMs: { p50: number; p95: number };
  /** True when the gain is more than chance: greater than its own standard error. */
  admitted: boolean;
}

/**
 * Asks every judged question without and with a reranker (`reranked` is `createReranked` with time enough) and says
 * whether it may be used. A weak one makes the answers worse, so none is used unmeasured.
 */
export async function measureReranker(
  judged: readonly JudgedQuestion[],
  { search, reranked, signal }: { search: Search; reranked: Search; signal: AbortSignal },
): Promise<RerankerMeasured> {
  const gains: number[] = [];
  const added: number[] = [];
  let [before, after] = [0, 0];
  for (const { question, grades, scope } of judged) {
    const timed = async (asked: Search) => {
      const began = performance.now();
      const { hits } = await asked.search(question, { signal });
      const ids = hits.map(({ id }) => id);
      return { ndcg: measure(ids, grades, scope).ndcg10, ms: performance.now() - began };
    };
    const own = await timed(search);
    const read = await timed(reranked);
    before += own.ndcg;
    after += read.ndcg;
    gains.push(read.ndcg - own.ndcg);
    added.push(Math.max(0, read.ms - own.ms));
  }
  const count = Math.max(1, gains.length);
  const mean = (after - before) / count;
  const spread = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / Math.max(1, count - 1);
  added.sort((a, b) => a - b);
  const at = (part: number) => Math.round(added[Math.floor(added.length * part)] ?? 0);
  return {
    questions: gains.length,
    without: before / count,
    with: after / count,
    better: gains.filter((gain) => gain > 1e-9).length,
    worse: gains.filter((gain) => gain < -1e-9).length,
    addedMs: { p50: at(0.5), p95: at(0.95) },
    admitted: mean > 1e-9 && mean > Math.sqrt(spread / count),
  };
}
