import { json, type Answer } from '../http-simulator.js';

export type Row = Record<string, unknown>;

/** An answer thrown from the depths of a handler, as Koha's own exceptions are. */
export class Refusal extends Error {
  readonly answer: Answer;
  constructor(answer: Answer) {
    super(`answered ${answer.status}`);
    this.answer = answer;
  }
}

/** Allowed operators, from Koha/REST/Plugin/Query.pm. */
const OPERATORS = new Set(
  '= != < > <= >= -in -ident -bool -not_bool -or like -like -not_like -between -not_between -not -and -regexp -not_in'.split(
    ' ',
  ),
);

const broken = (): Refusal =>
  new Refusal(
    json(500, {
      error: 'Something went wrong, check Koha logs for details.',
      error_code: 'internal_server_error',
    }),
  );

/** MySQL compares text without case; a number met by text compares as text here, which tells the same ids apart. */
const same = (a: unknown, b: unknown): boolean =>
  a === null || b === null || a === undefined || b === undefined
    ? false
    : text(a).toLowerCase() === text(b).toLowerCase();

const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : JSON.stringify(value);

/** SQL LIKE: `%` any run, `_` any one character, no regard to case. */
export function like(value: unknown, pattern: string): boolean {
  if (value === null || value === undefined) return false;
  const source = [...pattern]
    .map((c) => (c === '%' ? '.*' : c === '_' ? '.' : c.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')))
    .join('');
  return new RegExp(`^${source}$`, 'is').test(text(value));
}

/** A plain query parameter by `_match`, whose default is `contains`: `cardnumber=CARD-0001` also finds CARD-00012. */
export function matches(value: unknown, asked: string, match: string): boolean {
  if (match === 'exact') return same(value, asked);
  if (match === 'starts_with') return like(value, `${asked}%`);
  if (match === 'ends_with') return like(value, `%${asked}`);
  return like(value, `%${asked}%`);
}

/**
 * Whether a row is among those that the JSON of `q` selects. An object is AND, an array is OR, `{"field":["a","b"]}` is
 * either value, `{"field":{"-like":"%x%"}}` an operator, dotted names reach into embedded relations alone.
 * An unknown column is an SQL error, hence a bare 500.
 */
export function selects(query: unknown, row: Row, oldKoha: boolean): boolean {
  if (Array.isArray(query)) {
    if (query[0] === '-and') return query.slice(1).every((part) => selects(part, row, oldKoha));
    return query.some((part) => selects(part, row, oldKoha));
  }
  if (query === null || typeof query !== 'object') throw broken();
  return Object.entries(query as Row).every(([name, wanted]) => {
    if (name === '-and') return parts(wanted).every((part) => selects(part, row, oldKoha));
    if (name === '-or') return parts(wanted).some((part) => selects(part, row, oldKoha));
    return holds(column(row, name), wanted, oldKoha);
  });
}

const parts = (wanted: unknown): unknown[] => (Array.isArray(wanted) ? (wanted as unknown[]) : [wanted]);

function column(row: Row, name: string): unknown {
  const path = name.replace(/^me\./, '').split('.');
  let at: unknown = row;
  for (const step of path) {
    if (at === null) return null;
    if (typeof at !== 'object' || !(step in at)) throw broken();
    at = (at as Row)[step];
  }
  return at;
}

function holds(value: unknown, wanted: unknown, oldKoha: boolean): boolean {
  if (wanted === null) return value === null || value === undefined;
  if (Array.isArray(wanted)) return wanted.some((one) => holds(value, one, oldKoha));
  if (typeof wanted !== 'object') return same(value, wanted);
  return Object.entries(wanted as Row).every(([operator, operand]) => {
    if (!OPERATORS.has(operator)) throw invalidOperator(operator, oldKoha);
    if (operator.startsWith('-not_')) return !operate(value, operator.replace('-not_', '-'), operand);
    return operate(value, operator, operand);
  });
}

/** One stored version renders the outcome of `printf`, so that `error` is the number 1. */
const invalidOperator = (operator: string, oldKoha: boolean): Refusal =>
  new Refusal(
    json(400, {
      error: oldKoha ? 1 : `Invalid operator in query: ${operator}`,
      error_code: 'invalid_query',
    }),
  );

function operate(value: unknown, operator: string, operand: unknown): boolean {
  if (operator === '=' || operator === '-ident') return same(value, operand);
  if (operator === '!=') return operand === null ? value !== null : value !== null && !same(value, operand);
  if (operator === 'like' || operator === '-like')
    return parts(operand).some((pattern) => like(value, text(pattern)));
  if (operator === '-in') return parts(operand).some((one) => same(value, one));
  if (operator === '-regexp') return value !== null && new RegExp(text(operand), 'i').test(text(value));
  if (operator === '-between') {
    const [low, high] = parts(operand);
    return order(value, low) >= 0 && order(value, high) <= 0;
  }
  if (value === null || value === undefined) return false;
  const by = order(value, operand);
  if (operator === '<') return by < 0;
  if (operator === '>') return by > 0;
  if (operator === '<=') return by <= 0;
  if (operator === '>=') return by >= 0;
  throw broken();
}

/** Numbers by size, instants by time whichever way they are written, all else by text. */
export function order(a: unknown, b: unknown): number {
  const [x, y] = [measure(a), measure(b)];
  if (typeof x === 'number' && typeof y === 'number') return x - y;
  const [p, q] = [String(x).toLowerCase(), String(y).toLowerCase()];
  return p < q ? -1 : p > q ? 1 : 0;
}

function measure(value: unknown): number | string {
  if (typeof value === 'number') return value;
  const written = text(value ?? '');
  if (/^-?\d+(\.\d+)?$/.test(written)) return Number(written);
  const instant = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?)?$/.exec(written);
  if (!instant) return written;
  return Date.parse(`${instant[1] ?? ''}T${instant[2] ?? '00:00:00'}${instant[3] ?? 'Z'}`);
}

/**
 * Lists of records join `biblioitems` (Koha/REST/V1/Biblios.pm), which has a `timestamp` of its own: the column has to be
 * named with its table. `biblio_id` Koha qualifies by itself (Koha/Biblios.pm, api_query_fixer), and in `_order_by` a second
 * time where the table is named already. Each of these is an SQL error.
 */
export function assertUnambiguous(query: URLSearchParams): void {
  const keys = (given: unknown): string[] => {
    if (given === null || typeof given !== 'object') return [];
    if (Array.isArray(given)) return given.flatMap(keys);
    return Object.entries(given).flatMap(([name, inner]) => [name, ...keys(inner)]);
  };
  const asked = query.getAll('q').flatMap((q) => keys(parseQuery(q)));
  const orders = [...query.getAll('_order_by'), ...query.getAll('_order_by[]')]
    .flatMap((one) => one.split(','))
    .map((one) => one.replace(/^[+\- ]/, ''));
  if ([...asked, ...orders].includes('timestamp') || orders.includes('me.biblio_id')) throw broken();
}

/** `q` as sent, or nothing; JSON that does not parse dies inside Koha. */
export function parseQuery(q: string): unknown {
  try {
    return JSON.parse(q) as unknown;
  } catch {
    throw broken();
  }
}

export interface Page {
  rows: Row[];
  headers: Record<string, string>;
}

/**
 * One page with X-Total-Count and Link as Koha/REST/Plugin/Pagination.pm builds them: absolute URLs, comma-joined without
 * a space, `last` at `_page=0` when there is no row, and `_per_page=-1` for all.
 */
export function page(all: Row[], query: URLSearchParams, self: string, defaultSize: number): Page {
  const size = Number(query.get('_per_page') ?? defaultSize);
  const asked = Number(query.get('_page') ?? 1);
  const at = size === -1 ? 1 : asked;
  const pages = size === -1 ? 1 : Math.ceil(all.length / size);
  const link = (number: number, rel: string): string => {
    const params = new URLSearchParams(query);
    params.set('_page', String(number));
    params.set('_per_page', String(size));
    return `<${self}?${params.toString()}>; rel="${rel}"`;
  };
  const links = [
    ...(pages > 1 && at > 1 ? [link(at - 1, 'prev')] : []),
    ...(pages > 1 && at < pages ? [link(at + 1, 'next')] : []),
    link(1, 'first'),
    link(pages, 'last'),
  ];
  return {
    rows: size === -1 ? all : all.slice((at - 1) * size, at * size),
    headers: { 'X-Total-Count': String(all.length), Link: links.join(',') },
  };
}

/** `_order_by=+a,-b`; a plus that was not encoded arrives as a space and still means ascending. */
export function sort(rows: Row[], orderBy: string[]): Row[] {
  const keys = orderBy.flatMap((one) => one.split(',')).filter((key) => key !== '');
  return [...rows].sort((a, b) => {
    for (const key of keys) {
      const name = key.replace(/^[+\- ]/, '');
      const by = order(column(a, name), column(b, name));
      if (by !== 0) return key.startsWith('-') ? -by : by;
    }
    return 0;
  });
}
