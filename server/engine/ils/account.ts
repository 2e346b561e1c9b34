import type { Ecopy } from './copies.js';

/** Something lent to the patron. Ids are the system's own. */
export interface IlsLoan {
  /** What `renew` takes. */
  loanId: string;
  /** The system's id of the bibliographic record, to find it among those held; else by the barcode of its copy. */
  ilsId?: string;
  barcode?: string;
  title: string;
  author?: string;
  callNumber?: string;
  /** ISO 8601 UTC. */
  dueAt?: string;
  /** The due date as the system wrote it, where that could not be read. */
  dueText?: string;
  overdue?: boolean;
  /** False where the system says that it will not renew; absent when only trying shows it. */
  renewable?: boolean;
  renewals?: number;
  renewalsLeft?: number;
  lent?: LentTitle;
}

/** What a lender of e-copies says of a title, besides. */
export interface LentTitle {
  /** Of all its formats, the printed book's among them, to find it in the catalogue. */
  isbns: readonly string[];
  format?: Ecopy['format'];
  /** Where a patron reads, borrows or gives it back; http or https. */
  url?: string;
  /** ISO 8601 UTC, until when a ready hold is kept. */
  readyUntil?: string;
}

export type IlsHoldStatus =
  'waiting' | 'in_transit' | 'ready' | 'suspended' | 'unfilled' | 'expired' | 'unknown';

/** A hold of the patron's that still stands, or has just ended without being filled. */
export interface IlsHold {
  /** What `cancelHold` takes. */
  holdId: string;
  ilsId?: string;
  /** Of the copy, or of one of the title's. */
  barcode?: string;
  title: string;
  author?: string;
  status: IlsHoldStatus;
  rawStatus: string;
  /** 1 is next. */
  queuePosition?: number;
  queueTotal?: number;
  pickupBranchId?: string;
  pickupBranchName?: string;
  /** Day (YYYY-MM-DD) until which a ready hold is kept. */
  pickupBy?: string;
  placedAt?: string;
  cancellable: boolean;
  lent?: LentTitle;
}

/** Money owed, as the system states it: Carrel adds nothing up. */
export interface IlsFines {
  /** The sum in the system's own words, such as "4.20". */
  total: string;
  /** ISO 4217, where the system says. */
  currency?: string;
  lines: { text: string; amount?: string }[];
}

/** What the system says of a patron now. A part that it does not tell is undefined, which is not the same as none. */
export interface IlsAccount {
  loans: IlsLoan[] | undefined;
  holds: IlsHold[] | undefined;
  fines: IlsFines | undefined;
  /** Why the patron may not borrow, in the system's own words. */
  blocks: string[];
  /** Day (YYYY-MM-DD) on which the card runs out. */
  cardExpires?: string;
}
