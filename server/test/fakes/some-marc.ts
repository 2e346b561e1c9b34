import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeIso2709, type FieldSource } from '../../lib/iso2709-writer.js';

/** A record as a test thinks of it. */
export interface SomeRecord {
  id: string;
  title: string;
  author?: string;
  subject?: string;
  language?: string;
  /** Leader/05 d. */
  deleted?: boolean;
  /** Koha 942$n. */
  suppressed?: boolean;
  /** Koha 952: branch codes, one copy each. */
  branches?: string[];
  /** Leader/06 z: refused, because it describes a name and not a book. */
  authority?: boolean;
  /** The leader counts the bytes wrongly: repaired. */
  wrongLength?: boolean;
}

/** One record as ISO 2709 in UTF-8. */
export function marc(record: SomeRecord): Buffer {
  const data = (tag: string, ind: string, ...subfields: [string, string][]): FieldSource => ({
    tag,
    ind1: ind[0] ?? ' ',
    ind2: ind[1] ?? ' ',
    subfields,
  });
  const fields: FieldSource[] = [
    { tag: '001', value: record.id },
    { tag: '008', value: `200101s2020    xxu           000 1 ${record.language ?? 'eng'} d` },
    ...(record.author === undefined ? [] : [data('100', '1 ', ['a', record.author])]),
    data('245', '10', ['a', record.title]),
    ...(record.subject === undefined ? [] : [data('650', ' 0', ['a', record.subject])]),
    ...(record.suppressed ? [data('942', '  ', ['n', '1'])] : []),
    ...(record.branches ?? []).map((branch, at) =>
      data(
        '952',
        '  ',
        ['a', branch],
        ['b', branch],
        ['p', `${record.id}-${at}`],
        ['9', `${record.id}${at}`],
      ),
    ),
  ];
  const status = record.deleted ? 'd' : 'n';
  const bytes = writeIso2709({
    leader: `00000${status}${record.authority ? 'z' : 'a'}m a2200000 i 4500`,
    fields,
  });
  if (record.wrongLength) bytes.write('00099', 0, 'latin1');
  return bytes;
}

/** A whole file of records, written into a test's folder; returns its path. */
export function marcFile(dir: string, name: string, records: readonly SomeRecord[]): string {
  const path = join(dir, name);
  writeFileSync(path, Buffer.concat(records.map(marc)));
  return path;
}

const adjectives = ['quiet', 'distant', 'hidden', 'golden', 'forgotten', 'northern', 'silver', 'wild'];
const nouns = [
  'harbour',
  'lighthouse',
  'orchard',
  'river',
  'garden',
  'winter',
  'island',
  'railway',
  'meadow',
];

/** `count` different records with ids r1, r2 and so on. */
export function someRecords(
  count: number,
  change: (record: SomeRecord, at: number) => void = () => {},
): SomeRecord[] {
  return Array.from({ length: count }, (_, at) => {
    const noun = nouns[at % nouns.length] ?? '';
    const record: SomeRecord = {
      id: `r${at + 1}`,
      title: `The ${adjectives[at % adjectives.length]} ${noun} number ${at + 1}`,
      author: `Writer, Ada ${at % 50}`,
      subject: `${noun}s`,
      branches: [at % 2 === 0 ? 'HARBOUR' : 'HILL'],
    };
    change(record, at);
    return record;
  });
}
