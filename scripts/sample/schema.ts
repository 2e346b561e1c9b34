/** The shape of the sample catalogue's YAML files, as a cataloguer writes them. */
import { z } from 'zod';

const text = z.string().trim().min(1);
/** One name, or several, each inverted with dates: "Christie, Agatha, 1890-1976". */
const names = z
  .union([text, z.array(text).min(1)])
  .transform((value) => (typeof value === 'string' ? [value] : value));
/** Several headings on one line, parted by semicolons. */
const headings = text.transform((value) =>
  value
    .split(';')
    .map((part) => part.trim())
    .filter(Boolean),
);
const languageCode = z.string().regex(/^[a-z]{3}$/, 'a MARC language code has three lower-case letters');
/** "London (enk)": a place and its MARC country code. */
const placed = z.string().regex(/^.+ \([a-z]{2,3}\)$/, 'write a place as "London (enk)"');
const year = z.number().int().min(1400).max(2026);

export const FORMATS = [
  'book',
  'large-print',
  'audio-cd',
  'e-audio',
  'e-book',
  'dvd',
  'blu-ray',
  'music-cd',
  'score',
  'graphic-novel',
  'picture-book',
  'serial',
  'game',
  'object',
] as const;
export type Format = (typeof FORMATS)[number];

const AUDIENCES = ['0-5', '6-8', '9-13', 'teen', 'adult', 'general'] as const;
const FORMS = ['novel', 'stories', 'poetry', 'drama', 'essays', 'humour', 'none'] as const;

const fields = {
  format: z.enum(FORMATS),
  language: languageCode,
  audience: z.enum(AUDIENCES),
  fiction: z.boolean(),
  /** Literary form; "novel" unless said otherwise for fiction, "none" for the rest. */
  form: z.enum(FORMS),
  location: text,
  genres: headings,
};

export const workSchema = z.strictObject({
  ...fields,
  format: fields.format.default('book'),
  audience: fields.audience.default('adult'),
  form: fields.form.optional(),
  id: z.string().regex(/^cs\d{4}$/, 'an id is "cs" and four digits'),
  isbn: z.string().optional(),
  issn: z.string().optional(),
  title: text,
  subtitle: text.optional(),
  /** Characters a leading article takes, where the language's list of articles would get it wrong. */
  nonfiling: z.number().int().min(0).max(9).optional(),
  alt: names.optional(),
  author: names.optional(),
  group: text.optional(),
  editor: names.optional(),
  translator: names.optional(),
  illustrator: names.optional(),
  composer: names.optional(),
  performer: names.optional(),
  ensemble: names.optional(),
  narrator: names.optional(),
  director: names.optional(),
  actor: names.optional(),
  contributor: names.optional(),
  /** The statement of responsibility, where it cannot be made from the names. */
  by: text.optional(),
  edition: text.optional(),
  year,
  first: year.optional(),
  publisher: text.optional(),
  /** Where this edition came out, if not where publishers.yaml puts the publisher. */
  place: placed.optional(),
  pages: z.number().int().positive().optional(),
  minutes: z.number().int().positive().optional(),
  discs: z.number().int().positive().optional(),
  extent: text.optional(),
  illustrated: z.enum(['yes', 'colour']).optional(),
  /** "Name ; volume": a series the author wrote, traced under the author. */
  series: text.optional(),
  /** "Name ; volume": a series traced under its own title. */
  collection: text.optional(),
  /** "Title (lang)": what the work was called in the language it was written in. */
  original: z
    .string()
    .regex(/^.+ \([a-z]{3}\)$/, 'write the original as "Title (lang)"')
    .optional(),
  frequency: z.enum(['weekly', 'fortnightly', 'monthly', 'bimonthly', 'quarterly']).optional(),
  summary: text.optional(),
  /** A second summary in the language of the work itself. */
  resumen: text.optional(),
  contents: text.optional(),
  note: text.optional(),
  languages: text.optional(),
  awards: headings.optional(),
  subjects: headings.optional(),
  people: headings.optional(),
  places: headings.optional(),
  ages: text.optional(),
  biography: z.boolean().optional(),
  call: text.optional(),
  link: z.url().optional(),
  items: z
    .string()
    .regex(/^[A-Z]{4}(\((out|lost|reference|repair)\))?( [A-Z]{4}(\((out|lost|reference|repair)\))?){0,3}$/)
    .optional(),
  /** The same words in the work's own script; each gives an 880 linked to its romanised field. */
  script: z
    .strictObject({
      title: text,
      subtitle: text.optional(),
      author: names.optional(),
      by: text.optional(),
      publisher: text.optional(),
      series: text.optional(),
    })
    .optional(),
});
export type Work = z.infer<typeof workSchema>;

export const shelfSchema = z.strictObject({
  shelf: text,
  defaults: z.record(z.string(), z.unknown()).default({}),
  works: z.array(z.record(z.string(), z.unknown())).min(1),
});

export const branchesSchema = z.array(
  z.strictObject({ code: z.string().regex(/^[A-Z]{4}$/), name: text, street: text }),
);
export type Branch = z.infer<typeof branchesSchema>[number];

/** Publisher's name to "Place (country)", the country as a MARC code. */
export const publishersSchema = z.record(z.string(), placed);
