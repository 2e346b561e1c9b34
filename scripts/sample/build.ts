/** Builds the sample catalogue: YAML works in, MARC 21 records and one ISO 2709 file out. */
import {
  type DataFieldSource,
  type FieldSource,
  type MarcSource,
  writeIso2709,
} from '../../server/lib/iso2709-writer.js';
import { extent, fixed008, FORMAT_MARC } from './formats.js';
import { capital, closed, field, seriesSubfields, titleSubfields } from './isbd.js';
import { itemFields } from './items.js';
import type { SampleSource } from './load.js';
import {
  directName,
  LANGUAGE_NAMES,
  nameIndicator,
  nameWithRole,
  nonFiling,
  responsibility,
  type Subfields,
} from './names.js';
import type { Work } from './schema.js';
import { linkScripts } from './scripts.js';
import { subjectFields } from './subjects.js';

/** The whole sample as one ISO 2709 file, records in the order of their ids. */
export function buildSample(source: SampleSource): Buffer {
  return Buffer.concat(source.works.map((work) => writeIso2709(buildRecord(work, source.publishers))));
}

/** One work as a MARC 21 record; `publishers` maps a publisher's name to "Place (country)". */
export function buildRecord(work: Work, publishers: SampleSource['publishers']): MarcSource {
  const place = publisherPlace(work, publishers);
  const described: FieldSource[] = [
    ...controlFields(work, place.country),
    ...codes(work),
    ...mainEntry(work),
    ...titles(work, place.name),
    ...description(work),
    ...notes(work),
    ...subjectFields(work),
    ...addedEntries(work),
    ...seriesEntries(work),
    ...(work.link
      ? [
          field('856', '4', '0', [
            ['u', work.link],
            ['z', onlineNote(work)],
          ]),
        ]
      : []),
  ];
  described.sort((a, b) => (a.tag < b.tag ? -1 : a.tag > b.tag ? 1 : 0));
  const online = work.format === 'e-book' || work.format === 'e-audio';
  const type = FORMAT_MARC[work.format].itemType;
  const koha = online
    ? [
        field('942', ' ', ' ', [
          ['c', type],
          ['2', 'ddc'],
        ]),
      ]
    : itemFields(work, type);
  return {
    leader: `00000n${FORMAT_MARC[work.format].leader} a2200000 i 4500`,
    fields: [...linkScripts(work, described), ...koha],
  };
}

function onlineNote(work: Work): string {
  return work.format === 'e-book'
    ? 'Read online with your library card.'
    : 'Listen online with your library card.';
}

function controlFields(work: Work, country: string): FieldSource[] {
  return [
    { tag: '001', value: work.id },
    { tag: '003', value: 'CarrelSample' },
    { tag: '005', value: '20260115090000.0' },
    ...FORMAT_MARC[work.format].fixed007.map((value) => ({ tag: '007', value })),
    { tag: '008', value: fixed008(work, country) },
  ];
}

function codes(work: Work): DataFieldSource[] {
  const out = [
    field('040', ' ', ' ', [
      ['a', 'CarrelSample'],
      ['b', 'eng'],
      ['e', 'rda'],
      ['c', 'CarrelSample'],
    ]),
  ];
  if (work.isbn) out.push(field('020', ' ', ' ', [['a', work.isbn]]));
  if (work.issn) out.push(field('022', ' ', ' ', [['a', work.issn]]));
  if (work.original) {
    out.push(
      field('041', '1', ' ', [
        ['a', work.language],
        ['h', splitOriginal(work.original).language],
      ]),
    );
  }
  const dewey = /^(?:[A-Z]+ )*(\d{3}(?:\.\d+)?)\b/.exec(work.call ?? '')?.[1];
  if (dewey)
    out.push(
      field('082', '0', '4', [
        ['a', dewey],
        ['2', '23'],
      ]),
    );
  return out;
}

/** The heading the work is entered under, if any: its first author, else composer, group or (music) performer. */
function mainHeading(work: Work): { tag: '100' | '110'; name: string; role: string } | undefined {
  const [author] = work.author ?? [];
  if (author) return { tag: '100', name: author, role: 'author' };
  const [composer] = work.composer ?? [];
  if (composer) return { tag: '100', name: composer, role: 'composer' };
  if (work.group) return { tag: '110', name: work.group, role: 'performer' };
  const [performer] = work.format === 'music-cd' ? (work.performer ?? []) : [];
  return performer ? { tag: '100', name: performer, role: 'performer' } : undefined;
}

function mainEntry(work: Work): DataFieldSource[] {
  const heading = mainHeading(work);
  return heading ? [nameField(heading.tag, heading.name, heading.role)] : [];
}

function nameField(tag: string, name: string, role: string | undefined): DataFieldSource {
  return field(tag, tag.endsWith('10') ? '2' : nameIndicator(name), ' ', nameWithRole(name, role));
}

