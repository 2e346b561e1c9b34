import t from 'tap';
import type { Intent } from '../../../contract/intent.js';
import { openLibrary, shelves } from './small-catalogue.js';

const library = await openLibrary(t.testdir(), shelves, { vectors: false });
t.teardown(() => library.finder.close());

/** What was understood, without the text itself. */
async function read(text: string, locale: 'en' | 'es' = 'en'): Promise<Partial<Intent>> {
  const rest: Partial<Intent> = { ...(await library.ask(text, { locale })).intent };
  delete rest.text;
  return rest;
}

const readings: [string, Partial<Intent>][] = [
  ['dragons in large print', { topic: 'dragons', formats: ['large_print'] }],
  ['dragones en letra grande', { topic: 'dragones', formats: ['large_print'] }],
  ['mysteries I can listen to in the car', { topic: 'mysteries', formats: ['audiobook', 'eaudiobook'] }],
  ['audiolibros de misterio', { formats: ['audiobook', 'eaudiobook'] }],
  ['books in Spanish', { topic: '', languages: ['spa'] }],
  ['libros en español', { topic: '', languages: ['spa'] }],
  ['livres en français', { topic: '', languages: ['fre'] }],
  ['deutsche Bücher', { topic: '', languages: ['ger'] }],
  ['日本語の本', { topic: '', languages: ['jpn'] }],
  ['Finnish language books', { topic: '', languages: ['fin'] }],
  ['dragons for a 7 year old', { topic: 'dragons', age: 7, audiences: ['children'] }],
  ['dragones para niños de 7 años', { topic: 'dragones', age: 7, audiences: ['children'] }],
  ['dragon books for teens', { audiences: ['teen'] }],
  ['novelas juveniles de dragones', { audiences: ['teen'] }],
  ['dragon books for adults not teens', { audiences: ['adult'] }],
  ['mysteries under 250 pages', { topic: 'mysteries', pages: { max: 250 } }],
  ['misterio de menos de 250 páginas', { topic: 'misterio', pages: { max: 250 } }],
  ['fantasy over 700 pages', { topic: 'fantasy', pages: { min: 700 } }],
  ['fantasía de más de 700 páginas', { topic: 'fantasia', pages: { min: 700 } }],
  ['a short mystery', { topic: 'mystery', pages: { max: 250 } }],
  ['bread between 100 and 300 pages', { topic: 'bread', pages: { min: 100, max: 300 } }],
  ['mysteries from the 90s', { topic: 'mysteries', years: { min: 1990, max: 1999 } }],
  ['misterio de los años 90', { topic: 'misterio', years: { min: 1990, max: 1999 } }],
  ['bread published after 2010', { topic: 'bread', years: { min: 2010 } }],
  ['pan publicado antes de 1980', { topic: 'pan', years: { max: 1980 } }],
  ['knots available now', { topic: 'knots', available_now: true }],
  ['nudos disponibles ahora', { topic: 'nudos', available_now: true }],
  ['knots at the Harbour branch', { topic: 'knots', branch: 'HARB' }],
  ['nonfiction about dragons', { fiction: false }],
  ['dragons without zombies', { topic: 'dragons', without: ['zombies'] }],
  ['dragones sin zombis', { topic: 'dragones', without: ['zombis'] }],
  ['not romance, about dragons', { topic: 'dragons', without: ['romance'] }],
  ['no vampires, something about dragons', { topic: 'dragons', without: ['vampires'] }],
  ['stories without violence set in Paris', { topic: 'stories set in paris', without: ['violence'] }],
  [
    'cosy mysteries without cats, in large print',
    { topic: 'cosy mysteries', without: ['cats'], formats: ['large_print'] },
  ],
  [
    'dragons, no vampires, werewolves or talking cats',
    { topic: 'dragons', without: ['vampires', 'werewolves', 'talking cats'] },
  ],
  [
    'mysteries but no cats, audiobook',
    { topic: 'mysteries', without: ['cats'], formats: ['audiobook', 'eaudiobook'] },
  ],
  ['dragons, not set in Paris', { topic: 'dragons', without: ['paris'] }],
  ['misterio sin violencia, sobre faros', { topic: 'misterio faros', without: ['violencia'] }],
  ['anything not by Agatha Christie, mystery', { topic: 'mystery', without_author: ['Christie, Agatha'] }],
  [
    'mysteries not by Agatha Christie or Otto Klein',
    { topic: 'mysteries', without_author: ['Christie, Agatha', 'Klein, Otto'] },
  ],
  ['misterio que no sea de Agatha Christie', { topic: 'misterio', without_author: ['Christie, Agatha'] }],
  ['no books by Agatha Christie', { topic: '', without_author: ['Christie, Agatha'] }],
  [
    'books with no romance and no violence about dragons',
    { topic: 'dragons', without: ['romance', 'violence'] },
  ],
  [
    'books by Agatha Christie in large print',
    { topic: '', author: 'Christie, Agatha', formats: ['large_print'] },
  ],
  ['book 2 of the Scales of Orr series', { topic: '', series: 'Scales of Orr', title: 'Throne of Scales' }],
  ['books by Agatha Christie', { topic: '', author: 'Christie, Agatha' }],
  ['libros de Agatha Christie', { topic: '', author: 'Christie, Agatha' }],
  ['Scales of Orr series', { topic: '', series: 'Scales of Orr', sort: 'series' }],
  [
    'something like The Lighthouse Keeper',
    { topic: '', like: [{ record_id: 'lighthouse', title: 'The Lighthouse Keeper' }] },
  ],
  ['si te gustó El faro del norte', { topic: '', like: [{ record_id: 'faro', title: 'El faro del norte' }] }],
  ['by someone like Agatha Christie', { topic: '', like_author: 'Christie, Agatha' }],
  ['978-0-15-601219-5', { topic: '', isbn: '9780156012195' }],
  ['0-15-601219-7', { topic: '', isbn: '9780156012195' }],
];
for (const [text, wanted] of readings) {
  t.test(`"${text}" is understood`, async (t) => {
    const spanish = /[áéíóúñ]|libros|pan |sin |dragones|nudos|misterio/u.test(text);
    t.match(await read(text, spanish ? 'es' : 'en'), wanted);
  });
}

