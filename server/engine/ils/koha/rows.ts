import { z } from 'zod';
import { IlsFault } from '../ils-fault.js';
import type { KohaAnswer } from './answer.js';
import type { KohaApi, KohaRequest } from './api.js';
import { operations, type Operation } from './operations.js';

const PER_PAGE = 100;
const MOST_PAGES = 100;

/**
 * Every row of a list, page after page in the order of `orderBy`; a row that slid from one page to the next comes once.
 * Undefined when Koha says 404 to it. Throws `foreign` when a row is not of this form.
 */
export async function listRows<Row>(
  api: KohaApi,
  operation: Operation,
  request: KohaRequest & { orderBy: string },
  schema: z.ZodType<Row>,
): Promise<Row[] | undefined> {
  const { orderBy, ...asked } = request;
  const spec = await api.spec(request.signal);
  const pages = spec.takes(operation, '_page') && spec.takes(operation, '_per_page');
  const rows = new Map<string, unknown>();
  let seen = 0;
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const query = {
      ...asked.query,
      ...(pages && { _page: page, _per_page: PER_PAGE }),
      ...(pages && spec.takes(operation, '_order_by') && { _order_by: orderOf(operation, orderBy) }),
    };
    const answer = await api.ask(operation, { ...asked, query, also: [404] });
    if (answer.status === 404) return undefined;
    const found = listOf(answer);
    found.forEach((row, n) => rows.set(keyOf(row, orderBy) ?? `${page}/${n}`, row));
    seen += found.length;
    const isLast = answer.total === undefined ? found.length < PER_PAGE : seen >= answer.total;
    if (!pages || isLast || found.length === 0) return readAll([...rows.values()], schema);
  }
  throw new IlsFault('foreign', 'Koha');
}

/**
 * What is embedded Koha joins, and a column of several tables has to be named with its own, `me`. Its list of records adds
 * that by itself, and fails when it is there already.
 */
function orderOf(operation: Operation, column: string): string {
  return operation === operations.biblios ? `+${column}` : `+me.${column}`;
}

/** One row. Throws `foreign` when it is not of this form, `broken` when it is an error under a good status. */
export function readRow<Row>(answer: KohaAnswer, schema: z.ZodType<Row>): Row {
  const read = schema.safeParse(answer.json);
  if (!read.success) throw notOfThisForm(answer);
  return read.data;
}

function notOfThisForm({ no }: KohaAnswer): IlsFault {
  return new IlsFault(no.said === '' ? 'foreign' : 'broken', 'Koha');
}

function listOf(answer: KohaAnswer): unknown[] {
  if (Array.isArray(answer.json)) return answer.json;
  throw notOfThisForm(answer);
}

function readAll<Row>(rows: readonly unknown[], schema: z.ZodType<Row>): Row[] {
  const read = z.array(schema).safeParse(rows);
  if (!read.success) throw new IlsFault('foreign', 'Koha');
  return read.data;
}

function keyOf(row: unknown, field: string): string | undefined {
  const value = z.record(z.string(), z.unknown()).safeParse(row).data?.[field];
  return typeof value === 'number' || typeof value === 'string' ? String(value) : undefined;
}

/** Koha's numeric ids, some of which come as strings. */
export const Id = z.union([z.int(), z.string().min(1)]).transform(String);
export const MaybeId = Id.nullish().transform((id) => id ?? undefined);
/** A text; empty or null is none. */
export const Text = z
  .string()
  .nullish()
  .transform((text) => text?.trim() || undefined);
/** A date with its time zone as ISO 8601 UTC; undefined when there is none or it has no zone. */
export function instantOf(text: string | undefined): string | undefined {
  if (text === undefined || !/T.*(?:Z|[+-]\d\d:?\d\d)$/i.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}
