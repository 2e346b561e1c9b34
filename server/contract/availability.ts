import { z } from 'zod';
import { ItemStatus } from './vocabulary.js';

/** One copy on one shelf. */
export const ItemView = z.object({
  item_id: z.string(),
  status: ItemStatus,
  location: z.string().optional().describe('Shelf location in the library’s words, such as "Adult fiction"'),
  call_number: z.string().optional(),
  due_at: z.iso.datetime().optional(),
});
export type ItemView = z.infer<typeof ItemView>;

/** The copies of a record at one branch. */
export const BranchAvailability = z.object({
  branch_id: z.string(),
  branch_name: z.string(),
  available: z.int().min(0),
  total: z.int().min(0),
  items: z.array(ItemView),
});
export type BranchAvailability = z.infer<typeof BranchAvailability>;

/** Copies of a title that a lender of e-books has for the library's patrons. */
export const EcopyView = z.object({
  lender: z.string().describe('As patrons know it, such as "OverDrive"'),
  status: z.enum(['available', 'checked_out', 'unknown']),
  owned: z.int().min(0).optional().describe('Absent where there is no such count, as with titles always in'),
  available: z.int().min(0).optional(),
  holds: z.int().min(0).optional(),
  format: z.enum(['ebook', 'eaudiobook', 'magazine', 'video']).optional(),
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Where a patron borrows it'),
  asOf: z.iso.datetime(),
  stale: z.boolean(),
});
export type EcopyView = z.infer<typeof EcopyView>;

/**
 * Whether a record is in. `state` is `unknown` when the library's system could not say and nothing is remembered;
 * `stale` is true when the answer is older than the freshness the library asked for. `asOf` is when it was true.
 */
export const Availability = z.object({
  state: z.enum(['available', 'unavailable', 'online', 'unknown']),
  asOf: z.iso.datetime().nullable(),
  stale: z.boolean(),
  source: z
    .enum(['demo', 'ils', 'none'])
    .describe('`demo` is simulated circulation and is labelled so wherever it shows'),
  branches: z.array(BranchAvailability),
  ecopies: z.array(EcopyView).optional().describe('Absent where no lender of e-books has the title'),
  checking: z
    .boolean()
    .optional()
    .describe('true: this is what is remembered, and the library’s system is being asked at this moment'),
});
export type Availability = z.infer<typeof Availability>;

export const Branch = z.object({ id: z.string(), name: z.string() });
export type Branch = z.infer<typeof Branch>;
