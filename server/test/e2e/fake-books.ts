import type { Availability, BranchAvailability, EcopyView } from '../../contract/availability.js';
import type { Recommendation } from '../../contract/conversation.js';
import type { Format } from '../../contract/vocabulary.js';

/** The fake library's branches; their codes are b0 to b3. */
export const branchNames = ['Harbour Street', 'Old Town', 'Mill Lane', 'Northgate'];

/** A shelf state: which of the four branches have the title, and in how many copies it is in there. */
export function shelf(counts: readonly [available: number, total: number][], agoMs = 20_000): Availability {
  const names = counts.length > 4 ? counts.map((_, i) => `${branchNames[i % 4]} ${i + 1}`) : branchNames;
  const branches = counts.map(([available, total], i): BranchAvailability => {
    const items = Array.from({ length: total }, (_, copy) => ({
      item_id: `${i}-${copy}`,
      status: copy < available ? ('available' as const) : ('checked_out' as const),
      location: 'Adult fiction',
      ...(copy >= available && { due_at: new Date(Date.now() + (3 + i) * 86_400_000).toISOString() }),
    }));
    return { branch_id: `b${i}`, branch_name: names[i] ?? '', available, total, items };
  });
  return {
    state: counts.some(([n]) => n > 0) ? 'available' : 'unavailable',
    asOf: new Date(Date.now() - agoMs).toISOString(),
    stale: false,
    source: 'demo',
    branches: branches.filter((b) => b.total > 0),
  };
}

/** The library's system does not answer and nothing is remembered. */
export const away: Availability = { state: 'unknown', asOf: null, stale: false, source: 'ils', branches: [] };

export const online: Availability = {
  state: 'online',
  asOf: new Date().toISOString(),
  stale: false,
  source: 'ils',
  branches: [],
};

/** An answer that was true three hours ago. */
export function stale(): Availability {
  return { ...shelf([[1, 1]], 3 * 3_600_000), stale: true };
}

type Sketch = Partial<Omit<Recommendation, 'title' | 'author'>> & {
  record_id: string;
  title: string | Recommendation['title'];
  author: string | Recommendation['author'];
};

function book(sketch: Sketch): Recommendation {
  const { title, author, ...rest } = sketch;
  return {
    isbn: null,
    title: typeof title === 'string' ? { text: title } : title,
    author: typeof author === 'string' ? { text: author } : author,
    year: null,
    format: 'book',
    languages: ['eng'],
    pages: null,
    series: null,
    call_number: null,
    subject: null,
    cover: null,
    why: '',
    why_from: 'record',
    quotes: [],
    availability: shelf([[1, 2]]),
    ...rest,
  };
}

/** Five quiet mysteries, one of each shelf state. */
export const mysteries: Recommendation[] = [
  book({
    record_id: 'm1', title: 'The nine tailors', author: 'Dorothy L. Sayers', year: 1934, pages: 331,
    call_number: 'FIC SAY', subject: 'Detective and mystery stories', series: { name: 'Lord Peter Wimsey', volume: '11' },
    why: 'The summary speaks of “bell-ringers in a snowbound fenland village”.',
    quotes: ['bell-ringers in a snowbound fenland village'], availability: shelf([[1, 2], [0, 1]]),
  }),
  book({
    record_id: 'm2', title: 'A murder is announced', author: 'Agatha Christie', year: 1950, pages: 288,
    call_number: '823.912 CHR', subject: 'Marple, Jane (Fictitious character)',
    why: 'Subject: Villages — England — Fiction.', quotes: ['Villages — England — Fiction'],
    availability: shelf([[1, 1], [2, 2], [1, 3], [0, 1]]),
  }),
  book({
    record_id: 'm3', title: 'The moving toyshop', author: 'Edmund Crispin', year: 1946, pages: 224, format: 'large_print',
    call_number: 'LP FIC CRI', subject: 'Poets — Fiction',
    why: 'The summary calls it “a light-hearted mystery with a poet and a vanishing toyshop”.',
    quotes: ['a light-hearted mystery with a poet and a vanishing toyshop'], availability: shelf([[0, 1], [0, 1]]),
  }),
  book({
    record_id: 'm4', title: 'The Thursday murder club', author: 'Richard Osman', year: 2020, format: 'audiobook',
    call_number: 'CD FIC OSM', subject: 'Retirement communities — Fiction',
    why: 'Genre: Cosy mysteries.', quotes: ['Cosy mysteries'], availability: shelf([[0, 0], [1, 1]]),
  }),
  book({
    record_id: 'm5', title: 'Death in a white tie', author: 'Ngaio Marsh', year: 1938, pages: 320, format: 'ebook',
    call_number: null, subject: 'Alleyn, Roderick (Fictitious character)',
    why: 'Subject: Detective and mystery stories.', quotes: ['Detective and mystery stories'], availability: online,
  }),
]; // prettier-ignore

