import { Problem } from '../../../contract/problems.js';
import type { FileFormat } from './outcome.js';

const signatures: readonly (readonly [bytes: string, sentence: string])[] = [
  ['504b0304', 'This is a ZIP archive or an office document; unpack it, or save the sheet as CSV.'],
  ['25504446', 'This is a PDF; please export the catalogue as MARC, MARCXML or CSV.'],
  ['89504e47', 'This is a picture, not a catalogue export.'],
  ['ffd8ff', 'This is a picture, not a catalogue export.'],
  ['47494638', 'This is a picture, not a catalogue export.'],
  ['d0cf11e0', 'This is an old office document; save the sheet as CSV.'],
  ['377abcaf', 'This is a 7-Zip archive; please unpack it first.'],
  ['425a68', 'This is a bzip2 archive; please unpack it first.'],
  ['fd377a58', 'This is an xz archive; please unpack it first.'],
  ['53514c69746520', 'This is a database file, not a catalogue export.'],
];

/**
 * Tells what a file is from its first bytes (unpacked; 64 KiB or the whole file), never from its name. Throws
 * `file_unreadable` with one sentence for anything that is no catalogue.
 */
export function sniffFormat(head: Buffer): FileFormat {
  if (head.length === 0) throw unreadable('The file is empty.');
  const signature = signatures.find(([bytes]) => head.toString('hex', 0, bytes.length / 2) === bytes);
  if (signature !== undefined) throw unreadable(signature[1]);
  const text = headText(head);
  const start = text.trimStart();
  if (start === '') throw unreadable('The file holds nothing but blanks.');
  if (start.startsWith('<')) return xmlFormat(start);
  if (start.startsWith('{') || start.startsWith('[')) return jsonFormat(start);
  if (looksLikeIso2709(head, start)) return 'iso2709';
  if (start.startsWith('=LDR')) {
    throw unreadable('This is MARC in MarcEdit’s text form (.mrk); compile it to MARC (.mrc) first.');
  }
  if (looksBinary(text)) throw unreadable('The file is in no catalogue format that Carrel knows.');
  return 'table';
}

/** Text of the first bytes, for looking at; UTF-16 is recognised by its byte order mark. */
export function headText(head: Buffer): string {
  if (head[0] === 0xff && head[1] === 0xfe) return head.toString('utf16le', 2);
  if (head[0] === 0xfe && head[1] === 0xff) {
    return Buffer.from(head.subarray(2, head.length & ~1))
      .swap16()
      .toString('utf16le');
  }
  return head.toString('utf8').replace(/^\ufeff/, '');
}

function xmlFormat(start: string): FileFormat {
  const beginning = start.slice(0, 2000).toLowerCase();
  if (beginning.includes('<!doctype html') || /<html[\s>]/.test(beginning)) {
    throw unreadable('This is a web page, probably an error page that was saved instead of the export.');
  }
  if (/<(?:[\w.-]+:)?(?:leader|controlfield|datafield)[\s>/]/.test(start)) return 'marcxml';
  throw unreadable('This is XML, but it holds no MARC records.');
}

function jsonFormat(start: string): FileFormat {
  if (/"(?:fields|leader|controlfield|datafield)"\s*:/.test(start)) return 'marcjson';
  throw unreadable('This is JSON, but it holds no MARC records.');
}

function looksLikeIso2709(head: Buffer, start: string): boolean {
  if (/^\d{5}[a-z ][a-z].{3}22\d{5}/.test(start)) return true;
  const controls = [0x1d, 0x1e, 0x1f].filter((byte) => head.includes(byte)).length;
  return controls >= 2;
}

function looksBinary(text: string): boolean {
  const sample = text.slice(0, 4000);
  let odd = 0;
  for (let at = 0; at < sample.length; at++) {
    const code = sample.charCodeAt(at);
    if (code < 9 || (code > 13 && code < 32)) odd++;
  }
  return odd > sample.length / 100;
}

/** The problem of a file that cannot be imported, in one sentence. */
export function unreadable(detail: string): Problem {
  return new Problem('file_unreadable', { detail });
}
