import { z } from 'zod';
import { DeadlineError, within, type Clock } from '../../cache/clock.js';
import type { Ecopy } from '../copies.js';
import { IlsFault } from '../ils-fault.js';
import type { Collection } from './collection.js';
import type { LentRow } from './lent-lists.js';
import { Identifier, isbnOf, isWebAddress, mediaFormats } from './titles.js';
import type { Api } from './api.js';

/** What a title is called, and how it is found in the catalogue. */
export interface TitleWords {
  title: string;
  author?: string;
  format?: Ecopy['format'];
  /** Its page for patrons, where OverDrive names one. */
  page?: string;
  isbns: string[];
}

const optional = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);
const Metadata = z.object({
  id: z.string().min(1),
  title: z.string(),
  creators: optional(z.array(z.object({ name: z.string(), fileAs: optional(z.string()) }))),
  primaryCreator: optional(z.object({ name: z.string() })),
  mediaType: optional(z.string()),
  formats: optional(z.array(z.object({ identifiers: optional(z.array(Identifier)) }))),
  otherFormatIdentifiers: optional(z.array(Identifier)),
  contentDetails: optional(z.array(z.object({ href: z.string() }))),
});
const Bulk = z.object({ metadata: z.array(z.unknown()) });

/** So many titles go into one request, and so many are asked about at all. */
const AT_ONCE = 25;
const MOST = 50;
/** Who waits for their loans waits no longer than this for what they are called. */
const PATIENCE_MS = 3_000;

/**
 * Learns what titles are called, 25 in one request, and adds it to `known`. Those that OverDrive does not name in time
 * stay unnamed: a loan is told all the same. Rejects only when the signal aborts.
 */
export async function learnTitles(
  known: Map<string, TitleWords>,
  rows: readonly LentRow[],
  { api, collection, clock }: { api: Api; collection: Collection; clock: Clock },
  signal: AbortSignal,
): Promise<void> {
  const asked = new Map<string | undefined, string[]>();
  for (const { id, collection: seenIn } of rows.filter((row) => !known.has(row.id)).slice(0, MOST))
    asked.set(seenIn, [...new Set([...(asked.get(seenIn) ?? []), id])]);
  try {
    await within(clock, PATIENCE_MS, signal, async (inner) => {
      for (const [seenIn, ids] of asked) {
        for (let at = 0; at < ids.length; at += AT_ONCE) {
          const query = ids
            .slice(at, at + AT_ONCE)
            .map(encodeURIComponent)
            .join(',');
          const target = (token: string) => `/v1/collections/${token}/bulkmetadata?reserveIds=${query}`;
          const answer =
            seenIn === undefined
              ? await collection.ask(target, inner, 'patron')
              : await api.get(target(encodeURIComponent(seenIn)), inner, 'patron');
          if (answer.outcome === 'ok') readWords(answer.json).forEach((words, id) => known.set(id, words));
        }
      }
    });
  } catch (error) {
    if (signal.aborted || !(error instanceof IlsFault || error instanceof DeadlineError)) throw error;
  }
}

function readWords(json: unknown): Map<string, TitleWords> {
  const bulk = Bulk.safeParse(json);
  const found = new Map<string, TitleWords>();
  for (const row of bulk.success ? bulk.data.metadata : []) {
    const read = Metadata.safeParse(row);
    if (!read.success) continue;
    const { id, title, creators, primaryCreator, mediaType, formats = [], contentDetails } = read.data;
    const author = creators?.[0]?.fileAs ?? creators?.[0]?.name ?? primaryCreator?.name;
    const format = mediaFormats[mediaType?.toLowerCase() ?? ''];
    const page = contentDetails?.map(({ href }) => href).find(isWebAddress);
    const numbers = [
      ...formats.flatMap(({ identifiers }) => identifiers ?? []),
      ...(read.data.otherFormatIdentifiers ?? []),
    ];
    found.set(id.toLowerCase(), {
      title,
      ...(author !== undefined && author !== '' && { author }),
      ...(format && { format }),
      ...(page !== undefined && { page }),
      isbns: [...new Set(numbers.flatMap((one) => isbnOf(one) ?? []))],
    });
  }
  return found;
}
