import { z } from 'zod';
import { fold } from '../../lib/fold.js';
import type { Audience, Bib } from '../catalogue/bib.js';
import { readKnowledge } from '../knowledge-files.js';

export const Form = z.enum([
  'fiction',
  'nonfiction',
  'short_stories',
  'drama',
  'poetry',
  'essays',
  'letters',
  'humour',
  'biography',
  'history',
]);
export type Form = z.infer<typeof Form>;

/** Literary forms and audience of a record, from coded fields first and from headings and genres where those say more. */
export interface FormReader {
  forms(bib: Bib): Set<Form>;
  audience(bib: Bib): Audience | undefined;
}

const words = z.array(z.string());
const File = z.object({
  forms: z.partialRecord(Form, words),
  not_fiction: words,
  audiences: z.partialRecord(z.enum(['preschool', 'children', 'teen']), words),
});

/** Reads data/knowledge/classes/forms.yaml (or the last overlay of it). Throws with what is wrong in the file. */
export function readForms(dirs: readonly string[] = []): FormReader {
  const file = readKnowledge('classes', dirs)
    .filter(({ name }) => name === 'forms')
    .at(-1);
  const { forms, not_fiction, audiences } = File.parse(file?.content);
  const formPatterns = Object.entries(forms).map(([form, list]) => [form as Form, pattern(list)] as const);
  const audiencePatterns = Object.entries(audiences).map(
    ([audience, list]) => [audience as Audience, pattern(list)] as const,
  );
  const notFiction = pattern(not_fiction);
  const headings = (bib: Bib) => fold([...bib.genres, ...bib.subjects.map((s) => s.text)].join(' | '));

  return {
    forms(bib) {
      const text = headings(bib);
      const found = new Set<Form>();
      for (const [form, words] of formPatterns) if (words.test(text)) found.add(form);
      if (bib.literaryForm === 'novel' || bib.fiction === true) found.add('fiction');
      else if (bib.literaryForm !== undefined)
        found.add(bib.literaryForm === 'speeches' ? 'essays' : bib.literaryForm);
      if (bib.biography) found.add('biography');
      if (found.has('short_stories')) found.add('fiction');
      if (notFiction.test(text) && bib.fiction !== true) found.delete('fiction');
      // Many catalogues leave 008/33 at its default 0, so a heading that says fiction is believed over it.
      const literary = ['fiction', 'drama', 'poetry'] as const;
      if (bib.fiction === false && !literary.some((form) => found.has(form))) found.add('nonfiction');
      if (bib.fiction === undefined && text !== '' && !literary.some((form) => found.has(form)))
        found.add('nonfiction');
      return found;
    },
    audience(bib) {
      if (bib.audience !== undefined && bib.audience !== 'general') return bib.audience;
      const text = headings(bib);
      return audiencePatterns.find(([, words]) => words.test(text))?.[0] ?? bib.audience;
    },
  };
}

function pattern(list: readonly string[]): RegExp {
  const escaped = list.map((words) => fold(words).replace(/[()[\]\\^$.|?*+]/g, '\\$&'));
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${escaped.join('|')})(?![\\p{L}\\p{N}])`, 'u');
}
