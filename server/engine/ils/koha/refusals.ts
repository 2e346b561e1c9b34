import type { Refusal, Refused } from '../patron.js';
import type { KohaNo } from './answer.js';

/**
 * Koha's reasons, as its code names them; newer versions write them with underscores, so both are compared without. [K]
 * for those that the REST interface sheet does not list: they are read from Koha's circulation rules.
 */
const holdReasons: Readonly<Record<string, Refusal>> = {
  itemalreadyonhold: 'already_held',
  alreadyreserved: 'already_held',
  // The patron has as many holds on this record as one may have, so at least one.
  toomanyholdsforthisrecord: 'already_held',
  alreadypossession: 'already_borrowed',
  toomanyreserves: 'too_many_holds',
  toomanyreservestoday: 'too_many_holds',
  holdlimit: 'too_many_holds',
  debtlimit: 'fines',
  restricted: 'blocked',
  debarred: 'blocked',
  cardlost: 'blocked',
  badaddress: 'blocked',
  expired: 'card_expired',
  agerestricted: 'age',
  damaged: 'not_holdable',
  notreservable: 'not_holdable',
  noreservesallowed: 'not_holdable',
  notforloan: 'not_holdable',
  recall: 'not_holdable',
  cannotreservefromotherbranches: 'not_holdable',
  branchnotinholdgroup: 'not_holdable',
  copyonshelf: 'on_shelf',
  noitems: 'no_copies',
  pickupnotinholdgroup: 'pickup_place',
  librarynotfound: 'pickup_place',
  librarynotpickuplocation: 'pickup_place',
  cannotbetransferred: 'pickup_place',
  pickupnotallowed: 'pickup_place',
  invalidpickuplocation: 'pickup_place',
  itembibliomismatch: 'not_found',
  patronnotfound: 'not_found',
  notfound: 'not_found',
};

const renewalReasons: Readonly<Record<string, Refusal>> = {
  toomany: 'too_many_renewals',
  toosoon: 'too_soon',
  autotoosoon: 'too_soon',
  overdue: 'overdue',
  onreserve: 'reserved_by_others',
  recalled: 'reserved_by_others',
  booked: 'reserved_by_others',
  restriction: 'blocked',
  // Koha spells it in both ways.
  autotoomuchoweing: 'fines',
  autotoomuchowing: 'fines',
  toomuchowing: 'fines',
  autoaccountexpired: 'card_expired',
  itemdeniedrenewal: 'not_renewable',
  onsitecheckout: 'not_renewable',
  autorenew: 'not_renewable',
  autotoolate: 'not_renewable',
  toounseen: 'not_renewable',
  noitem: 'not_found',
  nocheckout: 'not_found',
  itemissuedtootherpatron: 'not_yours',
};

/** Sentences of `POST /holds` that come without any code. */
const holdSentences: Readonly<Record<string, Refusal>> = {
  'The supplied pickup location is not valid': 'pickup_place',
  'Biblio not found.': 'not_found',
  'Bibliographic record not found': 'not_found',
  'item_id not found.': 'not_found',
  'patron_id not found': 'not_found',
};

/** A hold that Koha does not place: "Hold cannot be placed. Reason: tooManyReserves". */
export function holdRefusal({ said, code }: KohaNo): Refused {
  const named = /Reason: *(\w*)/.exec(said)?.[1];
  const reason =
    holdReasons[plain(code)] ??
    holdReasons[plain(named)] ??
    holdSentences[said] ??
    // A record without any copy that could be held answers with an empty reason.
    (named === '' ? 'no_copies' : /doesn't belong to biblio/.test(said) ? 'not_found' : 'other');
  return { outcome: 'refused', reason, said };
}

/** A renewal that Koha does not make: "Renewal not authorized (too_many)". */
export function renewalRefusal({ said, code }: KohaNo): Refused {
  const named = /\((\w+)\)/.exec(said)?.[1];
  const reason = renewalReasons[plain(code)] ?? renewalReasons[plain(named)] ?? 'other';
  return { outcome: 'refused', reason, said };
}

function plain(code: string | undefined): string {
  return (code ?? '').toLowerCase().replaceAll('_', '');
}
