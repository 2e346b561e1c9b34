import { z } from 'zod';
import { Audience, Format } from './vocabulary.js';

/** A span of whole numbers, either end open. */
export const Span = z.object({ min: z.int().optional(), max: z.int().optional() });
export type Span = z.infer<typeof Span>;

/**
 * What Carrel understood of a question: hard limits (format, language, audience, length, year, branch, availability),
 * names found in the catalogue (author, series, title, ISBN), books to resemble or avoid, and the words left over.
 * It is made by rules over data, so equal questions always give equal intents.
 */
export const Intent = z.object({
  text: z.string().describe('The question as asked, or as carried over from the turns before'),
  topic: z
    .string()
    .describe('The words left after the limits were taken out; what words and vectors search for'),
  formats: z.array(Format).optional(),
  languages: z.array(z.string()).optional().describe('ISO 639-2/B codes'),
  audiences: z.array(Audience).optional(),
  age: z.int().min(0).max(120).optional(),
  pages: Span.optional(),
  years: Span.optional(),
  available_now: z.boolean().optional(),
  branch: z.string().optional().describe('Branch id'),
  fiction: z.boolean().optional(),
  author: z.string().optional(),
  series: z.string().optional(),
  title: z.string().optional(),
  isbn: z.string().optional().describe('ISBN-13 without hyphens'),
  like: z
    .array(z.object({ record_id: z.string(), title: z.string() }))
    .optional()
    .describe('Held books that the answers should resemble'),
  like_author: z.string().optional().describe('"by someone like X": resembles X’s books, but is not by X'),
  without: z.array(z.string()).optional().describe('Topics the patron does not want'),
  without_author: z.array(z.string()).optional().describe('Authors the patron does not want, as catalogued'),
  appeals: z.array(z.string()).optional().describe('Ids in the reader’s-advisory vocabulary'),
  sort: z.enum(['relevance', 'newest', 'oldest', 'shortest', 'longest', 'series']).optional(),
});
export type Intent = z.infer<typeof Intent>;

export const ChipKind = z.enum([
  'format',
  'language',
  'audience',
  'age',
  'pages',
  'years',
  'available_now',
  'branch',
  'fiction',
  'author',
  'series',
  'title',
  'isbn',
  'like',
  'like_author',
  'without',
  'without_author',
  'appeal',
  'sort',
]);
export type ChipKind = z.infer<typeof ChipKind>;

/** One understood limit, worded in the patron's language. Sending its `id` back in `remove` takes it out. */
export const Chip = z.object({
  id: z.string().describe('Kind and value, such as "language:spa"; stable for equal meanings'),
  kind: ChipKind,
  label: z.string(),
});
export type Chip = z.infer<typeof Chip>;
