import { z } from 'zod';
import { feedUrl, harvestFields, requestFields } from './harvest-settings.js';

/** What Carrel needs to be told about an OAI-PMH repository. */
export const OaiSettings = z.object({
  url: feedUrl.describe('Base address of the OAI-PMH repository, as its Identify answer names it'),
  metadata_prefix: z
    .string()
    .regex(/^[\w.!~*'()-]+$/)
    .optional()
    .describe('Format in which records are fetched, such as marc21 or marcxml; found out when left empty'),
  set: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('Code of the one set to fetch (setSpec); everything when left empty'),
  overlap_minutes: z
    .int()
    .min(0)
    .max(10_080)
    .default(10)
    .describe(
      'Minutes before the last harvest from which changes are fetched again, for records that were filed late; at least a day where the repository counts in days',
    ),
  ...requestFields,
  ...harvestFields,
});
export type OaiSettings = z.infer<typeof OaiSettings>;
