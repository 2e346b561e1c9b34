import t from 'tap';
import { bibOf, openLibrary, shelves } from './small-catalogue.js';

const library = await openLibrary(t.testdir(), shelves);
const ask: typeof library.ask = (text, more) => library.ask(text, more);
const ids: typeof library.ids = (text, more) => library.ids(text, more);
t.teardown(() => library.finder.close());

t.test(
  'a whole title comes first, in any case, without its article, with or without diacritics',
  async (t) => {
    for (const text of ['the lighthouse keeper', 'Lighthouse Keeper', 'LIGHTHOUSE-KEEPER']) {
      t.match((await ids(text))[0], /^lighthouse/, text);
    }
    t.equal((await ids('kulonos estek'))[0], 'stories-hu');
  },
);

t.test('mistyped titles and names are found, and what was read is told', async (t) => {
  t.equal((await ids('crwon of scales'))[0], 'dragon-teen');
  t.match((await ids('the lihgthouse keper'))[0], /^lighthouse/);
  t.match((await ids('agahta chrisie'))[0], /^mystery/);
  t.equal((await ids('braed from the ovne'))[0], 'cook');
  t.strictSame((await ask('shakespeer')).corrected, [{ from: 'shakespeer', to: 'shakespeare' }]);
  t.strictSame((await ask('lighthouse')).corrected, []);
});

t.test('names are found in either order, by surname, and as an author with a title', async (t) => {
  t.match((await ids('Christie, Agatha'))[0], /^mystery/);
  t.match((await ids('agatha christie'))[0], /^mystery/);
  t.match((await ids('saint-exupery'))[0], /^prince/);
  t.equal((await ids('crown of scales vance'))[0], 'dragon-teen');
});

t.test('numbers are found with hyphens, in ten digits, and nothing else comes with them', async (t) => {
  for (const text of ['9780156012195', '978-0-15-601219-5', '0156012197', 'ISBN 0-15-601219-7']) {
    t.strictSame(await ids(text), ['prince-en'], text);
  }
});

t.test('a part of a Chinese title, its original script and its romanised form are found', async (t) => {
  for (const text of ['紅樓', '樓夢', '紅樓夢', 'hong lou meng', '曹雪芹'])
    t.equal((await ids(text))[0], 'red-chamber', text);
});

t.test('a series comes in its order and a volume after another is known', async (t) => {
  t.strictSame((await ids('scales of orr series')).slice(0, 3), [
    'dragon-teen',
    'dragon-teen-2',
    'dragon-teen-3',
  ]);
  t.equal(library.finder.nextInSeries('dragon-teen')?.id, 'dragon-teen-2');
  t.equal(library.finder.nextInSeries('dragon-teen-3'), undefined);
  t.equal(library.finder.nextInSeries('cook'), undefined);
});

t.test('a limit leaves out everything that does not meet it', async (t) => {
  t.strictSame(await ids('lighthouses in large print'), ['lighthouse-lp']);
  t.strictSame(await ids('murder audiobooks'), ['mystery-cd']);
  t.strictSame((await ids('dragons for teens')).sort(), ['dragon-teen', 'dragon-teen-2', 'dragon-teen-3']);
  t.equal((await ids('dragons for a 7 year old'))[0], 'dragon-kids');
  t.strictSame((await ids('dragons over 700 pages'))[0], 'dragon-adult');
  t.notOk((await ids('dragons without zombies')).includes('dragon-adult'));
  t.strictSame(await ids('knots at Main Street'), ['branchy-out']);
  t.strictSame(await ids('books in Hungarian'), ['stories-hu']);
});

t.test(
  'a title in a language puts that edition first and a language not held falls back to the title',
  async (t) => {
    t.strictSame(await ids('The Little Prince in French'), ['prince-fr']);
    const found = await ask('The Little Prince in Welsh');
    t.match(found.hits[0]?.id, /^prince/);
    t.strictSame(
      found.relaxed.map(({ id }) => id),
      ['language:wel'],
    );
    t.ok(found.confidence < 0.7);
  },
);

t.test(
  'when nothing meets every limit the nearest come, with as few limits let go of as can be',
  async (t) => {
    const found = await ask('dragons in Welsh over 700 pages');
    t.strictSame(
      found.relaxed.map(({ kind }) => kind),
      ['language'],
    );
    t.ok(found.hits.length > 0);
    t.strictSame((await ask('dragons')).relaxed, []);
  },
);

t.test('books asked for by the words of readers are found by the words of cataloguers', async (t) => {
  t.match((await ids('whodunits'))[0], /^mystery/);
  t.match((await ids('novela negra', { locale: 'es' }))[0], /^mystery/);
  t.equal((await ids('a novel in Paris or the south of France'))[0], 'france');
  t.equal((await ids('for people who love to eat'))[0], 'cook', 'also by its class number');
});

