import { json, type Asked, type LineFaults } from '../http-simulator.js';
import type { kohaAuth } from './koha-auth.js';
import { Refusal } from './koha-query.js';
import type { KohaVersion } from './koha-spec.js';
import type { KohaPatron, KohaState } from './koha-state.js';

export interface KohaFaults extends LineFaults {
  /** Each token serves this many calls and is then refused with 401, as one that expired; Infinity never. */
  unauthorisedAfter: number;
  /** 200 with `{"error":…}` where rows were expected, as a proxy that eats the status makes it. */
  errorInside: boolean;
  /** The patron whom the next check of a PIN names in place of the one who was checked; once. */
  nextPatron: KohaPatron | undefined;
  /** Called after each page of a list: a row put in or taken out moves all later pages. */
  betweenPages: ((state: KohaState) => void) | undefined;
  /** A hold is created and then nothing is answered. */
  holdThenSilence: boolean;
  /** Every call for which `only` is true is answered 500, as by an unhandled exception. */
  crash: boolean;
  /** Numbers of records whose MARC cannot be written: a list with one of them is answered 500, JSON comes. */
  unwritable: Set<number>;
}

/** What every handler stands on. */
export interface Ground {
  state: KohaState;
  faults: KohaFaults;
  version: KohaVersion;
  now: () => number;
  auth: ReturnType<typeof kohaAuth>;
}

export interface Request {
  asked: Asked;
  ids: Record<string, number>;
  embeds: string[];
  /** The full address asked for, without query, for Link headers. */
  self: string;
}

/** Newer Koha names the resource and adds a code; each older controller has words of its own. */
export const notFound =
  (version: KohaVersion) =>
  (resource: string, older: string): Refusal =>
    new Refusal(
      json(
        404,
        version === 'new' ? { error: `${resource} not found`, error_code: 'not_found' } : { error: older },
      ),
    );
