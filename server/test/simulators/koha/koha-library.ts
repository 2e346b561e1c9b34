import type {
  KohaBiblio,
  KohaCheckout,
  KohaHold,
  KohaItem,
  KohaPatron,
  KohaState,
  MarcInJson,
} from './koha-state.js';

const WRITTEN = '2026-03-01T09:00:00+00:00';

/** One copy of each status the availability rule tells apart, on biblio 1 to 3; biblio 4 has no copies. */
export function kohaLibrary(): KohaState {
  return {
    sysprefs: {
      RESTBasicAuth: true,
      RESTOAuth2ClientCredentials: true,
      RESTPublicAPI: true,
      RESTPublicAnonymousRequests: true,
      RESTdefaultPageSize: 20,
      FailedLoginAttempts: 3,
      maxreserves: 5,
      maxoutstanding: 5,
      AllowHoldDateInFuture: false,
      AllowHoldPolicyOverride: false,
      hidelostitems: true,
      'ILS-DI': true,
      'ILS-DI:AuthorizedIPs': [],
    },
    maintenance: false,
    apiKey: { client_id: 'carrel-client', secret: 'carrel-secret' },
    apiUser: {
      userid: 'carrel',
      password: 'service-password',
      permissions: ['borrowers', 'catalogue', 'circulate', 'reserveforothers', 'updatecharges'],
    },
    libraries: [
      { library_id: 'MAIN', name: 'Main Library', pickup_location: true, public: true },
      { library_id: 'EAST', name: 'East Branch', pickup_location: true, public: true },
      { library_id: 'STORE', name: 'Closed Stacks', pickup_location: false, public: false },
    ],
    itemTypes: [
      { item_type_id: 'BK', description: 'Book', not_for_loan_status: 0 },
      { item_type_id: 'REF', description: 'Reference', not_for_loan_status: 1 },
    ],
    biblios: [
      biblio(1, 'The tide tables', 'Marlow, A.', '9780306406157'),
      biblio(2, 'A field guide to lichens', 'Okafor, B.', '9781565921870'),
      biblio(3, 'Letters from the lighthouse', null, null),
      biblio(4, 'A title still on order', null, null),
    ],
    deletedBiblios: [],
    items: [
      item(11, 1),
      item(12, 1, { holding_library_id: 'EAST', home_library_id: 'EAST', item_type_id: 'BK' }),
      item(13, 1, { holding_library_id: 'EAST' }),
      item(14, 1),
      item(21, 2, { lost_status: 1 }),
      item(22, 2, { withdrawn: 1 }),
      item(23, 2, { damaged_status: 1 }),
      item(24, 2, { not_for_loan_status: 2 }),
      item(25, 2, { not_for_loan_status: -1 }),
      item(26, 2, { restricted_status: 1 }),
      item(27, 2, { inBundle: true }),
      item(28, 2, { item_type_id: 'REF' }),
      item(29, 2, { opacHidden: true }),
      item(31, 3),
    ],
    transfers: [
      {
        branchtransfer_id: 1,
        itemnumber: 13,
        daterequested: '2026-03-02 10:00:00',
        datesent: '2026-03-03 10:00:00',
        frombranch: 'EAST',
        datearrived: null,
        datecancelled: null,
        tobranch: 'MAIN',
        comments: null,
        reason: 'Manual',
      },
    ],
    patrons: [
      patron(5, 'CARD-0001', '1234'),
      patron(51, 'CARD-00012', '4321'),
      patron(6, 'CARD-0002', '1234', { restricted: true }),
      patron(7, 'CARD-0003', '1234', { expiry_date: '2025-01-31' }),
      patron(8, 'CARD-0004', '1234', { passwordExpired: true }),
    ],
    checkouts: [
      checkout(901, 5, 12, {}),
      checkout(902, 5, 31, { renewalRefusal: 'too_many', renewals_count: 3 }),
    ],
    oldCheckouts: [],
    holds: [
      hold(701, 5, 2, {}),
      hold(702, 51, 1, { item_id: 14, status: 'W', priority: 0, waiting_date: '2026-03-03' }),
      hold(703, 51, 2, { priority: 2 }),
    ],
    accountLines: [
      {
        account_line_id: 301,
        patron_id: 5,
        item_id: 12,
        checkout_id: 901,
        date: '2026-02-20T00:00:00+00:00',
        amount: 1.5,
        amount_outstanding: 1.5,
        description: 'Overdue fine',
        debit_type: 'OVERDUE',
        credit_type: null,
      },
    ],
    refusals: [],
  };
}