t.test('every quote stands letter for letter in its evidence, and its evidence in the record', async (t) => {
  const bibs = new Map(shelves.map((line) => [line.id, JSON.stringify(bibOf(line))]));
  for (const text of [
    'lighthouses in scotland',
    'dragons',
    'agatha christie',
    'scales of orr',
    'france farmhouse',
    'books in Hungarian',
    '9780156012195',
    'recipes',
    '紅樓',
    'crwon of scales',
    'short books',
  ]) {
    for (const { id, evidence } of (await ask(text)).hits) {
      t.ok(evidence.length >= 1 && evidence.length <= 3, `${text}: ${id} says why`);
      for (const { text: said, quotes } of evidence) {
        t.ok(said.length <= 160);
        for (const quote of quotes) t.ok(said.includes(quote), `${quote} in ${said}`);
        for (const part of said.split(': '))
          t.ok(bibs.get(id)?.includes(JSON.stringify(part).slice(1, -1)), `${part} in ${id}`);
      }
    }
  }
});

t.test('a book like another is near it and is not the book itself', async (t) => {
  const like = await ids('something like Crown of Scales');
  t.ok(like.slice(0, 4).some((id) => id.startsWith('dragon')));
  t.notOk(like.includes('dragon-teen'));
  const similar = library.finder.similar('lighthouse', 5);
  t.notOk(
    similar.some(({ id }) => id.startsWith('lighthouse')),
    'nor another edition of it',
  );
  t.ok(similar.every(({ evidence }) => evidence.length > 0));
  t.strictSame(library.finder.similar('no such record', 5), []);
});

t.test(
  'equal questions give equal answers, pages follow one another and excluded records stay away',
  async (t) => {
    const first = await ask('dragons and lighthouses');
    t.strictSame(await ask('dragons and lighthouses'), first);
    const all = first.hits.map(({ id }) => id);
    const paged = [
      ...(await ids('dragons and lighthouses', { limit: 3 })),
      ...(await ids('dragons and lighthouses', { offset: 3, limit: 3 })),
    ];
    t.strictSame(paged, all.slice(0, 6));
    t.notOk((await ids('dragons', { exclude: ['dragon-teen'] })).includes('dragon-teen'));
  },
);

t.test('facets count what was found and are absent when not asked for', async (t) => {
  const { facets, total } = await ask('dragons', { facets: true });
  const format = facets.find(({ name }) => name === 'format');
  t.ok(format && format.values.reduce((sum, { count }) => sum + count, 0) === total);
  t.ok(facets.some(({ name, values }) => name === 'decade' && values.some(({ label }) => label === '2010s')));
  t.match(facets.find(({ name }) => name === 'language')?.values[0], { value: 'eng', label: 'English' });
  t.strictSame((await ask('dragons')).facets, []);
});

t.test('sorting puts what was found in another order', async (t) => {
  const years = async (sort: 'newest' | 'oldest' | 'shortest' | 'longest') =>
    (await ids('dragons', { explicit: { sort } })).filter((id) => id.startsWith('dragon'));
  t.equal((await years('oldest'))[0], 'dragon-adult');
  t.equal((await years('newest'))[0], 'dragon-teen-3');
  t.equal((await years('shortest'))[0], 'dragon-kids');
  t.equal((await years('longest'))[0], 'dragon-adult');
});

t.test('words alone find too, and the answer says so', async (t) => {
  const found = await ask('lighthouse', { wordsOnly: true });
  t.equal(found.path, 'words_only');
  t.equal((await ask('lighthouse')).path, 'full');
  t.match(found.hits[0]?.id, /^lighthouse|faro/);
});

t.test('nothing comes of words that nobody wrote, and confidence is low', async (t) => {
  const found = await ask('xqzzyv blorptang');
  t.strictSame([found.hits, found.total, found.confidence], [[], 0, 0]);
  t.ok((await ask('the lighthouse keeper')).confidence > 0.8);
});

t.test('a library can add entries to the vocabulary and replace those of Carrel', async (t) => {
  const dir = t.testdir({
    k: {
      advisory: {
        'local.yaml':
          '- { id: dragons, label: { en: Wyrms, es: Sierpes }, say: { en: [wyrms] }, strong: [dragons] }\n',
      },
    },
  });
  const local = await openLibrary(dir, shelves, { vectors: false, knowledgeDirs: [`${dir}/k`] });
  t.teardown(() => local.finder.close());
  const found = await local.ask('wyrms');
  t.match(found.hits[0]?.id, /^dragon/);
  t.strictSame(
    found.chips.map(({ label }) => label),
    ['Wyrms'],
  );
});

