import type { Intent } from '../../contract/intent.js';
import { wordsOf } from '../../lib/words.js';
import type { CatalogueFile } from './catalogue-file.js';
import { candidatesFor, extentOf } from './candidates.js';
import { createConcepts } from './concept.js';
import type { FinderKnowledge } from './finder-knowledge.js';
import { knownRows } from './known-rows.js';
import { limitsOf, limitsToRelax, meeting, without, type Limit } from './limits.js';
import { planFor, type Plan } from './plan.js';
import { createQuestionVector, type AskVector } from './question-vector.js';
import { rank, type Ranked } from './ranking.js';
import { createBitmap, type Bitmap } from './row-set.js';
import type { DocWords } from './scoring.js';
import type { Question } from './search.js';

/** Ranked rows of a question with what led to them. */
export interface Ranking {
  plan: Plan;
  /** Best first, ties by row. */
  ranked: Ranked[];
  /** How many rows hold all that was asked for, and which, where a list to page through was asked for. */
  extent: { count: number; rows: readonly number[] };
  /** Limits let go of because nothing met them all. */
  relaxed: Limit[];
  /** Whether vectors took part. */
  vectors: boolean;
  /** Whether they would have, had a model answered in time. */
  missed: boolean;
}

/** Rows counted, those ranked with care and others that hold all that was asked for. */
const mostListed = 1000;
/** Below this many rows that meet the limits, all of them are ranked. */
const rankEveryBelow = 1500;

const feedback = { records: 10, headings: 6, commonest: 0.02, weight: 0.15 } as const;
const byScore = (a: Ranked, b: Ranked) => b.score - a.score || a.row - b.row;

