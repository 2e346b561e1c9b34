import t from 'tap';
import { bibOf, lighthouseBooks } from '../../fakes/bibs.js';
import { createTestDesk } from '../../fakes/desk.js';

const first = 'books about lighthouses';

t.test('what says nothing is asked after, not searched for, and the list stays', async (t) => {
  const books = [...lighthouseBooks(), bibOf('n', 'The Yes Book'), bibOf('i', 'It')];
  const { talk } = createTestDesk(books);
  const visitor = talk();
  await visitor.say(first);
  const listed = visitor.titles();
  t.match((await visitor.say('yes')).response_text, /^Tell me a little more/);
  t.match((await visitor.say('and for those?')).recommendations, []);
  t.match((await visitor.say('No')).response_text, /^Then say what you would rather have/);
  t.match(await visitor.say('shut up'), { handoff_to_librarian: true, recommendations: [] });
  t.match(await visitor.say('Where is the toilet?'), { handoff_to_librarian: true, total: 0 });
  await visitor.say('the second');
  t.same(visitor.titles(), [listed[1]], 'the list is still there to point at');
  await visitor.say('It');
  t.same(visitor.titles(), ['It'], 'a title is a title');
});

t.test('no, and a mood: the topic is let go; no, and a limit: it is narrowed', async (t) => {
  const { talk } = createTestDesk([...lighthouseBooks(), bibOf('f', 'Funny Ha Ha')]);
  const visitor = talk();
  await visitor.say(first);
  t.match((await visitor.say('no, in Spanish')).intent, { topic: 'lighthouses', languages: ['spa'] });
  t.notMatch((await visitor.say('actually no, something funny')).intent.topic, 'lighthouses');
  t.same(visitor.titles(), ['Funny Ha Ha']);
});
