import type { Contributor } from '../../../contract/record.js';
import type { Bib } from '../bib.js';
import { subfield, subfieldTexts, type MarcField } from '../formats/marc-record.js';
import type { MarcKnowledge } from './knowledge.js';
import { joined, plainText, withoutFullStop, withoutSeparators } from './punctuation.js';
import { scripted, type RecordFields } from './record-fields.js';

type Kind = Contributor['kind'];
const nameFields: readonly (readonly [tag: string, kind: Kind, codes: string])[] = [
  ['100', 'person', 'abcq'],
  ['110', 'corporate', 'ab'],
  ['111', 'meeting', 'ae'],
  ['700', 'person', 'abcq'],
  ['710', 'corporate', 'ab'],
  ['711', 'meeting', 'ae'],
  ['720', 'person', 'a'],
];
// "Lomax, John Avery, 1867-1948": dates typed into $a.
const typedDates = /,\s*((?:(?:b|d|ca|fl)\.?\s*)?\d{3,4}\??\s*-?\s*(?:\d{3,4}\??)?)\s*\.?$/;

/**
 * Names of a record, main entry first, without dates, each with its roles as English terms; and the works that 7XX
 * fields with a title ($t) and 730 name, as "Name. Title".
 */
export function createNameReader({ relators }: MarcKnowledge) {
  const written = new Map(Object.entries(relators.written));
  for (const term of Object.values(relators.terms)) written.set(term, term);

  function roles(field: MarcField, codes: string): string | undefined {
    const terms: string[] = [];
    const add = (term: string | undefined) => {
      if (term !== undefined && term !== '' && !terms.includes(term)) terms.push(term);
    };
    for (const s of field.subfields) {
      // $4 is a code, or in newer records the address of one.
      if (s.code === '4') add(relators.terms[s.text.trim().split('/').at(-1)?.toLowerCase() ?? '']);
      else if (codes.includes(s.code) && !s.text.includes('://')) {
        const word = plainText(s.text).replace(/\.$/, '').toLowerCase();
        add(written.get(word) ?? word);
      }
    }
    return terms.length === 0 ? undefined : terms.join(', ');
  }

  return (record: RecordFields): Pick<Bib, 'contributors' | 'relatedWorks'> => {
    const contributors: Bib['contributors'] = [];
    const relatedWorks: string[] = [];
    const seen = new Set<string>();
    for (const [tag, kind, codes] of nameFields) {
      for (const field of record.all(tag)) {
        const name = nameOf(field, codes);
        const work = tag > '700' || tag === '700' ? workOf(field, name.text) : undefined;
        if (work !== undefined) {
          if (!relatedWorks.includes(work)) relatedWorks.push(work);
          continue;
        }
        const role = roles(field, kind === 'meeting' ? 'j' : 'e');
        const key = `${name.text}|${role ?? ''}`;
        if (name.text === '' || seen.has(key)) continue;
        seen.add(key);
        const original = record.original(field);
        contributors.push({
          ...scripted(name.text, original && nameOf(original, codes).text),
          kind,
          main: tag < '200',
          ...(role !== undefined && { role }),
          ...(name.dates !== undefined && { dates: name.dates }),
        });
      }
    }
    for (const field of record.all('730')) {
      const work = plainText(joined(subfieldTexts(field, 'anp')));
      if (work !== '' && !relatedWorks.includes(work)) relatedWorks.push(work);
    }
    return { contributors, relatedWorks };
  };
}

/** A name in its catalogue form and the dates that stood with it. */
export function nameOf(field: MarcField, codes: string): { text: string; dates?: string } {
  const whole = plainText(joined(subfieldTexts(field, codes)));
  const inText = whole.length > 6 ? typedDates.exec(whole) : null;
  const text = inText === null ? whole : plainText(whole.slice(0, inText.index));
  const dates = subfield(field, 'd') ?? inText?.[1];
  if (dates === undefined || field.tag.endsWith('11')) return { text };
  return { text, dates: withoutFullStop(withoutSeparators(dates)) };
}

function workOf(field: MarcField, name: string): string | undefined {
  const title = plainText(joined(subfieldTexts(field, 'tnp')));
  if (title === '' || subfield(field, 't') === undefined) return undefined;
  return name === '' ? title : `${name}${name.endsWith('.') ? '' : '.'} ${title}`;
}
