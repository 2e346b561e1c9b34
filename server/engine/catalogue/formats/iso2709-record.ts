import { asciiNumber } from './ascii-number.js';
import { readDirectory } from './iso2709-directory.js';
import { fieldDecoder } from './marc-encoding.js';
import { controlField, dataField, type MarcField, type MarcRecord, type Subfield } from './marc-record.js';
import { addNotice, notice, type Notice } from './notices.js';
import { refusedType } from './record-type.js';

/** A record and what had to be repaired, or why it cannot be read. */
export type ParsedRecord =
  { record: MarcRecord; notices: Notice[] } | { refusal: Notice; record?: MarcRecord };

const MAX_MARC_LENGTH = 99_999;
// Blanks may fill a short local tag such as "DB ", but not stand inside one.
const goodTag = /^(?:[0-9A-Za-z]{3}|[A-Za-z]{2} |[A-Za-z] {2})$/;

/**
 * Reads the bytes of one ISO 2709 record (MARC 21 or UNIMARC), repairing what can be repaired. `damage` is what was
 * found while looking for its end. Never throws.
 */
export function parseIso2709(bytes: Buffer, damage?: 'length' | 'truncated'): ParsedRecord {
  const notices: Notice[] = [];
  if (bytes.length < 24 || !looksLikeLeader(bytes)) return { refusal: notice('not_a_record') };
  const leader = readLeader(bytes, notices);
  const declared = asciiNumber(bytes, 0, 5);
  if (damage === 'truncated') addNotice(notices, 'record_truncated');
  else if (bytes.length > MAX_MARC_LENGTH)
    addNotice(notices, 'record_oversize', { detail: `${bytes.length} bytes` });
  else if (damage === 'length')
    addNotice(notices, 'length_wrong', { detail: `${declared} said, ${bytes.length} found` });

  const places = readDirectory(bytes, declared, notices);
  const language = () => {
    const fixed = places.find((p) => p.tag === '008');
    return fixed === undefined
      ? ''
      : bytes.toString('latin1', fixed.start + 35, Math.min(fixed.start + 38, fixed.end));
  };
  const first = places[0]?.start ?? bytes.length;
  const decode = fieldDecoder(bytes, first, leader[9] ?? ' ', language, notices);
  const fields: MarcField[] = [];
  for (const { tag, start, end } of places) {
    if (!goodTag.test(tag)) addNotice(notices, 'tag_damaged');
    else fields.push(readField(tag, decode(start, end, tag), notices));
  }
  if (fields.length === 0) return { refusal: notice('no_fields') };
  const record = { leader, fields };
  const refused = refusedType(leader);
  return refused === undefined ? { record, notices } : { refusal: notice(refused), record };
}

/** Only the plainest signs: a number, and blanks or digits where MARC has them, several of which may be damaged. */
function looksLikeLeader(bytes: Buffer): boolean {
  let printable = 0;
  for (let at = 0; at < 24; at++) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x20 && byte < 0x7f) printable++;
  }
  if (printable < 18) return false;
  const signs = [
    asciiNumber(bytes, 0, 5) >= 0,
    bytes[10] === 0x32 && bytes[11] === 0x32,
    asciiNumber(bytes, 12, 17) >= 0,
    bytes[20] === 0x34 && bytes[21] === 0x35,
    bytes.indexOf(0x1e, 24) > 0,
  ];
  return signs.filter(Boolean).length >= 3;
}

function readLeader(bytes: Buffer, notices: Notice[]): string {
  const raw = bytes.toString('latin1', 0, 24);
  const leader = raw.replace(/[^\x20-\x7e]/g, ' ');
  if (leader !== raw) addNotice(notices, 'leader_damaged', { field: 'leader' });
  return leader;
}

function readField(tag: string, text: string, notices: Notice[]): MarcField {
  let at = text.indexOf('\x1f');
  if (tag < '010' || (at < 0 && tag.startsWith('00')))
    return controlField(tag, at < 0 ? text : text.slice(at + 2));
  if (at < 0) {
    // No delimiter at all: local fields of some systems are plain text; it is kept as $a.
    return dataField(tag, ' ', ' ', text.trim() === '' ? [] : [{ code: 'a', text: text.trim() }]);
  }
  const hasIndicators = at === 2 || text.slice(0, at).trim() === '';
  if (at < 2 || !hasIndicators) addNotice(notices, 'indicators_damaged', { field: tag });
  const ind1 = at === 2 ? (text[0] ?? ' ') : ' ';
  const ind2 = at === 2 ? (text[1] ?? ' ') : ' ';
  const subfields: Subfield[] = [];
  while (at >= 0) {
    const next = text.indexOf('\x1f', at + 1);
    const code = text[at + 1] ?? '';
    const value = text.slice(at + 2, next < 0 ? text.length : next);
    if (next !== at + 1 && code !== '' && code !== ' ') subfields.push({ code, text: value });
    else if (value.trim() !== '') addNotice(notices, 'subfield_code_missing', { field: tag });
    at = next;
  }
  return dataField(tag, ind1, ind2, subfields);
}
