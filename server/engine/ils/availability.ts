import type { Availability, BranchAvailability, ItemView } from '../../contract/availability.js';
import type { ItemStatus } from '../../contract/vocabulary.js';
import type { IlsItem } from './copies.js';

/** Copies that no patron will meet on a shelf: not counted among the copies of a branch. */
const gone: ReadonlySet<ItemStatus> = new Set<ItemStatus>(['withdrawn', 'lost', 'missing']);

/**
 * The copies of one record, told as patrons are told: one line a branch, and one state for all. A single available
 * copy makes the record available; a copy of unknown state keeps it from being called unavailable.
 */
export function availabilityOf(
  items: readonly IlsItem[],
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
  return { state: stateOf(items), asOf: told.asOf, stale: told.stale, source: told.source, branches: listed };
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

function viewOf(item: IlsItem): ItemView {
  return {
    item_id: item.itemId,
    status: item.status,
    ...(item.location !== undefined && { location: item.location }),
    ...(item.callNumber !== undefined && { call_number: item.callNumber }),
    ...(item.dueAt !== undefined && { due_at: item.dueAt }),
  };
}
