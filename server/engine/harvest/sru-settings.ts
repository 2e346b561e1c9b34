import { z } from 'zod';
import { feedUrl, harvestFields, requestFields } from './harvest-settings.js';

/** What Carrel needs to be told about an SRU server. */
export const SruSettings = z.object({
  url: feedUrl.describe('Base address of the SRU server with its database, without operation and query'),
  version: z.enum(['1.1', '1.2', '2.0']).default('1.1').describe('Version of SRU that the server speaks'),
  query: z
    .string()
    .min(1)
    .max(2000)
    .default('cql.allRecords=1')
    .describe('Query in CQL that finds every record to be fetched, for a full harvest'),
  changes_query: z
    .string()
    .max(2000)
    .regex(/\{since\}/)
    .optional()
    .describe(
      'Query in CQL that finds what has changed, with {since} where the day belongs, such as rec.lastModificationDate >= "{since}"; full harvests alone when left empty',
    ),
  since_format: z
    .enum(['iso', 'compact'])
    .default('iso')
    .describe('How {since} is written: iso is 2026-03-04, compact is 20260304'),
  overlap_days: z
    .int()
    .min(0)
    .max(365)
    .default(1)
    .describe('Days before the last harvest from which changes are fetched again'),
  record_schema: z
    .string()
    .min(1)
    .default('marcxml')
    .describe('Short name by which the server gives MARCXML, as its explain record says'),
  record_packing: z
    .enum(['xml', 'string'])
    .optional()
    .describe('How records are packed, where the server must be told; both are understood'),
  page_size: z.int().min(1).max(1000).default(50).describe('Records that are asked for at once'),
  ...requestFields,
  ...harvestFields,
});
export type SruSettings = z.infer<typeof SruSettings>;
