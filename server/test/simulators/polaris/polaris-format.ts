import type { Answer, Asked } from '../http-simulator.js';

export type Fields = Record<string, unknown>;

/** Milliseconds since 1970 are the instant; the offset only says where it was written. */
export const msDate = (iso: string | null): string | null =>
  iso === null ? null : `/Date(${Date.parse(iso)}-0600)/`;

/** Some rows carry local time without a zone. */
export const localIso = (iso: string | null): string | null =>
  iso === null ? null : new Date(Date.parse(iso) - 6 * 3_600_000).toISOString().slice(0, 19);

/** And due dates of items are what SQL Server prints: `Mar 20 2026 11:59PM`, padded with spaces. */
export function sqlDate(iso: string | null): string | null {
  if (iso === null) return null;
  const local = new Date(Date.parse(iso) - 6 * 3_600_000);
  const month = local.toUTCString().slice(8, 11);
  const hour = local.getUTCHours();
  const minute = String(local.getUTCMinutes()).padStart(2, '0');
  const day = String(local.getUTCDate()).padStart(2, ' ');
  return `${month} ${day} ${local.getUTCFullYear()} ${String(hour % 12 || 12).padStart(2, ' ')}:${minute}${hour < 12 ? 'AM' : 'PM'}`;
}

/** HTTP 200 carries most failures: the code is in the body, and zero or above is success. */
export const papi = (
  asked: Asked,
  root: string,
  code: number,
  message: string,
  fields: Fields = {},
): Answer => {
  const body = { PAPIErrorCode: code, ErrorMessage: message, ...fields };
  if (wantsJson(asked)) {
    return {
      status: 200,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(body),
    };
  }
  return {
    status: 200,
    headers: { 'content-type': 'application/xml; charset=utf-8' },
    body: `<${root} xmlns:i="http://www.w3.org/2001/XMLSchema-instance">${xml(body)}</${root}>`,
  };
};

/** XML is the default; JSON comes only to who asks for it. */
const wantsJson = (asked: Asked): boolean => /\b(application|text)\/json\b/.test(asked.headers.accept ?? '');

function xml(fields: Fields): string {
  return Object.entries(fields)
    .map(([name, value]) => {
      if (value === null || value === undefined || value === '') return `<${name}/>`;
      if (Array.isArray(value)) {
        const row = name.replace(/s$/, '');
        return `<${name}>${value.map((one) => `<${row}>${xml(one as Fields)}</${row}>`).join('')}</${name}>`;
      }
      if (typeof value === 'object') return `<${name}>${xml(value as Fields)}</${name}>`;
      return `<${name}>${escaped(typeof value === 'string' ? value : JSON.stringify(value))}</${name}>`;
    })
    .join('');
}

const escaped = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/**
 * A request body by its content type. XML is read in the vendor's order of elements: one that stands out of order is
 * passed over as if it were not there. Undefined where the body is neither.
 */
export function readBody(asked: Asked, order: readonly string[]): Fields | undefined {
  const type = asked.headers['content-type'] ?? '';
  if (/json/.test(type)) {
    try {
      const value = JSON.parse(asked.body) as unknown;
      return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
    } catch {
      return undefined;
    }
  }
  if (!/xml/.test(type)) return undefined;
  const fields: Fields = {};
  let at = -1;
  for (const found of asked.body.matchAll(/<(\w+)(?:\s*\/>|>([^<]*)<\/\1>)/g)) {
    const place = order.indexOf(found[1] ?? '');
    if (place <= at) continue;
    at = place;
    fields[found[1] ?? ''] = found[2] ?? '';
  }
  return fields;
}

export const number = (value: unknown): number =>
  value === null || value === undefined || value === '' ? NaN : Number(value);
