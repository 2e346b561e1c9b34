import type { Branch } from '../../contract/availability.js';
import type { Bib, HeldItem } from '../../engine/catalogue/bib.js';

export const branches: Branch[] = [
  { id: 'MAIN', name: 'Central Library' },
  { id: 'HARB', name: 'Harbour Street' },
  { id: 'MILL', name: 'Mill Lane' },
];

/** A record with as little in it as the type allows, and whatever the test cares about. */
export function bibOf(id: string, title: string, more: Partial<Bib> = {}): Bib {
  return {
    id,
    keys: { other: [] },
    title: { text: title },
    sortTitle: title.toLowerCase(),
    otherTitles: [],
    contributors: [],
    relatedWorks: [],
    format: 'book',
    languages: ['eng'],
    originalLanguages: [],
    audienceNotes: [],
    contentWarnings: [],
    notes: [],
    awards: [],
    subjects: [],
    genres: [],
    series: [],
    isbns: [],
    otherIsbns: [],
    issns: [],
    links: [],
    items: [],
    unpairedOriginals: [],
    suppressed: false,
    deleted: false,
    ...more,
  };
}

export function itemOf(itemId: string, branchId: string, more: Partial<HeldItem> = {}): HeldItem {
  return { itemId, branchId, ...more };
}

export function writtenBy(name: string): Bib['contributors'] {
  return [{ text: name, kind: 'person', main: true }];
}

export function about(...headings: string[]): Bib['subjects'] {
  return headings.map((text) => ({ text, parts: text.split(' -- '), kind: 'topic' }));
}

/** A shelf of lighthouse books, differing in everything follow-ups ask about. */
export function lighthouseBooks(): Bib[] {
  const heading = about('Lighthouses');
  const at = (id: string, ...codes: string[]): HeldItem[] =>
    codes.map((code, n) => itemOf(`${id}-${n}`, code, { callNumber: `387.155 ${id.toUpperCase()}` }));
  return [
    bibOf('l1', 'The Keeper’s Year', {
      contributors: writtenBy('Marsh, Edith'),
      pages: 180,
      year: 1998,
      subjects: heading,
      audience: 'adult',
      summary: 'A keeper writes down one quiet year on a lighthouse rock.',
      items: at('l1', 'HARB'),
      isbns: ['9780000000019'],
    }),
    bibOf('l2', 'Lamps of the Northern Coast', {
      contributors: writtenBy('Okafor, Daniel'),
      pages: 320,
      year: 2012,
      subjects: heading,
      audience: 'adult',
      summary: 'A history of the lighthouse builders.',
      items: at('l2', 'MAIN', 'HARB'),
    }),
    bibOf('l3', 'Storm Glass', {
      contributors: writtenBy('Marsh, Edith'),
      pages: 410,
      year: 2019,
      subjects: heading,
      audience: 'adult',
      series: [{ name: 'Rock Stations', volume: '1' }],
      items: at('l3', 'MILL'),
      genres: ['Detective and mystery fiction'],
    }),
    bibOf('l4', 'The Second Light', {
      contributors: writtenBy('Marsh, Edith'),
      pages: 395,
      year: 2021,
      subjects: heading,
      audience: 'adult',
      series: [{ name: 'Rock Stations', volume: '2' }],
      items: at('l4', 'MAIN'),
    }),
    bibOf('l5', 'Tom and the Lighthouse Cat', {
      contributors: writtenBy('Bell, Rosa'),
      pages: 48,
      year: 2015,
      subjects: heading,
      audience: 'children',
      items: at('l5', 'MILL', 'HARB'),
    }),
    bibOf('l6', 'El faro del fin', {
      contributors: writtenBy('Ibarra, Lucía'),
      pages: 210,
      year: 2008,
      subjects: heading,
      languages: ['spa'],
      items: at('l6', 'MAIN'),
    }),
    bibOf('l7', 'Lighthouse Sounds', {
      format: 'audiobook',
      durationMinutes: 412,
      year: 2016,
      subjects: heading,
      items: at('l7', 'HARB'),
    }),
    bibOf('l8', 'Beacon Songs', {
      contributors: writtenBy('Kerr, Ann'),
      pages: 96,
      year: 2003,
      subjects: heading,
      links: [{ url: 'https://example.org/beacon' }],
      format: 'ebook',
    }),
    bibOf('l9', 'Lantern Rooms', { pages: 260, year: 2010, subjects: heading, items: at('l9', 'MAIN') }),
  ];
}

export interface FakeCatalogue {
  bibs: Map<string, Bib>;
  findRecord(id: string): Bib | undefined;
  listRecords(ids: readonly string[]): Bib[];
  listFirst(most: number): Bib[];
  branches(): Branch[];
}

export function createFakeCatalogue(bibs: readonly Bib[]): FakeCatalogue {
  const kept = new Map(bibs.map((bib) => [bib.id, bib]));
  return {
    bibs: kept,
    findRecord: (id) => kept.get(id),
    // Deliberately not in the order asked for: the type promises none.
    listRecords: (ids) => [...kept.values()].filter((bib) => ids.includes(bib.id)),
    listFirst: (most) => [...kept.values()].slice(0, most),
    branches: () => branches,
  };
}
