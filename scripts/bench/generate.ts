import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { writeIso2709, type DataFieldSource, type MarcSource } from '../../server/lib/iso2709-writer.js';
import { seededRandom } from '../../server/lib/seeded-random.js';
import { zipf } from './zipf.js';

/** What a generated catalogue offers to be asked for. */
export interface Known {
  titles: string[];
  authors: string[];
  subjects: string[];
  words: string[];
}

const SYLLABLES =
  'ba be bi bo bu da de di do du fa fe ga ge go ka ke ko la le li lo lu ma me mi mo mu na ne no pa pe po ra re ri ro ru sa se si so su ta te ti to tu va ve vi wa we za zo bran crel dor fen gar hol lin mar nor pel quin ros stan tor ven wick'.split(
    ' ',
  );
const FUNCTION_WORDS =
  'the of and a in to is was for with her his that on from by at as who when their into after it'.split(' ');
const LANGUAGES = [
  'eng',
  'eng',
  'eng',
  'eng',
  'eng',
  'eng',
  'eng',
  'spa',
  'spa',
  'fre',
  'ger',
  'por',
  'ita',
  'chi',
];
const BRANCHES = ['MAIN', 'HARB', 'MILL', 'NORT'];
const VOCABULARY = 60_000;
const TOPICS = 400;
const KEPT = 2_000;

/**
 * Writes `count` records of about 1 kB as ISO 2709 to `path`: Zipf-distributed words in 400 topics, so that document
 * frequencies and clusters look like a library's. Equal counts and seeds give equal files.
 */
export async function generateCatalogue(path: string, count: number, seed = 1): Promise<Known> {
  const random = seededRandom(seed);
  const words = inventWords(VOCABULARY, random);
  const common = zipf(VOCABULARY, random);
  const within = zipf(150, random);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const topics = Array.from({ length: TOPICS }, () =>
    Array.from({ length: 150 }, () => words[200 + Math.floor(random() * (VOCABULARY - 200))] as string),
  );
  const topicOf = zipf(TOPICS, random);
  const subjects = Array.from({ length: 4_000 }, (_, i) =>
    capital(`${topics[i % TOPICS]?.[Math.floor(i / TOPICS)] ?? 'x'} ${words[i + 300] ?? ''}`),
  );
  const authors = Array.from(
    { length: Math.max(200, Math.floor(count / 6)) },
    () => `${capital(pick(words))}, ${capital(pick(words))}`,
  );
  const authorOf = zipf(authors.length, random);
  const known: Known = {
    titles: [],
    authors: [],
    subjects: subjects.slice(0, 500),
    words: words.slice(0, 5_000),
  };
  const out = createWriteStream(path);
  for (let i = 0; i < count; i++) {
    const topic = topicOf();
    const topical = (): string => (topics[topic] as string[])[within()] as string;
    const sentence = (length: number): string =>
      Array.from({ length }, (_, n) =>
        n % 3 === 1 ? pick(FUNCTION_WORDS) : random() < 0.5 ? topical() : words[common()],
      ).join(' ');
    const title = capital(sentence(2 + Math.floor(random() * 5)));
    const author = authors[authorOf()] as string;
    if (known.titles.length < KEPT && random() < 0.3) {
      known.titles.push(title);
      known.authors.push(author);
    }
    const record = describe(i, {
      title,
      author,
      summary: capital(`${sentence(60)}.`),
      random,
      pick,
      subjects: [0, 1, 2].map((n) => subjects[(topic + n * TOPICS) % subjects.length] as string),
    });
    if (!out.write(writeIso2709(record))) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
  return known;
}

function describe(
  i: number,
  facts: {
    title: string;
    author: string;
    summary: string;
    subjects: string[];
    random: () => number;
    pick: <T>(list: readonly T[]) => T;
  },
): MarcSource {
  const { random, pick } = facts;
  const year = 1950 + Math.floor(random() * 75);
  const language = pick(LANGUAGES);
  const audiobook = random() < 0.08;
  const form = !audiobook && random() < 0.05 ? 'd' : ' ';
  const audience = pick([...'eeeeejdg']);
  const field = (tag: string, ...subfields: [string, string][]): DataFieldSource => ({
    tag,
    ind1: ' ',
    ind2: '0',
    subfields,
  });
  return {
    leader: `00000n${audiobook ? 'i' : 'a'}m a2200000 a 4500`,
    fields: [
      { tag: '001', value: `b${String(i).padStart(7, '0')}` },
      {
        tag: '008',
        value: `260101s${year}    xx            ${audience}${form}     0${pick([...'1110'])} ${language} d`
          .padEnd(40)
          .slice(0, 40),
      },
      field('020', ['a', isbn13(i)]),
      {
        tag: '100',
        ind1: '1',
        ind2: ' ',
        subfields: [
          ['a', `${facts.author},`],
          ['e', 'author.'],
        ],
      },
      {
        tag: '245',
        ind1: '1',
        ind2: '0',
        subfields: [
          ['a', `${facts.title} /`],
          ['c', facts.author],
        ],
      },
      field('264', ['a', 'Anytown :'], ['b', 'Press,'], ['c', String(year)]),
      field('300', ['a', `${80 + Math.floor(random() * 620)} pages`]),
      field('520', ['a', facts.summary]),
      ...facts.subjects.map((subject) => field('650', ['a', subject], ['v', 'Fiction.'])),
      field('655', [
        'a',
        pick([
          'Novels.',
          'Detective and mystery fiction.',
          'Romance fiction.',
          'Science fiction.',
          'Biographies.',
        ]),
      ]),
      ...(i % 5 === 0
        ? [
            {
              tag: '830',
              ind1: ' ',
              ind2: '0',
              subfields: [
                ['a', `${facts.subjects[0]} saga ;`],
                ['v', String((i % 40) + 1)],
              ] as [string, string][],
            },
          ]
        : []),
      ...[0, 1]
        .slice(0, 1 + (i % 2))
        .map((n) =>
          field(
            '952',
            ['a', pick(BRANCHES)],
            ['b', pick(BRANCHES)],
            ['o', `FIC ${facts.author.slice(0, 3).toUpperCase()}`],
            ['p', `3${String(i * 2 + n).padStart(9, '0')}`],
            ['9', String(i * 2 + n)],
          ),
        ),
    ],
  };
}

function inventWords(count: number, random: () => number): string[] {
  const words = new Set<string>();
  while (words.size < count) {
    const length = 2 + Math.floor(random() * 3);
    words.add(Array.from({ length }, () => SYLLABLES[Math.floor(random() * SYLLABLES.length)]).join(''));
  }
  return [...words];
}

function isbn13(i: number): string {
  const body = `979${String(i).padStart(9, '0')}`;
  const sum = [...body].reduce((total, digit, n) => total + Number(digit) * (n % 2 === 0 ? 1 : 3), 0);
  return body + String((10 - (sum % 10)) % 10);
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