/** Ranking over an open catalogue file: candidates by word, concept, name and vector, scored together. */
export function createRanking(file: CatalogueFile, { rules, advisory }: FinderKnowledge) {
  const { vocabulary, facts, docs, known, index } = file;
  const questionVector = createQuestionVector(file);
  const conceptFor = createConcepts(advisory, vocabulary, known);
  const conceptOf = (id: string) => {
    const entry = advisory.entries.get(id);
    return entry && conceptFor(entry);
  };
  const planDeps = {
    vocabulary,
    stop: rules.stop,
    softStop: rules.softStop,
    count: facts.count,
    advisory,
    conceptOf,
  };

  return async (question: Question, intent: Intent, ask?: AskVector): Promise<Ranking> => {
    const plan = planFor(intent, planDeps, { plain: question.plain === true });
    const rowsOf = (ids: readonly string[]) => ids.flatMap((id) => file.rowOf(id) ?? []);
    const likeRows = rowsOf((intent.like ?? []).map(({ record_id }) => record_id));
    const hidden = [...rowsOf(question.exclude ?? []), ...likeRows];
    const likeAuthor = intent.like_author === undefined ? [] : (known.author(intent.like_author)?.rows ?? []);
    hidden.push(...likeAuthor);
    for (const name of intent.without_author ?? []) hidden.push(...(known.author(name)?.rows ?? []));
    const limits = [...limitsOf(intent, facts), ...(question.plain ? [] : nameLimitsOf(intent))];
    const like = [...likeRows, ...likeAuthor.slice(0, 20)];
    const { vector, usual, missed } = question.wordsOnly
      ? { vector: undefined, usual: 0, missed: false }
      : await questionVector({ plan, topic: intent.topic, like, ask });
    const named = question.plain ? new Map<number, number>() : knownRows(intent, plan, known, index);
    const resembles = likeRows.length > 0 || likeAuthor.length > 0;
    let allowed = without(meeting(limits), hidden, facts);
    let ranked = rankWithin(allowed, limits.length > 0 || intent.without_author !== undefined);
    let relaxed: Limit[] = [];
    if (ranked.length === 0 && limits.length > 0) {
      relaxed = limitsToRelax(limits);
      const kept = limits.filter((limit) => !relaxed.includes(limit));
      if (relaxed.length > 0) {
        allowed = without(meeting(kept), hidden, facts);
        ranked = rankWithin(allowed, kept.length > 0);
      }
    }
    const extent =
      intent.without === undefined
        ? extentOf(plan, index, { allow: allowed, most: mostListed, listed: question.facets === true })
        : { count: 0, rows: [] };
    return { plan, ranked, extent, relaxed, vectors: vector !== undefined, missed };

    function rankWithin(allowed: Bitmap | undefined, limited: boolean): Ranked[] {
      const { rows, lexical } = candidatesFor(plan, index, allowed);
      for (const row of named.keys()) if (!allowed || allowed.has(row)) rows.add(row);
      if (vector) {
        const near = index.nearest(vector, { limit: 100, ...(allowed ? { allow: allowed } : {}) });
        for (const { row } of near) rows.add(row);
      }
      if (limited && allowed && (allowed.size <= rankEveryBelow || rows.size < 100)) {
        let taken = 0;
        for (const row of allowed.rows()) if (taken++ < rankEveryBelow) rows.add(row);
      }
      const avoid = (intent.without ?? []).map((topic) => wordsOf(topic)).filter((list) => list.length > 0);
      const input = {
        plan,
        known: named,
        lexical,
        cosine: (row: number) => (vector ? (index.cosine(vector, row) - usual) / (1 - usual) : 0),
        favoured: [],
        ownWords: 0.5 * facts.described ** 2,
        unwanted: (doc: DocWords) =>
          avoid.some((list) =>
            list.every((word) => Object.values(doc).some((words) => words.includes(word))),
          ),
        vectorShare: resembles ? 1 : plan.descriptive ? 0.1 : 0.28,
      };
      const scored: Ranked[] = [];
      for (const row of rows) {
        const one = rank(row, input, { facts, read: (at) => docs.read(at), averages: docs.averages });
        if (one) scored.push(one);
      }
      scored.sort(byScore);
      return plan.descriptive || question.plain ? scored : liftByHeadings(scored).sort(byScore);
    }
  };

  /** "By X" and "the X series" as limits: who asks for an author wants no other. */
  function nameLimitsOf(intent: Intent): Limit[] {
    const named: [keyof Intent, readonly number[] | undefined][] = [
      ['author', intent.author === undefined ? undefined : known.author(intent.author)?.rows],
      [
        'series',
        intent.series === undefined ? undefined : known.seriesRows(intent.series).map(({ row }) => row),
      ],
    ];
    return named.flatMap(([field, list]) => {
      if (list === undefined || list.length === 0) return [];
      const rows = createBitmap(facts.highestRow);
      for (const row of list) rows.add(row);
      return [{ field, rows }];
    });
  }

  /**
   * Pseudo-relevance feedback on headings: what several of the first records are filed under speaks for others filed
   * there too. It finds "novels about lawyers" under "Trials -- Fiction" when no heading has the patron's word.
   */
  function liftByHeadings(scored: Ranked[]): Ranked[] {
    const first = scored.slice(0, feedback.records).filter(({ relevance }) => relevance > 0);
    const total = first.reduce((sum, { relevance }) => sum + relevance, 0);
    const votes = new Map<string, { share: number; records: number }>();
    for (const { row, relevance } of first) {
      for (const heading of facts.valuesOf('heading', row)) {
        const vote = votes.get(heading) ?? { share: 0, records: 0 };
        votes.set(heading, { share: vote.share + relevance / total, records: vote.records + 1 });
      }
    }
    const most = Math.max(20, Math.floor(facts.count * feedback.commonest));
    const lifted = [...votes]
      .filter(([, { records }]) => records >= 2)
      .flatMap(([heading, { share }]) => {
        const rows = facts.fewHaving('heading', heading, most);
        return rows === undefined ? [] : [{ rows, share }];
      })
      .sort((a, b) => b.share - a.share)
      .slice(0, feedback.headings);
    if (lifted.length === 0) return scored;
    return scored.map((one) => {
      const bonus = lifted.reduce((sum, { rows, share }) => sum + (rows.has(one.row) ? share : 0), 0);
      return bonus === 0 ? one : { ...one, score: one.score + feedback.weight * Math.min(1, bonus) };
    });
  }
}
