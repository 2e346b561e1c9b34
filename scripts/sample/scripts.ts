/** Pairs romanised fields with the original script through linked 880 fields. */
import type { DataFieldSource, FieldSource } from '../../server/lib/iso2709-writer.js';
import { field, seriesSubfields, titleSubfields } from './isbd.js';
import { nameWithRole, type Subfields } from './names.js';
import type { Work } from './schema.js';

/** What follows the occurrence number in $6: the script, and "/r" where it runs right to left. */
const SCRIPT_CODES: Readonly<Record<string, string>> = {
  ara: '/(3/r',
  chi: '/$1',
  gre: '/(S',
  heb: '/(2/r',
  hin: '/Deva',
  jpn: '/$1',
  kor: '/$1',
  per: '/(3/r',
  rus: '/(N',
  ukr: '/(N',
};

/**
 * Returns the fields with $6 links added and their 880 partners at the end; unchanged where the work gives
 * no original script. Fields are paired in tag order: names, title, publisher, series.
 */
export function linkScripts(work: Work, fields: readonly FieldSource[]): FieldSource[] {
  if (!work.script) return [...fields];
  const partners: DataFieldSource[] = [];
  const names = [...(work.script.author ?? [])];
  const linked = fields.map((source): FieldSource => {
    if ('value' in source) return source;
    const partner = originalScript(work, source, names);
    if (!partner) return source;
    const number = String(partners.length + 1).padStart(2, '0');
    const link = `${source.tag}-${number}${SCRIPT_CODES[scriptLanguage(work)] ?? ''}`;
    partners.push({ ...partner, subfields: [['6', link], ...partner.subfields] });
    return { ...source, subfields: [['6', `880-${number}`], ...source.subfields] };
  });
  return [...linked, ...partners];
}

/** A film or translation may be spoken in one language and titled in another; the title's script decides. */
function scriptLanguage(work: Work): string {
  const text = work.script?.title ?? '';
  if (/\p{Script=Cyrillic}/u.test(text)) return 'rus';
  if (/\p{Script=Arabic}/u.test(text)) return 'ara';
  if (/\p{Script=Hebrew}/u.test(text)) return 'heb';
  if (/\p{Script=Devanagari}/u.test(text)) return 'hin';
  if (/\p{Script=Greek}/u.test(text)) return 'gre';
  return 'jpn';
}

/** The field in the original script, taking one name off the list for each author met. */
function originalScript(work: Work, source: DataFieldSource, names: string[]): DataFieldSource | undefined {
  const script = work.script;
  if (!script) return undefined;
  switch (source.tag) {
    case '100':
    case '700': {
      const name = names.shift();
      const role = source.subfields.find(([code]) => code === 'e')?.[1].replace(/\.$/, '');
      return name === undefined ? undefined : field('880', source.ind1, ' ', nameWithRole(name, role));
    }
    case '245': {
      const subfields = titleSubfields(script.title, script.subtitle, script.by ?? '');
      return field('880', source.ind1, '0', subfields);
    }
    case '264':
      return script.publisher ? field('880', ' ', '1', publishedBy(source, script.publisher)) : undefined;
    case '490':
      return script.series ? field('880', '1', ' ', seriesSubfields(script.series)) : undefined;
    default:
      return undefined;
  }
}

function publishedBy(source: DataFieldSource, publisher: string): Subfields {
  const date = source.subfields.find(([code]) => code === 'c')?.[1] ?? '';
  return [
    ['b', `${publisher},`],
    ['c', date],
  ];
}
