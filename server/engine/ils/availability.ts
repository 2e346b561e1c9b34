import type { Availability, BranchAvailability, EcopyView, ItemView } from '../../contract/availability.js';
import type { ItemStatus } from '../../contract/vocabulary.js';
import type { Ecopy, IlsCopies, IlsItem } from './copies.js';

/** Copies that no patron will meet on a shelf: not counted among the copies of a branch. */
const gone: ReadonlySet<ItemStatus> = new Set<ItemStatus>(['withdrawn', 'lost', 'missing']);

/**
 * The copies of one record, told as patrons are told: one line a branch, and one state for all. A single available
 * copy makes the record available; a copy of unknown state keeps it from being called unavailable. Where there are
 * e-copies alone, the state is theirs, and `online` means that one can be had now.
 */
export function availabilityOf(
  { items, ecopies }: IlsCopies,
  told: { asOf: string; stale: boolean; source: Availability['source'] },
): Availability {
  const branches = new Map<string, BranchAvailability>();
  for (const item of items) {
    if (item.status === 'withdrawn') continue;
    const branch = branches.get(item.branchId) ?? {
      branch_id: item.branchId,
      branch_name: item.branchName,
      available: 0,
      total: 0,
      items: [],
    };
    branch.items.push(viewOf(item));
    if (item.status === 'available') branch.available += 1;
    if (!gone.has(item.status)) branch.total += 1;
    branches.set(item.branchId, branch);
  }
  const listed = [...branches.values()].sort((a, b) => a.branch_name.localeCompare(b.branch_name));
  const lent = ecopies.map((ecopy) => ecopyOf(ecopy, told));
  const state = listed.length > 0 ? stateOf(items) : onlineStateOf(lent);
  const { asOf, stale, source } = told;
  return { state, asOf, stale, source, branches: listed, ...(lent.length > 0 && { ecopies: lent }) };
}

/** State of a record of which there are e-copies alone; `unknown` where there are none. */
export function onlineStateOf(ecopies: readonly EcopyView[]): Availability['state'] {
  if (ecopies.some((ecopy) => ecopy.status === 'available')) return 'online';
  if (ecopies.length === 0 || ecopies.some((ecopy) => ecopy.status === 'unknown')) return 'unknown';
  return 'unavailable';
}

/** What is told when nobody could say. */
export function unknownAvailability(source: Availability['source']): Availability {
  return { state: 'unknown', asOf: null, stale: false, source, branches: [] };
}

function stateOf(items: readonly IlsItem[]): Availability['state'] {
  const known = items.filter((item) => item.status !== 'withdrawn');
  if (known.some((item) => item.status === 'available')) return 'available';
  if (known.length === 0 || known.some((item) => item.status === 'unknown')) return 'unknown';
  return 'unavailable';
}

function ecopyOf(ecopy: Ecopy, { asOf, stale }: { asOf: string; stale: boolean }): EcopyView {
  const { lender, status, owned, available, holds, format, url } = ecopy;
  return {
    lender,
    status,
    ...(owned !== undefined && { owned }),
    ...(available !== undefined && { available }),
    ...(holds !== undefined && { holds }),
    ...(format !== undefined && { format }),
    ...(url !== undefined && URL.canParse(url) && /^https?:/i.test(url) && { url }),
    asOf,
    stale,
  };
}

function viewOf(item: IlsItem): ItemView {
  return {
    item_id: item.itemId,
    status: item.status,
    ...(item.location !== undefined && { location: item.location }),
    ...(item.callNumber !== undefined && { call_number: item.callNumber }),
    ...(item.dueAt !== undefined && { due_at: item.dueAt }),
  };
}
