import { z } from 'zod';
import type { ItemStatus } from '../../../contract/vocabulary.js';
import { Id, instantOf, MaybeId, Text } from './rows.js';

/** Koha's status columns: numbers of authorised values, in some versions as text. What is no number is not zero. */
const Flag = z
  .union([z.number(), z.string(), z.boolean(), z.null()])
  .transform((value) => Number(value ?? 0))
  .optional();
const TransferDate = z.string().nullish();

/** An item as Koha's list of a biblio's items gives it, with whatever was embedded. */
export const ItemRow = z.object({
  item_id: Id,
  external_id: Text,
  home_library_id: Text,
  holding_library_id: Text,
  callnumber: Text,
  location: Text,
  withdrawn: Flag,
  lost_status: Flag,
  damaged_status: Flag,
  not_for_loan_status: Flag,
  effective_not_for_loan_status: Flag,
  restricted_status: Flag,
  checked_out_date: Text,
  checkout: z.object({ due_date: Text }).nullish(),
  transfer: z
    .object({ datesent: TransferDate, datearrived: TransferDate, datecancelled: TransferDate })
    .nullish(),
  first_hold: z.object({ status: Text }).nullish(),
  recall: z.object({ status: Text, item_id: MaybeId }).nullish(),
  in_bundle: z.union([z.boolean(), z.number(), z.record(z.string(), z.unknown())]).nullish(),
  _strings: z.record(z.string(), z.object({ str: Text }).nullish().catch(undefined)).nullish(),
});
export type ItemRow = z.infer<typeof ItemRow>;

export const CheckoutOfItem = z.object({ item_id: MaybeId, due_date: Text });

export interface KohaStatus {
  status: ItemStatus;
  /** The column that decided, with its value: "lost_status 2". */
  rawStatus: string;
  dueAt?: string;
  /** Absent where only Koha's rules can say. */
  holdable?: boolean;
}

const holdStatuses: Readonly<Record<string, ItemStatus>> = {
  W: 'on_hold_shelf',
  T: 'in_transit',
  P: 'in_process',
};
const recallStatuses: Readonly<Record<string, ItemStatus>> = {
  waiting: 'on_hold_shelf',
  in_transit: 'in_transit',
};

/**
 * Where a copy is, first match wins. Koha has no status of its own: a copy is available when nothing stands against it,
 * and unknown when the row leaves out what could.
 */
export function statusOf(item: ItemRow): KohaStatus {
  const told = (column: 'withdrawn' | 'lost_status' | 'damaged_status' | 'restricted_status'): string => {
    const words = item._strings?.[column]?.str;
    return words === undefined
      ? `${column} ${item[column] ?? 0}`
      : `${column} ${item[column] ?? 0} (${words})`;
  };
  if (isSet(item.withdrawn)) return { status: 'withdrawn', rawStatus: told('withdrawn'), holdable: false };
  if (isSet(item.lost_status)) return { status: 'lost', rawStatus: told('lost_status'), holdable: false };
  if (item.checkout || item.checked_out_date !== undefined) {
    const dueAt = instantOf(item.checkout?.due_date);
    return { status: 'checked_out', rawStatus: 'checked out', ...(dueAt !== undefined && { dueAt }) };
  }
  return (
    movingStatusOf(item) ??
    (isSet(item.damaged_status) ? { status: 'damaged', rawStatus: told('damaged_status') } : undefined) ??
    notForLoanStatusOf(item) ??
    (isSet(item.restricted_status)
      ? { status: 'reference_only', rawStatus: told('restricted_status') }
      : undefined) ??
    (item.in_bundle ? { status: 'unknown', rawStatus: 'in_bundle' } : undefined) ??
    restingStatusOf(item)
  );
}

function movingStatusOf({
  item_id: id,
  transfer,
  first_hold: hold,
  recall,
}: ItemRow): KohaStatus | undefined {
  if (transfer) {
    // Asked for but not yet sent, the copy is still in its place. A form without these dates says only that it moves.
    const isTold = transfer.datesent !== undefined;
    const isOpen = !transfer.datearrived && !transfer.datecancelled;
    if (isOpen && (!isTold || transfer.datesent)) return { status: 'in_transit', rawStatus: 'transfer' };
  }
  if (hold?.status !== undefined)
    return { status: holdStatuses[hold.status] ?? 'unknown', rawStatus: `first_hold ${hold.status}` };
  // Koha gives a copy that nobody recalled the first recall of its title, which another copy may answer.
  const isOfThis = recall?.item_id === undefined || recall.item_id === id;
  const recalled = isOfThis ? recallStatuses[recall?.status ?? ''] : undefined;
  return recalled && { status: recalled, rawStatus: `recall ${recall?.status ?? ''}` };
}

function notForLoanStatusOf(item: ItemRow): KohaStatus | undefined {
  const isEffective = item.effective_not_for_loan_status !== undefined;
  const column = isEffective ? 'effective_not_for_loan_status' : 'not_for_loan_status';
  const value = item[column] ?? 0;
  const words = item._strings?.[column]?.str ?? item._strings?.['not_for_loan_status']?.str;
  const rawStatus = words === undefined ? `${column} ${value}` : `${column} ${value} (${words})`;
  if (value < 0) return { status: 'on_order', rawStatus, holdable: true };
  if (isSet(value)) return { status: 'reference_only', rawStatus, holdable: false };
  return undefined;
}

function restingStatusOf(item: ItemRow): KohaStatus {
  const isTold =
    item.withdrawn !== undefined &&
    item.lost_status !== undefined &&
    (item.effective_not_for_loan_status ?? item.not_for_loan_status) !== undefined;
  return isTold
    ? { status: 'available', rawStatus: 'available' }
    : { status: 'unknown', rawStatus: 'status columns missing' };
}

function isSet(value: number | undefined): boolean {
  return value !== undefined && value !== 0;
}
