import type { KohaVersion } from './koha-spec.js';
import type {
  KohaBiblio,
  KohaCheckout,
  KohaHold,
  KohaItem,
  KohaLibrary,
  KohaPatron,
  KohaState,
} from './koha-state.js';
import type { Row } from './koha-query.js';

/**
 * What the public form of an item shows, from `public_read_list` of Koha/Item.pm. Collection code, call number order and
 * timestamp are not on it; a public library has no `pickup_location` either (Koha/Library.pm).
 */
const PUBLIC_ITEM = new Set([
  'item_id',
  'biblio_id',
  'home_library_id',
  'holding_library_id',
  'location',
  'callnumber',
  'copy_number',
  'serial_issue_number',
  'external_id',
  'public_notes',
  'checked_out_date',
  'item_type_id',
  'effective_item_type_id',
  'not_for_loan_status',
  'effective_not_for_loan_status',
  'damaged_status',
  'lost_status',
  'withdrawn',
  'restricted_status',
]);

/** A row without what the library knows and the API never says. */
const less = (row: object, ...names: string[]): Row =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));

/** Turns the library's tables into API objects, with what the request embedded and nothing more. */
export interface Rows {
  biblio: (one: KohaBiblio) => Row;
  item: (one: KohaItem, embeds: string[]) => Row;
  publicItem: (one: KohaItem) => Row;
  checkout: (one: KohaCheckout, embeds: string[]) => Row;
  hold: (one: KohaHold, embeds: string[]) => Row;
  patron: (one: KohaPatron, embeds: string[]) => Row;
  library: (id: string) => Row | null;
  publicLibrary: (one: KohaLibrary) => Row;
}

