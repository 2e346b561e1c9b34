import { z } from 'zod';
import type { Ecopy } from '../copies.js';
import { IlsFault } from '../ils-fault.js';
import type { Collection } from './collection.js';

/** What the availability API says of one title, as far as it is used; what cannot be read of it is left out. */
const Row = z.object({
  reserveId: z.string().optional().catch(undefined),
  titleId: z.union([z.string(), z.number()]).optional().catch(undefined),
  available: z.boolean().optional().catch(undefined),
  availabilityType: z.string().optional().catch(undefined),
  copiesOwned: z.int().min(0).optional().catch(undefined),
  copiesAvailable: z.int().min(0).optional().catch(undefined),
  numberOfHolds: z.int().min(0).optional().catch(undefined),
});
export type AvailabilityRow = z.infer<typeof Row>;

const Rows = z
  .object({ totalItems: z.int().optional(), availability: z.array(Row).optional() })
  .refine(({ totalItems, availability }) => totalItems === 0 || availability !== undefined);

/** So many titles go into one request. */
const MOST_AT_ONCE = 25;

/** What OverDrive says of each title by its key (a reserve ID in lower case, or a title ID); one it does not name is missing. */
export async function askAvailability(
  collection: Collection,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, AvailabilityRow>> {
  const found = new Map<string, AvailabilityRow>();
  for (let at = 0; at < keys.length; at += MOST_AT_ONCE) {
    const asked = keys.slice(at, at + MOST_AT_ONCE);
    const products = asked.map(encodeURIComponent).join(',');
    const answer = await collection.ask(
      (token) => `/v2/collections/${token}/availability?products=${products}`,
      signal,
      'patron',
    );
    if (answer.outcome === 'not_found') continue;
    const rows = Rows.safeParse(answer.json);
    if (!rows.success) throw new IlsFault('foreign', 'OverDrive', { mayHaveHappened: false });
    const told = rows.data.availability ?? [];
    for (const row of told) {
      const names = [
        row.reserveId?.toLowerCase(),
        row.titleId === undefined ? undefined : String(row.titleId),
      ];
      for (const name of names) if (name !== undefined) found.set(name, row);
    }
    // One answer to one question needs no name.
    const [only] = told;
    if (asked.length === 1 && told.length === 1 && asked[0] !== undefined && only) found.set(asked[0], only);
  }
  return found;
}

/**
 * One title as patrons are told of it. `available` decides, whatever the counts say; a title that OverDrive did not name
 * is unknown, for it may be one that only some of the library's patrons can see.
 */
export function ecopyOf(
  id: string,
  row: AvailabilityRow | undefined,
  more: { lender: string; format?: Ecopy['format']; url?: string },
): Ecopy {
  const { lender, format, url } = more;
  const common = { id, lender, ...(format && { format }), ...(url !== undefined && { url }) };
  if (!row) return { ...common, status: 'unknown', rawStatus: 'not in the answer' };
  const isCounted = row.availabilityType?.toLowerCase() !== 'alwaysavailable';
  return {
    ...common,
    status: statusOf(row),
    rawStatus: `${row.availabilityType ?? 'no type'}, available: ${row.available ?? 'not said'}`,
    ...(isCounted && row.copiesOwned !== undefined && { owned: row.copiesOwned }),
    // Copies that are in although the title cannot be had would say two things at once.
    ...(isCounted &&
      row.available === true &&
      row.copiesAvailable !== undefined && { available: row.copiesAvailable }),
    ...(row.numberOfHolds !== undefined && { holds: row.numberOfHolds }),
  };
}

function statusOf(row: AvailabilityRow): Ecopy['status'] {
  if (row.available === true) return 'available';
  return row.available === false && row.copiesOwned !== 0 ? 'checked_out' : 'unknown';
}
