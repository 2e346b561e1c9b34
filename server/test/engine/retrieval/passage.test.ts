import t from 'tap';
import { passageText } from '../../../engine/retrieval/passage.js';
import { about, bibOf, writtenBy } from '../../fakes/bibs.js';

t.test('a record reads as plain sentences, people as one says their names', (t) => {
  const bib = bibOf('1', 'The Dispossessed', {
    subtitle: { text: 'an ambiguous utopia' },
    contributors: writtenBy('Le Guin, Ursula K., Jr.'),
    series: [{ name: 'Hainish cycle', volume: '5' }, { name: 'Hainish cycle' }],
    subjects: about('Utopias -- Fiction', 'Physicists', 'Physicists'),
    genres: ['Science fiction'],
    summary: 'A physicist leaves\n his moon. ',
  });
  t.equal(
    passageText(bib),
    'The Dispossessed: an ambiguous utopia. By Ursula K. Le Guin, Jr. Series: Hainish cycle. ' +
      'About Utopias, Fiction; Physicists. Science fiction. A physicist leaves his moon.',
  );
  t.end();
});

t.test('a record with a title alone is that title, with its own script beside it', (t) => {
  t.equal(passageText(bibOf('1', 'Who?')), 'Who?');
  t.equal(
    passageText(bibOf('2', 'Hong lou meng', { title: { text: 'Hong lou meng', original: '紅樓夢' } })),
    'Hong lou meng (紅樓夢).',
  );
  t.end();
});

t.test('a long summary ends at a whole word, and never in half a character', (t) => {
  const words = passageText(bibOf('1', 'A', { summary: 'word '.repeat(300) }), { summaryCharacters: 22 });
  t.equal(words, 'A. word word word word.');
  const unspaced = passageText(bibOf('1', 'A', { summary: '𠀀'.repeat(300) }), { summaryCharacters: 21 });
  t.equal(unspaced, `A. ${'𠀀'.repeat(10)}.`);
  t.ok(unspaced.length < 40, 'nothing of the rest');
  t.end();
});
