import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kysely, Selectable, Transaction } from 'kysely';
import { unusableCatalogue } from '../db/catalogue-layout.js';
import type { GenerationTable, Tables } from '../db/tables.js';
import { ImportStopped } from './failures.js';

export type Generation = Selectable<GenerationTable>;

export type Generations = ReturnType<typeof createGenerations>;

/**
 * The catalogue's generations: one live, at most one kept back, any number being built. Which one is live is one row of
 * carrel.db, so patrons see the old catalogue or the new one and never a mixture.
 */
export function createGenerations(deps: { db: Kysely<Tables>; dataDir: string }) {
  const { db, dataDir } = deps;
  const select = () => db.selectFrom('catalogue_generation').selectAll();
  const pathOf = (generation: Pick<Generation, 'file'>) => join(dataDir, generation.file);

  async function removeFiles(file: string): Promise<void> {
    for (const ending of ['', '-wal', '-shm', '.part', '.part-journal']) {
      await rm(join(dataDir, file + ending), { force: true });
    }
  }

  return {
    pathOf,

    async live(): Promise<Generation | undefined> {
      return select().where('state', '=', 'live').executeTakeFirst();
    },

    async find(number: number): Promise<Generation | undefined> {
      return select().where('number', '=', number).executeTakeFirst();
    },

    /** The generation that `carrel import --rollback` would bring back. */
    async keptBack(): Promise<Generation | undefined> {
      return select().where('state', '=', 'retired').orderBy('switched_at', 'desc').executeTakeFirst();
    },

    /** Notes a generation to be built by a job; its number, and so its file, was never used before. */
    async stage(jobId: string): Promise<Generation> {
      return db.transaction().execute(async (tx) => {
        const created_at = new Date().toISOString();
        const { number } = await tx
          .insertInto('catalogue_generation')
          .values({
            file: `staging-${jobId}`,
            state: 'building',
            records: 0,
            job_id: jobId,
            created_at,
            switched_at: null,
          })
          .returning('number')
          .executeTakeFirstOrThrow();
        return tx
          .updateTable('catalogue_generation')
          .set({ file: `catalogue-${number}.db` })
          .where('number', '=', number)
          .returningAll()
          .executeTakeFirstOrThrow();
      });
    },

    /**
     * Makes a generation live and the live one retired, in one transaction with whatever `also` writes. Only the lease's
     * holder may: throws ImportStopped('lost') when somebody else has it.
     */
    async promote(
      number: number,
      options: {
        holder: string;
        records?: number;
        trained?: 1;
        also?: (tx: Transaction<Tables>) => Promise<void>;
      },
    ): Promise<void> {
      await db.transaction().execute(async (tx) => {
        const held = await tx
          .updateTable('lease')
          .set({ heartbeat_ms: Date.now() })
          .where('holder', '=', options.holder)
          .returning('holder')
          .executeTakeFirst();
        if (held === undefined)
          throw new ImportStopped('lost', 'Another process writes to the catalogue now.');
        const switched_at = new Date().toISOString();
        await tx
          .updateTable('catalogue_generation')
          .set({ state: 'retired', switched_at })
          .where('state', '=', 'live')
          .execute();
        await tx
          .updateTable('catalogue_generation')
          .set({
            state: 'live',
            switched_at,
            ...(options.records !== undefined && { records: options.records }),
            ...(options.trained && { trained: options.trained }),
          })
          .where('number', '=', number)
          .execute();
        await options.also?.(tx);
      });
    },

    /** Tells every reader that the live generation answers differently now, without other records in it. */
    async revise(number: number): Promise<void> {
      await db
        .updateTable('catalogue_generation')
        .set((eb) => ({ revision: eb('revision', '+', 1) }))
        .where('number', '=', number)
        .execute();
    },

    /** Notes which vectors a generation has now, so that they are not made again. */
    async note(number: number, has: { trained?: 1; embedded?: string }): Promise<void> {
      await db.updateTable('catalogue_generation').set(has).where('number', '=', number).execute();
    },

    /** Throws a generation away that never went live. */
    async discard(number: number): Promise<void> {
      const row = await db
        .deleteFrom('catalogue_generation')
        .where('number', '=', number)
        .where('state', '=', 'building')
        .returning('file')
        .executeTakeFirst();
      if (row) await removeFiles(row.file);
    },

    /**
     * Deletes what nobody needs: retired generations but the newest, those being built by jobs other than `building`,
     * and files of generations that carrel.db does not know. A file that a reader still has open lives on until closed.
     */
    async sweep(building: readonly number[]): Promise<void> {
      const retired = await select().where('state', '=', 'retired').orderBy('switched_at', 'desc').execute();
      const staged = await select().where('state', '=', 'building').execute();
      const goes = [...retired.slice(1), ...staged.filter(({ number }) => !building.includes(number))];
      for (const { number, file } of goes) {
        await removeFiles(file);
        await db.deleteFrom('catalogue_generation').where('number', '=', number).execute();
      }
      const known = new Set((await select().execute()).map(({ file }) => file));
      for (const name of await readdir(dataDir)) {
        const file = /^(catalogue-\d+\.db)(-wal|-shm|\.part|\.part-journal)?$/.exec(name)?.[1];
        if (file !== undefined && !known.has(file)) await rm(join(dataDir, name), { force: true });
      }
    },

    /** Why the generation's file cannot be read, as one sentence; undefined when it can. */
    unusable: (generation: Pick<Generation, 'file'>) => unusableCatalogue(pathOf(generation)),
  };
}