const long =
  'The life and strange surprizing adventures of Robinson Crusoe, of York, mariner, who lived eight and twenty years all alone in an un-inhabited island on the coast of America, near the mouth of the great river of Oroonoque';

/** Books that break careless pages. */
export const awkward: Recommendation[] = [
  book({
    record_id: 'a1', title: long, author: 'Daniel Defoe', year: 1719, call_number: '823.5 DEF', subject: 'Shipwreck survival — Fiction',
    why: 'Subject: Islands — Fiction.', quotes: ['Islands — Fiction'], availability: away,
  }),
  book({ record_id: 'a2', title: 'Beowulf', author: null, year: null, call_number: 'PR1583.H43 2000', subject: 'Monsters — Poetry', why: 'Genre: Epic poetry.', quotes: ['Epic poetry'] }),
  book({
    record_id: 'a3', title: { text: 'Hong lou meng', original: '紅樓夢' }, author: { text: 'Xueqin Cao', original: '曹雪芹' }, year: 1791,
    languages: ['chi'], call_number: 'CHI 895.1348 CAO', subject: 'Families — China — Fiction', why: 'Subject: Families — China — Fiction.', quotes: ['Families — China'],
  }),
  book({
    record_id: 'a4', title: { text: 'Mawsim al-hijrah ilá al-shamāl (Season of Migration)', original: 'موسم الهجرة إلى الشمال (Season of Migration)', direction: 'rtl' },
    author: { text: 'al-Ṭayyib Ṣāliḥ', original: 'الطيب صالح', direction: 'rtl' }, year: 1966, languages: ['ara'],
    call_number: 'ARA FIC SAL', subject: 'Sudan — Fiction', why: 'Subject: Sudan — Fiction.', quotes: ['Sudan'], availability: stale(),
  }),
  book({
    record_id: 'a5', title: 'Proceedings of the eleventh symposium', author: 'Ada Alder', year: 2011, call_number: '025.431:004.65(063)"2011"-07/ALD+v.11b', // forty signs
    subject: 'Library science — Congresses', why: 'The words of the title.', quotes: [], availability: shelf(Array.from({ length: 30 }, (_, i) => [i % 3, 2])),
  }),
  book({ record_id: 'a6', title: { text: 'Bhāgavata', original: 'श्रीमद्भागवत महापुराण', direction: 'ltr' }, author: null, languages: ['san'], year: 1964, call_number: 'SAN 294.5', subject: 'Hinduism', why: '', quotes: [] }),
  book({ record_id: 'a7', title: { text: 'Sipur al ahavah ve-ḥoshekh', original: 'סיפור על אהבה וחושך', direction: 'rtl' }, author: { text: 'Amos Oz', original: 'עמוס עוז', direction: 'rtl' }, year: 2002, languages: ['heb'], call_number: 'HEB B OZ', subject: 'Authors, Israeli — Biography', why: 'Genre: Autobiographies.', quotes: ['Autobiographies'] }),
  book({ record_id: 'a8', title: { text: 'Voĭna i mir', original: 'Война и мир' }, author: { text: 'Leo Tolstoy', original: 'Лев Толстой' }, year: 1869, languages: ['rus'], call_number: 'RUS FIC TOL', subject: 'War', why: 'Subject: Napoleonic Wars.', quotes: [] }),
  book({ record_id: 'a9', title: { text: 'Yukiguni', original: '雪国' }, author: { text: 'Yasunari Kawabata', original: '川端康成' }, year: 1948, languages: ['jpn'], call_number: 'JPN FIC KAW', subject: 'Snow', why: '', quotes: [] }),
  book({ record_id: 'a10', title: { text: 'Kafka on the shore (Umibe no Kafuka)', original: '海辺のカフカ' }, author: { text: 'Haruki Murakami', original: '村上春樹' }, year: 2002, languages: ['jpn'], call_number: 'JPN FIC MUR', subject: 'Cats', why: '', quotes: [] }),
]; // prettier-ignore

const titles: [Format, string, string, string][] = [
  ['film', 'Babette’s feast', 'Gabriel Axel', 'Feature films'],
  ['music', 'Goldberg variations', 'Johann Sebastian Bach', 'Piano music'],
  ['score', 'Winterreise', 'Franz Schubert', 'Song cycles'],
  ['map', 'The western fells', 'Alfred Wainwright', 'Mountains — Maps'],
  ['comic', 'Persepolis', 'Marjane Satrapi', 'Graphic novels'],
  ['serial', 'Granta', 'Granta Publications', 'Literature — Periodicals'],
  ['game', 'Carcassonne', 'Klaus-Jürgen Wrede', 'Board games'],
  ['braille', 'Matilda', 'Roald Dahl', 'Schools — Fiction'],
  ['eaudiobook', 'Under the sea-wind', 'Rachel Carson', 'Marine animals'],
  ['manuscript', 'Letters home', 'Ann Bell', 'Letters'],
]; // prettier-ignore

