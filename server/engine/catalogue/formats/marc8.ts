import { eaccCodePoint } from './eacc.js';
import { ansel, ascii, setsByFinal, setsByLetter, type CharacterSet } from './marc8-sets.js';

/** What went wrong while decoding MARC-8; counts of characters. */
export interface Marc8Faults {
  /** Bytes that stand for no character; each became U+FFFD. */
  lost: number;
  /** Diacritics with no letter after them. */
  strayMarks: number;
  /** Punctuation of ASCII in an alphabet that has none: the switch back is missing. */
  notClosed: number;
}

const ESC = 0x1b;
const SUBFIELD = 0x1f;
const LOST = '\ufffd';
/** Stands in a G0/G1 slot for the three-byte East Asian set. */
const eacc: CharacterSet = { codePoints: new Uint32Array(128), marks: new Uint8Array(128) };

/**
 * Decodes MARC-8 bytes [start, end) of one field to composed Unicode (NFC) and adds what went wrong to `faults`.
 * Subfield delimiters stay in the text. Never throws: bytes without meaning become U+FFFD.
 * Source: Library of Congress, "MARC 21 Specifications: Character Sets, Part 2: MARC-8".
 */
export function decodeMarc8(bytes: Buffer, start: number, end: number, faults: Marc8Faults): string {
  let g0 = ascii;
  let g1 = ansel;
  let text = '';
  let marks = '';
  // Marks stand before their letter in MARC-8 and after it in Unicode.
  const put = (letter: string) => {
    text += letter + marks;
    marks = '';
  };
  const settle = () => {
    if (marks === '') return;
    faults.strayMarks++;
    put(' ');
  };
  let at = start;
  while (at < end) {
    const byte = bytes[at] ?? 0;
    if (byte === ESC) {
      const escape = readEscape(bytes, at, end);
      if (escape === undefined) {
        faults.lost++;
        text += LOST;
        at++;
        continue;
      }
      if (escape.side === 0) g0 = escape.set;
      else g1 = escape.set;
      at += escape.length;
    } else if (byte === SUBFIELD) {
      settle();
      // Alphabets left on do not reach into the next subfield; yaz and other readers agree.
      g0 = ascii;
      g1 = ansel;
      text += '\x1f';
      at++;
      const code = bytes[at];
      if (code !== undefined && at < end && code > 0x20 && code < 0x7f) {
        text += String.fromCharCode(code);
        at++;
      }
    } else if (byte > 0x26 && byte < 0x7f && g0 === ascii && marks === '') {
      const run = at;
      while (at < end && isPlain(bytes[at] ?? 0)) at++;
      text += bytes.toString('latin1', run, at);
    } else if (byte === 0x20) {
      put(' ');
      at++;
    } else if (byte < 0x20 || byte === 0x7f || byte === 0x88 || byte === 0x89) {
      at++; // Control characters and the brackets of a non-sorting article are not for display.
    } else if (byte === 0x8d || byte === 0x8e) {
      put(byte === 0x8d ? '\u200d' : '\u200c');
      at++;
    } else if ((byte < 0x80 ? g0 : g1) === eacc) {
      const { codePoint, length } = readEacc(bytes, at, end);
      if (codePoint === undefined) faults.lost++;
      put(codePoint === undefined ? LOST : String.fromCodePoint(codePoint));
      at += length;
    } else if (byte === 0x26 && bytes[at + 1] === 0x23 && g0 === ascii) {
      const reference = readReference(bytes, at, end);
      if (reference === undefined) put('&');
      else if (isMark(reference.character)) marks += reference.character;
      else put(reference.character);
      at += reference?.length ?? 1;
    } else {
      const set = byte < 0x80 ? g0 : g1;
      const codePoint = byte >= 0x80 && byte < 0xa1 ? 0 : (set.codePoints[byte & 0x7f] ?? 0);
      if (set.marks[byte & 0x7f] === 1 && byte !== 0xa0) {
        if (codePoint !== 0) marks += String.fromCodePoint(codePoint);
      } else if (codePoint === 0 && byte < 0x80 && isPunctuation(byte)) {
        faults.notClosed++;
        put(String.fromCharCode(byte));
      } else if (codePoint === 0) {
        faults.lost++;
        put(LOST);
      } else {
        put(String.fromCodePoint(codePoint));
      }
      at++;
    }
  }
  settle();
  return text.normalize('NFC');
}

interface Escape {
  side: 0 | 1;
  set: CharacterSet;
  length: number;
}

/** Escape sequence at `at`, or undefined when it is cut off or names no set. */
function readEscape(bytes: Buffer, at: number, end: number): Escape | undefined {
  const first = at + 1 < end ? (bytes[at + 1] ?? 0) : 0;
  const byLetter = setsByLetter.get(first);
  if (byLetter !== undefined) return { side: 0, set: byLetter, length: 2 };
  let next = at + 2;
  let side: 0 | 1 = 0;
  if (first === 0x24) {
    const second = bytes[next];
    if (second === 0x2c || second === 0x28) next++;
    else if (second === 0x29 || second === 0x2d) {
      side = 1;
      next++;
    }
  } else if (first === 0x29 || first === 0x2d) side = 1;
  else if (first !== 0x28 && first !== 0x2c) return undefined;
  if (bytes[next] === 0x21) next++;
  if (next >= end) return undefined;
  const final = bytes[next] ?? 0;
  const set = final === 0x31 ? eacc : setsByFinal.get(final);
  return set === undefined ? undefined : { side, set, length: next + 1 - at };
}

/** East Asian character at `at`; without a code point where the set has none or a delimiter or the end cuts it. */
function readEacc(
  bytes: Buffer,
  at: number,
  end: number,
): { codePoint?: number | undefined; length: number } {
  for (let n = 1; n < 3; n++) if (at + n >= end || (bytes[at + n] ?? 0) < 0x21) return { length: n };
  const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
  const codePoint = eaccCodePoint(((first & 0x7f) << 16) | ((second & 0x7f) << 8) | (third & 0x7f));
  // Some systems write the code of a character they did not know in braces: {6924f6} is one character.
  if (codePoint === undefined && first === 0x7b && at + 8 <= end && bytes[at + 7] === 0x7d) {
    return {
      codePoint: eaccCodePoint(Number.parseInt(bytes.toString('latin1', at + 1, at + 7), 16)),
      length: 8,
    };
  }
  return { codePoint, length: 3 };
}

/** ASCII that stands for itself; & may begin a character reference. */
function isPlain(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f && byte !== 0x26;
}

function isPunctuation(byte: number): boolean {
  return byte < 0x41 || (byte > 0x5a && byte < 0x61) || byte > 0x7a;
}

/** Numeric character reference such as &#x03B1; at `at`, where a lossless conversion to MARC-8 left one. */
function readReference(
  bytes: Buffer,
  at: number,
  end: number,
): { character: string; length: number } | undefined {
  const text = bytes.toString('latin1', at, Math.min(end, at + 12));
  const found = /^&#x([0-9A-Fa-f]{1,6});/.exec(text);
  const codePoint = found?.[1] === undefined ? 0 : Number.parseInt(found[1], 16);
  if (
    found === null ||
    codePoint < 0x20 ||
    codePoint > 0x10ffff ||
    (codePoint >= 0xd800 && codePoint < 0xe000)
  ) {
    return undefined;
  }
  return { character: String.fromCodePoint(codePoint), length: found[0].length };
}

function isMark(character: string): boolean {
  return /^\p{Mn}$/u.test(character);
}