t.test('a wrong entry is named with its file', async (t) => {
  const dir = t.testdir({ advisory: { 'bad.yaml': '- { id: "No Good" }\n' } });
  await t.rejects(
    openLibrary(dir, shelves, { vectors: false, knowledgeDirs: [dir] }),
    /advisory\/bad\.yaml, entry No Good/,
  );
});

t.test(
  'an answer counts everything that holds what was asked for, and pages through all of it once',
  async (t) => {
    const many = Array.from({ length: 700 }, (_, at) => ({
      id: `harbour-${at}`,
      title: `Harbour number ${at}`,
      year: 1300 + at,
      subjects: [at % 2 === 0 ? 'Harbours' : 'Ships'],
    }));
    const { finder, ask: askMany } = await openLibrary(t.testdir(), many);
    t.teardown(() => finder.close());
    t.equal((await askMany('harbour')).total, 700);
    const seen = new Set<string>();
    for (let offset = 0; offset < 700; offset += 50) {
      const page = await askMany('harbour', { facets: true, offset, limit: 50 });
      t.equal(page.total, 700);
      for (const { id } of page.hits) seen.add(id);
    }
    t.equal(seen.size, 700);
    const oldest = await askMany('harbour', {
      facets: true,
      intent: { text: 'harbour', topic: 'harbour', sort: 'oldest' },
    });
    t.equal(oldest.hits[0]?.id, 'harbour-0', 'the order is over all of it');
    const limited = await askMany('harbour', { explicit: { years: { min: 1900 } } });
    t.equal(limited.total, 100, 'and a limit holds for the count');
  },
);

t.test('a word is not corrected into one that no hand would have meant', async (t) => {
  const { finder, ask: askFew } = await openLibrary(t.testdir(), [
    { id: 'a', title: 'A clear night' },
    { id: 'b', title: 'Saint Nick' },
    { id: 'c', title: 'The princess' },
  ]);
  t.teardown(() => finder.close());
  t.strictSame((await askFew('nuclear')).corrected, []);
  t.strictSame((await askFew('dick')).corrected, []);
  t.strictSame((await askFew('rpincess')).corrected, [{ from: 'rpincess', to: 'princess' }]);
  t.strictSame((await askFew('proncess')).corrected, [{ from: 'proncess', to: 'princess' }]);
});

t.test('only a number that was asked for is quoted, whichever of a record it is', async (t) => {
  const { finder, ask: askFew } = await openLibrary(
    t.testdir(),
    [{ id: 'two', title: 'Two numbers', isbns: ['9782070408504', '0-15-601219-7'] }],
    { vectors: false },
  );
  t.teardown(() => finder.close());
  t.match((await askFew('978-0-15-601219-5')).hits, [
    { evidence: [{ field: 'isbn', text: '0-15-601219-7' }] },
  ]);
});

t.test(
  'headings in common are seen through their diacritics, and others are not called common',
  async (t) => {
    const { finder } = await openLibrary(
      t.testdir(),
      [
        { id: 'a', title: 'Uno', subjects: ['Animales', 'Niños'] },
        { id: 'b', title: 'Dos', subjects: ['Faros', 'Niños'] },
        { id: 'c', title: 'Tres', subjects: ['Faros', 'Niños'] },
      ],
      { vectors: false },
    );
    t.teardown(() => finder.close());
    t.strictSame(finder.similar('a', 5).find(({ id }) => id === 'b')?.evidence, [
      { field: 'subject', text: 'Niños', quotes: ['Niños'] },
    ]);
  },
);

t.test('a word that readers use is not corrected into a word of another language', async (t) => {
  const { finder, ask: askFew } = await openLibrary(
    t.testdir(),
    [
      { id: 'duel', title: 'Duel', summary: 'Two men, two pistols.' },
      { id: 'poets', title: 'The poets', subjects: ['Poets'] },
      { id: 'loss', title: 'After the funeral', subjects: ['Grief', 'Bereavement'] },
      { id: 'verse', title: 'Sonnets', subjects: ['Love poetry'] },
    ],
    { vectors: false },
  );
  t.teardown(() => finder.close());
  const grief = await askFew('un libro sobre el duelo', { locale: 'es' });
  t.strictSame([grief.corrected, grief.hits.map(({ id }) => id)], [[], ['loss']]);
  const love = await askFew('poesía de amor', { locale: 'es' });
  t.strictSame([love.corrected, love.hits[0]?.id], [[], 'verse']);
  t.strictSame((await askFew('sonnetts')).corrected, [{ from: 'sonnetts', to: 'sonnets' }]);
});
