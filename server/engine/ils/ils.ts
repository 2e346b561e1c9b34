import type { Feed } from '../harvest/feed.js';
import type { IlsAccount } from './account.js';
import type { Capabilities } from './capabilities.js';
import type { IlsCopies } from './copies.js';
import type { IlsBranch, IlsRecord } from './record.js';
import type {
  Authentication,
  CancelAnswer,
  HoldAnswer,
  HoldQuestion,
  HoldRequest,
  IlsPatron,
  RenewAnswer,
} from './patron.js';

export interface Asking {
  signal: AbortSignal;
}

/**
 * The library's own system, or another source of copies. Adapters stay naive: they ask once and throw IlsFault when they
 * cannot answer; `shielded.ts` puts cache, timeouts, retries and breaker around any of them. A function that the system
 * lacks or refuses throws IlsFault of kind `not_offered` or `refused`; `capabilities` says so beforehand and why. All
 * reject with the signal's reason when it aborts.
 */
export interface Ils {
  readonly source: 'demo' | 'ils';
  /** Name of the product, such as "Koha": staff see it, patrons where copies are of that maker alone ("OverDrive"). */
  readonly name: string;
  /** Host and port, fit to be shown to staff; undefined for the demo. */
  readonly host?: string;
  /** A lender of e-copies where patrons are signed in too, by the name that they know it under; undefined elsewhere. */
  readonly lender?: string;

  /** Which functions this very instance grants, discovered by asking it, never from its version alone. */
  capabilities(asking: Asking): Promise<Capabilities>;
  branches(asking: Asking): Promise<IlsBranch[]>;
  /** Copies of each asked record; a record that the system does not know, or without copies, maps to none. */
  availability(records: readonly IlsRecord[], asking: Asking): Promise<Map<string, IlsCopies>>;

  /**
   * Whether this card and PIN belong together. Asks exactly once, for a second try may lock the account. An empty PIN is
   * `rejected` without asking. Never answers `rejected` for a system that could not say: that throws.
   */
  authenticate(card: string, pin: string, asking: Asking): Promise<Authentication>;
  /** Loans, holds and fines now. */
  account(patron: IlsPatron, asking: Asking): Promise<IlsAccount>;
  /** Where this patron may fetch this record. */
  pickupBranches(patron: IlsPatron, record: IlsRecord, asking: Asking): Promise<IlsBranch[]>;
  /** Sent exactly once. A throw after it was sent means that nobody knows whether the hold stands. */
  placeHold(patron: IlsPatron, request: HoldRequest, asking: Asking): Promise<HoldAnswer>;
  /** Answers a question that `placeHold` came back with; it may lead to another. */
  continueHold(patron: IlsPatron, question: HoldQuestion, yes: boolean, asking: Asking): Promise<HoldAnswer>;
  /** Only a hold of this patron's own is cancelled: who is asked to cancel another's, an empty or a zero id, answers `refused`. */
  cancelHold(patron: IlsPatron, holdId: string, asking: Asking): Promise<CancelAnswer>;
  renew(patron: IlsPatron, loanId: string, asking: Asking): Promise<RenewAnswer>;
  /** Tells the system that the patron has gone, where it wants to be told, and forgets what was kept for them. */
  endSession(patron: IlsPatron, asking: Asking): Promise<void>;

  /** The catalogue of this system; undefined where it has no such thing (SIP2, OverDrive). */
  readonly feed?: Feed;

  /** Frees connections; nothing is asked afterwards. */
  close(): Promise<void>;
}
