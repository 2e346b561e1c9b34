/** Turns written headings ("Lighthouse keepers -- Fiction") into 600, 650, 651 and 655 fields. */
import type { DataFieldSource } from '../../server/lib/iso2709-writer.js';
import { nameIndicator, nameSubfields, type Subfields } from './names.js';
import type { Work } from './schema.js';

const FORM_SUBDIVISIONS = new Set([
  'Biography',
  'Biography, Juvenile literature',
  'Comic books, strips, etc.',
  'Conversation and phrase books',
  'Cookbooks',
  'Correspondence',
  'Diaries',
  'Dictionaries',
  'Drama',
  'Fiction',
  'Guidebooks',
  'Handbooks, manuals, etc.',
  'Humor',
  'Juvenile drama',
  'Juvenile fiction',
  'Juvenile films',
  'Juvenile literature',
  'Juvenile poetry',
  'Literary collections',
  'Methods',
  'Periodicals',
  'Personal narratives',
  'Pictorial works',
  'Poetry',
  'Popular works',
  'Scores',
  'Songs and music',
  'Textbooks for foreign speakers',
]);

/** Subdivisions that are places; a heading file marks no difference, so they are told by name. */
const PLACES = new Set(
  (
    'Alabama|Algeria|Appalachian Trail|Arab countries|Argentina|Athens|Australia|Barcelona|Berlin|' +
    'Botswana|Brazil|California|Cambridge|Canada|Channel Islands|Chile|China|Colombia|Colorado|' +
    'Cornwall|Cuba|Denmark|Dublin|Edinburgh|Egypt|England|Europe|Everest, Mount (China and Nepal)|' +
    'Finland|Florida|France|Germany|Glasgow|Great Britain|Greece|Guatemala|Guernsey|Idaho|India|Iran|' +
    'Ireland|Israel|Italy|Japan|Kansas|Kenya|Korea (South)|Latin America|Lisbon|London|Los Angeles|' +
    'Madrid|Maine|Massachusetts|Mexico|Michigan|Morocco|Mozambique|Naples|Netherlands|New York (State)|' +
    'Nigeria|North Carolina|Norway|Ohio|Oklahoma|Oxford|Pacific Crest Trail|Paris|Peru|Poland|Portugal|' +
    'Rome|Russia|Sahara|San Francisco|Scandinavia|Scotland|Sicily|Singapore|South Africa|' +
    'South Carolina|Southern States|Soviet Union|Spain|Sudan|Suffolk|Sweden|Texas|Tokyo|United States|' +
    'Uruguay|Vietnam|Virginia|Wales|Yorkshire'
  ).split('|'),
);

/** The fields 600, 650, 651 and 655 of one work. */
export function subjectFields(work: Work): DataFieldSource[] {
  return [
    ...(work.people ?? []).map(personField),
    ...(work.subjects ?? []).map((heading) => field('650', ' ', '0', topic(heading))),
    ...(work.places ?? []).map((heading) => field('651', ' ', '0', topic(heading))),
    ...work.genres.map((genre) =>
      field('655', ' ', '7', [
        ['a', closed(genre)],
        ['2', 'lcgft'],
      ]),
    ),
  ];
}

function personField(heading: string): DataFieldSource {
  const [name = '', ...divisions] = heading.split(' -- ');
  const fictitious = /^(.*) (\([^)]*(?:character|deity)[^)]*\))$/.exec(name);
  const parts: Subfields = fictitious
    ? [
        ['a', fictitious[1] ?? ''],
        ['c', fictitious[2] ?? ''],
      ]
    : nameSubfields(name).map(([code, value], index, all) => [
        code,
        index < all.length - 1 && all[index + 1]?.[0] !== 'q' ? `${value},` : value,
      ]);
  return field('600', nameIndicator(name), '0', withDivisions(parts, divisions));
}

function topic(heading: string): Subfields {
  const [name = '', ...divisions] = heading.split(' -- ');
  return withDivisions([['a', name]], divisions);
}

function withDivisions(parts: Subfields, divisions: readonly string[]): Subfields {
  const all: Subfields = [
    ...parts,
    ...divisions.map((text): [string, string] => [subdivisionCode(text), text]),
  ];
  const last = all.at(-1);
  if (last) last[1] = closed(last[1]);
  return all;
}

/** $v form, $y period, $z place, $x everything else. */
export function subdivisionCode(text: string): 'v' | 'y' | 'z' | 'x' {
  if (FORM_SUBDIVISIONS.has(text)) return 'v';
  if (PLACES.has(text)) return 'z';
  return /\d{3,4}|century|^To /.test(text) ? 'y' : 'x';
}

function field(tag: string, ind1: string, ind2: string, subfields: Subfields): DataFieldSource {
  return { tag, ind1, ind2, subfields };
}

function closed(text: string): string {
  return /[.)!?-]$/.test(text) ? text : `${text}.`;
}
