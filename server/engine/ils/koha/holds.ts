import { z } from 'zod';
import type { IlsHold, IlsHoldStatus } from '../account.js';
import { IlsFault } from '../ils-fault.js';
import type { CancelAnswer, HoldAnswer, HoldRequest } from '../patron.js';
import type { IlsBranch, IlsRecord } from '../record.js';
import { beforeSending } from './answer.js';
import type { KohaApi } from './api.js';
import { branchOf, LibraryRow, type KohaBranches } from './branches.js';
import { biblioIdOf } from './copies.js';
import { operations } from './operations.js';
import { holdRefusal } from './refusals.js';
import { Id, listRows, readRow, Text } from './rows.js';
import { BiblioTitle, titleText, type KohaTitles } from './titles.js';

const HoldRow = z.object({
  hold_id: Id,
  patron_id: Id,
  biblio_id: Id,
  pickup_library_id: Text,
  hold_date: Text,
  expiration_date: Text,
  cancellation_date: Text,
  priority: z.int().nullish(),
  status: Text,
  suspended: z.boolean().nullish(),
  biblio: BiblioTitle.nullish(),
});
type HoldRow = z.infer<typeof HoldRow>;

/** What Koha calls `found`; null is a hold that waits for a copy. P: the copy has come and is being made ready. */
const statuses: Readonly<Record<string, IlsHoldStatus>> = { W: 'ready', T: 'in_transit', P: 'in_transit' };

const FOUND = 'A hold for which a copy has been found cannot be cancelled';

export interface KohaHolds {
  list(patronId: string, signal: AbortSignal): Promise<IlsHold[]>;
  pickupBranches(patronId: string, record: IlsRecord, signal: AbortSignal): Promise<IlsBranch[]>;
  place(patronId: string, request: HoldRequest, signal: AbortSignal): Promise<HoldAnswer>;
  cancel(patronId: string, holdId: string, signal: AbortSignal): Promise<CancelAnswer>;
}

