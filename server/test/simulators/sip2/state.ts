/** 01 other, 02 on order, 03 available, 04 charged, 05 charged and not yet to be recalled, 06 in process, 07 recalled, 08 on the hold shelf, 09 to be reshelved, 10 in transit, 11 claimed returned, 12 lost, 13 missing. */
export type CirculationStatus =
  '01' | '02' | '03' | '04' | '05' | '06' | '07' | '08' | '09' | '10' | '11' | '12' | '13';

export interface Sip2Hold {
  card: string;
  pickup: string;
}

export interface Sip2Item {
  barcode: string;
  /** May be empty, but then only the status tells it from an item that is not known. */
  title: string;
  status: CirculationStatus;
  media: string;
  owner: string;
  dueAt?: number;
  /** Says the due date in these words instead of as a date of the protocol. */
  dueText?: string;
  chargedTo?: string;
  renewalsLeft: number;
  holdable: boolean;
  /** In the order in which they will be served. */
  holds: Sip2Hold[];
  /** More variable fields of message 18, such as `['CS', 'FIC ADA']`. */
  more: [string, string][];
}

export interface Sip2Patron {
  card: string;
  /** Undefined: no PIN is kept, and then any PIN passes. */
  pin: string | undefined;
  name: string;
  /** Fourteen places; Y means denied or true. */
  status: string;
  message?: string;
  /** Fields that stand before and behind BL and CQ in message 64. */
  before: [string, string][];
  after: [string, string][];
  /** Lines for AV. */
  fines: string[];
}

export interface Sip2State {
  items: Map<string, Sip2Item>;
  patrons: Map<string, Sip2Patron>;
  /** Cards that were asked about and whose session has not been ended. */
  sessions: Set<string>;
  /** Lends an item, as another desk of the library would. */
  charge(barcode: string, card: string, dueAt: number): void;
}

const DAY_MS = 86_400_000;
const fine = ' '.repeat(14);

function item(barcode: string, title: string, change: Partial<Sip2Item> = {}): Sip2Item {
  const plain = { status: '03' as const, media: '001', owner: 'UWOLS', renewalsLeft: 2, holdable: true };
  return { barcode, title, ...plain, holds: [], more: [], ...change };
}

function patron(card: string, pin: string | undefined, change: Partial<Sip2Patron> = {}): Sip2Patron {
  return { card, pin, name: card, status: fine, before: [], after: [], fines: [], ...change };
}

/** The library of the published exchanges (djfiander, miker, two books), and one with a copy in every status. */
export function sampleState(nowMs: number): Sip2State {
  const items = [
    item('1565921879', 'Perl 5 desktop reference'),
    item('0440242746', 'The deep blue alibi'),
    item('BAR-OTHER', 'A copy at the binder', { status: '01' }),
    item('BAR-ORDERED', 'A copy on order', { status: '02' }),
    item('BAR-IN', 'A copy on the shelf', {
      more: [
        ['AQ', 'MAIN'],
        ['AP', 'MAIN'],
        ['CS', 'FIC ADA'],
        ['CR', 'FIC'],
      ],
    }),
    item('BAR-OUT', 'A copy on loan', {
      status: '04',
      chargedTo: 'CARD-0001',
      dueAt: nowMs + 7 * DAY_MS,
    }),
    item('BAR-OVERDUE', 'A copy not brought back', {
      status: '04',
      chargedTo: 'CARD-0001',
      dueAt: nowMs - 3 * DAY_MS,
      renewalsLeft: 0,
    }),
    item('BAR-OUT-NEW', 'A copy just lent', {
      status: '05',
      chargedTo: 'CARD-0002',
      dueAt: nowMs + 21 * DAY_MS,
    }),
    item('BAR-PROCESS', 'A copy in process', { status: '06' }),
    item('BAR-RECALLED', 'A copy called back', {
      status: '07',
      chargedTo: 'CARD-0002',
      dueAt: nowMs + DAY_MS,
      holds: [{ card: 'CARD-0001', pickup: 'MAIN' }],
    }),
    item('BAR-HELD', 'A copy kept for somebody', {
      status: '08',
      holds: [{ card: 'CARD-0001', pickup: 'EAST' }],
      more: [['CM', '20261201    235900']],
    }),
    item('BAR-RESHELVE', 'A copy on the cart', { status: '09' }),
    item('BAR-TRANSIT', 'A copy under way', { status: '10', more: [['CT', 'EAST']] }),
    item('BAR-CLAIMED', 'A copy said to be back', { status: '11' }),
    item('BAR-LOST', 'A lost copy', { status: '12' }),
    item('BAR-MISSING', 'A missing copy', { status: '13' }),
    item('BAR-DESK', 'A copy for the reading room', { holdable: false }),
    item('BAR-ACCENT', "Élégie à l'été, déjà lu", { more: [['AF', 'Prêt de sept jours']] }),
  ];
  const patrons = [
    patron('djfiander', '6789', {
      name: 'David J. Fiander',
      status: '  Y'.padEnd(14),
      before: [
        ['BD', '2 Meadowvale Dr. St Thomas, ON'],
        ['BE', 'djfiander@hotmail.com'],
        ['BF', '(519) 555 1234'],
        ['AQ', 'Beacock'],
      ],
      after: [
        ['PA', '20501231'],
        ['PB', '19640925'],
        ['PC', 'A'],
        ['PI', 'Y'],
      ],
      fines: ['Fine'],
    }),
    patron('miker', '6789'),
    patron('CARD-0001', '1234', {
      before: [['AQ', 'MAIN']],
      after: [
        ['BH', 'EUR'],
        ['BV', '4.20'],
        ['CC', '25.00'],
        ['PA', '20301231'],
      ],
      fines: ['3.00 A copy not brought back', '1.20 Copies'],
    }),
    patron('CARD-0002', '1234', { before: [['AQ', 'EAST']], after: [['PA', '20301231']] }),
    patron('CARD-BLOCKED', '1234', { status: 'YYYY'.padEnd(14), message: 'Card blocked.' }),
    patron('CARD-EXPIRED', '1234', {
      status: 'YY Y'.padEnd(14),
      message: 'Card expired.',
      after: [['PA', '20200131']],
    }),
    patron('CARD-LOST', '1234', { status: 'YYYYY'.padEnd(14), message: 'Card reported lost.' }),
    patron('CARD-NO-PIN', undefined),
  ];
  const state: Sip2State = {
    items: new Map(items.map((one) => [one.barcode, one])),
    patrons: new Map(patrons.map((one) => [one.card, one])),
    sessions: new Set(),
    charge(barcode, card, dueAt) {
      const lent = state.items.get(barcode);
      if (lent) Object.assign(lent, { status: '04', chargedTo: card, dueAt });
    },
  };
  return state;
}
