/**
 * A small library as Koha keeps it, under the names its REST API gives the columns (api/v1/swagger/definitions/*.yaml).
 * Everything here may be changed by a test at any time; what an API answer adds to a row is derived when asked for.
 */
export interface KohaState {
  sysprefs: {
    RESTBasicAuth: boolean;
    RESTOAuth2ClientCredentials: boolean;
    RESTPublicAPI: boolean;
    RESTPublicAnonymousRequests: boolean;
    RESTdefaultPageSize: number;
    /** Failed logins after which even the right PIN is refused; 0 never locks. */
    FailedLoginAttempts: number;
    maxreserves: number;
    /** Outstanding debt above which a newer Koha refuses a hold with `debt_limit`. */
    maxoutstanding: number;
    AllowHoldDateInFuture: boolean;
    AllowHoldPolicyOverride: boolean;
    /** Lost items stay out of public answers. */
    hidelostitems: boolean;
    'ILS-DI': boolean;
    /** None lets everybody ask. */
    'ILS-DI:AuthorizedIPs': string[];
  };
  /** True answers every request but the spec with 503. */
  maintenance: boolean;
  apiKey: { client_id: string; secret: string };
  /** The staff account behind the API key; `permissions` are whole flags ("borrowers") or parts ("borrowers:list_borrowers"). */
  apiUser: { userid: string; password: string; permissions: string[] };
  libraries: KohaLibrary[];
  itemTypes: { item_type_id: string; description: string; not_for_loan_status: number }[];
  biblios: KohaBiblio[];
  /** What was deleted, as table `deletedbiblio` keeps it until a cron job clears it. */
  deletedBiblios: { biblio_id: number; title: string; deleted_on: string }[];
  items: KohaItem[];
  /** Columns without an API mapping keep the names of the database table. */
  transfers: KohaTransfer[];
  patrons: KohaPatron[];
  checkouts: KohaCheckout[];
  oldCheckouts: KohaCheckout[];
  holds: KohaHold[];
  accountLines: KohaAccountLine[];
  /** Holds that policy refuses, by the code Koha gives as reason. */
  refusals: { code: string; biblio_id?: number; patron_id?: number }[];
}

export interface KohaLibrary {
  library_id: string;
  name: string;
  pickup_location: boolean;
  public: boolean;
}

export interface KohaBiblio {
  biblio_id: number;
  title: string;
  author: string | null;
  isbn: string | null;
  /** When the record was last altered; `q` on it is how changes are harvested. */
  timestamp: string;
  creation_date: string;
  opacSuppressed: boolean;
  record: MarcInJson;
  /** Sent in place of the record's own MARCXML, for a record that is broken in the source. */
  marcxml?: string;
}

export interface MarcInJson {
  leader: string;
  fields: Record<string, string | { ind1: string; ind2: string; subfields: Record<string, string>[] }>[];
}

export interface KohaItem {
  item_id: number;
  biblio_id: number;
  external_id: string | null;
  home_library_id: string;
  holding_library_id: string;
  callnumber: string | null;
  location: string | null;
  collection_code: string | null;
  item_type_id: string | null;
  not_for_loan_status: number;
  damaged_status: number;
  lost_status: number;
  withdrawn: number;
  restricted_status: number | null;
  public_notes: string | null;
  copy_number: string | null;
  serial_issue_number: string | null;
  timestamp: string;
  /** Part of a bundle. */
  inBundle: boolean;
  /** Matched by OpacHiddenItems: never in a public answer. */
  opacHidden: boolean;
}

export interface KohaTransfer {
  branchtransfer_id: number;
  itemnumber: number;
  daterequested: string;
  datesent: string | null;
  frombranch: string;
  datearrived: string | null;
  datecancelled: string | null;
  tobranch: string;
  comments: string | null;
  reason: string | null;
}

export interface KohaPatron {
  patron_id: number;
  cardnumber: string;
  userid: string;
  /** Never in an answer. */
  pin: string;
  surname: string;
  library_id: string;
  category_id: string;
  expiry_date: string | null;
  restricted: boolean;
  patron_card_lost: boolean;
  incorrect_address: boolean;
  login_attempts: number;
  passwordExpired: boolean;
}

export interface KohaCheckout {
  checkout_id: number;
  patron_id: number;
  item_id: number;
  due_date: string;
  checkout_date: string;
  checkin_date: string | null;
  last_renewed_date: string | null;
  library_id: string;
  renewals_count: number;
  auto_renew: boolean;
  /** Reason code with which a renewal is refused; null renews. */
  renewalRefusal: string | null;
}

export interface KohaHold {
  hold_id: number;
  patron_id: number;
  biblio_id: number;
  item_id: number | null;
  pickup_library_id: string;
  hold_date: string;
  expiration_date: string | null;
  waiting_date: string | null;
  /** 0 once found. */
  priority: number;
  status: 'W' | 'T' | 'P' | null;
  suspended: boolean;
  suspended_until: string | null;
  item_level: boolean;
  notes: string | null;
  timestamp: string;
  cancellationRequested: boolean;
}

export interface KohaAccountLine {
  account_line_id: number;
  patron_id: number;
  item_id: number | null;
  checkout_id: number | null;
  date: string;
  amount: number;
  amount_outstanding: number;
  description: string;
  debit_type: string | null;
  credit_type: string | null;
}
