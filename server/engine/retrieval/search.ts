import type { Chip, Intent } from '../../contract/intent.js';
import type { Facet } from '../../contract/search.js';
import type { Locale } from '../../contract/vocabulary.js';

/** What a desk asks of retrieval. */
export interface Question {
  text: string;
  locale: Locale;
  /** A ready intent (follow-up turns): `text` is then not read again. */
  intent?: Intent;
  /** Limits set by hand (query string, branch picker): they win over what was read from `text`. */
  explicit?: Partial<Intent>;
  /** Ids of chips the patron took out. */
  remove?: readonly string[];
  /** Record ids that must not come back ("not that one", "another"). */
  exclude?: readonly string[];
  /** Search the words as typed, understand nothing. */
  plain?: boolean;
  /** Leave vectors out: the lower step of the fallback ladder. */
  wordsOnly?: boolean;
  facets?: boolean;
  offset: number;
  limit: number;
}

/** Why a record was found, quoting what really stands in it. */
export interface Evidence {
  field:
    | 'title'
    | 'author'
    | 'series'
    | 'subject'
    | 'genre'
    | 'summary'
    | 'contents'
    | 'isbn'
    | 'audience'
    | 'format'
    | 'language'
    | 'length'
    | 'similar';
  /** The record's own words: a heading, or at most 160 characters of the summary. */
  text: string;
  /** The parts of `text` that answer the question, verbatim. */
  quotes: string[];
}

export interface Hit {
  id: string;
  score: number;
  /** Strongest first, at most three. */
  evidence: Evidence[];
}

export interface Found {
  intent: Intent;
  chips: Chip[];
  hits: Hit[];
  /** Matching records, counted up to 1,000. */
  total: number;
  facets: Facet[];
  /** Words that were read as others ("shakespeer" as "shakespeare"). */
  corrected: { from: string; to: string }[];
  /** Nothing met every limit: `hits` are the nearest after these chips were let go. Empty when nothing was relaxed. */
  relaxed: Chip[];
  /** 0 to 1, from retrieval alone: how sure it is that the first hits answer the question. */
  confidence: number;
  path: 'full' | 'words_only';
  /** The model that makes questions' vectors did not answer in time: asked again, the answer may be a better one. */
  vectorMissed?: true;
  catalogueVersion: string;
}

/** Search in worker threads over read-only connections; throws Problem('busy') when the queue is full. */
export interface Search {
  search(question: Question, options: { signal: AbortSignal }): Promise<Found>;
  /** Records most like a held one, best first; [] when the id is unknown. */
  similar(recordId: string, options: { limit: number; signal: AbortSignal }): Promise<Hit[]>;
  /** The record after this one in its series, where volumes say so. */
  nextInSeries(recordId: string, options: { signal: AbortSignal }): Promise<Hit | undefined>;
  status(): { ready: boolean; catalogueVersion: string; queued: number; workers: number; vectors: boolean };
  close(): Promise<void>;
}
