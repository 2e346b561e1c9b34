import type { Sip2Faults } from './faults.js';
import { count, field, fields, type Sip2Request } from './message.js';
import type { Sip2Item, Sip2Patron, Sip2State } from './state.js';

/** What an answer is made from. */
export interface Sip2Library {
  state: Sip2State;
  faults: Sip2Faults;
  institution: string;
  /** AO has to be right, or no patron is found. */
  needsInstitution: boolean;
  /** Holds and renewals need the PIN. */
  needsPin: boolean;
  nowMs(): number;
  /** A moment as the server writes it. */
  date(ms: number): string;
}

export const institutionOf = (library: Sip2Library, request: Sip2Request): string => {
  const asked = request.fields.get('AO') ?? library.institution;
  return library.faults.paddedAo ? asked.padEnd(12) : asked;
};

export function findPatron(library: Sip2Library, request: Sip2Request): Sip2Patron | undefined {
  if (library.needsInstitution && request.fields.get('AO') !== library.institution) return undefined;
  return library.state.patrons.get(request.fields.get('AA') ?? '');
}

export function isPinRight(patron: Sip2Patron, pin: string | undefined, faults: Sip2Faults): boolean {
  if (patron.pin === undefined) return true;
  if (pin === undefined || pin === '') return faults.cqYesWithoutPin;
  return pin === patron.pin;
}

/** 24 to a 23. */
export function patronStatus(library: Sip2Library, request: Sip2Request): string {
  const patron = findPatron(library, request);
  const head = head24(library, request, patron);
  const ao = field('AO', institutionOf(library, request));
  if (!patron) return `24${head}${ao}${nobody(request)}`;
  library.state.sessions.add(patron.card);
  const { faults } = library;
  return `24${head}${ao}${fields([
    ['AA', patron.card],
    ['AE', nameOf(patron, faults)],
    ['BL', 'Y'],
    ...checked(library, request, patron),
    ...said(patron, faults),
  ])}`;
}

/** 64 to a 63. */
export function patronInformation(library: Sip2Library, request: Sip2Request): string {
  const patron = findPatron(library, request);
  const head = head24(library, request, patron);
  const ao = field('AO', institutionOf(library, request));
  if (!patron) return `64${head}${'0000'.repeat(6)}${ao}${nobody(request)}`;
  library.state.sessions.add(patron.card);
  const { faults } = library;
  const lists = listsOf(library, patron);
  return `64${head}${lists.map(({ entries }) => count(entries)).join('')}${ao}${fields([
    ['AA', patron.card],
    ['AE', nameOf(patron, faults)],
    ...patron.before,
    ...summary(lists, request, faults),
    ['BL', 'Y'],
    ...checked(library, request, patron),
    ...patron.after,
    ...said(patron, faults),
  ])}`;
}

/** 36 to a 35. */
export function endSession(library: Sip2Library, request: Sip2Request): string {
  const card = request.fields.get('AA') ?? '';
  library.state.sessions.delete(card);
  return `36Y${library.date(library.nowMs())}${field('AO', institutionOf(library, request))}${field('AA', card)}`;
}

/** Patron status, language as asked, date. */
function head24(library: Sip2Library, request: Sip2Request, patron: Sip2Patron | undefined): string {
  const status = patron?.status ?? 'YYYY'.padEnd(14);
  return `${status}${request.fixed.slice(0, 3)}${library.date(library.nowMs())}`;
}

const nobody = (request: Sip2Request): string =>
  fields([
    ['AA', request.fields.get('AA') ?? ''],
    ['AE', ''],
    ['BL', 'N'],
  ]);

const nameOf = (patron: Sip2Patron, faults: Sip2Faults): string =>
  faults.extraFields ? `${patron.name}#CHARGES OK` : patron.name;

/** CQ; left out where no AD came with a 63. */
function checked(library: Sip2Library, request: Sip2Request, patron: Sip2Patron): [string, string][] {
  const pin = request.fields.get('AD');
  if (library.faults.cqAbsent || (pin === undefined && request.code === '63')) return [];
  return [['CQ', isPinRight(patron, pin, library.faults) ? 'Y' : 'N']];
}

function said(patron: Sip2Patron, faults: Sip2Faults): [string, string][] {
  const own: [string, string][] = patron.message === undefined ? [] : [['AF', patron.message]];
  if (!faults.extraFields) return own;
  return [
    ...own,
    ['XA', 'VIS'],
    ['AF', 'Greetings from the library.'],
    ['AF', 'Open until 18:00.'],
    ['ZZ', ''],
  ];
}

interface List {
  field: string;
  entries: string[];
}

/** In the order of the summary's places: holds ready, overdue, charged, fines, recalled, holds waiting. */
function listsOf(library: Sip2Library, patron: Sip2Patron): List[] {
  const { faults, state } = library;
  const items = [...state.items.values()];
  const say = (item: Sip2Item): string => {
    if (faults.listsAs === 'barcode') return item.barcode;
    if (faults.listsAs === 'title') return item.title;
    return `${item.barcode} ${item.title} ${item.dueAt === undefined ? '' : library.date(item.dueAt)}`.trim();
  };
  const lent = items.filter((item) => item.chargedTo === patron.card);
  const held = items.filter((item) => item.holds.some((hold) => hold.card === patron.card));
  const ready = (item: Sip2Item): boolean => item.status === '08' && item.holds[0]?.card === patron.card;
  const sayHold = (item: Sip2Item): string => (faults.holdsAsHash ? 'HASH(0x55d0c8f3a1e8)' : say(item));
  return [
    { field: 'AS', entries: held.filter(ready).map(sayHold) },
    { field: 'AT', entries: lent.filter((item) => (item.dueAt ?? Infinity) < library.nowMs()).map(say) },
    { field: 'AU', entries: lent.map(say) },
    { field: 'AV', entries: patron.fines },
    { field: 'BU', entries: lent.filter((item) => item.status === '07').map(say) },
    { field: 'CD', entries: held.filter((item) => !ready(item)).map(sayHold) },
  ];
}

function lastOf(windows: Sip2Faults['windows'], from: number, to: number): number {
  if (windows === 'one_short') return to - 1;
  if (windows === 'one_entry') return Math.min(from, 2);
  return windows === 'shows_nothing' ? from - 1 : to;
}

/** The list that was asked for by a Y, from BP to BQ, both counted from 1. */
function summary(lists: List[], request: Sip2Request, faults: Sip2Faults): [string, string][] {
  const list = lists[request.fixed.slice(21).indexOf('Y')];
  if (!list) return [];
  const isWindow = request.fields.has('BP') && faults.windows !== 'unread';
  const from = isWindow ? Number(request.fields.get('BP')) : 1;
  const asked = isWindow ? Number(request.fields.get('BQ')) : list.entries.length;
  const to = isWindow ? lastOf(faults.windows, from, asked) : asked;
  const part = list.entries.slice(from - 1, to);
  if (faults.paddedLists) while (part.length < to - from + 1) part.push('');
  return part.map((entry) => [list.field, entry]);
}
