import t from 'tap';
import { coveredOf, naturalName } from '../../../engine/catalogue/covered.js';
import { about, bibOf } from '../../fakes/bibs.js';

t.test('names are spoken in their natural order', (t) => {
  t.equal(naturalName('Le Guin, Ursula K.'), 'Ursula K. Le Guin');
  t.equal(naturalName('King, Martin Luther, Jr.'), 'Martin Luther King, Jr.');
  t.equal(naturalName('村上, 春樹'), '村上春樹');
  t.equal(naturalName('محفوظ، نجيب'), 'نجيب محفوظ');
  t.equal(naturalName('Lewis, C. S. (Clive Staples)'), 'C. S. Lewis');
  t.equal(naturalName('Lewis, C. S. (Clive Staples), 1898-1963'), 'C. S. Lewis, 1898-1963');
  t.equal(naturalName('(Anonymous)'), '(Anonymous)');
  t.equal(naturalName('Homer'), 'Homer');
  t.end();
});

t.test('a cover is made from the first subject or genre, and whoever made the work', (t) => {
  const bib = bibOf('r1', 'Storm Glass', {
    format: 'audiobook',
    contributors: [
      { text: 'Reader, Rita', kind: 'person', main: false, role: 'narrator' },
      { text: 'Marsh, Edith', kind: 'person', main: true },
    ],
    genres: ['Sea stories'],
  });
  t.strictSame(coveredOf(bib), {
    title: { text: 'Storm Glass' },
    author: { text: 'Edith Marsh' },
    subject: 'Sea stories',
    format: 'audiobook',
    cover: null,
  });
  t.equal(coveredOf({ ...bib, subjects: about('Glass') }).subject, 'Glass');
  t.equal(coveredOf(bibOf('r2', 'Beowulf')).author, null);
  t.end();
});
