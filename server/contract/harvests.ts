import { z } from 'zod';
import type { RouteRow } from './routes.js';

const count = z.int().min(0);
const moment = z.iso.datetime().nullable();

/** How a feed of records is followed, as staff see it; its imports are jobs of their own. */
export const Harvest = z.object({
  source: z.string().describe('Name under which the catalogue keeps its records'),
  running: z.boolean().describe('A process is at work on it now'),
  under_way: z
    .object({
      mode: z.enum(['full', 'changes']),
      records: count.describe('Records fetched so far'),
      started_at: z.iso.datetime(),
      importing: z.boolean().describe('All is fetched, and the import is under way'),
    })
    .nullable()
    .describe('A harvest that has begun and not ended; where none is running, the next one goes on with it'),
  last_success_at: moment,
  last_full_at: moment,
  records: count.describe('What the last successful harvest brought; of changes, only those'),
  failures: count.describe('Since the last success'),
  last_failure_at: moment,
  failure: z.string().nullable().describe('One plain sentence'),
  due_at: moment,
});
export type Harvest = z.infer<typeof Harvest>;

export const HarvestList = z.object({ harvests: z.array(Harvest) });

/** What the staff door answers about feeds. */
export const harvestRoutes = [
  {
    method: 'get',
    path: '/office/harvests',
    summary: 'How each feed is followed: what is under way, what it brought last, and what stopped it.',
    tag: 'staff',
    status: 200,
    response: HarvestList,
    problems: ['staff_only'],
  },
] as const satisfies readonly RouteRow[];
