import { Kysely, sql, SqliteDialect } from 'kysely';
import type { Bib } from './bib.js';
import type { Catalogue, LiveCatalogue } from './catalogue.js';
import { barcodeKey } from './item-barcodes.js';
import { openGenerationForReading, type CatalogueTables, type TallyRow } from './generation-file.js';

export interface RecordCounts {
  format: { value: string; records: number }[];
  language: { value: string; records: number }[];
}

export type Records = ReturnType<typeof openRecords>;

/** Ids that one statement asks for: below SQLite's limit on variables. */
const CHUNK = 1000;

/**
 * Records of the live catalogue, read-only. It follows every switch; a question that has begun is answered by the
 * generation it began with. Before a first import there is simply nothing to find.
 */
export function openRecords(deps: { catalogue: Catalogue }) {
  const { catalogue } = deps;
  let open = openReader(catalogue.current());
  const stop = catalogue.onSwitch((live) => {
    const before = open;
    open = openReader(live);
    void before.retire();
  });

  async function tally(kind: TallyRow['kind']): Promise<TallyRow[]> {
    return open.ask([], (db) =>
      db
        .selectFrom('tally')
        .selectAll()
        .where('kind', '=', kind)
        .orderBy('records', 'desc')
        .orderBy('value')
        .execute(),
    );
  }

  return {
    /** A record that patrons may see, or undefined: unknown and suppressed ones look alike. */
    async findRecord(id: string): Promise<Bib | undefined> {
      return (await this.listRecords([id]))[0];
    },

    /** Those of the ids that patrons may see, in the order given. */
    async listRecords(ids: readonly string[]): Promise<Bib[]> {
      const rows = await open.ask([], async (db) => {
        const found: { id: string; bib: string }[] = [];
        for (let at = 0; at < ids.length; at += CHUNK) {
          const part = ids.slice(at, at + CHUNK);
          const query = db.selectFrom('record').select(['id', 'bib']).where('id', 'in', part);
          found.push(...(await query.where('suppressed', '=', 0).execute()));
        }
        return found;
      });
      const byId = new Map(rows.map((row) => [row.id, row.bib]));
      return ids.flatMap((id) => {
        const bib = byId.get(id);
        return bib === undefined ? [] : [JSON.parse(bib) as Bib];
      });
    },

    /** Any record that has copies, to try a system with. */
    async someRecord(): Promise<Bib | undefined> {
      const bibs = await this.listFirst(200);
      return bibs.find(({ items }) => items.length > 0) ?? bibs[0];
    },

    /** Records that patrons may see, as many as `most` of the first ones, in the order of the import. */
    async listFirst(most: number): Promise<Bib[]> {
      const rows = await open.ask([], (db) =>
        db
          .selectFrom('record')
          .select('bib')
          .where('suppressed', '=', 0)
          .orderBy('row')
          .limit(most)
          .execute(),
      );
      return rows.map(({ bib }) => JSON.parse(bib) as Bib);
    },

    /**
     * The id of each record that the library's system knows under one of these ids of its own. Records of a generation
     * made before this was indexed are not found so: looking through all of them would hold everybody up.
     */
    async idsByIlsId(ilsIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
      const wanted = [...new Set(ilsIds)];
      const rows = await open.ask([], async (db) => {
        const index = sql<{ name: string }>`SELECT name FROM sqlite_master WHERE name = 'record_ils_id'`;
        if (wanted.length === 0 || (await index.execute(db)).rows.length === 0) return [];
        const found: { id: string; ilsId: string }[] = [];
        for (let at = 0; at < wanted.length; at += CHUNK) {
          const part = wanted.slice(at, at + CHUNK);
          // The same words as in the index, or it would not be used.
          const ilsId = sql<string>`bib ->> '$.keys.ilsId'`;
          const query = db
            .selectFrom('record')
            .select(['id', ilsId.as('ilsId')])
            .where(ilsId, 'in', part);
          found.push(...(await query.where('suppressed', '=', 0).orderBy('row', 'desc').execute()));
        }
        return found;
      });
      return new Map(rows.map(({ id, ilsId }) => [ilsId, id]));
    },

    /**
     * The id of each record that has a copy of one of these barcodes, by the barcode as it was asked about; of two such
     * records the first in the catalogue counts. A generation made before barcodes were noted answers nothing.
     */
    async idsByBarcode(barcodes: readonly string[]): Promise<ReadonlyMap<string, string>> {
      const asked = new Map(barcodes.map((barcode) => [barcode, barcodeKey(barcode)]));
      const wanted = [...new Set(asked.values())].filter((key) => key !== '');
      const rows = await open.ask([], async (db) => {
        const table = sql<{ name: string }>`SELECT name FROM sqlite_master WHERE name = 'item_barcode'`;
        if (wanted.length === 0 || (await table.execute(db)).rows.length === 0) return [];
        const found: { id: string; barcode: string }[] = [];
        for (let at = 0; at < wanted.length; at += CHUNK) {
          const query = db
            .selectFrom('item_barcode')
            .innerJoin('record', 'record.row', 'item_barcode.row')
            .select(['record.id', 'item_barcode.barcode'])
            .where('item_barcode.barcode', 'in', wanted.slice(at, at + CHUNK))
            .where('record.suppressed', '=', 0);
          found.push(...(await query.orderBy('record.row', 'desc').execute()));
        }
        return found;
      });
      const byKey = new Map(rows.map(({ id, barcode }) => [barcode, id]));
      return new Map(
        [...asked].flatMap(([barcode, key]) => {
          const id = byKey.get(key);
          return id === undefined ? [] : [[barcode, id] as const];
        }),
      );
    },

    /** The ids of the records that bear each of these ISBN-13, found in the index of numbers, in the order of the import. */
    async idsByIsbn(isbns: readonly string[]): Promise<ReadonlyMap<string, string[]>> {
      const wanted = [...new Set(isbns)];
      const found = await open.ask([], async (db) => {
        const index = sql<{ name: string }>`SELECT name FROM sqlite_master WHERE name = 'number_lookup'`;
        if (wanted.length === 0 || (await index.execute(db)).rows.length === 0) return [];
        const rows: { isbn: string; id: string }[] = [];
        for (let at = 0; at < wanted.length; at += CHUNK) {
          const part = sql.join(wanted.slice(at, at + CHUNK));
          const query = sql<{ isbn: string; id: string }>`
            SELECT number_key.key AS isbn, record.id FROM number_key JOIN record ON record.row = number_key.row
            WHERE number_key.key IN (${part}) AND record.suppressed = 0 ORDER BY record.row`;
          rows.push(...(await query.execute(db)).rows);
        }
        return rows;
      });
      const ids = new Map<string, string[]>();
      for (const { isbn, id } of found) ids.set(isbn, [...(ids.get(isbn) ?? []), id]);
      return ids;
    },

    /** All records, suppressed ones included. */
    count: (): number => catalogue.current()?.records ?? 0,

    /** Branches that hold at least one item, by name. */
    async branches(): Promise<{ id: string; name: string; records: number }[]> {
      const rows = await tally('branch');
      return rows
        .map(({ value, label, records }) => ({ id: value, name: label, records }))
        .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    },

    /** How many records patrons may see of each format and language, most first. */
    async counts(): Promise<RecordCounts> {
      const shown = (rows: TallyRow[]) => rows.map(({ value, records }) => ({ value, records }));
      return { format: shown(await tally('format')), language: shown(await tally('language')) };
    },

    async close(): Promise<void> {
      stop();
      await open.retire();
    },
  };
}

/** A connection that closes itself once it is retired and its last question is answered. */
function openReader(live: LiveCatalogue | undefined) {
  const db =
    live &&
    new Kysely<CatalogueTables>({
      dialect: new SqliteDialect({ database: openGenerationForReading(live.path) }),
    });
  let asking = 0;
  let retired = false;
  const closeWhenIdle = async (): Promise<void> => {
    if (retired && asking === 0) await db?.destroy();
  };
  return {
    async ask<T>(none: T, question: (db: Kysely<CatalogueTables>) => Promise<T>): Promise<T> {
      if (db === undefined) return none;
      asking += 1;
      try {
        return await question(db);
      } finally {
        asking -= 1;
        await closeWhenIdle();
      }
    },
    async retire(): Promise<void> {
      retired = true;
      await closeWhenIdle();
    },
  };
}
