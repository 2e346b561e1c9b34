import { isAscii, isUtf8 } from 'node:buffer';
import { decodeLegacy, guessEncoding } from './legacy-encoding.js';
import { decodeMarc8, type Marc8Faults } from './marc8.js';
import { addNotice, type Notice } from './notices.js';
import { tidyText } from './text-repair.js';

/** Decodes the bytes [start, end) of one field; delimiters between subfields stay in the text. */
export type FieldDecoder = (start: number, end: number, tag: string) => string;

const ESC = 0x1b;

/**
 * Chooses, by what the bytes of the record are rather than by what leader/09 says, how its fields are decoded.
 * `data` is where fields begin; `language` (008/35-37) is asked only for undeclared Windows encodings.
 * Repairs are added to `notices`.
 */
export function fieldDecoder(
  record: Buffer,
  data: number,
  declared: string,
  language: () => string,
  notices: Notice[],
): FieldDecoder {
  const fields = record.subarray(data);
  const escapes = fields.includes(ESC);
  if (isAscii(fields) && !escapes)
    return (start, end) => tidyText(record.toString('latin1', start, end), true);
  const saysUtf8 = declared === 'a';
  if (isUtf8(fields) && (!escapes || saysUtf8)) {
    if (declared === ' ') addNotice(notices, 'encoding_mislabelled');
    return (start, end) => {
      const text = record.toString('utf8', start, end);
      return tidyText(text, text.length === end - start);
    };
  }
  let guessed: string | undefined;
  return (start, end, tag) => {
    const bytes = record.subarray(start, end);
    const fieldEscapes = escapes && bytes.includes(ESC);
    if (!fieldEscapes) {
      if (isAscii(bytes)) return tidyText(bytes.toString('latin1'), true);
      if (isUtf8(bytes)) {
        if (!saysUtf8) addNotice(notices, 'encoding_mislabelled', { field: tag });
        return tidyText(bytes.toString('utf8'), false);
      }
    }
    if (saysUtf8 && hasSequence(bytes)) {
      addNotice(notices, 'characters_lost', { field: tag });
      return tidyText(bytes.toString('utf8'), false);
    }
    guessed ??= escapes ? 'marc8' : guessEncoding(fields, language());
    if (guessed !== 'marc8') {
      addNotice(notices, 'encoding_legacy', { field: tag, detail: guessed });
      return tidyText(decodeLegacy(bytes, guessed), false);
    }
    if (saysUtf8) addNotice(notices, 'encoding_mislabelled', { field: tag });
    return marc8Field(record, start, end, tag, notices);
  };
}

function marc8Field(record: Buffer, start: number, end: number, tag: string, notices: Notice[]): string {
  const faults: Marc8Faults = { lost: 0, strayMarks: 0, notClosed: 0 };
  const text = decodeMarc8(record, start, end, faults);
  if (faults.lost > 0) addNotice(notices, 'characters_lost', { field: tag });
  if (faults.strayMarks > 0) addNotice(notices, 'mark_without_letter', { field: tag });
  if (faults.notClosed > 0) addNotice(notices, 'charset_not_closed', { field: tag });
  return text;
}

/** True when the bytes hold at least one well-formed UTF-8 sequence of two bytes or more. */
function hasSequence(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 0;
    if (length > 0 && at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length))) return true;
  }
  return false;
}
