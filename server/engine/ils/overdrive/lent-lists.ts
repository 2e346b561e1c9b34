import { z } from 'zod';
import type { IlsHoldStatus } from '../account.js';
import type { Ecopy } from '../copies.js';
import { IlsFault } from '../ils-fault.js';

/** Something on a patron's shelf at OverDrive. OverDrive tells neither its title nor its author with it. */
export interface LentRow {
  /** Reserve ID in lower case. */
  id: string;
  titleId?: string;
  /** The collection that the patron sees it in, which may be a collection of their own branch. */
  collection?: string;
  format?: Ecopy['format'];
}
export interface CheckoutRow extends LentRow {
  /** ISO 8601 UTC. */
  dueAt?: string;
}
export interface HoldRow extends LentRow {
  status: IlsHoldStatus;
  rawStatus: string;
  position?: number;
  total?: number;
  placedAt?: string;
  readyUntil?: string;
  /** How it is cancelled, in OverDrive's own words; undefined where OverDrive does not say, null where it cannot be. */
  removal: { href: string; method: string } | undefined | null;
}

const Action = z.object({ href: z.string(), method: z.string() });
const optional = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);
const Lent = z.object({
  reserveId: z.string().min(1),
  crossRefId: optional(z.union([z.number(), z.string()])),
  links: optional(z.object({ metadata: optional(z.object({ href: z.string() })) })),
});
const Checkout = Lent.extend({
  expires: optional(z.string()),
  formats: optional(z.array(z.object({ formatType: z.string() }))),
});
const Hold = Lent.extend({
  holdListPosition: optional(z.int().min(0)),
  numberOfHolds: optional(z.int().min(0)),
  holdPlacedDate: optional(z.string()),
  holdExpires: optional(z.string()),
  holdSuspension: z.unknown().optional(),
  actions: optional(z.record(z.string(), z.unknown())),
});

/** The checkouts in an answer. Throws IlsFault `foreign` where it is none, or a row cannot be told at all. */
export function readCheckouts(json: unknown): CheckoutRow[] {
  return rowsOf(json, 'checkouts').map((row) => {
    const read = Checkout.safeParse(row);
    if (!read.success) throw foreign();
    const dueAt = timeOf(read.data.expires);
    const format = read.data.formats?.map(({ formatType }) => formatOf(formatType)).find(isGiven);
    return { ...lentOf(read.data), ...(format && { format }), ...(dueAt !== undefined && { dueAt }) };
  });
}

/** The holds in an answer. Throws as `readCheckouts` does. */
export function readHolds(json: unknown): HoldRow[] {
  return rowsOf(json, 'holds').map((row) => {
    const read = Hold.safeParse(row);
    if (!read.success) throw foreign();
    return holdOf(read.data);
  });
}

function holdOf(row: z.infer<typeof Hold>): HoldRow {
  const { holdListPosition: position, numberOfHolds: total, actions } = row;
  const readyUntil = timeOf(row.holdExpires);
  const placedAt = timeOf(row.holdPlacedDate);
  // Recorded holds bear a date of expiry, or can be borrowed, only once they wait for the patron.
  const isReady = row.holdExpires !== undefined || actions?.['checkout'] !== undefined;
  const isSuspended = row.holdSuspension !== undefined && row.holdSuspension !== null;
  const status = isReady ? 'ready' : isSuspended ? 'suspended' : 'waiting';
  const removal = Action.safeParse(actions?.['removeHold']);
  return {
    ...lentOf(row),
    status,
    rawStatus: `position ${position ?? 'not said'}, expires ${row.holdExpires ?? 'not said'}`,
    ...(position !== undefined && position > 0 && { position }),
    ...(total !== undefined && total > 0 && { total }),
    ...(placedAt !== undefined && { placedAt }),
    ...(isReady && readyUntil !== undefined && { readyUntil }),
    removal: removal.success ? removal.data : actions === undefined ? undefined : null,
  };
}

function lentOf(row: z.infer<typeof Lent>): LentRow {
  const collection = /\/collections\/([^/?]+)\//.exec(row.links?.metadata?.href ?? '')?.[1];
  return {
    id: row.reserveId.toLowerCase(),
    ...(row.crossRefId !== undefined && { titleId: String(row.crossRefId) }),
    ...(collection !== undefined && { collection: decodeURIComponent(collection) }),
  };
}

/** An empty list lacks its key altogether; a count without a list is none that can be relied on. */
function rowsOf(json: unknown, key: 'checkouts' | 'holds'): unknown[] {
  const List = z.object({ totalItems: z.int().optional(), [key]: z.array(z.unknown()).optional() });
  const read = List.safeParse(json);
  const rows = read.success ? (read.data[key] as unknown[] | undefined) : undefined;
  const total = read.success ? read.data.totalItems : undefined;
  if (rows === undefined && total !== 0) throw foreign();
  return rows ?? [];
}

const foreign = (): IlsFault => new IlsFault('foreign', 'OverDrive', { mayHaveHappened: false });

const isGiven = <T>(one: T | undefined): one is T => one !== undefined;

/** By the beginning of a format's id, such as "ebook-overdrive". */
function formatOf(formatType: string): Ecopy['format'] {
  if (formatType.startsWith('ebook')) return 'ebook';
  if (formatType.startsWith('audiobook')) return 'eaudiobook';
  if (formatType.startsWith('magazine')) return 'magazine';
  return formatType.startsWith('video') ? 'video' : undefined;
}

function timeOf(text: string | undefined): string | undefined {
  const ms = text === undefined ? NaN : Date.parse(text);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}
