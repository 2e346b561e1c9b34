import t from 'tap';
import { about, bibOf, writtenBy } from '../../fakes/bibs.js';
import { createTestDesk } from '../../fakes/desk.js';

t.test('before anything is shown, a comparison and the next in a series point at nothing', async (t) => {
  const { talk, search } = createTestDesk();
  for (const text of ['newer', 'something shorter', 'the next in the series', 'older ones']) {
    const answer = await talk().say(text);
    t.match(answer.response_text, 'There is no list to point at yet', text);
    t.same(answer.recommendations, [], text);
  }
  t.match((await talk('es').say('más nuevo')).response_text, 'Todavía no hay ninguna lista');
  t.same(
    search.asked.filter(({ text }) => text === 'newer'),
    [],
  );
});

/** Books about elephants and whales, some of each for children. */
const animals = () => [
  bibOf('e1', 'Elephants at play', { audience: 'children', subjects: about('Elephants') }),
  bibOf('e2', 'Elephants and empire', { audience: 'adult', subjects: about('Elephants') }),
  bibOf('w1', 'Whales at play', { audience: 'children', subjects: about('Whales') }),
  bibOf('w2', 'Whales and empire', {
    audience: 'adult',
    subjects: about('Whales'),
    contributors: writtenBy('Marsh, Edith'),
  }),
];
const kinds = (answer: { understood: { kind: string }[] }) => answer.understood.map(({ kind }) => kind);

t.test('whom the books are for outlives the topic, and its chip says so', async (t) => {
  const { talk } = createTestDesk(animals());
  const visitor = talk();
  await visitor.say('elephants for kids');
  t.same(visitor.titles(), ['Elephants at play']);
  const whales = await visitor.say('whales');
  t.match(whales.intent, { topic: 'whales', audiences: ['children'] });
  t.same(visitor.titles(), ['Whales at play']);
  t.same(kinds(whales), ['audience']);
  const chip = whales.understood[0]?.id ?? '';
  await visitor.say('', { remove: [chip] });
  t.same(visitor.titles(), ['Whales at play', 'Whales and empire'], 'and can be taken out');
  await visitor.say('elephants');
  t.same(visitor.titles(), ['Elephants at play', 'Elephants and empire'], 'for good');
});

t.test('an age is carried over with its audience', async (t) => {
  const { talk } = createTestDesk(animals());
  const visitor = talk();
  await visitor.say('elephants for a ten year old');
  t.match((await visitor.say('whales')).intent, { age: 10, audiences: ['children'] });
  t.match((await visitor.say('elephants for kids')).intent, { age: undefined, audiences: ['children'] });
});

t.test('a book that is named is meant whoever asks, and starting over forgets for whom', async (t) => {
  const { talk } = createTestDesk(animals());
  const visitor = talk();
  await visitor.say('elephants for kids');
  t.equal((await visitor.say('Whales and empire')).intent.audiences, undefined);
  t.same(visitor.titles(), ['Whales and empire']);
  await visitor.say('elephants for kids');
  await visitor.say('start over');
  t.equal((await visitor.say('whales')).intent.audiences, undefined);
});
