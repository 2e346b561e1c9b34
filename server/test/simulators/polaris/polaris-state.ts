/** A small library as Polaris keeps it. Instants are ISO in UTC; how an answer writes them is polaris-format.ts. */
export interface PolarisState {
  /** The PAPI key: its public id and the secret that signs. */
  access: { id: string; key: string };
  staff: { domain: string; username: string; password: string; userId: number; branchId: number };
  /** LegacyPatronAuthenticationSchemeEnabled: the secret never expires and the PIN itself signs as well. */
  legacyPatronScheme: boolean;
  organizations: PolarisOrganization[];
  bibs: PolarisBib[];
  /** Bibs taken out of the catalogue, for `synch/bibs/deleted/paged`. */
  deletedBibs: { id: number; at: string }[];
  items: PolarisItem[];
  patrons: PolarisPatron[];
  loans: PolarisLoan[];
  holds: PolarisHold[];
  fines: PolarisFine[];
}

export interface PolarisOrganization {
  id: number;
  /** 1 system, 2 library, 3 branch. */
  code: 1 | 2 | 3;
  name: string;
  abbreviation: string;
  displayName: string;
  parent: number | null;
  /** A branch where holds may be picked up. */
  pickup: boolean;
}

export interface PolarisBib {
  id: number;
  title: string;
  author: string;
  displayInPac: boolean;
  created: string;
  modified: string;
  /** One MARCXML record, without 852: items are added where asked for. */
  marcxml: string;
  /** A hold is asked about first when a copy is on the shelf here. */
  asksWhenLocal: boolean;
  /** A hold is asked about by the interlibrary loan policy. */
  asksForLoanPolicy: boolean;
  minimumAge: number;
}

export interface PolarisItem {
  id: number;
  bibId: number;
  barcode: string;
  branchId: number;
  collection: string;
  callNumber: string;
  shelfLocation: string | null;
  /** Clean name of the circulation status: In, Out, Held, Transferred, … */
  status: string;
  statusId: number;
  /** What this library calls the status: all that a copy's row says of it. */
  statusText: string;
  dueAt: string | null;
  holdable: boolean;
  displayInPac: boolean;
  electronic: boolean;
  volume: string | null;
}

export interface PolarisPatron {
  id: number;
  barcode: string;
  username: string;
  pin: string;
  branchId: number;
  expires: string;
  age: number;
  /** Descriptions of blocks; with any the patron may not borrow. */
  blocks: string[];
  /** Charged for each hold, hence asked about. */
  holdFee: number;
}

export interface PolarisLoan {
  itemId: number;
  patronId: number;
  checkedOut: string;
  dueAt: string;
  renewals: number;
  renewalLimit: number;
  lost: boolean;
  /** What stands against a renewal; one with `fee` may be overridden and then charges it. */
  block: { text: string; fee: number } | null;
}

export interface PolarisHold {
  id: number;
  patronId: number;
  bibId: number;
  /** 1 inactive, 3 active, 4 pending, 5 shipped, 6 held, 7 not supplied, 8 unclaimed, 9 expired, 16 cancelled, 17 out, 18 located. */
  status: number;
  pickupBranchId: number;
  activates: string;
  expires: string;
  pickupBy: string | null;
}

export interface PolarisFine {
  id: number;
  patronId: number;
  itemId: number | null;
  at: string;
  description: string;
  amount: number;
  outstanding: number;
}

export const HOLD_STATUS: Record<number, string> = {
  1: 'Inactive',
  3: 'Active',
  4: 'Pending',
  5: 'Shipped',
  6: 'Held',
  7: 'Not Supplied',
  8: 'Unclaimed',
  9: 'Expired',
  16: 'Cancelled',
  17: 'Out',
  18: 'Located',
};
