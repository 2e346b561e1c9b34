import t from 'tap';
import type { Intent } from '../../../contract/intent.js';
import { limitsOf, withLimits } from '../../../desks/discovery/limits.js';
import { bibOf } from '../../fakes/bibs.js';
import { createTestDesk, followups } from '../../fakes/desk.js';

const asked = (text: string, topic: string, more: Partial<Intent> = {}): Intent => ({ text, topic, ...more });
const teens: Partial<Intent> = { audiences: ['teen'] };

t.test('limits alone narrow the topic at hand, in any of their forms', (t) => {
  const narrowing: Intent[] = [
    asked('in Spanish', '', { languages: ['spa'] }),
    asked('short ones', 'ones', { pages: { max: 250 } }),
    asked('for teens', '', teens),
    asked('films in French', '', { formats: ['film'], languages: ['fre'] }),
    asked('something funny for teens', 'something funny', { ...teens, appeals: ['humor'] }),
    asked('but with dragons for teens', 'but with dragons', { ...teens, appeals: ['dragons'] }),
    asked('something light', 'something light', { appeals: ['light'] }),
    asked('no dragons', '', { without: ['dragons'] }),
  ];
  for (const intent of narrowing) t.match(limitsOf(intent, followups.en), { topic: '' }, intent.text);
  t.match(limitsOf(asked('que sea corto', 'que sea', { pages: { max: 250 } }), followups.es), { topic: '' });
  t.match(limitsOf(asked('para niños', '', { audiences: ['children'] }), followups.es), { topic: '' });
  t.end();
});

t.test('a topic of its own beside hard limits is a new question, however it opens', (t) => {
  const english: Intent[] = [
    asked('short science fiction novels in Spanish', 'science fiction novels', {
      languages: ['spa'],
      pages: { max: 250 },
      appeals: ['science_fiction', 'novels'],
    }),
    asked('mysteries for teens', 'mysteries', { ...teens, appeals: ['mystery'] }),
    asked('what about mysteries for teens', 'what about mysteries', { ...teens, appeals: ['mystery'] }),
    asked('something with dragons for teens', 'something dragons', { ...teens, appeals: ['dragons'] }),
    asked('and science fiction in Spanish', 'and science fiction', {
      languages: ['spa'],
      appeals: ['science_fiction'],
    }),
    asked('also something on sailing in large print', 'also something sailing', { formats: ['large_print'] }),
    asked('something about dragons', 'something about dragons', { appeals: ['dragons'] }),
  ];
  for (const intent of english) t.equal(limitsOf(intent, followups.en), undefined, intent.text);
  const spanish: Intent[] = [
    asked('y misterios para jóvenes', 'y misterios', { ...teens, appeals: ['mystery'] }),
    asked('algo con dragones para jóvenes', 'algo con dragones', { ...teens, appeals: ['dragons'] }),
    asked('algo sobre dragones', 'algo sobre dragones', { appeals: ['dragons'] }),
  ];
  for (const intent of spanish) t.equal(limitsOf(intent, followups.es), undefined, intent.text);
  t.end();
});

t.test('a new question in a conversation leaves the topic at hand behind', async (t) => {
  const { talk } = createTestDesk([
    bibOf('w', 'Whales at Sea'),
    bibOf('m', 'The Mysteries of the Cove', { languages: ['spa'] }),
  ]);
  const visitor = talk();
  await visitor.say('books about whales');
  const answer = await visitor.say('and mysteries in Spanish');
  t.same(visitor.titles(), ['The Mysteries of the Cove']);
  t.notMatch(answer.intent.topic, 'whales');
});

t.test('a mood with a limit is asked alone where the topic at hand could only guess', async (t) => {
  const ask = async (surenessWithin: number) => {
    const { talk, search } = createTestDesk([
      bibOf('w', 'Whales at Sea', { audience: 'children' }),
      bibOf('f', 'Funny Stories', { audience: 'children' }),
    ]);
    Object.defineProperty(search, 'confidence', {
      get: () => (search.asked.at(-1)?.intent === undefined ? 0.8 : surenessWithin),
    });
    const visitor = talk();
    await visitor.say('books about whales');
    await visitor.say('something funny for kids');
    return visitor;
  };
  t.same((await ask(0.1)).titles(), ['Funny Stories']);
  t.match((await ask(0.8)).last().intent, { topic: 'whales', appeals: ['funny'] });
});

t.test(
  'an author who is turned down narrows the topic at hand, and a second one does not forgive the first',
  (t) => {
    const [christie, sayers] = ['Christie, Agatha', 'Sayers, Dorothy L.'];
    const narrowing = asked('not by Dorothy Sayers', '', { without_author: [sayers] });
    t.match(limitsOf(narrowing, followups.en), { without_author: [sayers] });
    const topic = asked('mysteries', 'mysteries', { without_author: [christie] });
    t.match(withLimits(topic, narrowing), { topic: 'mysteries', without_author: [christie, sayers] });
    t.end();
  },
);
