/** Writes MARC records in the exchange format of ISO 2709, always as UTF-8. */

/** A field without indicators or subfields (001 to 009). */
export interface ControlFieldSource {
  readonly tag: string;
  readonly value: string;
}

/** A field with two indicators and an ordered list of [code, value] subfields. */
export interface DataFieldSource {
  readonly tag: string;
  readonly ind1: string;
  readonly ind2: string;
  readonly subfields: readonly (readonly [code: string, value: string])[];
}

export type FieldSource = ControlFieldSource | DataFieldSource;
export type MarcFields = readonly FieldSource[];

/** A record to be written: a 24-character leader whose lengths are filled in here, and its fields in order. */
export interface MarcSource {
  readonly leader: string;
  readonly fields: MarcFields;
}

const LEADER_LENGTH = 24;
const ENTRY_LENGTH = 12;
const MAX_FIELD_BYTES = 9_999;
const MAX_RECORD_BYTES = 99_999;
const SUBFIELD_DELIMITER = '\x1f';
const FIELD_TERMINATOR = '\x1e';
const RECORD_TERMINATOR = '\x1d';

/**
 * Serialises one record as ISO 2709 in UTF-8 and returns its bytes, terminator included.
 * Throws a RangeError when a field passes 9,999 bytes, the record passes 99,999 bytes, or a leader, tag,
 * indicator, subfield code or value could not be read back.
 */
export function writeIso2709(record: MarcSource): Buffer {
  if (!/^[\x20-\x7e]{24}$/.test(record.leader)) {
    throw new RangeError(`The leader must be 24 ASCII characters, not ${record.leader.length}.`);
  }
  const bodies: Buffer[] = [];
  let directory = '';
  let offset = 0;
  for (const field of record.fields) {
    const body = fieldBytes(field);
    if (offset > MAX_RECORD_BYTES) throw tooLong(offset);
    directory += field.tag + digits(body.length, 4) + digits(offset, 5);
    bodies.push(body);
    offset += body.length;
  }
  const base = LEADER_LENGTH + record.fields.length * ENTRY_LENGTH + 1;
  const total = base + offset + 1;
  if (total > MAX_RECORD_BYTES) throw tooLong(total);
  const head = writtenLeader(record.leader, total, base) + directory + FIELD_TERMINATOR;
  return Buffer.concat(
    [Buffer.from(head, 'latin1'), ...bodies, Buffer.from(RECORD_TERMINATOR, 'latin1')],
    total,
  );
}

function fieldBytes(field: FieldSource): Buffer {
  if (!/^[0-9A-Za-z]{3}$/.test(field.tag)) {
    throw new RangeError(`A field tag must be three ASCII letters or digits, not "${field.tag}".`);
  }
  const body = Buffer.from(fieldText(field) + FIELD_TERMINATOR, 'utf8');
  if (body.length > MAX_FIELD_BYTES) {
    throw new RangeError(
      `Field ${field.tag} is ${body.length} bytes long; ISO 2709 allows at most ${MAX_FIELD_BYTES}.`,
    );
  }
  return body;
}

function fieldText(field: FieldSource): string {
  if ('value' in field) return plain(field.tag, field.value);
  if (!/^[\x20-\x7e]{2}$/.test(field.ind1 + field.ind2)) {
    throw new RangeError(`Field ${field.tag} needs two indicators of one ASCII character each.`);
  }
  const subfields = field.subfields.map(([code, value]) => {
    if (!/^[\x21-\x7e]$/.test(code)) {
      throw new RangeError(
        `Field ${field.tag} has the subfield code "${code}"; a code is one ASCII character.`,
      );
    }
    return SUBFIELD_DELIMITER + code + plain(field.tag, value);
  });
  return field.ind1 + field.ind2 + subfields.join('');
}

/** A delimiter inside a value would split the field when it is read back. */
function plain(tag: string, value: string): string {
  for (const mark of [SUBFIELD_DELIMITER, FIELD_TERMINATOR, RECORD_TERMINATOR]) {
    if (value.includes(mark)) throw new RangeError(`A value of field ${tag} contains an ISO 2709 delimiter.`);
  }
  return value;
}

/** Leader/09 is set to "a" because the bytes are UTF-8 whatever the source said. */
function writtenLeader(leader: string, total: number, base: number): string {
  return `${digits(total, 5)}${leader.slice(5, 9)}a22${digits(base, 5)}${leader.slice(17, 20)}4500`;
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function tooLong(bytes: number): RangeError {
  return new RangeError(
    `The record is at least ${bytes} bytes long; ISO 2709 allows at most ${MAX_RECORD_BYTES}.`,
  );
}