export function biblio(id: number, title: string, author: string | null, isbn: string | null): KohaBiblio {
  return {
    biblio_id: id,
    title,
    author,
    isbn,
    timestamp: WRITTEN,
    creation_date: '2026-01-15',
    opacSuppressed: false,
    record: record(id, title, author, isbn),
  };
}

/** Koha's own number is in 999$c and is not 001. */
function record(id: number, title: string, author: string | null, isbn: string | null): MarcInJson {
  const field = (ind1: string, ind2: string, ...pairs: [string, string][]) => ({
    ind1,
    ind2,
    subfields: pairs.map(([code, value]) => ({ [code]: value })),
  });
  return {
    leader: '00000nam a22000007a 4500',
    fields: [
      { '001': `sim${id}000` },
      { '008': '260115s2024    xxu           000 0 eng d' },
      ...(isbn === null ? [] : [{ '020': field(' ', ' ', ['a', isbn]) }]),
      ...(author === null ? [] : [{ '100': field('1', ' ', ['a', author]) }]),
      { '245': field('1', '0', ['a', title]) },
      { '942': field(' ', ' ', ['c', 'BK']) },
      { '999': field(' ', ' ', ['c', String(id)], ['d', String(id)]) },
    ],
  };
}

export function item(id: number, biblioId: number, differs: Partial<KohaItem> = {}): KohaItem {
  return {
    item_id: id,
    biblio_id: biblioId,
    external_id: `ITEM-${String(id).padStart(4, '0')}`,
    home_library_id: 'MAIN',
    holding_library_id: 'MAIN',
    callnumber: `500 ${id}`,
    location: 'SHELF',
    collection_code: 'NF',
    item_type_id: 'BK',
    not_for_loan_status: 0,
    damaged_status: 0,
    lost_status: 0,
    withdrawn: 0,
    restricted_status: null,
    public_notes: null,
    copy_number: null,
    serial_issue_number: null,
    timestamp: WRITTEN,
    inBundle: false,
    opacHidden: false,
    ...differs,
  };
}

export function patron(id: number, card: string, pin: string, differs: Partial<KohaPatron> = {}): KohaPatron {
  return {
    patron_id: id,
    cardnumber: card,
    userid: card.toLowerCase(),
    pin,
    surname: 'Borrower',
    library_id: 'MAIN',
    category_id: 'ADULT',
    expiry_date: '2099-12-31',
    restricted: false,
    patron_card_lost: false,
    incorrect_address: false,
    login_attempts: 0,
    passwordExpired: false,
    ...differs,
  };
}

export function checkout(
  id: number,
  patronId: number,
  itemId: number,
  differs: Partial<KohaCheckout>,
): KohaCheckout {
  return {
    checkout_id: id,
    patron_id: patronId,
    item_id: itemId,
    due_date: '2026-03-20T23:59:00+00:00',
    checkout_date: '2026-02-27T11:30:00+00:00',
    checkin_date: null,
    last_renewed_date: null,
    library_id: 'MAIN',
    renewals_count: 0,
    auto_renew: false,
    renewalRefusal: null,
    ...differs,
  };
}

export function hold(id: number, patronId: number, biblioId: number, differs: Partial<KohaHold>): KohaHold {
  return {
    hold_id: id,
    patron_id: patronId,
    biblio_id: biblioId,
    item_id: null,
    pickup_library_id: 'MAIN',
    hold_date: '2026-03-01',
    expiration_date: null,
    waiting_date: null,
    priority: 1,
    status: null,
    suspended: false,
    suspended_until: null,
    item_level: false,
    notes: null,
    timestamp: WRITTEN,
    cancellationRequested: false,
    ...differs,
  };
}