const titles = [
  'German for Beginners',
  'Short History of Nearly Everything',
  'diary of a wimpy kid',
  'The Little Prince',
  'Diary of a wimpi kid',
];
for (const title of titles) {
  t.test(`the title "${title}" sets no limit`, async (t) => {
    const { formats, languages, audiences, pages, years, fiction, without } = await read(title);
    t.strictSame({ formats, languages, audiences, pages, years, fiction, without }, {
      formats: undefined, languages: undefined, audiences: undefined, pages: undefined, years: undefined, fiction: undefined, without: undefined,
    }); // prettier-ignore
  });
}

t.test('polite words and a request around the subject are taken out', async (t) => {
  t.equal((await read("Hi, I'm looking for a book about lighthouses, please")).topic, 'lighthouses');
  t.equal((await read('¿Podrías recomendarme algún libro sobre faros, por favor?', 'es')).topic, 'faros');
});

t.test('a story told at length is not read as limits', async (t) => {
  const told =
    'a fifteen year old girl with no family takes a short journey over the long winter of 1937 and finds her older brother';
  const { age, pages, years, without, formats } = await read(told);
  t.strictSame(
    [age, pages, years, without, formats],
    [undefined, undefined, undefined, undefined, undefined],
  );
});

t.test('examples that are held become books to resemble, others do not', async (t) => {
  const { like } = await read('I loved The Tempest, Crown of Scales and A Book Nobody Holds');
  t.strictSame(like?.map(({ record_id }) => record_id).sort(), ['dragon-teen', 'shakespeare']);
});

t.test('maps and films are topics where books are asked for', async (t) => {
  t.equal((await read('books made into films')).formats, undefined);
  t.equal((await read('history of maps')).formats, undefined);
  t.strictSame((await read('maps')).formats, ['map']);
});

