import { z } from 'zod';
import { figureRoutes } from './figures.js';
import { harvestRoutes } from './harvests.js';
import type { RouteRow } from './routes.js';

/** How a file stands to what the source brought before: the whole of it, or additions, changes and deletions only. */
export const ImportMode = z.enum(['full', 'changes']);
export type ImportMode = z.infer<typeof ImportMode>;

/** Name of a feed of records. Records of every source but `main` carry it before their id, as in `overdrive:123`. */
export const SourceName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, 'lower-case letters, digits, - and _, at most 32')
  .describe('Named feed of records; the default is main');

export const JobKind = z.enum(['import', 'training', 'embedding']);
export type JobKind = z.infer<typeof JobKind>;

/**
 * `interrupted`: the process that ran it has gone; the work so far is kept and can be resumed. `paused`: staff said so,
 * and it waits until they say go on.
 */
export const JobState = z.enum([
  'queued',
  'running',
  'finishing',
  'done',
  'cancelled',
  'failed',
  'interrupted',
  'paused',
]);
export type JobState = z.infer<typeof JobState>;

const count = z.int().min(0);

/** How far a job is. Counts are of records; the catalogue that patrons see changes only when an import is done. */
export const JobProgress = z.object({
  records: count.describe('Records read so far'),
  total: count.nullable().describe('Records expected, estimated from bytes; null before anything is known'),
  per_second: z.number().min(0),
  seconds_left: z.number().min(0).nullable(),
  added: count,
  changed: count,
  unchanged: count,
  removed: count.describe('In the catalogue before, missing from a full export now'),
  deleted: count.describe('Marked as deleted in the file'),
  suppressed: count.describe('Kept, but hidden from patrons'),
  repaired: count.describe('Imported after a repair; listed in the quarantine'),
  refused: count.describe('Not imported; listed in the quarantine with the reason'),
  duplicates: count.describe('Ids that came more than once in the file; the last one counts'),
  notices: z
    .array(z.object({ code: z.string(), message: z.string() }))
    .describe('What the files as a whole showed, such as another encoding'),
});
export type JobProgress = z.infer<typeof JobProgress>;

/** An import, a training, or an embedding of the catalogue by a model, as staff see it. */
export const Job = z.object({
  id: z.string(),
  kind: JobKind,
  state: JobState,
  source: z.string().nullable(),
  mode: ImportMode.nullable(),
  files: z.array(z.string()).describe('File names without folders'),
  progress: JobProgress,
  message: z.string().describe('One plain sentence'),
  created_at: z.iso.datetime(),
  started_at: z.iso.datetime().nullable(),
  ended_at: z.iso.datetime().nullable(),
});
export type Job = z.infer<typeof Job>;

export const JobList = z.object({ jobs: z.array(Job) });

/** "heading=field,heading=field" of a table whose header does not say what its columns are; the field "-" leaves one out. */
export const CsvMap = z
  .string()
  .max(4000)
  .transform((text, context) => {
    const mapping: Record<string, string> = {};
    for (const pair of text.split(',')) {
      const [, heading, field] = /^\s*(.+?)\s*=\s*([\w.]+|-)\s*$/.exec(pair) ?? [];
      if (heading === undefined || field === undefined) {
        context.addIssue({ code: 'custom', message: 'looks like heading=title,writer=author' });
        return z.NEVER;
      }
      mapping[heading] = field;
    }
    return mapping;
  })
  .describe('Columns of a table, as heading=title,writer=author; the field - leaves a column out');

/** Query string of an upload; the body is the file as it is. */
export const ImportUpload = z.object({
  name: z
    .string()
    .min(1)
    .max(255)
    .default('upload')
    .describe('File name; its ending helps to tell the format'),
  source: SourceName.default('main'),
  mode: ImportMode.default('full'),
  profile: z.string().max(40).optional().describe('How local fields are read, such as koha'),
  csv_map: CsvMap.optional(),
  allow_shrink: z
    .stringbool()
    .default(false)
    .describe('Let more than a fifth of the source’s records vanish'),
  vectors: z.stringbool().default(true).describe('Train search by meaning afterwards'),
});
export type ImportUpload = z.infer<typeof ImportUpload>;

export const QuarantineKind = z.enum(['refused', 'repaired']);
export type QuarantineKind = z.infer<typeof QuarantineKind>;

