import { sql, type Kysely, type Selectable, type Transaction } from 'kysely';
import type { HarvestTable, Tables } from '../db/tables.js';
import { isAlive, processSpace } from '../jobs/processes.js';

/** A harvest under way: enough to go on with it where the process died. */
export interface HarvestRun {
  number: number;
  mode: 'full' | 'changes';
  since?: string;
  startedAt: string;
  /** The run that says what the catalogue knows; 0 for a full harvest, which needs no other. */
  base: number;
  /** The run before it, whose records need not be read again where they come to the letter as they were. */
  known: number;
  /** What the feed said of itself when the run began. */
  changes: boolean;
  deletions: 'kept' | 'lost';
  /** The last page that is on disk, and how long the spool was with it. */
  resume?: string;
  bytes: number;
  /** Records seen, how many of them are in the spool, and how many of those nobody can read. */
  records: number;
  spooled: number;
  refused: number;
  /** How often it was taken up since a page came. */
  tries: number;
  /** Set once all pages are in: what the next harvest begins with. */
  cursor?: string;
  /** Its import. */
  jobId?: string;
}

export type HarvestRow = Omit<Selectable<HarvestTable>, 'run'> & { run: HarvestRun | undefined };

/** What a page says of a key: the id of its record, or null where it is gone. */
export interface SeenKey {
  key: string;
  id: string | null;
  digest: Buffer | null;
}

/** A process that has not been heard of for this long has left its harvest to whoever wants it. */
export const STALE_MS = 2 * 60_000;
const ROWS_AT_ONCE = 200;
const OLD_ROWS_AT_ONCE = 2000;

function read(row: Selectable<HarvestTable>): HarvestRow {
  return { ...row, run: row.run === null ? undefined : (JSON.parse(row.run) as HarvestRun) };
}

export type HarvestStore = ReturnType<typeof createHarvestStore>;

/**
 * How far each feed was followed, in carrel.db. A feed names a record by its own key and the catalogue by the record's
 * id, so each run keeps the key and id of what it saw. A full harvest's run becomes the truth (`base`) by one number
 * when its import has succeeded; a harvest of changes is then written into the base. What an id had and no key has any
 * more is gone: that is a deletion, a record that moved to another id, or both.
 */
