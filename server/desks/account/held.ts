import type { KeptRecord } from '../../contract/my-data.js';
import type { Contributor, Scripted } from '../../contract/record.js';
import type { Bib } from '../../engine/catalogue/bib.js';
import { coveredOf } from '../../engine/catalogue/covered.js';
import type { HeldUnder, Named } from './tell.js';
import type { z } from 'zod';

/** What this desk asks of the catalogue. */
export interface HeldRecords {
  listRecords(ids: readonly string[]): Promise<Bib[]>;
  /** The id in the catalogue of each record that the library's system knows under one of its own ids. */
  idsByIlsId(ilsIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The ids in the catalogue of the records that bear each of these ISBN-13, in its order. */
  idsByIsbn(isbns: readonly string[]): Promise<ReadonlyMap<string, string[]>>;
  /** The id in the catalogue of each record that has a copy of one of these barcodes. */
  idsByBarcode(barcodes: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/**
 * Looks up at once where loans and holds are in the catalogue, by the system's number of the record there, by the
 * record's id, or else by the barcode of a copy, and how the catalogue has them.
 */
export async function heldUnder(records: HeldRecords, all: readonly Named[]): Promise<HeldUnder> {
  const numbers = unique(all.map(({ ilsId }) => ilsId));
  const barcodes = unique(all.map(({ barcode }) => barcode));
  const [numbered, copied] = await Promise.all([
    numbers.length === 0 ? NONE : records.idsByIlsId(numbers),
    barcodes.length === 0 ? NONE : records.idsByBarcode(barcodes),
  ]);
  const ids = unique([...numbers, ...numbered.values(), ...copied.values()]);
  const bibs = new Map((await records.listRecords(ids)).map((bib) => [bib.id, bib]));
  const named = (id: string): Bib | undefined => {
    const bib = bibs.get(id);
    return bib && (bib.keys.ilsId ?? id) === id ? bib : undefined;
  };
  return ({ ilsId = '', barcode = '' }) => {
    const bib = bibs.get(numbered.get(ilsId) ?? '') ?? named(ilsId) ?? bibs.get(copied.get(barcode) ?? '');
    return bib && { record_id: bib.id, catalogued: coveredOf(bib) };
  };
}

const NONE: ReadonlyMap<string, string> = new Map();
const unique = (values: readonly (string | undefined)[]): string[] => [
  ...new Set(values.filter((value) => value !== undefined)),
];

/** Title and author of records by their ids, in the order given. */
export async function describe(
  records: HeldRecords,
  recordIds: readonly string[],
): Promise<z.infer<typeof KeptRecord>[]> {
  const found = new Map((await records.listRecords(recordIds)).map((bib) => [bib.id, bib]));
  return recordIds.map((record_id) => {
    const bib = found.get(record_id);
    const author = bib?.contributors.find(({ main }) => main) ?? bib?.contributors[0];
    return { record_id, title: bib?.title ?? null, author: author ? scripted(author) : null };
  });
}

function scripted({ text, original, direction }: Contributor): Scripted {
  return {
    text,
    ...(original !== undefined && { original }),
    ...(direction !== undefined && { direction }),
  };
}