/** A record that an import refused or repaired: where it stands in the file and why. */
export const QuarantineEntry = z.object({
  id: z.string(),
  job_id: z.string(),
  source: z.string(),
  file: z.string(),
  index: count.describe('Place in the file, from 0'),
  offset: count.describe('First byte in the file'),
  length: count.describe('Bytes'),
  record_id: z.string().nullable(),
  title: z.string().nullable(),
  kind: QuarantineKind,
  code: z.string(),
  reason: z.string(),
  notices: z.array(z.object({ code: z.string(), message: z.string() })),
  has_raw: z.boolean().describe('Whether its bytes were kept'),
});
export type QuarantineEntry = z.infer<typeof QuarantineEntry>;

export const QuarantineQuery = z.object({
  kind: QuarantineKind.optional(),
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type QuarantineQuery = z.infer<typeof QuarantineQuery>;

export const QuarantineList = z.object({ total: count, entries: z.array(QuarantineEntry) });
export type QuarantineList = z.infer<typeof QuarantineList>;

/** Query string of a resume. */
export const ResumeQuery = z.object({
  allow_shrink: z.stringbool().optional().describe('Let more than a fifth of the source’s records vanish'),
});

/** Server-sent events while a job is watched. `done` comes once, with the job in its last state. */
export const JobEvents = { progress: Job, done: Job } as const;

const JobParams = z.object({ id: z.string().min(1).max(64) });
const QuarantineParams = z.object({ qid: z.string().min(1).max(20) });
const tag = 'staff';

/** What the staff door answers about imports and figures. Every address needs the staff key. */
export const officeRoutes = [
  {
    method: 'post',
    path: '/office/imports',
    summary: 'Send a catalogue file of any size as the body and import it.',
    tag,
    query: ImportUpload,
    upload: 'application/octet-stream',
    status: 202,
    response: Job,
    problems: ['staff_only', 'csrf_refused', 'import_running', 'file_unreadable'],
  },
  {
    method: 'get',
    path: '/office/imports',
    summary: 'The newest jobs, imports and trainings, newest first.',
    tag,
    status: 200,
    response: JobList,
    problems: ['staff_only'],
  },
  {
    method: 'get',
    path: '/office/imports/{id}',
    summary: 'How far a job is; with `Accept: text/event-stream`, each time it changes until it is over.',
    tag,
    params: JobParams,
    status: 200,
    response: Job,
    events: JobEvents,
    problems: ['staff_only', 'job_not_found'],
  },
  {
    method: 'post',
    path: '/office/imports/{id}/cancel',
    summary: 'Cancel a job. The catalogue stays as it was.',
    tag,
    params: JobParams,
    status: 200,
    response: Job,
    problems: ['staff_only', 'csrf_refused', 'job_not_found'],
  },
  {
    method: 'post',
    path: '/office/imports/{id}/resume',
    summary: 'Go on with an interrupted or failed import.',
    tag,
    params: JobParams,
    query: ResumeQuery,
    status: 202,
    response: Job,
    problems: ['staff_only', 'csrf_refused', 'job_not_found', 'import_running', 'file_unreadable'],
  },
  {
    method: 'get',
    path: '/office/imports/{id}/quarantine',
    summary: 'Records that an import refused or repaired, with place and reason.',
    tag,
    params: JobParams,
    query: QuarantineQuery,
    status: 200,
    response: QuarantineList,
    problems: ['staff_only', 'job_not_found'],
  },
  {
    method: 'get',
    path: '/office/imports/quarantine/{qid}/raw',
    summary: 'The bytes of a quarantined record as they stood in the file.',
    tag,
    params: QuarantineParams,
    status: 200,
    binary: 'application/octet-stream',
    problems: ['staff_only', 'quarantine_not_found'],
  },
  {
    method: 'post',
    path: '/office/imports/quarantine/{qid}/retry',
    summary: 'Import a quarantined record once more, from the body where it holds the corrected record.',
    tag,
    params: QuarantineParams,
    upload: 'application/octet-stream',
    status: 200,
    response: Job,
    problems: [
      'staff_only',
      'csrf_refused',
      'quarantine_not_found',
      'import_running',
      'file_unreadable',
      'payload_too_large',
    ],
  },
  ...figureRoutes,
  ...harvestRoutes,
] as const satisfies readonly RouteRow[];