function titles(work: Work, place: string | undefined): DataFieldSource[] {
  const out: DataFieldSource[] = [];
  if (work.original) {
    const { title, language } = splitOriginal(work.original);
    const skip = nonFiling(title, language);
    const name = LANGUAGE_NAMES[work.language] ?? work.language;
    out.push(
      field('240', '1', '0', [
        ['a', `${capital(title.slice(skip))}.`],
        ['l', name],
      ]),
    );
  }
  const added = mainHeading(work) ? '1' : '0';
  const skip = work.nonfiling ?? nonFiling(work.title, work.language);
  out.push(
    field('245', added, String(skip), titleSubfields(work.title, work.subtitle, responsibility(work))),
  );
  for (const title of work.alt ?? []) out.push(field('246', '3', ' ', [['a', title]]));
  const edition = work.edition ?? (work.format === 'large-print' ? 'Large print edition' : undefined);
  if (edition) out.push(field('250', ' ', ' ', [['a', closed(edition)]]));
  const published: Subfields = [];
  if (place) published.push(['a', `${place} :`]);
  if (work.publisher) published.push(['b', `${work.publisher},`]);
  published.push(['c', work.format === 'serial' ? `${work.year}-` : `${work.year}.`]);
  out.push(field('264', ' ', '1', published));
  return out;
}

function description(work: Work): DataFieldSource[] {
  const marc = FORMAT_MARC[work.format];
  const { a, b } = extent(work);
  const physical: Subfields =
    b === undefined
      ? [['a', a]]
      : [
          ['a', `${a} :`],
          ['b', b],
        ];
  const out = [
    field('300', ' ', ' ', physical),
    ...marc.content.map(([term, code]) => typed('336', term, code, 'rdacontent')),
    typed('337', marc.media[0], marc.media[1], 'rdamedia'),
    typed('338', marc.carrier[0], marc.carrier[1], 'rdacarrier'),
  ];
  if (work.frequency) out.push(field('310', ' ', ' ', [['a', capital(work.frequency)]]));
  for (const statement of [work.series, work.collection]) {
    if (statement) out.push(field('490', '1', ' ', seriesSubfields(statement)));
  }
  return out;
}

function typed(tag: string, term: string, code: string, source: string): DataFieldSource {
  return field(tag, ' ', ' ', [
    ['a', term],
    ['b', code],
    ['2', source],
  ]);
}

function notes(work: Work): DataFieldSource[] {
  const out: DataFieldSource[] = [];
  const note = (tag: string, ind1: string, text: string | undefined): void => {
    if (text) out.push(field(tag, ind1, ' ', [['a', text]]));
  };
  note('500', ' ', work.note);
  if (work.original) note('500', ' ', `Translation of: ${splitOriginal(work.original).title}.`);
  note('505', '0', work.contents);
  note('511', '0', work.narrator && `Read by ${work.narrator.map(directName).join(', ')}.`);
  note('511', '1', work.actor && `${work.actor.map(directName).join(', ')}.`);
  note('520', ' ', work.summary);
  note('520', ' ', work.resumen);
  note('521', '8', work.ages && `Ages ${work.ages}.`);
  const language = LANGUAGE_NAMES[work.language];
  note(
    '546',
    ' ',
    work.languages ?? (work.language === 'eng' ? undefined : `In ${language ?? work.language}.`),
  );
  for (const award of work.awards ?? []) note('586', ' ', award);
  return out;
}

const ROLES: readonly (readonly [key: keyof Work, role: string])[] = [
  ['author', 'author'],
  ['composer', 'composer'],
  ['editor', 'editor'],
  ['translator', 'translator'],
  ['illustrator', 'illustrator'],
  ['narrator', 'narrator'],
  ['director', 'film director'],
  ['performer', 'performer'],
  ['actor', 'actor'],
  ['contributor', 'contributor'],
];

function addedEntries(work: Work): DataFieldSource[] {
  const main = mainHeading(work);
  const out: DataFieldSource[] = [];
  for (const [key, role] of ROLES) {
    for (const name of (work[key] as string[] | undefined) ?? []) {
      if (main?.name !== name || main.role !== role) out.push(nameField('700', name, role));
    }
  }
  for (const name of work.ensemble ?? []) out.push(nameField('710', name, 'performer'));
  return out;
}

/** The traced series: under its author (800) where there is one, under its own title (830) otherwise. */
function seriesEntries(work: Work): DataFieldSource[] {
  const out: DataFieldSource[] = [];
  const author = work.author?.[0];
  if (work.series && author) {
    const name = nameWithRole(author, undefined);
    const series = seriesSubfields(work.series).map(([code, value]): [string, string] => [
      code === 'a' ? 't' : code,
      value,
    ]);
    out.push(field('800', nameIndicator(author), ' ', endClosed([...name, ...series])));
  } else if (work.series) out.push(uniformSeries(work.series, work.language));
  if (work.collection) out.push(uniformSeries(work.collection, work.language));
  return out;
}

function uniformSeries(statement: string, language: string): DataFieldSource {
  const skip = nonFiling(statement, language);
  return field('830', ' ', '0', endClosed(seriesSubfields(capital(statement.slice(skip)))));
}

function endClosed(subfields: Subfields): Subfields {
  return subfields.map(([code, value], index) => [
    code,
    index === subfields.length - 1 ? closed(value) : value,
  ]);
}

/** "Cien años de soledad (spa)" as title and language code. */
function splitOriginal(original: string): { title: string; language: string } {
  return { title: original.slice(0, -6), language: original.slice(-4, -1) };
}

function publisherPlace(
  work: Work,
  publishers: SampleSource['publishers'],
): { name?: string; country: string } {
  const place = work.place ?? (work.publisher === undefined ? undefined : publishers[work.publisher]);
  const match = /^(.*) \((\w+)\)$/.exec(place ?? '');
  return match?.[1] && match[2] ? { name: match[1], country: match[2] } : { country: 'xx' };
}
