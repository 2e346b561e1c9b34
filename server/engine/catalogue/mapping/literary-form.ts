import type { Bib } from '../bib.js';
import { subfieldTexts } from '../formats/marc-record.js';
import type { Material } from './fixed-field.js';
import type { MarcKnowledge } from './knowledge.js';
import type { RecordFields } from './record-fields.js';

type Forms = Partial<Pick<Bib, 'fiction' | 'literaryForm' | 'biography' | 'illustrated'>>;

/** Fiction, literary form, biography and illustration as 008 codes them (books: /18, /33, /34; spoken word: /30-31). */
export function createFormReader({ fixedFields }: MarcKnowledge) {
  return (record: RecordFields, fixed: string, material: Material): Forms => {
    if (material === 'books') {
      const { form, fiction } = fixedFields.literary_form[fixed[33] ?? ' '] ?? {};
      const isIllustrated =
        /[a-p]/.test(fixed.slice(18, 22)) ||
        record.all('300').some((f) => /\bill?/i.test(subfieldTexts(f, 'b')[0] ?? ''));
      return {
        ...(fiction !== undefined && { fiction }),
        ...(form !== undefined && { literaryForm: form }),
        ...(/[a-d]/.test(fixed[34] ?? ' ') && { biography: true }),
        ...(isIllustrated && { illustrated: true }),
      };
    }
    if (record.leader[6] !== 'i') return {};
    const forms: Forms = {};
    for (const code of fixed.slice(30, 32)) {
      const { form, fiction, biography } = fixedFields.spoken_form[code] ?? {};
      if (form !== undefined) forms.literaryForm ??= form;
      if (fiction !== undefined) forms.fiction ??= fiction;
      if (biography) forms.biography = true;
    }
    return forms;
  };
}
