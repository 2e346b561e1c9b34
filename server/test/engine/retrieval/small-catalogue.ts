import { join } from 'node:path';
import type { Bib } from '../../../engine/catalogue/bib.js';
import { openFinder, type Finder } from '../../../engine/retrieval/finder.js';
import { readFinderKnowledge } from '../../../engine/retrieval/finder-knowledge.js';
import { buildScratchCatalogue } from '../../../engine/retrieval/scratch-catalogue.js';
import type { Found, Question } from '../../../engine/retrieval/search.js';
import { trainInThisThread } from '../../../engine/retrieval/train.js';

/** What a test says of a book; the rest of the Bib is filled in. */
export type BookLine = Partial<Omit<Bib, 'title' | 'subtitle' | 'subjects' | 'contributors'>> & {
  id: string;
  title: string;
  original?: string;
  subtitle?: string;
  author?: string;
  authorOriginal?: string;
  subjects?: string[];
};

export function bibOf(line: BookLine): Bib {
  const { title, original, subtitle, author, authorOriginal, subjects = [], ...rest } = line;
  const empty = {
    keys: { other: [] },
    otherTitles: [],
    relatedWorks: [],
    originalLanguages: [],
    audienceNotes: [],
  };
  return {
    ...empty,
    sortTitle: title,
    format: 'book',
    languages: ['eng'],
    contentWarnings: [],
    notes: [],
    awards: [],
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
    ...rest,
    title: { text: title, ...(original === undefined ? {} : { original }) },
    ...(subtitle === undefined ? {} : { subtitle: { text: subtitle } }),
    contributors:
      author === undefined
        ? []
        : [
            {
              text: author,
              kind: 'person',
              main: true,
              ...(authorOriginal === undefined ? {} : { original: authorOriginal }),
            },
          ],
    subjects: subjects.map((text) => ({ text, parts: text.split(' -- '), kind: 'topic' as const })),
  };
}

/** A catalogue file of these books, with vectors unless told otherwise. */
export async function writeCatalogue(
  dir: string,
  books: readonly BookLine[],
  { name = 'catalogue.sqlite', vectors = true } = {},
): Promise<string> {
  const path = join(dir, name);
  await buildScratchCatalogue(path, [books.map(bibOf)]);
  if (vectors) trainInThisThread(path, { dimensions: 16 });
  return path;
}

export interface SmallLibrary {
  finder: Finder;
  ask: (text: string, more?: Partial<Question>) => Promise<Found>;
  /** Ids found, best first. */
  ids: (text: string, more?: Partial<Question>) => Promise<string[]>;
}

/** A library of these books, opened; the test closes `finder`. */
export async function openLibrary(
  dir: string,
  books: readonly BookLine[],
  options: { vectors?: boolean; knowledgeDirs?: string[] } = {},
): Promise<SmallLibrary> {
  const path = await writeCatalogue(dir, books, { vectors: options.vectors ?? true });
  const finder = openFinder(path, readFinderKnowledge(options.knowledgeDirs), 'v1');
  const ask = (text: string, more: Partial<Question> = {}) =>
    finder.search({ text, locale: 'en', offset: 0, limit: 20, ...more });
  return { finder, ask, ids: async (text, more) => (await ask(text, more)).hits.map(({ id }) => id) };
}

