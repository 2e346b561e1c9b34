import type { Audience } from '../../../contract/vocabulary.js';
import { fold } from '../../../lib/fold.js';
import type { Bib } from '../bib.js';
import { subfield, subfieldTexts, type MarcField } from '../formats/marc-record.js';
import type { Material } from './fixed-field.js';
import type { MarcKnowledge } from './knowledge.js';
import { joined, plainText } from './punctuation.js';
import type { RecordFields } from './record-fields.js';

type Ages = NonNullable<Bib['ages']>;
const OLDEST = 99;
const coded: ReadonlySet<Material> = new Set(['books', 'music', 'visual', 'computer']);

/** Whom a record is for: 008/22, ages and grades of 521, groups of 385, folded into five shelves. */
export function createAudienceReader({ audiences, fixedFields }: MarcKnowledge) {
  const patterns = audiences.words.map(
    ([audience, words]) => [audience, new RegExp(`(?<![a-z])(?:${words.join('|')})(?![a-z])`)] as const,
  );
  const shelves = Object.entries(audiences.shelf_from_age).sort((a, b) => b[1] - a[1]);
  const gradeZero = audiences.age_of_grade_zero;

  /** Audience that a word, a code of 008/22 or an age names. */
  function inWords(text: string): Audience | undefined {
    const folded = fold(text);
    return patterns.find(([, words]) => words.test(folded))?.[0];
  }

  function ofAges(ages: Ages): Audience {
    return (shelves.find(([, from]) => ages.min >= from)?.[0] ?? 'general') as Audience;
  }

  /** Ages in a 521: "8-12", "Ages 3 and up", "008-012", or grades ("4-6", "K-3") turned into ages. */
  function agesIn(text: string, kind: 'age' | 'grade' | 'either'): Ages | undefined {
    const folded = fold(text)
      .replace(/\b(?:k|kindergarten)\b/g, '0')
      .replace(/\bpre-?0\b/g, '0');
    const isGrade = kind === 'grade' || (kind === 'either' && /\bgrad(e|o)s?\b/.test(folded));
    if (kind === 'either' && !isGrade && !/\b(age|ages|years?|yrs?|anos|edad|ans|jahre|ab)\b/.test(folded))
      return undefined;
    const numbers = [...folded.matchAll(/(?<![\d.])(\d{1,3})(?:\.\d)?(?![\d])/g)].map((m) => Number(m[1]));
    const [low, high] = numbers;
    if (low === undefined || low > (isGrade ? 13 : 25)) return undefined;
    const isOpen = /\d\s*(\+|and up|& up|up\b|and older|years? and|or older|y mas|et plus|jahren?\b)/.test(
      folded,
    );
    const add = isGrade ? gradeZero : 0;
    const min = low + add;
    const max =
      high !== undefined && high >= low && high <= 25
        ? high + add + (isGrade ? 1 : 0)
        : isOpen
          ? OLDEST
          : min + (isGrade ? 1 : 0);
    return { min, max };
  }

  function agesOf(notes: readonly MarcField[]): Ages | undefined {
    for (const field of notes) {
      const kind = field.ind1 === '1' ? 'age' : field.ind1 === '0' || field.ind1 === '2' ? 'grade' : 'either';
      for (const text of subfieldTexts(field, 'a')) {
        const ages = agesIn(text, kind);
        if (ages !== undefined) return ages;
      }
    }
    return undefined;
  }

  return {
    inWords,
    byCode: (code: string): Audience | undefined => fixedFields.audience[code],
    agesIn: (text: string): Ages | undefined => agesIn(text, 'either'),
    ofAges,
    ofRecord(record: RecordFields, fixed: string, material: Material) {
      const notes = record.all('521');
      const ages = notes.length === 0 ? undefined : agesOf(notes);
      const code = coded.has(material) ? (fixed[22] ?? ' ') : ' ';
      const said = fixedFields.audience[code];
      const groups = record.all('385').flatMap((f) => inWords(joined(subfieldTexts(f, 'a'))) ?? []);
      const worded = () => notes.flatMap((f) => inWords(subfield(f, 'a') ?? ''))[0];
      // "j" (up to 15) and "g" are broad, so a statement of ages is more exact.
      const isBroad = code === 'j' || said === 'general' || said === undefined;
      const exact = ages !== undefined ? ofAges(ages) : groups[0];
      const audience = isBroad ? (exact ?? said ?? worded()) : said;
      return {
        ...(audience !== undefined && { audience }),
        ...(ages !== undefined && { ages }),
        audienceNotes: notes
          .map((f) => plainText(joined(subfieldTexts(f, 'ab'))))
          .filter((text) => text !== ''),
      };
    },
  };
}