export function createHarvestStore(deps: { db: Kysely<Tables>; now: () => number }) {
  const { db, now } = deps;
  const host = processSpace();
  const keysOf = (source: string, run: number) =>
    db.selectFrom('harvest_key').where('source', '=', source).where('run', '=', run);
  const change = (source: string) => db.updateTable('harvest').where('source', '=', source);

  async function save(at: Kysely<Tables>, source: string, holder: string, run: HarvestRun): Promise<void> {
    const { numUpdatedRows } = await at
      .updateTable('harvest')
      .set({ run: JSON.stringify(run), last_run: run.number })
      .where('source', '=', source)
      .where('holder', '=', holder)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) throw new HarvestLost();
  }

  return {
    async find(source: string): Promise<HarvestRow | undefined> {
      const row = await db.selectFrom('harvest').selectAll().where('source', '=', source).executeTakeFirst();
      return row && read(row);
    },

    /** Every source that was ever followed, by its name. */
    async list(): Promise<HarvestRow[]> {
      const rows = await db.selectFrom('harvest').selectAll().orderBy('source').execute();
      return rows.map(read);
    },

    /** Takes the harvest of a source for one holder over all processes; false while another has it. */
    async take(source: string, feed: string, holder: string): Promise<boolean> {
      await db
        .insertInto('harvest')
        .values({ source, feed })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      const before = await this.find(source);
      const isDead = before?.pid != null && before.host === host && !isAlive(before.pid);
      const { numUpdatedRows } = await change(source)
        .set({ holder, pid: process.pid, host, heartbeat_ms: now() })
        .where((eb) =>
          eb.or([
            eb('holder', 'is', null),
            eb('heartbeat_ms', '<', now() - STALE_MS),
            ...(isDead ? [eb('holder', '=', before.holder)] : []),
          ]),
        )
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    /** False when another process has taken the harvest over. */
    async beat(source: string, holder: string): Promise<boolean> {
      const { numUpdatedRows } = await change(source)
        .set({ heartbeat_ms: now() })
        .where('holder', '=', holder)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    async release(source: string, holder: string): Promise<void> {
      await change(source).set({ holder: null, pid: null }).where('holder', '=', holder).execute();
    },

    /** Throws HarvestLost when another process has taken the harvest over. */
    save: (source: string, holder: string, run: HarvestRun) => save(db, source, holder, run),

    /** Forgets what was followed: another feed stands behind the source's name now. */
    async follow(source: string, feed: string): Promise<void> {
      await change(source).set({ feed, cursor: null, cursor_at: null, swept_at: null, run: null }).execute();
    },

    async dropRun(source: string): Promise<void> {
      await change(source).set({ run: null }).execute();
    },

    /** What a run saw of some keys. */
    async known(source: string, run: number, keys: readonly string[]): Promise<Map<string, SeenKey>> {
      const found = new Map<string, SeenKey>();
      for (let at = 0; at < keys.length; at += ROWS_AT_ONCE) {
        const some = keys.slice(at, at + ROWS_AT_ONCE);
        const rows = await keysOf(source, run).where('key', 'in', some).selectAll().execute();
        for (const { key, record_id: id, digest } of rows) found.set(key, { key, id, digest });
      }
      return found;
    },

    async holdsAny(source: string, run: number): Promise<boolean> {
      const held = keysOf(source, run).where('record_id', 'is not', null).select('key').limit(1);
      return (await held.executeTakeFirst()) !== undefined;
    },

    /** Notes a page in one transaction: its keys, the ids that they had earlier in this run, and how far the run is. */
    async notePage(
      source: string,
      holder: string,
      run: HarvestRun,
      page: { seen: readonly SeenKey[]; left: readonly string[] },
    ): Promise<void> {
      await db.transaction().execute(async (tx) => {
        await save(tx, source, holder, run);
        const numbered = { source, run: run.number };
        for (let at = 0; at < page.seen.length; at += ROWS_AT_ONCE) {
          const some = page.seen.slice(at, at + ROWS_AT_ONCE);
          await tx
            .insertInto('harvest_key')
            .values(some.map(({ key, id, digest }) => ({ ...numbered, key, record_id: id, digest })))
            .onConflict((conflict) =>
              conflict.columns(['source', 'run', 'key']).doUpdateSet((eb) => ({
                record_id: eb.ref('excluded.record_id'),
                digest: eb.ref('excluded.digest'),
              })),
            )
            .execute();
        }
        for (let at = 0; at < page.left.length; at += ROWS_AT_ONCE) {
          const some = page.left.slice(at, at + ROWS_AT_ONCE);
          await tx
            .insertInto('harvest_left')
            .values(some.map((record_id) => ({ ...numbered, record_id })))
            .onConflict((conflict) => conflict.doNothing())
            .execute();
        }
      });
    },

    /** Ids that the catalogue may have and that no key has after this run; `base` 0 for a full harvest. */
    async listGone(source: string, run: number, base: number): Promise<string[]> {
      const { rows } = await sql<{ record_id: string }>`
        SELECT gone.record_id FROM (
          SELECT b.record_id FROM harvest_key AS n
            JOIN harvest_key AS b ON b.source = n.source AND b.run = ${base} AND b.key = n.key
            WHERE n.source = ${source} AND n.run = ${run}
              AND b.record_id IS NOT NULL AND b.record_id IS DISTINCT FROM n.record_id
          UNION
          SELECT record_id FROM harvest_left WHERE source = ${source} AND run = ${run}
        ) AS gone
        WHERE NOT EXISTS (
          SELECT 1 FROM harvest_key AS k
            WHERE k.source = ${source} AND k.run = ${run} AND k.record_id = gone.record_id
        ) AND NOT EXISTS (
          SELECT 1 FROM harvest_key AS k
            WHERE k.source = ${source} AND k.run = ${base} AND k.record_id = gone.record_id
              AND NOT EXISTS (
                SELECT 1 FROM harvest_key AS n
                  WHERE n.source = ${source} AND n.run = ${run} AND n.key = k.key
              )
        ) ORDER BY gone.record_id`.execute(db);
      return rows.map(({ record_id }) => record_id);
    },

    /** Makes what a run saw the truth, together with the cursor: its import has succeeded. */
    async commit(
      source: string,
      holder: string,
      run: HarvestRun & { cursor: string },
      catalogue: { generation: number | null; jobId: string | null },
    ): Promise<void> {
      const at = new Date(now()).toISOString();
      await db.transaction().execute(async (tx) => {
        await save(tx, source, holder, run);
        if (run.mode === 'changes') await mergeRun(tx, source, run);
        await tx
          .updateTable('harvest')
          .set({
            cursor: run.cursor,
            cursor_at: run.startedAt,
            ...(run.mode === 'full' && { base: run.number, swept_at: at }),
            run: null,
            generation: catalogue.generation,
            job_id: catalogue.jobId,
            records: run.records,
            succeeded_at: at,
            failures: 0,
          })
          .where('source', '=', source)
          .execute();
      });
    },

    /** Notes a failure and answers how many there were in a row. */
    async fail(source: string, sentence: string): Promise<number> {
      const row = await change(source)
        .set((eb) => ({
          failed_at: new Date(now()).toISOString(),
          failure: sentence,
          failures: eb('failures', '+', 1),
        }))
        .returning('failures')
        .executeTakeFirst();
      return row?.failures ?? 1;
    },

    async setDue(source: string, dueMs: number): Promise<void> {
      await change(source)
        .set({ due_at: new Date(dueMs).toISOString() })
        .execute();
    },

    /** The last import that changed the source's records, whoever began it. */
    async lastImport(source: string): Promise<{ jobId: string; mode: 'full' | 'changes' } | undefined> {
      const row = await db
        .selectFrom('source')
        .select(['job_id', 'mode'])
        .where('name', '=', source)
        .executeTakeFirst();
      return row && { jobId: row.job_id, mode: row.mode };
    },

    /** Clears away keys of runs that are over, a few at a time so that nothing else waits for it. */
    async tidy(source: string): Promise<void> {
      const row = await this.find(source);
      const kept = [row?.base ?? 0, row?.run?.number ?? 0];
      await db.deleteFrom('harvest_left').where('source', '=', source).where('run', 'not in', kept).execute();
      for (let deleted = OLD_ROWS_AT_ONCE; deleted === OLD_ROWS_AT_ONCE;) {
        const { numAffectedRows } = await sql`
          DELETE FROM harvest_key WHERE (source, run, key) IN (
            SELECT source, run, key FROM harvest_key
              WHERE source = ${source} AND run NOT IN (${sql.join(kept)}) LIMIT ${OLD_ROWS_AT_ONCE}
          )`.execute(db);
        deleted = Number(numAffectedRows ?? 0n);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

/** Another process has taken this harvest over. */
export class HarvestLost extends Error {
  constructor() {
    super('Another process has taken this harvest over.');
    this.name = 'HarvestLost';
  }
}

async function mergeRun(tx: Transaction<Tables>, source: string, run: HarvestRun): Promise<void> {
  await sql`
    INSERT INTO harvest_key
      SELECT source, ${run.base}, key, record_id, digest FROM harvest_key
        WHERE source = ${source} AND run = ${run.number} AND record_id IS NOT NULL
    ON CONFLICT (source, run, key) DO UPDATE
      SET record_id = excluded.record_id, digest = excluded.digest`.execute(tx);
  await sql`
    DELETE FROM harvest_key WHERE source = ${source} AND run = ${run.base} AND key IN (
      SELECT key FROM harvest_key
        WHERE source = ${source} AND run = ${run.number} AND record_id IS NULL
    )`.execute(tx);
}
