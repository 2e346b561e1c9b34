import type { Kysely } from 'kysely';
import type { Tables } from '../db/tables.js';
import { isAlive, processSpace } from './processes.js';

/** A lease whose heart has not beaten for this long belongs to nobody. */
export const STALE_MS = 15_000;
const NAME = 'catalogue';

export interface LeaseHolder {
  holder: string;
  jobId: string | null;
  yields: boolean;
  wanted: boolean;
}

/**
 * The right to write to the catalogue: one holder over all processes on this data folder. It is one row of carrel.db;
 * each verb is one statement, so that two processes cannot both win.
 */
export function createLease(deps: { db: Kysely<Tables>; now?: () => number }) {
  const { db, now = Date.now } = deps;
  const host = processSpace();

  return {
    /** Takes the lease when it is free or stale; false when somebody else holds it. */
    async take(options: { holder: string; jobId: string | null; yields?: boolean }): Promise<boolean> {
      const row = {
        holder: options.holder,
        pid: process.pid,
        host,
        job_id: options.jobId,
        yields: options.yields ? 1 : 0,
        wanted: 0,
        heartbeat_ms: now(),
      };
      await this.buryDead();
      const taken = await db
        .insertInto('lease')
        .values({ name: NAME, ...row })
        .onConflict((conflict) =>
          conflict
            .column('name')
            .doUpdateSet(row)
            .where('lease.heartbeat_ms', '<', now() - STALE_MS),
        )
        .returning('holder')
        .executeTakeFirst();
      return taken?.holder === options.holder;
    },

    /** Frees at once a lease whose process has died on this machine, instead of waiting for it to go stale. */
    async buryDead(): Promise<void> {
      const row = await db
        .selectFrom('lease')
        .select(['holder', 'pid'])
        .where('name', '=', NAME)
        .where('host', '=', host)
        .executeTakeFirst();
      if (row && !isAlive(row.pid)) {
        await db.deleteFrom('lease').where('name', '=', NAME).where('holder', '=', row.holder).execute();
      }
    },

    /** Keeps the lease alive; undefined when it was lost. `wanted` says that somebody asks the holder to step aside. */
    async beat(holder: string): Promise<LeaseHolder | undefined> {
      const row = await db
        .updateTable('lease')
        .set({ heartbeat_ms: now() })
        .where('name', '=', NAME)
        .where('holder', '=', holder)
        .returning(['holder', 'job_id', 'yields', 'wanted'])
        .executeTakeFirst();
      return row && shown(row);
    },

    async release(holder: string): Promise<void> {
      await db.deleteFrom('lease').where('name', '=', NAME).where('holder', '=', holder).execute();
    },

    /** Who holds it now; undefined when it is free, stale or its process has died. */
    async find(): Promise<LeaseHolder | undefined> {
      await this.buryDead();
      const row = await db
        .selectFrom('lease')
        .select(['holder', 'job_id', 'yields', 'wanted'])
        .where('name', '=', NAME)
        .where('heartbeat_ms', '>=', now() - STALE_MS)
        .executeTakeFirst();
      return row && shown(row);
    },

    /** Asks a holder that yields to step aside; false when there is none that would. */
    async want(): Promise<boolean> {
      const row = await db
        .updateTable('lease')
        .set({ wanted: 1 })
        .where('name', '=', NAME)
        .where('yields', '=', 1)
        .returning('holder')
        .executeTakeFirst();
      return row !== undefined;
    },
  };
}

export type Lease = ReturnType<typeof createLease>;

function shown(row: { holder: string; job_id: string | null; yields: number; wanted: number }): LeaseHolder {
  return { holder: row.holder, jobId: row.job_id, yields: row.yields === 1, wanted: row.wanted === 1 };
}