/** Shelves enough for every limit to have something to leave out. */
export const shelves: BookLine[] = [
  {
    id: 'lighthouse',
    title: 'The Lighthouse Keeper',
    author: 'Marlowe, Ada',
    pages: 180,
    year: 1994,
    fiction: true,
    audience: 'adult',
    subjects: ['Lighthouses -- Scotland -- Fiction', 'Sea stories'],
    summary:
      'A keeper guards a lonely lighthouse on the Scottish coast and waits for his brother to return from the sea.',
  },
  {
    id: 'lighthouse-lp',
    title: 'The Lighthouse Keeper',
    author: 'Marlowe, Ada',
    pages: 320,
    year: 2001,
    format: 'large_print',
    fiction: true,
    audience: 'adult',
    genres: ['Large print books'],
    subjects: ['Lighthouses -- Scotland -- Fiction'],
  },
  {
    id: 'faro',
    title: 'El faro del norte',
    author: 'Quiroga, Elena',
    languages: ['spa'],
    pages: 240,
    year: 2015,
    fiction: true,
    audience: 'adult',
    subjects: ['Lighthouses -- Fiction'],
    summary: 'Una mujer vuelve al faro de su infancia.',
  },
  {
    id: 'dragon-kids',
    title: 'Ember and the Smallest Dragon',
    author: 'Okafor, Nia',
    pages: 96,
    year: 2019,
    fiction: true,
    audience: 'children',
    ages: { min: 6, max: 9 },
    subjects: ['Dragons -- Juvenile fiction'],
    summary: 'A small dragon learns to breathe fire with the help of a funny goat.',
  },
  {
    id: 'dragon-teen',
    title: 'Crown of Scales',
    author: 'Vance, Ilse',
    pages: 410,
    year: 2018,
    fiction: true,
    audience: 'teen',
    genres: ['Fantasy fiction'],
    subjects: ['Dragons -- Fiction'],
    series: [{ name: 'Scales of Orr', volume: '1' }],
  },
  {
    id: 'dragon-teen-2',
    title: 'Throne of Scales',
    author: 'Vance, Ilse',
    pages: 450,
    year: 2019,
    fiction: true,
    audience: 'teen',
    subjects: ['Dragons -- Fiction'],
    series: [{ name: 'Scales of Orr', volume: '2' }],
  },
  {
    id: 'dragon-teen-3',
    title: 'Ash of Scales',
    author: 'Vance, Ilse',
    pages: 470,
    year: 2021,
    fiction: true,
    audience: 'teen',
    series: [{ name: 'Scales of Orr', volume: '3' }],
  },
  {
    id: 'dragon-adult',
    title: 'The Dragon Wars',
    author: 'Stone, Peter',
    pages: 820,
    year: 1988,
    fiction: true,
    audience: 'adult',
    genres: ['Fantasy fiction'],
    subjects: ['Dragons -- Fiction', 'Imaginary wars and battles -- Fiction'],
    summary: 'Armies of zombies and dragons fight for the last kingdom.',
  },
  {
    id: 'cook',
    title: 'Bread from the Oven',
    author: 'Baker, Rosa',
    pages: 200,
    year: 2012,
    fiction: false,
    audience: 'adult',
    callNumber: '641.815',
    subjects: ['Bread', 'Cooking'],
    summary: 'Recipes for loaves and rolls.',
  },
  {
    id: 'prince-fr',
    title: 'The Little Prince',
    author: 'Saint-Exupéry, Antoine de',
    languages: ['fre'],
    pages: 93,
    year: 1943,
    fiction: true,
    audience: 'children',
    isbns: ['9782070408504'],
  },
  {
    id: 'prince-en',
    title: 'The Little Prince',
    author: 'Saint-Exupéry, Antoine de',
    pages: 96,
    year: 1971,
    fiction: true,
    audience: 'children',
    isbns: ['9780156012195'],
  },
  {
    id: 'german',
    title: 'German for Beginners',
    author: 'Klein, Otto',
    pages: 150,
    year: 2003,
    fiction: false,
    subjects: ['German language -- Self-instruction'],
  },
  {
    id: 'german-novel',
    title: 'Der stille Fluss',
    author: 'Klein, Otto',
    languages: ['ger'],
    pages: 300,
    year: 1999,
    fiction: true,
  },
  {
    id: 'short-history',
    title: 'A Short History of Nearly Everything',
    author: 'Bryson, Bill',
    pages: 544,
    year: 2003,
    fiction: false,
    subjects: ['Science'],
    summary: 'From the big bang to the rise of civilisation.',
  },
  {
    id: 'wimpy',
    title: 'Diary of a Wimpy Kid',
    author: 'Kinney, Jeff',
    pages: 217,
    year: 2007,
    fiction: true,
    audience: 'children',
    series: [{ name: 'Diary of a wimpy kid', volume: '1' }],
  },
  {
    id: 'shakespeare',
    title: 'The Tempest',
    author: 'Shakespeare, William',
    pages: 120,
    year: 1960,
    literaryForm: 'drama',
    subjects: ['Castaways -- Drama'],
  },
  {
    id: 'mystery',
    title: 'Murder at the Village Fair',
    author: 'Christie, Agatha',
    pages: 256,
    year: 1950,
    fiction: true,
    audience: 'adult',
    subjects: ['Detective and mystery stories'],
    summary: 'The inspector finds the vicar dead in the tea tent.',
  },
  {
    id: 'mystery-cd',
    title: 'Murder at the Village Fair',
    author: 'Christie, Agatha',
    year: 2005,
    format: 'audiobook',
    fiction: true,
    audience: 'adult',
    subjects: ['Detective and mystery stories'],
  },
  {
    id: 'france',
    title: 'A Winter in Provence',
    author: 'Hale, Ruth',
    pages: 310,
    year: 2016,
    fiction: true,
    audience: 'adult',
    summary: 'Two sisters restore a farmhouse in the south of France.',
  },
  {
    id: 'stories-hu',
    title: 'Különös esték',
    author: 'Mikes, György',
    languages: ['hun'],
    pages: 150,
    subjects: ['Short stories, Hungarian'],
  },
  {
    id: 'red-chamber',
    title: 'Hong lou meng',
    original: '紅樓夢',
    author: 'Cao, Xueqin',
    authorOriginal: '曹雪芹',
    languages: ['chi'],
    pages: 900,
    year: 1982,
  },
  {
    id: 'alpine',
    title: 'Atlas of Alpine Maps',
    format: 'map',
    year: 1990,
    pages: 40,
    subjects: ['Alps -- Maps'],
  },
  {
    id: 'branchy',
    title: 'Knots and Splices',
    author: 'Marlowe, Ada',
    pages: 90,
    year: 2010,
    fiction: false,
    subjects: ['Knots and splices'],
    items: [{ itemId: 'i1', branchId: 'HARB', branchName: 'Harbour', statusHint: 'available' }],
  },
  {
    id: 'branchy-out',
    title: 'Sailing Knots',
    author: 'Reef, Tom',
    pages: 110,
    year: 2011,
    fiction: false,
    subjects: ['Knots and splices'],
    items: [{ itemId: 'i2', branchId: 'MAIN', branchName: 'Main Street', statusHint: 'checked_out' }],
  },
];