export function createKohaHolds(deps: {
  api: KohaApi;
  titles: KohaTitles;
  branches: KohaBranches;
}): KohaHolds {
  const { api, titles, branches } = deps;

  const rowsOf = async (patronId: string, signal: AbortSignal): Promise<HoldRow[]> => {
    const query = { patron_id: patronId, _match: 'exact' };
    const embed = (await api.spec(signal)).embeds(operations.holds, ['biblio']);
    const rows = await listRows(api, operations.holds, { query, embed, orderBy: 'hold_id', signal }, HoldRow);
    return (rows ?? []).filter((row) => row.patron_id === patronId && row.cancellation_date === undefined);
  };

  return {
    async list(patronId, signal) {
      const rows = await rowsOf(patronId, signal);
      const known = await titles.ofBiblios(
        rows.filter((row) => !row.biblio).map((row) => row.biblio_id),
        signal,
      );
      const names = rows.length === 0 ? new Map<string, string>() : await branches.names(signal);
      return rows.map((row) => {
        const biblio = row.biblio ?? known.get(row.biblio_id);
        return {
          ...holdOf(row, names),
          title: titleText(biblio),
          ...(biblio?.author !== undefined && { author: biblio.author }),
        };
      });
    },

    async pickupBranches(patronId, record, signal) {
      const biblioId = biblioIdOf(record);
      if (biblioId === undefined) return [];
      const request = { ids: [biblioId], query: { patron_id: patronId }, orderBy: 'library_id', signal };
      const rows = (await listRows(api, operations.pickupLocations, request, LibraryRow)) ?? [];
      // Those that need an override are shown by Koha to staff who may break the rules; a patron may not.
      return rows.filter((row) => row.needs_override !== true).map(branchOf);
    },

    async place(patronId, { record, pickupBranchId, itemId }, signal) {
      const biblioId = biblioIdOf(record);
      // An item id that is no number would be left out by Koha, and the hold be placed on the title.
      const isKnown = biblioId !== undefined && (itemId === undefined || /^[1-9]\d*$/.test(itemId));
      if (!isKnown) return { outcome: 'refused', reason: 'not_found', said: '' };
      // No hold_date: with AllowHoldDateInFuture off Koha refuses any. No override: the rules hold for patrons.
      const body = {
        patron_id: Number(patronId),
        biblio_id: Number(biblioId),
        pickup_library_id: pickupBranchId,
        ...(itemId !== undefined && { item_id: Number(itemId) }),
      };
      const answer = await api.ask(operations.placeHold, { body, also: [400, 403, 404, 409], signal });
      if (answer.status < 300) {
        const row = readRow(answer, HoldRow);
        const id = row.pickup_library_id ?? pickupBranchId;
        return {
          outcome: 'placed',
          holdId: row.hold_id,
          ...(row.priority != null && row.priority > 0 && { queuePosition: row.priority }),
          pickup: { id, name: (await nameOf(id, branches, signal)) ?? id, pickup: true },
        };
      }
      if (answer.no.isMalformed) throw new IlsFault('foreign', 'Koha', { mayHaveHappened: false });
      return holdRefusal(answer.no);
    },

    async cancel(patronId, holdId, signal) {
      if (!/^[1-9]\d*$/.test(holdId)) return { outcome: 'refused', reason: 'not_found', said: '' };
      // Carrel's account could cancel anyone's hold.
      const mine = await beforeSending(rowsOf(patronId, signal));
      const own = mine.find((row) => row.hold_id === holdId);
      if (!own) return { outcome: 'refused', reason: 'not_yours', said: '' };
      if (!mayBeCancelled(own)) return { outcome: 'refused', reason: 'other', said: FOUND };
      const answer = await api.ask(operations.cancelHold, { ids: [holdId], also: [403, 404], signal });
      if (answer.status < 300) {
        // A page of something in between is no yes.
        if (!answer.isEmpty && answer.json === undefined) throw new IlsFault('foreign', 'Koha');
        if (answer.no.said !== '') throw new IlsFault('broken', 'Koha');
        return { outcome: answer.status === 202 ? 'requested' : 'cancelled' };
      }
      const reason = answer.status === 404 ? 'not_found' : 'other';
      return { outcome: 'refused', reason, said: answer.no.said };
    },
  };
}

/** The hold stands already: a name that cannot be had must not make it look as if nobody knew. */
async function nameOf(id: string, branches: KohaBranches, signal: AbortSignal): Promise<string | undefined> {
  try {
    return (await branches.names(signal)).get(id);
  } catch (error) {
    if (error instanceof IlsFault || signal.aborted) return undefined;
    throw error;
  }
}

function holdOf(row: HoldRow, names: ReadonlyMap<string, string>): Omit<IlsHold, 'title'> {
  const waits = row.suspended === true ? 'suspended' : 'waiting';
  const status = row.status === undefined ? waits : (statuses[row.status] ?? 'unknown');
  const pickupId = row.pickup_library_id;
  const pickupBy = status === 'ready' ? row.expiration_date?.slice(0, 10) : undefined;
  return {
    holdId: row.hold_id,
    ilsId: row.biblio_id,
    status,
    rawStatus: row.status ?? waits,
    ...(row.priority != null && row.priority > 0 && { queuePosition: row.priority }),
    ...(pickupId !== undefined && {
      pickupBranchId: pickupId,
      pickupBranchName: names.get(pickupId) ?? pickupId,
    }),
    ...(pickupBy !== undefined && { pickupBy }),
    ...(row.hold_date !== undefined && { placedAt: row.hold_date }),
    cancellable: mayBeCancelled(row),
  };
}

/** Once a copy is on its way Koha's own pages no longer let a patron cancel; its staff, for whom Carrel's account counts, may. */
function mayBeCancelled({ status }: HoldRow): boolean {
  return status === undefined;
}
