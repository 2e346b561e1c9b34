import t from 'tap';
import { about, bibOf, branches, lighthouseBooks } from '../../fakes/bibs.js';
import { createTestDesk } from '../../fakes/desk.js';

const first = 'books about lighthouses';

t.test(
  'a question is answered with held records, what was understood, and one short paragraph',
  async (t) => {
    const { talk } = createTestDesk();
    const answer = await talk().say(first);
    t.equal(answer.turn, 1);
    t.equal(answer.text, first);
    t.equal(answer.recommendations.length, 6);
    t.match(answer.recommendations[0], {
      record_id: 'l1',
      isbn: '9780000000019',
      author: { text: 'Edith Marsh' },
      year: 1998,
      format: 'book',
      call_number: '387.155 L1',
      subject: 'Lighthouses',
      why: 'Subject: Lighthouses',
      quotes: ['Lighthouses'],
    });
    t.match(answer, {
      path: 'full',
      cache_hit: false,
      confidence: 0.8,
      handoff_to_librarian: false,
      total: 9,
    });
    t.match(
      answer.response_text,
      /^Six books, all catalogued under Lighthouses\. \w+ (is|are) on the shelf now/,
    );
    t.ok(answer.response_time_ms >= 0);
  },
);

t.test('shorter, longer, newer and older are measured by the books shown', async (t) => {
  const { talk, search } = createTestDesk();
  const visitor = talk();
  await visitor.say(first);
  const pagesShown = visitor
    .last()
    .recommendations.map((one) => one.pages)
    .filter((n) => n !== null)
    .sort((a, b) => a - b);
  const shorter = await visitor.say('something shorter');
  t.equal(shorter.intent.pages?.max, (pagesShown[3] ?? 0) - 1);
  t.equal(shorter.intent.topic, 'lighthouses', 'the topic stays');
  for (const card of shorter.recommendations)
    t.ok((card.pages ?? Infinity) <= (shorter.intent.pages?.max ?? 0));
  await visitor.say('longer than the first');
  t.same(visitor.last().intent.pages, { min: 181 });
  t.same((await visitor.say('something newer than the first')).intent.years, { min: 2013 });
  t.same((await visitor.say('older')).intent.years?.max !== undefined, true);
  t.equal(search.asked.at(-1)?.intent?.topic, 'lighthouses');
});

t.test('where no record says its pages or year, short and new are plain words', async (t) => {
  const { talk } = createTestDesk([bibOf('a', 'Lighthouse A'), bibOf('b', 'Lighthouse B')]);
  const visitor = talk();
  await visitor.say('lighthouse');
  t.same((await visitor.say('shorter')).intent.pages, { max: 250 });
  await visitor.say('start over');
  await visitor.say('lighthouse');
  t.same((await visitor.say('longer')).intent.pages, { min: 400 });
  await visitor.say('go back');
  t.equal((await visitor.say('newer')).intent.sort, 'newest');
  t.equal((await visitor.say('older')).intent.sort, 'oldest');
});

t.test('more like the second one: the book is the topic, the limits stay', async (t) => {
  const { talk } = createTestDesk();
  const visitor = talk();
  await visitor.say('books about lighthouses in English');
  const second = visitor.last().recommendations[1];
  const answer = await visitor.say('more like the second one');
  t.same(answer.intent.like, [{ record_id: second?.record_id, title: second?.title.text }]);
  t.same(answer.intent.languages, ['eng']);
  t.equal(answer.intent.topic, '');
  t.notOk(visitor.titles().includes(second?.title.text ?? ''));
  t.match(answer.response_text, `close to “${second?.title.text}”`);
});

