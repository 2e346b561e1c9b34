import { z } from 'zod';
import { Audience, Format } from './vocabulary.js';
import { Availability } from './availability.js';

/** A text as the library romanised it, with the original script (MARC 880) beside it where there is one. */
export const Scripted = z.object({
  text: z.string(),
  original: z.string().optional(),
  direction: z.enum(['ltr', 'rtl']).optional().describe('Of the original script'),
});
export type Scripted = z.infer<typeof Scripted>;

export const Contributor = Scripted.extend({
  role: z.string().optional().describe('Relator term in English, such as "translator"'),
  kind: z.enum(['person', 'corporate', 'meeting']),
});
export type Contributor = z.infer<typeof Contributor>;

export const SeriesEntry = z.object({ name: z.string(), volume: z.string().optional() });
export type SeriesEntry = z.infer<typeof SeriesEntry>;

/** Everything a patron may know about a record. */
export const RecordView = z.object({
  record_id: z.string(),
  title: Scripted,
  subtitle: Scripted.optional(),
  responsibility: Scripted.optional(),
  other_titles: z.array(Scripted),
  contributors: z.array(Contributor),
  related_works: z.array(z.string()),
  year: z.int().optional(),
  publisher: Scripted.optional(),
  edition: z.string().optional(),
  extent: z.string().optional().describe('As catalogued, such as "312 pages : illustrations"'),
  pages: z.int().optional(),
  format: Format,
  languages: z.array(z.string()),
  original_languages: z.array(z.string()),
  audience: Audience.optional(),
  audience_notes: z.array(z.string()),
  fiction: z.boolean().optional(),
  summary: z.string().optional(),
  contents: z.string().optional(),
  content_warnings: z.array(z.string()),
  notes: z.array(z.string()),
  awards: z.array(z.string()),
  subjects: z.array(Scripted.extend({ parts: z.array(z.string()), scheme: z.string().optional() })),
  genres: z.array(z.string()),
  series: z.array(SeriesEntry),
  isbns: z.array(z.string()),
  issns: z.array(z.string()),
  links: z.array(z.object({ url: z.string(), label: z.string().optional() })),
  call_number: z.string().optional(),
});
export type RecordView = z.infer<typeof RecordView>;

/** A record cut down to what a result list shows. */
export const RecordBrief = z.object({
  record_id: z.string(),
  isbn: z.string().nullable(),
  title: Scripted,
  author: Scripted.nullable(),
  year: z.int().nullable(),
  format: Format,
  languages: z.array(z.string()),
  pages: z.int().nullable(),
  series: SeriesEntry.nullable(),
  call_number: z.string().nullable(),
  subject: z.string().nullable().describe('First subject or genre; the drawn cover takes its cloth from it'),
  cover: z.string().nullable().describe('URL of a cover the library holds, or null: the page draws one'),
});
export type RecordBrief = z.infer<typeof RecordBrief>;

export const RecordDetail = z.object({ record: RecordView, availability: Availability });
export const SimilarRecords = z.object({ records: z.array(RecordBrief.extend({ why: z.string() })) });
