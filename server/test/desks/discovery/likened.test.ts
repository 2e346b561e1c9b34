import t from 'tap';
import type { Bib } from '../../../engine/catalogue/bib.js';
import { isSameWork } from '../../../desks/discovery/works.js';
import { about, bibOf, writtenBy } from '../../fakes/bibs.js';
import { createTestDesk, followups } from '../../fakes/desk.js';

const heading = { subjects: about('Rings') };
const marsh = { contributors: writtenBy('Marsh, Edith') };

/** A book in two forms and a translation, and others it could be likened to. */
function ringBooks(): Bib[] {
  return [
    bibOf('r1', 'The Ring Road', { ...heading, ...marsh, pages: 310, year: 1990 }),
    bibOf('r2', 'Ring road : a novel', { ...heading, ...marsh, format: 'audiobook', year: 2011 }),
    bibOf('r3', 'La ronda', {
      ...heading,
      ...marsh,
      languages: ['spa'],
      otherTitles: [{ text: 'Ring road' }],
      pages: 290,
    }),
    bibOf('s1', 'Small Rings', { ...heading, ...marsh, pages: 120, year: 1985 }),
    bibOf('s2', 'Ringing', { ...heading, contributors: writtenBy('Bell, Rosa'), pages: 309, year: 2001 }),
    bibOf('s3', 'A Ring of Salt', { ...heading, pages: 310, year: 1990 }),
    bibOf('s4', 'The Last Ring', { ...heading, pages: 600, year: 2020 }),
  ];
}

t.test('editions, forms and translations are one work; a namesake is another', (t) => {
  const [book, spoken, translated, other] = ringBooks() as [Bib, Bib, Bib, Bib];
  t.ok(isSameWork(book, spoken));
  t.ok(isSameWork(book, translated) && isSameWork(translated, book));
  t.notOk(isSameWork(book, other));
  t.notOk(isSameWork(book, { ...book, contributors: writtenBy('Bell, Rosa') }), 'another author');
  const poems = (id: string, title: string) =>
    bibOf(id, title, { ...marsh, otherTitles: [{ text: 'Poems' }] });
  t.notOk(isSameWork(poems('a', 'Spring'), poems('b', 'Autumn')), 'a collective title makes no work');
  t.end();
});

t.test('more like a book: never another edition of it, and none is counted', async (t) => {
  const { talk } = createTestDesk(ringBooks());
  const visitor = talk();
  await visitor.say('rings');
  const answer = await visitor.say('more like the first one');
  t.match(answer.intent.like, [{ record_id: 'r1' }]);
  t.same([...visitor.titles()].sort(), ['A Ring of Salt', 'Ringing', 'Small Rings', 'The Last Ring']);
  t.equal(answer.total, 4);
});

t.test('more like a book, but shorter: shorter than that book', async (t) => {
  const { talk } = createTestDesk(ringBooks());
  const visitor = talk();
  await visitor.say('rings');
  t.match((await visitor.say('more like The Ring Road but shorter')).intent, {
    like: [{ record_id: 'r1' }],
    pages: { max: 309 },
  });
  t.same([...visitor.titles()].sort(), ['Ringing', 'Small Rings']);
});

t.test('a question that likens and compares heeds both', async (t) => {
  const ask = async (text: string, locale: 'en' | 'es' = 'en') => {
    const { talk } = createTestDesk(ringBooks());
    const visitor = talk(locale);
    await visitor.say('Small Rings');
    return await visitor.say(text);
  };
  const shorter = await ask('something like The Ring Road but shorter');
  t.match(shorter.intent, {
    text: 'something like The Ring Road but shorter',
    like: [{ record_id: 'r1' }],
    pages: { max: 309 },
  });
  t.match(shorter.response_text, /of at most 309 pages.*close to “The Ring Road”/);
  t.same(shorter.recommendations.map((one) => one.record_id).sort(), ['s1', 's2']);
  t.match((await ask('something like The Ring Road but newer')).intent.years, { min: 1991 });
  t.match((await ask('algo como The Ring Road pero más corto', 'es')).intent.pages, { max: 309 });
  t.match(
    (await ask('something like Ring road : a novel but longer')).intent.pages,
    { min: 311 },
    'another edition knows the pages',
  );
  t.match((await ask('something like A Lost Book but shorter')).intent, { like: undefined });
});

t.test('the title that was likened still means that book where a card bears the same', async (t) => {
  const film = bibOf('f', 'The Ring Road', { ...heading, format: 'film', year: 2003 });
  const { talk } = createTestDesk([...ringBooks(), film]);
  const visitor = talk();
  await visitor.say('something like The Ring Road');
  t.ok(visitor.titles().includes('The Ring Road'), 'the film');
  const answer = await visitor.say('something like The Ring Road but shorter');
  t.match(answer.intent, { like: [{ record_id: 'r1' }], pages: { max: 309 } });
});

t.test('words that only join are left off', (t) => {
  t.equal(followups.en.withoutLink('something like emma but'), 'something like emma');
  t.equal(followups.es.withoutLink('algo como emma, pero que sea'), 'algo como emma');
  t.equal(followups.en.withoutLink('and then there were none'), 'and then there were none');
  t.end();
});
