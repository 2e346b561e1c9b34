/** Length of the fixed part behind the code, for every message this server knows. */
const fixedLengths: Readonly<Record<string, number>> = {
  '15': 19,
  '17': 18,
  '23': 21,
  '29': 38,
  '35': 18,
  '63': 31,
  '65': 18,
  '93': 2,
  '99': 8,
};

/** A request taken apart; of a field that comes twice the first counts. */
export interface Sip2Request {
  code: string;
  fixed: string;
  fields: ReadonlyMap<string, string>;
}

/** Undefined for a code that the server does not know. */
export function readRequest(text: string): Sip2Request | undefined {
  const code = text.slice(0, 2);
  const length = fixedLengths[code];
  if (length === undefined) return undefined;
  const fields = new Map<string, string>();
  for (const part of text.slice(2 + length).split('|')) {
    const name = part.slice(0, 2);
    if (name.length === 2 && !fields.has(name)) fields.set(name, part.slice(2));
  }
  return { code, fixed: text.slice(2, 2 + length), fields };
}

/** One variable field: the delimiter written as an entity, no line ends, cut after 255 letters. */
export function field(name: string, value: string): string {
  return `${name}${value
    .replaceAll('|', '&#124;')
    .replace(/[\r\n]+/g, ' ')
    .slice(0, 255)}|`;
}

export const fields = (pairs: readonly (readonly [string, string])[]): string =>
  pairs.map(([name, value]) => field(name, value)).join('');

export const count = (list: readonly unknown[]): string => String(list.length).padStart(4, '0');
