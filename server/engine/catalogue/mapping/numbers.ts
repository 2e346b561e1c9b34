import { isbn13, issn8 } from '../../../lib/isbn.js';
import type { Bib } from '../bib.js';
import { subfield, subfieldTexts } from '../formats/marc-record.js';
import type { RecordFields } from './record-fields.js';

const MAX_KEYS = 20;
const number = /^[\s(]*(?:ISBN(?:-1[03])?:?\s*)?([\dXx][\dXx\s\-–]{7,20}[\dXx])/i;

/**
 * ISBNs (020 $a, 024 with first indicator 3) as ISBN-13 digits; cancelled and invalid ones ($z, failed check digit)
 * apart, as they stand; ISSNs (022 $a $l) with their hyphen.
 */
export function readNumbers(record: RecordFields): Pick<Bib, 'isbns' | 'otherIsbns' | 'issns'> {
  const isbns = new Set<string>();
  const others = new Set<string>();
  for (const field of record.all('020')) {
    for (const { code, text } of field.subfields) {
      if (code !== 'a' && code !== 'z') continue;
      const { valid, bare } = readIsbn(text);
      if (valid !== undefined && code === 'a') isbns.add(valid);
      else if (valid !== undefined) others.add(valid);
      else if (bare !== undefined) others.add(bare);
    }
  }
  for (const field of record.all('024')) {
    const code = field.ind1 === '3' ? isbn13(subfield(field, 'a') ?? '') : undefined;
    if (code !== undefined) isbns.add(code);
  }
  const issns = new Set<string>();
  for (const field of record.all('022')) {
    for (const text of subfieldTexts(field, 'al')) {
      const digits = issn8(text.slice(0, 9));
      if (digits !== undefined) issns.add(`${digits.slice(0, 4)}-${digits.slice(4)}`);
    }
  }
  return {
    isbns: [...isbns],
    otherIsbns: [...others].filter((isbn) => !isbns.has(isbn)),
    issns: [...issns],
  };
}

/** The leading number of a 020, whatever qualifier follows it; `bare` where its check digit is wrong. */
export function readIsbn(text: string): { valid?: string; bare?: string } {
  const found = number
    .exec(text)?.[1]
    ?.replace(/[\s\-–]/g, '')
    .toUpperCase();
  if (found === undefined) return {};
  const valid = isbn13(found) ?? isbn13(found.slice(0, 13)) ?? isbn13(found.slice(0, 10));
  if (valid !== undefined) return { valid };
  return /^\d{9,12}[\dX]$/.test(found) ? { bare: found } : {};
}

/** 003, and the numbers by which other systems know the record: 035, 010, 024, 028. */
export function readKeys(record: RecordFields, ilsId: string | undefined): Bib['keys'] {
  const agency = record.first('003')?.value.trim();
  const other = new Set<string>();
  for (const tag of ['035', '010', '024', '028']) {
    for (const field of record.all(tag)) {
      const value = subfield(field, 'a');
      if (value === undefined) continue;
      const source = tag === '024' && field.ind1 === '7' ? subfield(field, '2') : undefined;
      other.add(source === undefined ? value : `${source}:${value}`);
    }
  }
  return {
    ...(agency && { agency }),
    ...(ilsId !== undefined && { ilsId }),
    other: [...other].slice(0, MAX_KEYS),
  };
}