t.test('not that one, none of these, another: what was turned down or seen does not come back', async (t) => {
  const { talk } = createTestDesk();
  const visitor = talk();
  await visitor.say(first);
  const third = visitor.titles()[2] ?? '';
  await visitor.say('not the third');
  t.notOk(visitor.titles().includes(third));
  const seen = visitor.titles();
  const more = await visitor.say('another');
  t.match(more.response_text, /^Here are two more\./);
  for (const title of visitor.titles()) t.notOk(seen.includes(title) || title === third, title);
  const end = await visitor.say('show me more');
  t.match(end, { path: 'nothing', handoff_to_librarian: true, recommendations: [], total: 0 });
  t.equal(end.response_text, 'That was everything we found. A librarian can look further.');
  t.match(
    await visitor.say('who wrote the first'),
    { recommendations: [{ title: { text: more.recommendations[0]?.title.text } }] },
    'and the last books are still there to speak of',
  );
  await visitor.say('none of these');
  t.notOk(visitor.titles().some((title) => more.recommendations.some((one) => one.title.text === title)));
});

t.test('limits alone go on with the topic: language, format, age, branch, mood', async (t) => {
  const { talk } = createTestDesk();
  const visitor = talk();
  await visitor.say(first);
  t.match((await visitor.say('in Spanish')).intent, { topic: 'lighthouses', languages: ['spa'] });
  t.same(visitor.titles(), ['El faro del fin']);
  await visitor.say('in any language');
  t.equal(visitor.last().intent.languages, undefined);
  t.match((await visitor.say('as an audiobook')).intent, { formats: ['audiobook'] });
  await visitor.say('any format');
  t.match((await visitor.say('for a ten-year-old')).intent, { age: 10, topic: 'lighthouses' });
  t.same(visitor.titles(), ['Tom and the Lighthouse Cat']);
  t.match(
    (await visitor.say('for kids')).intent,
    { age: undefined, audiences: ['children'] },
    'the later one counts',
  );
  await visitor.say('for any age');
  t.match((await visitor.say('at Mill Lane')).intent, { branch: 'MILL' });
  await visitor.say('at any branch');
  t.match((await visitor.say('but funny')).intent, { topic: 'lighthouses', appeals: ['funny'] });
  t.match((await visitor.say('less scary')).intent, {
    topic: 'lighthouses',
    appeals: ['funny'],
    without: ['scary'],
  });
  t.match(
    (await visitor.say('something funny')).intent,
    { topic: 'lighthouses', without: ['scary'] },
    'moods add up',
  );
  t.match((await visitor.say('something shorter in Spanish')).intent, {
    topic: 'lighthouses',
    languages: ['spa'],
    pages: {},
  });
});

t.test('in Spanish: the same talk', async (t) => {
  const { talk } = createTestDesk();
  const visitor = talk('es');
  await visitor.say('libros sobre lighthouses');
  t.match(visitor.last().response_text, /^Seis libros con la materia Lighthouses\./);
  t.ok((await visitor.say('algo más corto')).intent.pages?.max);
  t.match((await visitor.say('en español')).intent, { languages: ['spa'], topic: 'lighthouses' });
  t.match(visitor.last().response_text, /^Un libro en español/);
  t.match((await visitor.say('¿quién lo escribió?')).response_text, '«El faro del fin» es de Lucía Ibarra.');
  t.match(
    (await visitor.say('more by this author')).intent,
    { author: 'Ibarra, Lucía' },
    'English is understood too',
  );
  t.match((await visitor.say('hola')).response_text, /^Hola\./);
});

t.test(
  'limits enough to stand alone are a question of their own where the topic has nothing to them',
  async (t) => {
    const film = bibOf('f', 'Un film', { format: 'film', languages: ['spa'] });
    const { talk } = createTestDesk([...lighthouseBooks(), film]);
    const visitor = talk();
    await visitor.say(first);
    const answer = await visitor.say('films in Spanish');
    t.match(answer.intent, { topic: '', formats: ['film'], languages: ['spa'] });
    t.same(visitor.titles(), ['Un film']);
    await visitor.say(first);
    t.match(
      await visitor.say('in Welsh'),
      { path: 'nearest', intent: { topic: 'lighthouses' } },
      'one limit is not',
    );
    t.match(
      await visitor.say('in Spanish for kids'),
      { intent: { topic: 'lighthouses' } },
      'nor is nothing at all',
    );
    t.match(
      await visitor.say('books in Spanish'),
      { intent: { topic: '', languages: ['spa'] } },
      'but who names books anew asks anew',
    );
    t.match(await visitor.say('libros en español', { locale: 'es' }), {
      intent: { topic: '', languages: ['spa'] },
    });
  },
);

