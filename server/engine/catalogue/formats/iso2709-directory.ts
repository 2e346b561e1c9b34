import { asciiNumber } from './ascii-number.js';
import { addNotice, type Notice } from './notices.js';

/** Where one field stands in its record: [start, end) without the terminator. */
export interface FieldPlace {
  tag: string;
  start: number;
  end: number;
}

interface Entry {
  tag: string;
  length: number;
  start: number;
}

const FIELD_END = 0x1e;
const RECORD_END = 0x1d;
const LEADER = 24;
const ENTRY = 12;
const MAX_FIELD = 9_999;

/**
 * Places of the fields of an ISO 2709 record, by its directory where that is right. Otherwise the directory's tags
 * are paired with the fields that the terminators bound; where the two cannot be squared, as when bytes are missing,
 * only fields that stand where the directory says are kept. `declaredLength` is that of the leader, or -1.
 */
export function readDirectory(record: Buffer, declaredLength: number, notices: Notice[]): FieldPlace[] {
  const base = asciiNumber(record, 12, 17);
  if (
    base > LEADER &&
    base <= record.length &&
    record[base - 1] === FIELD_END &&
    (base - LEADER - 1) % ENTRY === 0
  ) {
    const places = trusted(record, base);
    if (places !== undefined) return places;
  }
  return recovered(record, base, declaredLength, notices);
}

/** The directory taken at its word; undefined as soon as one entry does not end at a field terminator. */
function trusted(record: Buffer, base: number): FieldPlace[] | undefined {
  const places: FieldPlace[] = [];
  const last = record.length - 1;
  for (let at = LEADER; at < base - 1; at += ENTRY) {
    const length = asciiNumber(record, at + 3, at + 7);
    const start = asciiNumber(record, at + 7, at + 12);
    const end = base + start + length - 1;
    if (length < 1 || start < 0 || end > last) return undefined;
    if (record[end] !== FIELD_END && !(end === last && record[end] === RECORD_END)) return undefined;
    if (start > 0 && record[base + start - 1] !== FIELD_END) return undefined;
    places.push({ tag: record.toString('latin1', at, at + 3), start: base + start, end });
  }
  return places;
}

function recovered(
  record: Buffer,
  declaredBase: number,
  declaredLength: number,
  notices: Notice[],
): FieldPlace[] {
  // A terminator after whole entries ends the directory; else the declared base is as good a witness.
  const first = record.indexOf(FIELD_END, LEADER);
  const isWhole = (first - LEADER) % ENTRY === 0 || record[declaredBase - 1] !== FIELD_END;
  const directoryEnd = isWhole ? first : declaredBase - 1;
  if (directoryEnd < LEADER) return [];
  const base = directoryEnd + 1;
  if (base !== declaredBase) addNotice(notices, 'base_address_wrong');
  const entries = readEntries(record.subarray(LEADER, directoryEnd));
  const fields = splitFields(record, base);
  if (entries.length === 0) return [];

  const disagreeing = entries.filter((entry, n) => !agrees(record, entry, fields[n])).length;
  const inPlace = atTheirPlaces(record, base, entries, declaredLength);
  if (inPlace.length === entries.length) return inPlace;
  if (entries.length === fields.length && disagreeing <= 1) {
    addNotice(notices, 'directory_rebuilt');
    return entries.map(({ tag }, n) => placed(tag, fields[n], base));
  }
  if (fields.some((f) => f.end - f.start >= MAX_FIELD) || record.length > 99_999) {
    addNotice(notices, 'directory_rebuilt');
    return alignedByLength(record, entries, fields);
  }
  addNotice(notices, 'record_incomplete');
  return inPlace;
}

function placed(tag: string, field: FieldPlace | undefined, base: number): FieldPlace {
  return { tag, start: field?.start ?? base, end: field?.end ?? base };
}

/**
 * A directory of entries that may have a digit too many or too few, or letters of more than one byte: after each tag
 * the next entry is looked for where a tag and nine digits follow.
 */
function readEntries(directory: Buffer): Entry[] {
  const text = directory.toString('latin1');
  const entries: Entry[] = [];
  let at = 0;
  while (at + 10 <= text.length) {
    const step =
      [12, 13, 14, 11, 10].find((n) => at + n === text.length || looksLikeEntry(text, at + n)) ?? ENTRY;
    const digits = text.slice(at + 3, at + step);
    // A field of more than 9,999 bytes gets five digits from some writers; the start always has five.
    const length = Number(digits.slice(0, -5));
    const start = Number(digits.slice(-5));
    entries.push({ tag: text.slice(at, at + 3), length: known(length), start: known(start) });
    at += step;
  }
  return entries;
}

function known(value: number): number {
  return Number.isInteger(value) ? value : -1;
}

function looksLikeEntry(text: string, at: number): boolean {
  return /^[0-9A-Za-z][0-9A-Za-z ]{2}\d{9}/.test(text.slice(at, at + 12));
}

function splitFields(record: Buffer, base: number): FieldPlace[] {
  const fields: FieldPlace[] = [];
  const end = record[record.length - 1] === RECORD_END ? record.length - 1 : record.length;
  let start = base;
  while (start < end) {
    const found = record.indexOf(FIELD_END, start);
    const stop = found < 0 || found > end ? end : found;
    fields.push({ tag: '', start, end: stop });
    start = stop + 1;
  }
  return fields;
}

/** Lengths agree when they are equal, or differ by no more than letters of several bytes counted as one explain. */
function agrees(record: Buffer, entry: Entry, field: FieldPlace | undefined): boolean {
  if (field === undefined) return false;
  const length = field.end - field.start + 1;
  if (entry.length < 0 || entry.length === length || length > MAX_FIELD) return true;
  let high = 0;
  for (let at = field.start; at < field.end; at++) if ((record[at] ?? 0) >= 0x80) high++;
  return Math.abs(length - entry.length) <= high + 4;
}

/** Fields that stand where the directory says, or as much earlier as bytes are missing from the whole record. */
function atTheirPlaces(record: Buffer, base: number, entries: Entry[], declaredLength: number): FieldPlace[] {
  const missing = declaredLength < 0 ? 0 : declaredLength - record.length;
  const stands = (start: number, end: number) =>
    start >= base &&
    end < record.length &&
    record[start - 1] === FIELD_END &&
    record.indexOf(FIELD_END, start) === end;
  return entries.flatMap(({ tag, length, start }) => {
    if (length < 1 || start < 0) return [];
    const here = base + start;
    const end = here + length - 1;
    if (stands(here, end)) return [{ tag, start: here, end }];
    if (missing > 0 && stands(here - missing, end - missing)) {
      return [{ tag, start: here - missing, end: end - missing }];
    }
    return [];
  });
}

/** Pairs entries with fields in order, skipping whichever side does not fit (lengths wrap at 10,000). */
function alignedByLength(record: Buffer, entries: Entry[], fields: FieldPlace[]): FieldPlace[] {
  const places: FieldPlace[] = [];
  let next = 0;
  for (const entry of entries) {
    for (let ahead = next; ahead < Math.min(next + 3, fields.length); ahead++) {
      const field = fields[ahead];
      if (field === undefined || !agrees(record, entry, field)) continue;
      places.push({ tag: entry.tag, start: field.start, end: field.end });
      next = ahead + 1;
      break;
    }
  }
  return places;
}
