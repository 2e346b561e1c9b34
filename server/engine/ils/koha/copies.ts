import { z } from 'zod';
import type { IlsItem } from '../copies.js';
import { IlsFault } from '../ils-fault.js';
import type { IlsRecord } from '../record.js';
import type { KohaApi } from './api.js';
import type { KohaBranches } from './branches.js';
import { CheckoutOfItem, ItemRow, statusOf } from './item-status.js';
import { operations, type Operation } from './operations.js';
import type { RefusedForNow } from './refused-for-now.js';
import { Id, instantOf, listRows, MaybeId, Text } from './rows.js';

const embeds = ['+strings', 'checkout', 'transfer', 'first_hold', 'recall', 'in_bundle'] as const;
/** Of other patrons' holds Carrel reads this alone. */
const HoldOfBiblio = z.object({ biblio_id: Id, item_id: MaybeId, status: Text });
type HoldOfBiblio = z.infer<typeof HoldOfBiblio>;

/** Koha's number of a record: the one that it wrote into it, else the record's own id where that is a number. */
export function biblioIdOf({ keys, id }: IlsRecord): string | undefined {
  return [keys.ilsId, id].find((number) => number !== undefined && /^[1-9]\d*$/.test(number));
}

export interface KohaCopies {
  /** Copies of one record; none where Koha does not know it. */
  of(record: IlsRecord, signal: AbortSignal): Promise<IlsItem[]>;
}

export function createKohaCopies(deps: {
  api: KohaApi;
  branches: KohaBranches;
  refused: RefusedForNow;
  hasAccount: boolean;
  countHolds: boolean;
}): KohaCopies {
  const { api, refused, branches } = deps;

  const listed = async (biblioId: string, operation: Operation, isPublic: boolean, signal: AbortSignal) => {
    const embed = (await api.spec(signal)).embeds(operation, embeds);
    const request = { ids: [biblioId], embed, isPublic, orderBy: 'item_id', signal };
    return (await listRows(api, operation, request, ItemRow)) ?? [];
  };

  const itemsOf = async (biblioId: string, signal: AbortSignal): Promise<ItemRow[]> => {
    const spec = await api.spec(signal);
    const staff =
      deps.hasAccount && spec.offers(operations.items)
        ? await refused.unlessRefused(operations.items, () =>
            listed(biblioId, operations.items, false, signal),
          )
        : undefined;
    if (staff) return staff;
    if (spec.offers(operations.publicItems)) return listed(biblioId, operations.publicItems, true, signal);
    const grant = spec.permission(operations.items);
    throw new IlsFault('refused', 'Koha', grant === undefined ? {} : { grant: `Permission ${grant}` });
  };

  /** Due dates of the copies that are out, where the items do not tell them. */
  const dueDates = async (biblioId: string, signal: AbortSignal): Promise<Map<string, string>> => {
    const operation = operations.biblioCheckouts;
    if (!deps.hasAccount || !(await api.spec(signal)).offers(operation)) return new Map();
    const request = { ids: [biblioId], orderBy: 'checkout_id', signal };
    const rows = await refused.unlessRefused(operation, () =>
      listRows(api, operation, request, CheckoutOfItem),
    );
    const due = rows?.map((row) => [row.item_id, instantOf(row.due_date)] as const) ?? [];
    return new Map(due.filter((pair): pair is [string, string] => pair.every((part) => part !== undefined)));
  };

  /** Holds of a title: asked to be counted, or because the items do not tell which of them wait for a patron. */
  const holdsOf = async (
    biblioId: string,
    items: readonly ItemRow[],
    signal: AbortSignal,
  ): Promise<HoldOfBiblio[] | undefined> => {
    const operation = operations.holds;
    const isNeeded = deps.countHolds || items.some((item) => item.first_hold === undefined);
    if (!isNeeded || !deps.hasAccount || !(await api.spec(signal)).takes(operation, 'biblio_id'))
      return undefined;
    // Without _match=exact Koha would also count the holds of records whose number contains this one.
    const query = { biblio_id: biblioId, _match: 'exact' };
    const rows = await refused.unlessRefused(operation, () =>
      listRows(api, operation, { query, orderBy: 'hold_id', signal }, HoldOfBiblio),
    );
    return rows?.filter((row) => row.biblio_id === biblioId);
  };

  return {
    async of(record, signal) {
      const biblioId = biblioIdOf(record);
      if (biblioId === undefined) return [];
      const items = await itemsOf(biblioId, signal);
      if (items.length === 0) return [];
      const names = await branches.names(signal);
      const holds = await holdsOf(biblioId, items, signal);
      const caught = holds?.filter(({ status }) => status !== undefined);
      const found = new Map(caught?.map((hold) => [hold.item_id, hold.status] as const));
      const states = items.map((item) => {
        const status = found.get(item.item_id);
        const told = item.first_hold === undefined && status !== undefined ? { status } : item.first_hold;
        return { item, state: statusOf({ ...item, first_hold: told }) };
      });
      const lacksDue = states.some(
        ({ state }) => state.status === 'checked_out' && state.dueAt === undefined,
      );
      const due = lacksDue ? await dueDates(biblioId, signal) : new Map<string, string>();
      return states.map(({ item, state }) => {
        const dueAt = state.dueAt ?? (state.status === 'checked_out' ? due.get(item.item_id) : undefined);
        const branchId = item.holding_library_id ?? item.home_library_id ?? '';
        const location = item._strings?.['location']?.str ?? item.location;
        return {
          itemId: item.item_id,
          recordId: record.id,
          branchId,
          branchName: names.get(branchId) ?? branchId,
          status: state.status,
          rawStatus: state.rawStatus,
          ...(item.external_id !== undefined && { barcode: item.external_id }),
          ...(location !== undefined && { location }),
          ...(item.callnumber !== undefined && { callNumber: item.callnumber }),
          ...(dueAt !== undefined && { dueAt }),
          ...(state.holdable !== undefined && { holdable: state.holdable }),
          ...(holds !== undefined && { holds: holds.length }),
        };
      });
    },
  };
}
