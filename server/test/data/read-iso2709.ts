/** A reader kept apart from the product's, so that the sample is checked by other eyes. */
export interface ReadField {
  readonly tag: string;
  readonly value: string;
  readonly subfields: readonly (readonly [string, string])[];
}

export interface ReadRecord {
  readonly leader: string;
  readonly fields: readonly ReadField[];
}

/** Splits an ISO 2709 file into records by their leaders' lengths; throws where a length does not fit. */
export function readRecords(bytes: Buffer): ReadRecord[] {
  const records: ReadRecord[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(bytes.toString('latin1', at, at + 5));
    const record = bytes.subarray(at, at + length);
    if (record.length !== length || record.at(-1) !== 0x1d)
      throw new Error(`Record at byte ${at} is cut wrongly.`);
    records.push(readRecord(record));
    at += length;
  }
  return records;
}

function readRecord(record: Buffer): ReadRecord {
  const leader = record.toString('latin1', 0, 24);
  const base = Number(leader.slice(12, 17));
  const directory = record.toString('latin1', 24, base - 1);
  const fields: ReadField[] = [];
  for (let at = 0; at < directory.length; at += 12) {
    const length = Number(directory.slice(at + 3, at + 7));
    const start = base + Number(directory.slice(at + 7, at + 12));
    if (record[start + length - 1] !== 0x1e) throw new Error(`A field of ${leader} is cut wrongly.`);
    const text = record.toString('utf8', start, start + length - 1);
    fields.push(readField(directory.slice(at, at + 3), text));
  }
  return { leader, fields };
}

function readField(tag: string, text: string): ReadField {
  if (tag < '010') return { tag, value: text, subfields: [] };
  const [, ...parts] = text.split('\x1f');
  return { tag, value: '', subfields: parts.map((part) => [part.slice(0, 1), part.slice(1)] as const) };
}