t.test('a question with words of its own is a new topic', async (t) => {
  const { talk } = createTestDesk([
    ...lighthouseBooks(),
    bibOf('c1', 'Cats of the World', { subjects: about('Cats') }),
  ]);
  const visitor = talk();
  await visitor.say(first);
  await visitor.say('in Spanish');
  const answer = await visitor.say('a longer book about cats');
  t.match(answer.intent, { text: 'a longer book about cats', languages: undefined });
  t.ok(visitor.titles().includes('Cats of the World'));
});

t.test('start over clears the table, go back brings it again', async (t) => {
  const { talk } = createTestDesk();
  const visitor = talk();
  t.match((await visitor.say('go back')).response_text, /^There is nothing to go back to/);
  await visitor.say(first);
  const titles = visitor.titles();
  await visitor.say('in Spanish');
  const back = await visitor.say('go back');
  t.same(visitor.titles(), titles);
  t.match(back, { cache_hit: true, intent: { languages: undefined } });
  t.match(back.response_text, /^Back to the books before\./);
  t.match((await visitor.say('start over')).response_text, /^A clear desk/);
  t.same(visitor.last().understood, []);
  t.match((await visitor.say('who wrote it')).response_text, /no list/);
  await visitor.say('go back');
  t.same(visitor.titles(), titles);
});

t.test('chips can be taken out, alone or with a word', async (t) => {
  const { talk, search } = createTestDesk();
  const visitor = talk();
  await visitor.say('books about lighthouses in Spanish');
  const chip = visitor.last().understood.find((one) => one.kind === 'language');
  const answer = await visitor.say('', { remove: [chip?.id ?? ''] });
  t.equal(answer.intent.languages, undefined);
  t.equal(answer.intent.topic, 'lighthouses');
  t.equal(answer.recommendations.length, 6);
  t.same(search.asked.at(-1)?.remove, [chip?.id]);
  await visitor.say('start over');
  await visitor.say('in Spanish');
  const left = await visitor.say('', { remove: ['language:"spa"'] });
  t.match(left.response_text, /^No wishes are left/);
  t.match((await talk().say('', { remove: ['x'] })).response_text, /^There is no list/);
});

t.test(
  'nothing asked is a bad request; a second question at once is refused after a short wait',
  async (t) => {
    const { talk, search, clock } = createTestDesk();
    const visitor = talk();
    await t.rejects(visitor.say(''), { code: 'bad_request', details: { errors: [{ path: 'text' }] } });
    search.slowMs = 1_000;
    const slow = visitor.say(first);
    await clock.settle();
    const second = visitor.say('something else');
    const refused = t.rejects(second, { code: 'turn_in_progress' });
    await clock.advance(500);
    await refused;
    await clock.advance(300);
    search.slowMs = 0;
    const third = visitor.say('another');
    await clock.advance(200);
    t.equal((await slow).turn, 1);
    t.equal((await third).turn, 2, 'what is nearly done is waited for');
  },
);

t.test('small talk is answered in a line, and a person is offered when asked for', async (t) => {
  const { talk } = createTestDesk();
  const visitor = talk();
  t.match((await visitor.say('hello')).response_text, /^Hello\. Tell me what you feel like reading/);
  t.match((await visitor.say('thanks')).response_text, /^You are welcome\./);
  t.match((await visitor.say('what can you do?')).response_text, /^Ask in your own words/);
  t.match(await visitor.say('Can I talk to a librarian?'), {
    handoff_to_librarian: true,
    recommendations: [],
  });
  t.match((await visitor.say('some books please')).response_text, /^(Hello|\w+ titles)/);
  await visitor.say(first);
  const offered = visitor.last().suggestions;
  t.same((await visitor.say('thank you')).suggestions, offered, 'and the topic stays on the table');
  t.match((await visitor.say('in Spanish')).intent, { topic: 'lighthouses' });
});

