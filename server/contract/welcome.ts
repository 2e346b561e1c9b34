import { z } from 'zod';
import { Branch } from './availability.js';

/** What the start page shows before anything was asked. */
export const Welcome = z.object({
  library: z.string(),
  branches: z.array(Branch),
  examples: z.array(z.string()).describe('Questions that find something in this catalogue'),
  language_model: z.boolean().optional().describe('A language model may add to answers here'),
  is_demo: z.boolean().describe('Circulation is simulated; it is labelled so wherever it shows'),
});
export type Welcome = z.infer<typeof Welcome>;

export const BranchList = z.object({ branches: z.array(Branch) });
export type BranchList = z.infer<typeof BranchList>;
