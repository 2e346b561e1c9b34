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
});
export type Availability = z.infer<typeof Availability>;

export const Branch = z.object({ id: z.string(), name: z.string() });
export type Branch = z.infer<typeof Branch>;
