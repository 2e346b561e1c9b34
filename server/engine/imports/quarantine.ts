import type { Kysely, Selectable } from 'kysely';
import { Problem } from '../../contract/problems.js';
import type { QuarantineEntry, QuarantineKind, QuarantineList } from '../../contract/office.js';
import type { QuarantineTable, Tables } from '../db/tables.js';

const shownColumns = [
  'id',
  'job_id',
  'source',
  'file',
  'record_index',
  'byte_offset',
  'length',
  'record_id',
  'title',
  'kind',
  'code',
  'reason',
  'notices',
] as const;

/** Bytes kept over all jobs; the oldest jobs' bytes go first. */
export const MAX_TOTAL_RAW_BYTES = 1024 * 1024 * 1024;

export type Quarantine = ReturnType<typeof createQuarantine>;

/** Records that imports refused or repaired, as staff look through them. */
export function createQuarantine(deps: { db: Kysely<Tables> }) {
  const { db } = deps;
  const shown = () =>
    db
      .selectFrom('quarantine')
      .select(shownColumns)
      .select((eb) => eb('raw', 'is not', null).as('has_raw'));

  return {
    /** One page in file order, of one job or of all that is kept; `total` counts all pages. */
    async list(options: {
      jobId?: string;
      kind?: QuarantineKind;
      offset: number;
      limit: number;
    }): Promise<QuarantineList> {
      let rows = shown().orderBy('id').offset(options.offset).limit(options.limit);
      let count = db.selectFrom('quarantine').select((eb) => eb.fn.countAll<number>().as('n'));
      if (options.jobId !== undefined) {
        rows = rows.where('job_id', '=', options.jobId);
        count = count.where('job_id', '=', options.jobId);
      }
      if (options.kind !== undefined) {
        rows = rows.where('kind', '=', options.kind);
        count = count.where('kind', '=', options.kind);
      }
      const { n } = await count.executeTakeFirstOrThrow();
      return { total: n, entries: (await rows.execute()).map(entry) };
    },

    /** Throws Problem('quarantine_not_found'). */
    async get(id: string): Promise<QuarantineEntry> {
      const row = await shown().where('id', '=', rowId(id)).executeTakeFirst();
      if (row === undefined) throw new Problem('quarantine_not_found');
      return entry(row);
    },

    /** The record's bytes as they stood in the file. Throws Problem('quarantine_not_found'), also when none were kept. */
    async raw(id: string): Promise<Buffer> {
      const row = await db
        .selectFrom('quarantine')
        .select('raw')
        .where('id', '=', rowId(id))
        .executeTakeFirst();
      if (row === undefined) throw new Problem('quarantine_not_found');
      if (row.raw === null) {
        throw new Problem('quarantine_not_found', { detail: 'The bytes of this record were not kept.' });
      }
      return row.raw;
    },

    async remove(id: string): Promise<void> {
      await db.deleteFrom('quarantine').where('id', '=', rowId(id)).execute();
    },

    /** After a whole import: only what the newest one of a source found is current. */
    async keepOnly(source: string, jobId: string): Promise<void> {
      await db.deleteFrom('quarantine').where('source', '=', source).where('job_id', '!=', jobId).execute();
    },

    /** Drops what a cancelled job noted: its file is not in the catalogue, and nobody will go on with it. */
    async dropJob(jobId: string): Promise<void> {
      await db.deleteFrom('quarantine').where('job_id', '=', jobId).execute();
    },

    /** Lets go of bytes, oldest job first, until what is kept is within the limit. Reasons and places stay. */
    async trim(limitBytes = MAX_TOTAL_RAW_BYTES): Promise<void> {
      const jobs = await db
        .selectFrom('quarantine')
        .select(['job_id', (eb) => eb.fn.sum<number | null>(eb.fn<number>('length', ['raw'])).as('bytes')])
        .groupBy('job_id')
        .orderBy((eb) => eb.fn.max('id'), 'desc')
        .execute();
      let kept = 0;
      for (const { job_id, bytes } of jobs) {
        kept += bytes ?? 0;
        if (kept <= limitBytes) continue;
        await db.updateTable('quarantine').set({ raw: null }).where('job_id', '=', job_id).execute();
      }
    },
  };
}

function rowId(id: string): number {
  if (!/^[1-9]\d{0,14}$/.test(id)) throw new Problem('quarantine_not_found');
  return Number(id);
}

type Shown = Pick<Selectable<QuarantineTable>, (typeof shownColumns)[number]> & { has_raw: unknown };

function entry(row: Shown): QuarantineEntry {
  const { id, record_index, byte_offset, notices, has_raw, ...rest } = row;
  return {
    id: String(id),
    ...rest,
    index: record_index,
    offset: byte_offset,
    notices: JSON.parse(notices) as QuarantineEntry['notices'],
    has_raw: has_raw === 1,
  };
}
