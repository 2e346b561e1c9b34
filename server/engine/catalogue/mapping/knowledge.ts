import { z } from 'zod';
import { Audience, Format, ItemStatus } from '../../../contract/vocabulary.js';
import { readKnowledge } from '../../knowledge-files.js';

const words = z.array(z.string());
const strings = z.record(z.string(), z.string());
const LiteraryForm = z.enum([
  'novel',
  'drama',
  'essays',
  'humour',
  'letters',
  'short_stories',
  'poetry',
  'speeches',
]);
const FormCodes = z.record(
  z.string(),
  z.object({
    form: LiteraryForm.optional(),
    fiction: z.boolean().optional(),
    biography: z.boolean().optional(),
  }),
);
const codes = z.array(z.string().length(1));

const ItemProfile = z.object({
  when: z
    .object({
      tag: z.string(),
      any: codes.default([]),
      all: codes.default([]),
      beside: z.string().optional(),
    })
    .optional(),
  tag: z.string(),
  item_id: codes,
  branch: codes,
  location: codes,
  call_number: codes,
  call_number_rest: codes.default([]),
  barcode: codes,
  item_type: codes,
  status: z.array(
    z.object({
      code: z.string().length(1),
      values: words.optional(),
      below_zero: z.boolean().default(false),
      status: ItemStatus,
    }),
  ),
  otherwise: ItemStatus,
  ils_id: z.object({ tag: z.string(), code: z.string().length(1) }).optional(),
  suppressed: z.object({ tag: z.string(), code: z.string().length(1), values: words }).optional(),
  hidden: z.object({ code: z.string().length(1), values: words }).optional(),
});
export type ItemProfile = z.infer<typeof ItemProfile>;

const files = {
  relators: z.object({ terms: strings, written: strings }),
  languages: z.object({
    not_languages: words,
    replaced: strings,
    two_letters: strings,
    names: strings,
    articles: z.record(z.string(), words),
  }),
  'fixed-fields': z.object({
    audience: z.record(z.string(), Audience),
    literary_form: FormCodes,
    spoken_form: FormCodes,
  }),
  audiences: z.object({
    words: z.array(z.tuple([Audience, words])),
    shelf_from_age: z.record(z.string(), z.int()),
    age_of_grade_zero: z.int(),
  }),
  carriers: z.object({
    large_print: words,
    comic: words,
    game: words,
    online_audio: words,
    general_material: z.record(z.string(), Format),
    page_units: words,
    links_about: words,
  }),
  'item-profiles': z.object({ profiles: z.record(z.string(), ItemProfile) }),
  columns: z.object({
    fields: z.record(z.string(), words),
    profiles: z.record(z.string(), z.object({ when: words, columns: strings })),
    format_words: z.record(z.string(), Format),
  }),
} as const;

/** What data/knowledge/marc holds, one property per file. */
export interface MarcKnowledge {
  relators: z.infer<typeof files.relators>;
  languages: z.infer<typeof files.languages>;
  fixedFields: z.infer<(typeof files)['fixed-fields']>;
  audiences: z.infer<typeof files.audiences>;
  carriers: z.infer<typeof files.carriers>;
  itemProfiles: Record<string, ItemProfile>;
  columns: z.infer<typeof files.columns>;
}

/** Reads data/knowledge/marc. A file of the same name in one of `dirs` replaces Carrel's own; throws with what is wrong. */
export function readMarcKnowledge(dirs: readonly string[] = []): MarcKnowledge {
  const found = new Map(readKnowledge('marc', dirs).map(({ name, content }) => [name, content]));
  const file = <N extends keyof typeof files>(name: N): z.infer<(typeof files)[N]> => {
    const parsed = files[name].safeParse(found.get(name));
    if (!parsed.success)
      throw new Error(`data/knowledge/marc/${name}.yaml: ${z.prettifyError(parsed.error)}`);
    return parsed.data as z.infer<(typeof files)[N]>;
  };
  return {
    relators: file('relators'),
    languages: file('languages'),
    fixedFields: file('fixed-fields'),
    audiences: file('audiences'),
    carriers: file('carriers'),
    itemProfiles: file('item-profiles').profiles,
    columns: file('columns'),
  };
}
