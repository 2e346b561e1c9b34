import type { RefusalCode } from '../../contract/patron-account.js';
import type { IlsBranch, IlsRecord } from './record.js';

/**
 * A patron who has signed in, as one adapter knows them. What the adapter needs to act for them (an access secret, a
 * card number) it keeps in private fields or a WeakMap, so that no log, dump or JSON shows it; it lives in memory until
 * `endSession`.
 */
export interface IlsPatron {
  /** The system's stable id of the patron; not the card number where the system has another. Never shown or logged. */
  readonly id: string;
  readonly homeBranchId: string | undefined;
}

/** `blocked` and `expired` are told only when the PIN was right: otherwise they would say that a card exists. */
export type Authentication =
  { outcome: 'ok'; patron: IlsPatron } | { outcome: 'rejected' } | { outcome: 'blocked' | 'expired' };

export interface HoldRequest {
  record: IlsRecord;
  pickupBranchId: string;
  /** One copy (a volume) instead of the title. */
  itemId?: string;
}

/** Why a system said no, so that it can be said in the patron's language. */
export type Refusal = RefusalCode;

export interface Refused {
  outcome: 'refused';
  reason: Refusal;
  /** The system's own words; shown beside ours only where the reason is `other`. */
  said: string;
}

/** What a system wants to be told before it places a hold. */
export type HoldQuestionKind =
  'fee' | 'existing_holds' | 'local_copy' | 'interlibrary_loan' | 'no_copies' | 'other';

/** A question in the middle of placing a hold. Subclass or WeakMap holds what the dialogue needs to go on. */
export interface HoldQuestion {
  readonly kind: HoldQuestionKind;
  /** The system's own words. */
  readonly said: string;
}

export type HoldAnswer =
  | { outcome: 'placed'; holdId?: string; queuePosition?: number; queueTotal?: number; pickup?: IlsBranch }
  | { outcome: 'question'; question: HoldQuestion }
  | Refused;

/** `requested`: staff still have to agree. */
export type CancelAnswer = { outcome: 'cancelled' | 'requested' } | Refused;

export type RenewAnswer = { outcome: 'renewed'; dueAt?: string; dueText?: string } | Refused;
