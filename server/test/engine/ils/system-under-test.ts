import type { Test } from 'tap';
import type { Ils } from '../../../engine/ils/ils.js';
import type { HoldRequest } from '../../../engine/ils/patron.js';
import type { IlsRecord } from '../../../engine/ils/record.js';

/** A system as a test finds it: the adapter, records it is known to have, and switches for its faults. */
export interface IlsUnderTest {
  ils: Ils;
  /** A record with copies of its own or, where `lends` says so, with e-copies. */
  withItems: IlsRecord;
  withoutItems: IlsRecord;
  /** A record that Carrel holds and the system has never heard of. */
  strange?: IlsRecord;
  /** A record of which every copy is in a state that the adapter has no word for. */
  oddStatus?: IlsRecord;
  /** Default "items". */
  lends?: 'items' | 'ecopies';
  /** True where branches come from settings, so that nobody is asked for them. */
  branchesAreSettings?: boolean;
  /** Makes the system unable to answer: it refuses connections, or answers with errors. */
  breakIt: () => void | Promise<void>;
  /** Makes the system so slow that it can be walked away from. */
  slowIt: () => void;
  /** Needed as soon as `offers` names `authenticate`. */
  patrons?: PatronsUnderTest;
  /** Ends what was started for the test; the adapter is closed by the suite, before this. */
  close?: () => void | Promise<void>;
}

export interface Login {
  card: string;
  pin: string;
}

/** Patrons of the system, and what is known of them. */
export interface PatronsUnderTest {
  /** May borrow and has no hold on the record of `hold`; where `renew` is offered, has a loan that can be renewed. */
  good: Login;
  blocked?: Login;
  expired?: Login;
  /** How often the system was handed a card with a PIN so far. */
  pinsTried: () => number;
  /** A hold that is placed without questions; needed with `place_hold`. */
  hold?: HoldRequest;
  /** A hold before which the system asks for something to be agreed to. */
  asked?: HoldRequest;
  /** The id, as `cancelHold` takes it, of a hold that stands for somebody else. */
  holdOfAnother?: string;
  /** The next hold is placed, and the connection ends without an answer; needed with `place_hold`. */
  loseNextAnswer?: () => void;
}

/** What a test does with an opened system; it is closed when the test ends. */
export type Opening = (t: Test) => Promise<IlsUnderTest>;
