import { book, type MarcRecord } from '../oai/marc.js';
import type { Clause } from './cql.js';
import { Diagnostic } from './diagnostic.js';

export interface SruRecord {
  id: string;
  changedAt: number;
  marc: MarcRecord;
}

export interface SruState {
  records: Map<string, SruRecord>;
  put(id: string, title: string, data?: MarcRecord['data']): void;
  remove(id: string): void;
}

const HOUR_MS = 3_600_000;

export function sampleState(count: number, nowMs: () => number): SruState {
  const records = new Map<string, SruRecord>();
  for (let at = 1; at <= count; at += 1) {
    const id = String(at);
    records.set(id, {
      id,
      changedAt: nowMs() - (count - at + 1) * HOUR_MS,
      marc: book(id, `Book ${at}`, [['020', '  ', ['a', `97800000000${String(at).padStart(2, '0')}`]]]),
    });
  }
  return {
    records,
    put: (id, title, data = []) =>
      void records.set(id, { id, changedAt: nowMs(), marc: book(id, title, data) }),
    remove: (id) => void records.delete(id),
  };
}

/** The indexes that are searched; the server's own choice looks into all words of the record. */
export const indexes = [
  'cql.allRecords',
  'cql.serverChoice',
  'rec.id',
  'rec.identifier',
  'rec.lastModified',
  'dc.title',
  'bath.isbn',
];

/** Whether a record satisfies one clause. Throws diagnostic 16 for an index that is not there, 19 for a relation that it has not. */
export function satisfies(record: SruRecord, { index, relation, term }: Clause): boolean {
  const known = indexes.find((name) => name.toLowerCase() === index.toLowerCase());
  if (known === undefined) throw new Diagnostic(16, index);
  const isOrder = ['<', '>', '<=', '>='].includes(relation);
  if (isOrder && known !== 'rec.lastModified') throw new Diagnostic(19, relation);
  if (known === 'cql.allRecords') return true;
  if (known === 'rec.lastModified') return ordered(relation, record.changedAt, Date.parse(term));
  if (known === 'rec.id' || known === 'rec.identifier') return record.id === term;
  const tags = known === 'dc.title' ? ['245'] : known === 'bath.isbn' ? ['020'] : undefined;
  const words = record.marc.data
    .filter(([tag]) => tags?.includes(tag) ?? true)
    .flatMap(([, , ...subfields]) => subfields.map(([, value]) => value))
    .join(' ')
    .toLowerCase();
  const sought = term.toLowerCase();
  if (relation === 'any') return sought.split(/\s+/).some((word) => words.includes(word));
  return relation === 'all' || relation === '='
    ? sought.split(/\s+/).every((word) => words.includes(word))
    : words === sought;
}

function ordered(relation: string, value: number, bound: number): boolean {
  if (Number.isNaN(bound)) throw new Diagnostic(6, 'not a date');
  if (relation === '<') return value < bound;
  if (relation === '>') return value > bound;
  if (relation === '<=') return value <= bound;
  return relation === '>=' ? value >= bound : value === bound;
}
