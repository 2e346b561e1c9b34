import type { Bib } from '../bib.js';
import { subfieldTexts, type MarcField } from '../formats/marc-record.js';
import { joined, plainText } from './punctuation.js';
import type { RecordFields } from './record-fields.js';

type Notes = Pick<Bib, 'contentWarnings' | 'notes' | 'awards'> & Partial<Pick<Bib, 'summary' | 'contents'>>;

// General notes a reader may care for: cast, performers, language, edition history, biography, accompanying matter.
const noteTags = ['500', '501', '502', '508', '511', '513', '518', '525', '545', '546', '547', '550', '580'];

/** Summary (520), contents (505), content advice (520 with first indicator 4), notes (5XX) and awards (586). */
export function readNotes(record: RecordFields): Notes {
  const summaries: string[] = [];
  const contentWarnings: string[] = [];
  for (const field of record.all('520')) {
    const text = joined(subfieldTexts(field, 'ab'));
    if (text !== '') (field.ind1 === '4' ? contentWarnings : summaries).push(text);
  }
  const contents = record
    .all('505')
    .map((f) => joined(subfieldTexts(f, 'agrt')))
    .filter((text) => text !== '');
  return {
    ...(summaries.length > 0 && { summary: summaries.join(' ') }),
    ...(contents.length > 0 && { contents: contents.join(' ') }),
    contentWarnings,
    notes: noteTags.flatMap((tag) => record.all(tag).flatMap((f) => text(f, 'abcdg'))),
    awards: record.all('586').flatMap((f) => text(f, '3a')),
  };
}

function text(field: MarcField, codes: string): string[] {
  const whole = joined(subfieldTexts(field, codes));
  return plainText(whole) === '' ? [] : [whole];
}