t.test('two to four follow-ups are offered, and every one of them finds something', async (t) => {
  const questions = [
    first,
    'books about lighthouses in Spanish',
    'Storm Glass',
    'dragons',
    'lighthouses as audiobook',
  ];
  for (const question of questions) {
    const { talk } = createTestDesk();
    const { suggestions } = await talk().say(question);
    t.ok(suggestions.length >= 2 && suggestions.length <= 4, `${question}: ${suggestions.join(' / ')}`);
    for (const suggestion of suggestions) {
      const visitor = talk();
      await visitor.say(question);
      const answer = await visitor.say(suggestion);
      const isTalk = /librarian|Start over|Go back/.test(suggestion);
      t.ok(
        isTalk || (answer.path !== 'nothing' && answer.recommendations.length > 0),
        `${question} > ${suggestion}`,
      );
    }
  }
});

t.test('a record that vanished meanwhile is not shown', async (t) => {
  const { talk, catalogue } = createTestDesk();
  const visitor = talk();
  await visitor.say(first);
  catalogue.bibs.delete('l2');
  const gone = catalogue.bibs.get('l3');
  if (gone) gone.suppressed = true;
  const again = await talk().say(first);
  t.equal(again.cache_hit, true);
  t.notOk(again.recommendations.some((one) => one.record_id === 'l2' || one.record_id === 'l3'));
  t.match((await visitor.say('who wrote the second')).response_text, /^We hold nothing/);
});

t.test('titles are named only when they stand on a card or were pointed at', async (t) => {
  const { talk } = createTestDesk();
  const visitor = talk();
  const held = new Set(lighthouseBooks().map((bib) => bib.title.text));
  const turns = [
    first,
    'Storm Glass',
    'dragons and “The Lost Atlas of Zorb”',
    'more like the first',
    'do you have “Invented Title” in Welsh?',
    'something shorter',
    'who wrote the first',
    'what is next in the series?',
    'what is on the shelf now?',
    'go back',
    'in Welsh',
  ];
  for (const text of turns) {
    const answer = await visitor.say(text);
    const named = [...answer.response_text.matchAll(/“([^”]+)”/g)].map((match) => match[1] ?? '');
    const allowed = new Set([...visitor.titles(), ...(answer.intent.like ?? []).map((one) => one.title)]);
    for (const title of named) t.ok(allowed.has(title) && held.has(title), `${text}: ${title}`);
    for (const card of answer.recommendations) {
      t.ok(held.has(card.title.text));
      for (const quote of card.quotes) t.ok(card.why.includes(quote));
    }
  }
});

t.test('no answer is longer than three sentences, in any state of the shelves', async (t) => {
  for (const locale of ['en', 'es'] as const) {
    const { talk, ils, search, clock } = createTestDesk();
    for (const state of ['well', 'offline'] as const) {
      ils.misbehave({ offline: state === 'offline' });
      for (const confidence of [0.9, 0.4, 0.1]) {
        search.confidence = confidence;
        search.corrected = [{ from: 'lihgthouse', to: 'lighthouse' }];
        for (const text of [first, 'lighthouses in Welsh', 'dragons', 'lighthouses available now']) {
          search.version += '+';
          await clock.advance(120_000);
          const { response_text } = await talk(locale).say(text);
          const count = response_text.split(/[.?](?=\s|$)/).filter((one) => one.trim() !== '').length;
          t.ok(count <= (state === 'offline' ? 4 : 3), `${count}: ${response_text}`);
        }
      }
    }
  }
});

t.test('the start page shows branches and questions that find something here', async (t) => {
  const { desk, search } = createTestDesk([
    ...lighthouseBooks(),
    ...['s1', 's2', 's3'].map((id) => bibOf(id, `History of science ${id}`)),
  ]);
  const signal = new AbortController().signal;
  const welcome = await desk.welcome('en', signal);
  t.same(welcome.branches, branches);
  t.equal(welcome.is_demo, true);
  t.ok(welcome.examples.includes('History of science'));
  t.notOk(welcome.examples.includes('Graphic novels about growing up'));
  const count = search.asked.length;
  await desk.welcome('en', signal);
  t.equal(search.asked.length, count, 'tried once a catalogue version');
  search.version = 'v2';
  search.failWith = { full: new Error('broken'), wordsOnly: new Error('broken') };
  t.same((await desk.welcome('en', signal)).examples, [], 'and a start page is never refused');
});