export function kohaRows(state: KohaState, version: KohaVersion): Rows {
  const has = (embeds: string[], relation: string): boolean =>
    embeds.some(
      (one) => one === relation || one.startsWith(`${relation}.`) || one.startsWith(`${relation}+`),
    );
  const library = (id: string): Row | null => {
    const found = state.libraries.find((one) => one.library_id === id);
    return found ? { ...found, city: null, url: null, needs_override: undefined } : null;
  };
  const biblio = (one: KohaBiblio): Row => ({
    biblio_id: one.biblio_id,
    title: one.title,
    subtitle: null,
    author: one.author,
    isbn: one.isbn,
    issn: null,
    item_type: 'BK',
    framework_id: '',
    timestamp: one.timestamp,
    creation_date: one.creation_date,
  });
  const open = (one: KohaItem) => state.checkouts.find((loan) => loan.item_id === one.item_id) ?? null;
  const effective = (one: KohaItem): number => {
    if (one.not_for_loan_status !== 0) return one.not_for_loan_status;
    return state.itemTypes.find((type) => type.item_type_id === one.item_type_id)?.not_for_loan_status ?? 0;
  };
  /** Holds that were captured for this copy come first, then those on this very copy that still wait in the queue. */
  const firstHold = (one: KohaItem): KohaHold | null =>
    state.holds
      .filter((wish) => wish.item_id === one.item_id)
      .sort((a, b) => a.priority - b.priority || a.hold_id - b.hold_id)[0] ?? null;
  const transfer = (one: KohaItem) =>
    state.transfers.find(
      (way) => way.itemnumber === one.item_id && way.datearrived === null && way.datecancelled === null,
    ) ?? null;
  const item = (one: KohaItem, embeds: string[]): Row => {
    const loan = open(one);
    const row: Row = {
      ...less(one, 'inBundle', 'opacHidden'),
      permanent_location: one.location,
      call_number_sort: one.callnumber,
      effective_item_type_id: one.item_type_id,
      checked_out_date: loan ? loan.checkout_date.slice(0, 10) : null,
      ...(version === 'new' ? { effective_not_for_loan_status: effective(one), bookable: false } : {}),
    };
    if (has(embeds, 'checkout')) row['checkout'] = loan ? checkoutColumns(loan) : null;
    if (has(embeds, 'transfer')) row['transfer'] = transfer(one);
    if (has(embeds, 'first_hold')) {
      const wish = firstHold(one);
      row['first_hold'] = wish ? holdColumns(wish) : null;
    }
    if (has(embeds, 'recall')) row['recall'] = null;
    if (has(embeds, 'item_type'))
      row['item_type'] = state.itemTypes.find((type) => type.item_type_id === one.item_type_id) ?? null;
    if (has(embeds, 'in_bundle')) row['in_bundle'] = one.inBundle;
    if (has(embeds, 'home_library')) row['home_library'] = library(one.home_library_id);
    if (has(embeds, 'holding_library')) row['holding_library'] = library(one.holding_library_id);
    if (has(embeds, 'biblio')) row['biblio'] = parent(one.biblio_id);
    if (embeds.includes('_status')) row['_status'] = [status(one)];
    if (embeds.includes('+strings')) row['_strings'] = strings(one);
    return row;
  };
  const parent = (id: number): Row | null => {
    const found = state.biblios.find((one) => one.biblio_id === id);
    return found ? biblio(found) : null;
  };
  const status = (one: KohaItem): string => {
    if (open(one)) return 'checked_out';
    if (transfer(one)?.datesent) return 'in_transit';
    if (one.lost_status) return 'lost';
    if (one.withdrawn) return 'withdrawn';
    if (one.damaged_status) return 'damaged';
    if (effective(one)) return 'not_for_loan';
    return firstHold(one)?.status ? 'on_hold' : 'available';
  };
  const strings = (one: KohaItem): Row => {
    const branch = (id: string): Row => ({
      type: 'library',
      str: state.libraries.find((found) => found.library_id === id)?.name ?? id,
    });
    return {
      home_library_id: branch(one.home_library_id),
      holding_library_id: branch(one.holding_library_id),
      ...(one.location ? { location: { type: 'av', category: 'LOC', str: 'Open shelves' } } : {}),
    };
  };
  const checkoutColumns = (loan: KohaCheckout): Row => {
    return {
      ...less(loan, 'renewalRefusal'),
      external_id: null,
      issuer_id: null,
      checkin_library_id: null,
      unseen_renewals: 0,
      auto_renew_error: null,
      timestamp: loan.last_renewed_date ?? loan.checkout_date,
      onsite_checkout: false,
      note: null,
      note_date: null,
      note_seen: null,
    };
  };
  const checkout = (loan: KohaCheckout, embeds: string[]): Row => {
    const row = checkoutColumns(loan);
    const copy = state.items.find((one) => one.item_id === loan.item_id);
    if (has(embeds, 'item'))
      row['item'] = copy
        ? item(
            copy,
            embeds.filter((one) => one.startsWith('item.')).map((one) => one.slice('item.'.length)),
          )
        : null;
    if (has(embeds, 'library')) row['library'] = library(loan.library_id);
    if (has(embeds, 'patron')) {
      const borrower = state.patrons.find((one) => one.patron_id === loan.patron_id);
      row['patron'] = borrower ? patron(borrower, []) : null;
    }
    if (has(embeds, 'issuer')) row['issuer'] = null;
    if (has(embeds, 'renewals')) row['renewals'] = [];
    return row;
  };
  const holdColumns = (wish: KohaHold): Row => {
    return {
      ...less(wish, 'cancellationRequested'),
      // The definition types it as string or null, and one version answers so.
      item_id: wish.item_id !== null && version === 'old' ? String(wish.item_id) : wish.item_id,
      item_group_id: null,
      desk_id: null,
      cancellation_date: null,
      cancellation_reason: null,
      lowest_priority: false,
      non_priority: false,
      item_type: null,
    };
  };
  const hold = (wish: KohaHold, embeds: string[]): Row => {
    const row = holdColumns(wish);
    const copy = state.items.find((one) => one.item_id === wish.item_id);
    if (has(embeds, 'cancellation_requested')) row['cancellation_requested'] = wish.cancellationRequested;
    if (has(embeds, 'biblio')) row['biblio'] = parent(wish.biblio_id);
    if (has(embeds, 'pickup_library')) row['pickup_library'] = library(wish.pickup_library_id);
    if (has(embeds, 'item')) row['item'] = copy ? item(copy, []) : null;
    if (embeds.includes('+strings')) row['_strings'] = {};
    return row;
  };
  const patron = (one: KohaPatron, embeds: string[]): Row => {
    const row: Row = {
      ...less(one, 'pin', 'passwordExpired'),
      firstname: null,
      email: null,
      date_of_birth: null,
      anonymized: false,
    };
    if (has(embeds, 'extended_attributes')) row['extended_attributes'] = [];
    if (has(embeds, 'library')) row['library'] = library(one.library_id);
    if (has(embeds, 'checkouts'))
      row['checkouts_count'] = state.checkouts.filter((loan) => loan.patron_id === one.patron_id).length;
    if (has(embeds, 'account_balance')) row['account_balance'] = owed(state, one.patron_id);
    return row;
  };
  const publicItem = (one: KohaItem): Row => {
    const row = item(one, []);
    return Object.fromEntries(Object.entries(row).filter(([column]) => PUBLIC_ITEM.has(column)));
  };
  const publicLibrary = (one: KohaLibrary): Row => ({
    library_id: one.library_id,
    name: one.name,
    city: null,
  });
  return { biblio, item, publicItem, checkout, hold, patron, library, publicLibrary };
}

export const owed = (state: KohaState, patronId: number): number =>
  state.accountLines
    .filter((line) => line.patron_id === patronId)
    .reduce((sum, line) => sum + line.amount_outstanding, 0);