/** One of many formats each. */
export const formats: Recommendation[] = titles.map(([format, title, author, subject], i) =>
  book({
    record_id: `f${i}`,
    title,
    author,
    format,
    subject,
    year: 1950 + i * 7,
    call_number: `${format.slice(0, 3).toUpperCase()} ${author.slice(0, 3).toUpperCase()}`,
    why: `Subject: ${subject}.`,
    quotes: [subject],
  }),
);

const plain: [string, string, string][] = [
  ['To the lighthouse', 'Virginia Woolf', 'Lighthouses — Fiction'],
  ['The old man and the sea', 'Ernest Hemingway', 'Fishers — Fiction'],
  ['Cosmos', 'Carl Sagan', 'Astronomy — Popular works'],
  ['Gödel, Escher, Bach', 'Douglas R. Hofstadter', 'Mathematics'],
  ['The hidden life of trees', 'Peter Wohlleben', 'Trees'],
  ['SPQR : a history of ancient Rome', 'Mary Beard', 'Rome — History'],
  ['Salt, fat, acid, heat', 'Samin Nosrat', 'Cooking'],
  ['The snow leopard', 'Peter Matthiessen', 'Himalaya Mountains — Description and travel'],
  ['Middlemarch', 'George Eliot', 'City and town life — Fiction'],
  ['The left hand of darkness', 'Ursula K. Le Guin', 'Science fiction'],
  ['Where the wild things are', 'Maurice Sendak', 'Monsters — Juvenile fiction'],
  ['Frankenstein', 'Mary Shelley', 'Horror tales'],
  ['I know why the caged bird sings', 'Maya Angelou', 'Autobiographies'],
  ['Pride and prejudice', 'Jane Austen', 'Courtship — Fiction'],
  ['One hundred years of solitude', 'Gabriel García Márquez', 'Macondo (Imaginary place)'],
]; // prettier-ignore

/** A mixed shelf, for looking at bindings and for pages of results. */
export const mixed: Recommendation[] = plain.map(([title, author, subject], i) =>
  book({
    record_id: `p${i}`,
    title,
    author,
    subject,
    year: 1890 + i * 9,
    pages: 90 + i * 41,
    call_number: `FIC ${author.split(' ').at(-1)?.slice(0, 3).toUpperCase()}`,
    why: `Subject: ${subject}.`,
    quotes: [subject],
  }),
);

const forSleep: [string, string, number, string, string][] = [
  ['Why we sleep', 'Matthew Walker', 2017, '612.821 WAL', 'Sleep — Physiological aspects'],
  ['Say good night to insomnia', 'Gregg D. Jacobs', 1998, '616.849 JAC', 'Insomnia — Treatment'],
  ['The promise of sleep', 'William C. Dement', 1999, '616.8498 DEM', 'Sleep disorders'],
  ['At day’s close : a history of nighttime', 'A. Roger Ekirch', 2005, '306.4 EKI', 'Night — Social aspects'],
];

/** Four books on a matter that a library may want people to handle. */
export const sleepless: Recommendation[] = forSleep.map(([title, author, year, call_number, subject], i) =>
  book({ record_id: `s${i}`, title, author, year, call_number, subject, why: `Subject: ${subject}.`, quotes: [subject] }),
); // prettier-ignore

/** Every book of the fake library. */
export const allBooks: Recommendation[] = [...mysteries, ...awkward, ...formats, ...mixed, ...sleepless];

/** The mysteries, which a lender of e-books has as well: in, waited for, counted nowhere, remembered, and not to be seen. */
export function withEcopies(): Recommendation[] {
  const now = new Date(Date.now() - 20_000).toISOString();
  const base = {
    lender: 'OverDrive',
    asOf: now,
    stale: false,
    format: 'ebook' as const,
    url: 'https://example.org/media/1',
  };
  const told: EcopyView[][] = [
    [{ ...base, status: 'available', owned: 5, available: 2, holds: 0 }],
    [{ ...base, status: 'checked_out', owned: 3, available: 0, holds: 7 }],
    [{ ...base, status: 'available', format: 'eaudiobook' }, { ...base, status: 'checked_out', owned: 1, available: 0, holds: 0 }],
    [{ ...base, status: 'available', owned: 5, available: 2, stale: true }],
    [{ ...base, status: 'unknown' }],
  ]; // prettier-ignore
  return mysteries.map((one, i) => ({
    ...one,
    availability: { ...one.availability, ecopies: told[i] ?? [] },
  }));
}
