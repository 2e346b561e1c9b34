import type { Intent } from '../../contract/intent.js';
import { confidenceOf, signalsOf } from './confidence.js';
import type { Signals } from './confidence-map.js';
import { evidenceFor, wantedOf } from './evidence.js';
import { facetsOf } from './facets.js';
import { openCatalogueFile } from './catalogue-file.js';
import type { FinderKnowledge } from './finder-knowledge.js';
import type { AskVector } from './question-vector.js';
import type { Ranked } from './ranking.js';
import { createRanking } from './rank-all.js';
import { createRelatives } from './relatives.js';
import type { Found, Hit, Question } from './search.js';
import { chipsOf, withoutChips } from './understanding/chips.js';
import { understand } from './understanding/understand.js';

/** Finding in one catalogue file, in this thread. */
export interface Finder {
  /**
   * `ask` is where questions get their vectors when a model embedded the records. `signals` are what `confidence` was
   * made from; undefined when nothing was found.
   */
  search(question: Question, ask?: AskVector): Promise<Found & { signals: Signals | undefined }>;
  similar(recordId: string, limit: number): Hit[];
  nextInSeries(recordId: string): Hit | undefined;
  readonly vectors: boolean;
  close(): void;
}

const mostCounted = 1000;
/** Share of the best score below which a record no longer counts as matching. */
const leastShare = 0.12;

/**
 * Opens a catalogue file for finding, read-only; `version` comes back with every answer. `space` names the vectors to
 * compare with, else the live ones are. The caller closes it.
 */
export function openFinder(
  cataloguePath: string,
  knowledge: FinderKnowledge,
  version: string,
  space?: string,
): Finder {
  const { rules, advisory } = knowledge;
  const file = openCatalogueFile(cataloguePath, space);
  const ranking = createRanking(file, knowledge);
  const relatives = createRelatives(file);
  const labels = { rules, advisory, branchName: (id: string) => file.branchName(id) };
  const deps = { rules, advisory, held: file, branches: file.branches, thisYear: new Date().getFullYear() };

  return {
    vectors: file.index.dimensions > 0,
    async search(question, ask) {
      const intent = intentOf(question);
      const result = await ranking(question, intent, ask);
      const answer = ({ relevance, cosine, known }: Ranked) => relevance + 0.3 * Math.max(0, cosine) + known;
      const best = Math.max(0, ...result.ranked.slice(0, 50).map((one) => answer(one) - one.known));
      const matching = result.ranked.filter((one) => answer(one) >= best * leastShare);
      const seen = new Set(matching.map(({ row }) => row));
      for (const row of result.extent.rows) {
        if (!seen.has(row)) matching.push({ row, score: 0, relevance: 0, known: 0, cosine: 0 });
      }
      const sorted = inOrder(matching.slice(0, mostCounted), intent, file);
      const wanted = wantedOf(result.plan);
      const hits = sorted.slice(question.offset, question.offset + question.limit).flatMap((one): Hit[] => {
        const bib = file.bib(one.row);
        return bib ? [{ id: bib.id, score: one.score, evidence: evidenceFor(bib, one, wanted, intent) }] : [];
      });
      const letGo = new Set(result.relaxed.map(({ field }) => field));
      const chips = chipsOf(intent, question.locale, labels);
      return {
        intent,
        chips,
        hits,
        total: Math.max(sorted.length, Math.min(mostCounted, result.extent.count)),
        facets: question.facets
          ? facetsOf(
              sorted.map(({ row }) => row),
              question.locale,
              { ...labels, facts: file.facts },
            )
          : [],
        corrected: result.plan.corrected,
        relaxed: letGo.size === 0 ? [] : chipsOf(pick(intent, letGo), question.locale, labels),
        confidence: confidenceOf(result, intent, knowledge.confidence),
        signals: signalsOf(result),
        path: result.vectors ? 'full' : 'words_only',
        ...(result.missed && { vectorMissed: true as const }),
        catalogueVersion: version,
      };
    },
    similar: (recordId, limit) => relatives.similar(recordId, limit),
    nextInSeries: (recordId) => relatives.nextInSeries(recordId),
    close: () => file.close(),
  };

  function intentOf(question: Question): Intent {
    const read =
      question.intent ??
      (question.plain
        ? { text: question.text, topic: question.text }
        : understand(question.text, question.locale, deps).intent);
    const kept = withoutChips(read, question.remove ?? []);
    return { ...kept, ...question.explicit };
  }
}

function pick(intent: Intent, fields: Set<keyof Intent>): Intent {
  const kept = Object.entries(intent).filter(([key]) => fields.has(key as keyof Intent));
  return { text: '', topic: '', ...Object.fromEntries(kept) };
}

function inOrder<T extends { row: number; score: number }>(
  ranked: readonly T[],
  intent: Intent,
  file: {
    facts: { year(row: number): number | null; pages(row: number): number | null };
    volume(row: number, series: string): number | undefined;
  },
): T[] {
  const { sort } = intent;
  if (sort === undefined || sort === 'relevance') return [...ranked];
  const key = (row: number): number => {
    if (sort === 'series')
      return intent.series === undefined ? 0 : (file.volume(row, intent.series) ?? Infinity);
    if (sort === 'newest') return -(file.facts.year(row) ?? -Infinity);
    if (sort === 'oldest') return file.facts.year(row) ?? Infinity;
    const pages = file.facts.pages(row);
    return sort === 'shortest' ? (pages ?? Infinity) : -(pages ?? -Infinity);
  };
  const keyed = ranked.map((one, at) => ({ one, at, key: key(one.row) }));
  return keyed.sort((a, b) => (a.key === b.key ? a.at - b.at : a.key - b.key)).map(({ one }) => one);
}
