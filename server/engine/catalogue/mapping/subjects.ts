import type { Bib, Subject } from '../bib.js';
import { subfield, type MarcField } from '../formats/marc-record.js';
import { plainText } from './punctuation.js';
import { scripted, type RecordFields } from './record-fields.js';

const subjectFields: readonly (readonly [tag: string, kind: Subject['kind'], main: string])[] = [
  ['600', 'person', 'abcdqtnp'],
  ['610', 'corporate', 'abtnp'],
  ['611', 'meeting', 'aecdtnp'],
  ['630', 'title', 'anp'],
  ['647', 'other', 'acdg'],
  ['648', 'time', 'a'],
  ['650', 'topic', 'abcd'],
  ['651', 'place', 'a'],
  ['653', 'topic', ''],
  ['654', 'topic', 'ab'],
  ['656', 'occupation', 'a'],
  ['657', 'other', 'a'],
  ['662', 'place', 'abcdfgh'],
  ['690', 'topic', 'a'],
  ['691', 'place', 'a'],
  ['695', 'topic', 'a'],
  ['696', 'topic', 'a'],
  ['697', 'topic', 'a'],
  ['698', 'topic', 'a'],
  ['699', 'topic', 'a'],
];
const schemes: Readonly<Record<string, string>> = {
  '0': 'lcsh',
  '1': 'lcshac',
  '2': 'mesh',
  '3': 'nal',
  '5': 'cash',
  '6': 'rvm',
};

/**
 * Subject headings (6XX) with their parts and genres (655 and form subdivisions $v). Equal headings of two schemes
 * are one, and FAST headings that only repeat parts of the others are left out.
 */
export function readSubjects(record: RecordFields): Pick<Bib, 'subjects' | 'genres'> {
  const subjects: Subject[] = [];
  const fast: Subject[] = [];
  const genres: string[] = [];
  const seen = new Set<string>();
  const seenGenres = new Set<string>();
  const addGenre = (text: string) => {
    const genre = plainText(text);
    const key = genre.toLowerCase();
    if (genre === '' || seenGenres.has(key)) return;
    seenGenres.add(key);
    genres.push(genre);
  };
  for (const field of record.all('655')) addGenre(subfield(field, 'a') ?? '');
  for (const [tag, kind, main] of subjectFields) {
    for (const field of record.all(tag)) {
      const scheme = schemeOf(field);
      const original = record.original(field);
      const headings = tag === '653' ? uncontrolled(field) : [partsOf(field, main)];
      for (const s of field.subfields) if (s.code === 'v') addGenre(s.text);
      for (const parts of headings) {
        if (parts.length === 0) continue;
        const text = parts.join(' -- ');
        const written = original && partsOf(original, tag === '653' ? 'a' : main).join(' -- ');
        const subject: Subject = {
          ...scripted(text, written),
          parts,
          kind,
          ...(scheme !== undefined && { scheme }),
        };
        const key = text.toLowerCase();
        if (seen.has(key)) continue;
        if (scheme === 'fast') fast.push(subject);
        else {
          seen.add(key);
          subjects.push(subject);
        }
      }
    }
  }
  if (fast.length > 0) addFast(subjects, fast);
  return { subjects, genres };
}

function schemeOf(field: MarcField): string | undefined {
  if (field.ind2 === '7') return subfield(field, '2')?.replace(/\.$/, '').toLowerCase();
  return field.tag === '653' ? undefined : schemes[field.ind2];
}

function partsOf(field: MarcField, main: string): string[] {
  const parts: string[] = [];
  let heading = '';
  for (const { code, text } of field.subfields) {
    if (main.includes(code)) heading = heading === '' ? text.trim() : `${heading} ${text.trim()}`;
    else if (code === 'x' || code === 'y' || code === 'z' || code === 'v') {
      const part = plainText(text);
      if (part !== '') parts.push(part);
    }
  }
  const plain = plainText(heading);
  return plain === '' ? parts : [plain, ...parts];
}

function uncontrolled(field: MarcField): string[][] {
  return field.subfields
    .filter((s) => s.code === 'a')
    .map((s) => plainText(s.text))
    .filter((text) => text !== '')
    .map((text) => [text]);
}

function addFast(subjects: Subject[], fast: readonly Subject[]): void {
  const known = new Set(subjects.flatMap((s) => s.parts.map((p) => p.toLowerCase())));
  const seen = new Set(subjects.map((s) => s.text.toLowerCase()));
  for (const subject of fast) {
    const key = subject.text.toLowerCase();
    if (seen.has(key) || subject.parts.every((p) => known.has(p.toLowerCase()))) continue;
    seen.add(key);
    subjects.push(subject);
  }
}
