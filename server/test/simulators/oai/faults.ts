import type { XmlEncoding } from './xml.js';

/** How the repository misbehaves, or differs from the plainest; each may be changed at any time. */
export interface OaiFaults {
  /** Milliseconds before each answer, by the clock the simulator was opened with. */
  slowMs: number;
  /** So many of the next requests are answered 503, with `retryAfter` (seconds or an HTTP date; undefined for no header). */
  busy: number;
  retryAfter: string | undefined;
  /** So many of the next requests are answered 500 with a page of HTML; `html` sends one with 200. */
  failing: number;
  html: boolean;
  /** The connection ends in the middle, or the document does although the answer is as long as it says. */
  cutOff: 'no' | 'connection' | 'document';
  /** An ampersand that is none. */
  illFormed: boolean;
  /** An entity that would grow to ten million letters. */
  greedyEntity: boolean;
  /** A page asked for by a token gives that token again. */
  tokenLoop: boolean;
  /** Tokens stand on a line of their own. */
  paddedToken: boolean;
  /** Pages count through what there is now, so that a change between two of them shifts the rest; otherwise a list stays what it was. */
  shifting: boolean;
  /** An empty list instead of noRecordsMatch. */
  emptyList: boolean;
  /** The last page has no empty token. */
  noLastToken: boolean;
  /** The first record of a page is the last of the one before. */
  repeating: boolean;
  /** Prefix of the protocol's own elements and of MARC's; '' for a default namespace. */
  oaiPrefix: string;
  marcPrefix: string;
  /** MARC records inside a `collection`. */
  collection: boolean;
  encoding: XmlEncoding;
}

export const noFaults = (): OaiFaults => ({
  slowMs: 0,
  busy: 0,
  retryAfter: '5',
  failing: 0,
  html: false,
  cutOff: 'no',
  illFormed: false,
  greedyEntity: false,
  tokenLoop: false,
  paddedToken: false,
  shifting: false,
  emptyList: false,
  noLastToken: false,
  repeating: false,
  oaiPrefix: '',
  marcPrefix: '',
  collection: false,
  encoding: 'UTF-8',
});
