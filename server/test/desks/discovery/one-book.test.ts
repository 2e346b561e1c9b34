import t from 'tap';
import { bibOf } from '../../fakes/bibs.js';
import { createTestDesk } from '../../fakes/desk.js';

const first = 'books about lighthouses';

t.test('questions about one book are answered from its record', async (t) => {
  const { talk } = createTestDesk();
  const visitor = talk();
  await visitor.say(first);
  const answers: [string, RegExp][] = [
    ['who wrote the first', /^“The Keeper’s Year” is by Edith Marsh\.$/],
    [
      'what is it about?',
      /^The record of “The Keeper’s Year” says: A keeper writes down one quiet year on a lighthouse rock\.$/,
    ],
    ['how long is it?', /^“The Keeper’s Year” has 180 pages\.$/],
    ['where is it?', /^“The Keeper’s Year” is out just now and due back on .+\. Its place is 387\.155 L1\.$/],
    ['what is the third one about?', /no summary\. It is catalogued under Lighthouses\.$/],
    ['the next in the series', /^Next in the series comes “The Second Light”\./],
    ['what comes next?', /^We hold nothing after “The Second Light” in its series\.$/],
  ];
  for (const [text, wanted] of answers) {
    const answer = await visitor.say(text);
    t.match(answer.response_text, wanted, text);
    t.equal(answer.recommendations.length, 1, 'its card is shown');
  }
  t.equal(visitor.last().handoff_to_librarian, true);
  t.match(
    (await visitor.say('who wrote Storm Glass?')).response_text,
    'Edith Marsh',
    'a shown book can be named',
  );
  t.match((await visitor.say('who wrote the ninth')).path, 'nothing', 'what is not understood is a question');
});

t.test('a book that is not there is asked after, not guessed', async (t) => {
  const { talk } = createTestDesk();
  const visitor = talk();
  t.match((await visitor.say('who wrote the second?')).response_text, /^There is no list to point at yet/);
  await visitor.say('books about lighthouses in Spanish');
  t.match((await visitor.say('not the fourth')).response_text, /^Which one do you mean\?/);
  t.match((await visitor.say('more like the fifth')).response_text, /^Which one do you mean\?/);
  t.match((await visitor.say('how long is the last one')).response_text, /210 pages/);
});

t.test('records that lack what is asked say so', async (t) => {
  const { talk } = createTestDesk([
    bibOf('x', 'Lighthouse Papers', { extent: '2 boxes ;' }),
    bibOf('y', 'Lighthouse Tape', {
      durationMinutes: 90,
      summary: `${'A long sentence about the sea. '.repeat(20)}`,
    }),
    bibOf('z', 'Lighthouse Leaf', { callNumber: 'L 1' }),
  ]);
  const visitor = talk();
  await visitor.say('lighthouse');
  t.match(
    (await visitor.say('who wrote the first')).response_text,
    'The record of “Lighthouse Papers” names no author.',
  );
  t.match(
    (await visitor.say('how long is it')).response_text,
    'The record of “Lighthouse Papers” says: 2 boxes.',
  );
  t.match((await visitor.say('what is it about')).response_text, 'does not say what it is about');
  t.match((await visitor.say('where is it')).response_text, 'gives no call number. A librarian can look.');
  t.match((await visitor.say('more by this author')).response_text, /^Which one/);
  t.match((await visitor.say('how long is the second')).response_text, 'runs for 90 minutes');
  const summary = (await visitor.say('what is it about')).response_text;
  t.ok(summary.length < 400 && summary.endsWith('sea.'), 'a long summary is cut at a sentence');
  t.match((await visitor.say('how long is the third')).response_text, 'does not say how long it is');
  t.match((await visitor.say('where is it')).response_text, 'The call number of “Lighthouse Leaf” is L 1');
});
