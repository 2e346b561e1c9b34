import type { LineFaults } from '../http-simulator.js';
import type { OverDriveState } from './overdrive-state.js';
import type { TokenFaults } from './overdrive-tokens.js';

export interface OverDriveFaults extends LineFaults, TokenFaults {
  /** How many of the next requests are answered 429. */
  tooMany: number;
  /** What Retry-After says then: seconds, or an HTTP date. */
  retryAfter: string;
  /** 200 with an error body in place of every answer but tokens. */
  errorInside: boolean;
  /** How a search ends: a page without `products` (default), one whose `next` is an empty object, or simply no `next`. */
  tail: 'noProducts' | 'emptyNext' | 'plain';
  /** Each later page begins with the last record of the one before, as `lastupdatetime` searches do. */
  repeats: boolean;
  /** Called after each page of a search. */
  betweenPages: ((state: OverDriveState) => void) | undefined;
  /** A hold is placed and then nothing is answered. */
  holdThenSilence: boolean;
  /** A hold is removed and then nothing is answered. */
  removalThenSilence: boolean;
}
