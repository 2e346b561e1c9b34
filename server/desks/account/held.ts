import type { KeptRecord } from '../../contract/my-data.js';
import type { Contributor, Scripted } from '../../contract/record.js';
import type { Bib } from '../../engine/catalogue/bib.js';
import type { RecordIdOf } from './tell.js';
import type { z } from 'zod';

/** What this desk asks of the catalogue. */
export interface HeldRecords {
  listRecords(ids: readonly string[]): Promise<Bib[]>;
  /** The id in the catalogue of each record that the library's system knows under one of its own ids. */
  idsByIlsId(ilsIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** Looks up at once what the system's ids are in the catalogue: by its own number there, or by the record's id. */
export async function heldUnder(
  records: HeldRecords,
  ilsIds: readonly (string | undefined)[],
): Promise<RecordIdOf> {
  const asked = [...new Set(ilsIds.filter((id) => id !== undefined))];
  if (asked.length === 0) return () => null;
  const [numbered, named] = await Promise.all([records.idsByIlsId(asked), records.listRecords(asked)]);
  const own = new Set(
    named.filter(({ id, keys }) => keys.ilsId === undefined || keys.ilsId === id).map(({ id }) => id),
  );
  return (id) => (id === undefined ? null : (numbered.get(id) ?? (own.has(id) ? id : null)));
}

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
