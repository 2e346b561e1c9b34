import type { ItemStatus } from '../../contract/vocabulary.js';

/** One copy as the library's system sees it, statuses normalised, the raw one kept. */
export interface IlsItem {
  itemId: string;
  recordId: string;
  barcode?: string;
  branchId: string;
  branchName: string;
  location?: string;
  callNumber?: string;
  status: ItemStatus;
  rawStatus: string;
  /** ISO 8601 UTC. */
  dueAt?: string;
  /** Absent when the system does not say. */
  holdable?: boolean;
  /** Holds on this copy or its title, where the system says. */
  holds?: number;
}

/** A title that a lender of e-books has for the library's patrons. */
export interface Ecopy {
  /** The lender's own id of the title. */
  id: string;
  /** Name of the lender as patrons know it, such as "OverDrive". */
  lender: string;
  status: 'available' | 'checked_out' | 'unknown';
  rawStatus: string;
  /** Copies the library owns and that are in; absent where there is no such count (always available). */
  owned?: number;
  available?: number;
  holds?: number;
  format?: 'ebook' | 'eaudiobook' | 'magazine' | 'video';
  /** Where a patron borrows it; http or https. */
  url?: string;
}

export interface IlsCopies {
  items: IlsItem[];
  ecopies: Ecopy[];
}
