import type { ItemStatus } from '../../../contract/vocabulary.js';
import type { HeldItem } from '../../catalogue/bib.js';
import type { IlsItem } from '../copies.js';
import type { SipDates } from './dates.js';
import type { Reply } from './reply.js';
import type { Sip2Settings } from './settings.js';

type Meaning = readonly [status: ItemStatus, name: string];

const meanings: Readonly<Record<string, Meaning>> = {
  '01': ['unknown', 'other'],
  '02': ['on_order', 'on order'],
  '03': ['available', 'available'],
  '04': ['checked_out', 'charged'],
  '05': ['checked_out', 'charged, not to be recalled yet'],
  '06': ['in_process', 'in process'],
  '07': ['checked_out', 'recalled'],
  '08': ['on_hold_shelf', 'on hold shelf'],
  '09': ['in_process', 'to be reshelved'],
  '10': ['in_transit', 'in transit'],
  '11': ['missing', 'claimed returned'],
  '12': ['lost', 'lost'],
  '13': ['missing', 'missing'],
};

/** What an 18 says of one copy. */
export interface ItemWord {
  isFound: boolean;
  status: ItemStatus;
  rawStatus: string;
  title: string | undefined;
  callNumber: string | undefined;
  dueAt: string | undefined;
  dueText: string | undefined;
  holds: number | undefined;
}

/** A server says that it does not know a barcode by status 01 and an empty title: there is no code for it. */
export function readItem(reply: Reply, settings: Sip2Settings, dates: SipDates): ItemWord {
  const code = reply.fixed.slice(0, 2);
  const title = reply.first('AJ') || undefined;
  const isFound = !(code === '01' && title === undefined);
  const [status, name] = meaningOf(code, settings);
  const due = reply.first('AH') || undefined;
  const dueAt = due === undefined ? undefined : dates.read(due);
  const holds = /^\d{1,6}$/.exec(reply.first('CF') ?? '');
  return {
    isFound,
    status,
    rawStatus: isFound ? `${code} ${name}` : `${code} not found`,
    title,
    callNumber: reply.first('CS') || undefined,
    dueAt,
    dueText: due !== undefined && dueAt === undefined ? due : undefined,
    holds: holds ? Number(holds[0]) : undefined,
  };
}

function meaningOf(code: string, settings: Sip2Settings): Meaning {
  const known = meanings[code] ?? (['unknown', 'no status of SIP2'] as const);
  if (code === '08') return [settings.hold_shelf_is, known[1]];
  if (code === '09') return [settings.reshelving_is, known[1]];
  return known;
}

/** The copy as the catalogue describes it, with what the system says of it now; `branchName` as the settings have it. */
export function copyOf(
  recordId: string,
  item: HeldItem,
  word: Pick<ItemWord, 'status' | 'rawStatus' | 'dueAt' | 'holds'>,
  branchName: string | undefined,
): IlsItem {
  return {
    itemId: item.itemId,
    recordId,
    ...(item.barcode !== undefined && { barcode: item.barcode }),
    branchId: item.branchId,
    branchName: branchName ?? item.branchName ?? item.branchId,
    ...(item.location !== undefined && { location: item.location }),
    ...(item.callNumber !== undefined && { callNumber: item.callNumber }),
    status: word.status,
    rawStatus: word.rawStatus,
    // A date left over on a copy that is in would say two things at once.
    ...(word.status === 'checked_out' && word.dueAt !== undefined && { dueAt: word.dueAt }),
    ...(word.holds !== undefined && { holds: word.holds }),
  };
}

/** A copy that the system was not, or could not be, asked about. */
export const unasked = (why: string): Pick<ItemWord, 'status' | 'rawStatus' | 'dueAt' | 'holds'> => ({
  status: 'unknown',
  rawStatus: why,
  dueAt: undefined,
  holds: undefined,
});
