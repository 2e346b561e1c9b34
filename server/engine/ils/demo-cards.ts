import type { Branch } from '../../contract/availability.js';
import type { Bib, HeldItem } from '../catalogue/bib.js';
import type { IlsHold, IlsLoan } from './account.js';
import { circulationOf } from './circulation.js';

/** Cards for trying out, all with the PIN 1234; said openly wherever the demo is. */
export const demoCards = [
  { card: 'DEMO-0001', state: 'good' },
  { card: 'DEMO-0002', state: 'good' },
  { card: 'DEMO-0003', state: 'blocked' },
  { card: 'DEMO-0004', state: 'expired' },
] as const;
export const DEMO_PIN = '1234';

/** `loanId` is the id of the copy. */
export interface DemoLoan extends IlsLoan {
  renewals: number;
  renewalsLeft: number;
}

/** What one card has. */
export interface DemoCard {
  loans: DemoLoan[];
  holds: IlsHold[];
  owes: { text: string; amount: string }[];
}

const DAY_MS = 86_400_000;
export const LOAN_DAYS = 21;
export const RENEWALS = 2;

export const ilsIdOf = (record: Pick<Bib, 'id' | 'keys'>): string => record.keys.ilsId ?? record.id;
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/**
 * What the cards have when the demo begins: copies that are out according to the simulated circulation, taken from these
 * records in their order, so that the same catalogue at the same hour gives the same loans. The first card has a loan
 * that can be renewed, one that cannot any more and one overdue, a hold that waits and one that is ready; the second has
 * a loan and a hold of its own.
 */
export function dealDemoCards(
  records: readonly Bib[],
  branches: readonly Branch[],
  nowMs: number,
): [first: DemoCard, second: DemoCard] {
  const out = records.flatMap((record) => {
    const item = record.items.find((one) => circulationOf(one.itemId, nowMs).status === 'checked_out');
    return item ? [{ record, item }] : [];
  });
  const lend = (at: number, more: Partial<DemoLoan>): DemoLoan[] => {
    const one = out[at];
    return one
      ? [{ ...loanOf(one.record, one.item, circulationOf(one.item.itemId, nowMs).dueAt), ...more }]
      : [];
  };
  const lent = new Set(out.slice(0, 4).map(({ record }) => record.id));
  const holdable = records.filter((record) => record.items.length > 0 && !lent.has(record.id)).slice(-3);
  const hold = (at: number, holdId: string, more: Partial<IlsHold>): IlsHold[] => {
    const record = holdable[at];
    return record ? [{ ...waitingHold(record, branches[0], nowMs - 3 * DAY_MS), holdId, ...more }] : [];
  };
  const late = out[2]?.record.title.text;
  return [
    {
      loans: [
        ...lend(0, {}),
        ...lend(1, { renewals: RENEWALS, renewalsLeft: 0, renewable: false }),
        ...lend(2, { dueAt: new Date(nowMs - 2 * DAY_MS).toISOString(), overdue: true }),
      ],
      holds: [
        ...hold(0, 'demo-hold-1', { queuePosition: 2, queueTotal: 4 }),
        ...hold(1, 'demo-hold-2', { ...ready, pickupBy: dayOf(nowMs + 5 * DAY_MS) }),
      ],
      owes: late === undefined ? [] : [{ text: `Overdue: ${late}`, amount: '0.40' }],
    },
    {
      loans: lend(3, {}),
      holds: hold(2, 'demo-hold-3', { queuePosition: 1, queueTotal: 1 }),
      owes: [],
    },
  ];
}

const ready = { status: 'ready', rawStatus: 'simulated: ready', queuePosition: 1, queueTotal: 1 } as const;

export function waitingHold(
  record: Pick<Bib, 'id' | 'keys'> & Partial<Pick<Bib, 'title' | 'contributors'>>,
  pickup: Branch | undefined,
  placedMs: number,
): Omit<IlsHold, 'holdId'> {
  const author = record.contributors?.find((one) => one.main)?.text;
  return {
    ilsId: ilsIdOf(record),
    title: record.title?.text ?? '',
    ...(author !== undefined && { author }),
    status: 'waiting',
    rawStatus: 'simulated: waiting',
    ...(pickup && { pickupBranchId: pickup.id, pickupBranchName: pickup.name }),
    placedAt: new Date(placedMs).toISOString(),
    cancellable: true,
  };
}

function loanOf(record: Bib, item: HeldItem, dueAt: string | undefined): DemoLoan {
  const author = record.contributors.find((one) => one.main)?.text;
  return {
    loanId: item.itemId,
    ilsId: ilsIdOf(record),
    ...(item.barcode !== undefined && { barcode: item.barcode }),
    title: record.title.text,
    ...(author !== undefined && { author }),
    ...(item.callNumber !== undefined && { callNumber: item.callNumber }),
    ...(dueAt !== undefined && { dueAt }),
    overdue: false,
    renewable: true,
    renewals: 0,
    renewalsLeft: RENEWALS,
  };
}