t.test('chips are worded in the language of the patron and can be taken out', async (t) => {
  const asked = 'dragons for a 7 year old under 250 pages in large print';
  const found = await library.ask(asked);
  t.strictSame(
    found.chips.map(({ id }) => id),
    ['format:large_print', 'age:7', 'pages:-250', 'appeal:dragons'],
  );
  const spanish = await library.ask(asked, { locale: 'es' });
  t.strictSame(
    spanish.chips.map(({ label }) => label),
    ['Letra grande', '7 años', 'Hasta 250 páginas', 'Dragones'],
  );
  const fewer = await library.ask(asked, { remove: ['format:large_print', 'age:7'] });
  t.strictSame(
    fewer.chips.map(({ id }) => id),
    ['pages:-250', 'appeal:dragons'],
  );
  t.equal(fewer.intent.audiences, undefined, 'an age takes its audience with it');
});

t.test('every kind of chip comes and goes', async (t) => {
  const intent: Intent = {
    text: '', topic: '', formats: ['audiobook', 'eaudiobook'], languages: ['spa'], audiences: ['teen'], pages: { min: 100, max: 200 }, years: { min: 1990, max: 1990 },
    available_now: true, branch: 'HARB', fiction: false, author: 'Christie, Agatha', series: 'Scales of Orr', title: 'The Tempest', isbn: '9780156012195',
    like: [{ record_id: 'cook', title: 'Bread from the Oven' }], like_author: 'Stone, Peter', without: ['war'], without_author: ['Klein, Otto'], appeals: ['dragons'], sort: 'newest',
  }; // prettier-ignore
  const { chips } = await library.ask('', { intent });
  t.equal(new Set(chips.map(({ kind }) => kind)).size, chips.length);
  t.equal(chips.length, 18);
  const none = await library.ask('', { intent, remove: chips.map(({ id }) => id) });
  t.strictSame(none.chips, []);
});

t.test('explicit limits win and a ready intent is not read again', async (t) => {
  const found = await library.ask('dragons in Spanish', { explicit: { languages: ['eng'] } });
  t.strictSame(found.intent.languages, ['eng']);
  const ready = await library.ask('dragons in Spanish', { intent: { text: 'x', topic: 'dragons' } });
  t.equal(ready.intent.languages, undefined);
});

t.test('plain words are searched as typed', async (t) => {
  const { intent, chips } = await library.ask('dragons in large print', { plain: true });
  t.strictSame([intent.topic, chips], ['dragons in large print', []]);
});

t.test('an author who is not wanted is no author asked for, and her books stay away', async (t) => {
  for (const text of [
    'anything not by Agatha Christie, mystery',
    'nothing by Christie',
    'misterio, nada de Agatha Christie',
  ]) {
    const found = await library.ask(text, { locale: text.includes('nada') ? 'es' : 'en' });
    t.equal(found.intent.author, undefined, text);
    t.equal(found.intent.without, undefined, text);
    t.notOk(
      found.hits.some(({ id }) => id.startsWith('mystery')),
      text,
    );
  }
  const found = await library.ask('no books by Agatha Christie');
  t.ok(found.hits.length > 5);
  t.match(found.chips, [{ id: 'without_author:Christie, Agatha', label: 'Not by Christie, Agatha' }]);
  const all = await library.ask('mystery, not by Agatha Christie', {
    remove: ['without_author:Christie, Agatha'],
  });
  t.match(all.hits[0]?.id, /^mystery/);
});

t.test('a second author is no topic', async (t) => {
  t.equal((await read('books by Agatha Christie and Bill Bryson')).topic, '');
});

t.test('the volume asked for leads, and the others follow', async (t) => {
  t.strictSame((await library.ids('book 2 of the Scales of Orr series')).slice(0, 3), [
    'dragon-teen-2',
    'dragon-teen',
    'dragon-teen-3',
  ]);
  t.equal(
    (await library.ids('book 9 of the Scales of Orr series'))[0],
    'dragon-teen',
    'one that is not held is not made up',
  );
});
