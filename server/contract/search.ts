import { z } from 'zod';
import { Chip, Intent } from './intent.js';
import { RecordBrief } from './record.js';
import { Audience, Format, Locale } from './vocabulary.js';

const list = <T extends z.ZodType>(item: T) =>
  z.preprocess((v) => (typeof v === 'string' ? [v] : v), z.array(item)).optional();

/** Query string of `GET /api/v1/search`. Explicit parameters win over what is read from `q`. */
export const SearchQuery = z.object({
  q: z.string().max(1000).default(''),
  format: list(Format),
  language: list(z.string().regex(/^[a-z]{3}$/)),
  audience: list(Audience),
  branch: z.string().max(64).optional(),
  pages_min: z.coerce.number().int().min(0).optional(),
  pages_max: z.coerce.number().int().min(0).optional(),
  year_from: z.coerce.number().int().optional(),
  year_to: z.coerce.number().int().optional(),
  sort: z.enum(['relevance', 'newest', 'oldest', 'shortest', 'longest']).optional(),
  plain: z.stringbool().default(false).describe('true: search the words as typed, understand nothing'),
  offset: z.coerce.number().int().min(0).max(980).default(0),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  locale: Locale.default('en'),
});
export type SearchQuery = z.infer<typeof SearchQuery>;

export const Facet = z.object({
  name: z.enum(['format', 'language', 'audience', 'branch', 'decade', 'subject', 'author']),
  values: z.array(z.object({ value: z.string(), label: z.string(), count: z.int() })),
});
export type Facet = z.infer<typeof Facet>;

export const SearchResponse = z.object({
  total: z.int().describe('Matching records; counting stops at 1,000'),
  offset: z.int(),
  limit: z.int(),
  intent: Intent,
  understood: z.array(Chip),
  records: z.array(RecordBrief.extend({ why: z.string() })),
  facets: z.array(Facet),
  catalogue_version: z.string(),
  response_time_ms: z.number(),
});
export type SearchResponse = z.infer<typeof SearchResponse>;
