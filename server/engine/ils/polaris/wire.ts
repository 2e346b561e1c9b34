/** A JSON object as PAPI sends it: nothing in it is trusted to be of the type that it should be. */
export type Row = Readonly<Record<string, unknown>>;

export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first of these fields that holds text, trimmed; numbers count, empty text does not. */
export function text(row: Row, ...fields: string[]): string | undefined {
  for (const field of fields) {
    const value = row[field];
    if (typeof value === 'number') return String(value);
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
  }
  return undefined;
}

/** A number, also where it came as text. */
export function number(row: Row, ...fields: string[]): number | undefined {
  const value = text(row, ...fields);
  return value === undefined || !/^-?\d+(\.\d+)?$/.test(value) ? undefined : Number(value);
}

/** The number of a record, patron, branch...: a whole number above zero, as text; 0 is Polaris's "none" or "all". */
export function id(row: Row, ...fields: string[]): string | undefined {
  for (const field of fields) {
    const value = number(row, field);
    if (value !== undefined && Number.isSafeInteger(value) && value > 0) return String(value);
  }
  return undefined;
}

/** A yes or no, which comes as a boolean, as 0 and 1 or as text. */
export function flag(row: Row, ...fields: string[]): boolean | undefined {
  for (const field of fields) {
    const value = row[field];
    if (typeof value === 'boolean') return value;
    const word = typeof value === 'number' || typeof value === 'string' ? String(value).toLowerCase() : '';
    if (word === 'true' || word === '1' || word === 'yes') return true;
    if (word === 'false' || word === '0' || word === 'no') return false;
  }
  return undefined;
}

/**
 * The rows of a list. Null, which Polaris sends for none, is []; a list wrapped in one more object, as its XML has it,
 * is unwrapped. Undefined where the reply has no such list at all.
 */
export function rows(reply: Row, ...fields: string[]): Row[] | undefined {
  for (const field of fields) {
    const value = reply[field];
    if (value === null) return [];
    if (Array.isArray(value)) return value.filter(isRow);
    if (!isRow(value)) continue;
    const inner = Object.values(value);
    if (inner.length === 1 && Array.isArray(inner[0])) return inner[0].filter(isRow);
    if (inner.length === 1 && isRow(inner[0])) return [inner[0]];
    if (inner.length === 0) return [];
  }
  return undefined;
}

/** Whether this is an id that Polaris could have given: digits alone, and not 0, which would mean all of them. */
export function isRealId(value: string): boolean {
  return /^[0-9]{1,15}$/.test(value) && Number(value) > 0;
}

/**
 * A part of an address, encoded no further than it must be: signatures are of the address, and it is not written
 * whether a server decodes it first, so that what needs no encoding (a user name with an @) is the same either way.
 */
export function pathPart(value: string): string {
  return encodeURIComponent(value).replace(/%(?:24|2C|3A|3B|3D|40)/g, decodeURIComponent);
}
