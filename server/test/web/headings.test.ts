import t from 'tap';
import { dashed, plainName } from '../../web/src/card/headings.js';

t.test('a name is said without what tells namesakes apart', (t) => {
  t.equal(plainName('C. S. (Clive Staples) Lewis'), 'C. S. Lewis');
  t.equal(plainName('Radiohead (Musical group)'), 'Radiohead');
  t.equal(plainName('King, Martin Luther, Jr.'), 'King, Martin Luther, Jr.');
  t.equal(plainName('(Anonymous)'), '(Anonymous)', 'never nothing at all');
  t.end();
});

t.test('the parts of a heading are joined by a dash', (t) => {
  t.equal(dashed('Villages -- England -- Fiction'), 'Villages — England — Fiction');
  t.equal(dashed('well--known'), 'well--known');
  t.equal(dashed('It says «… in Kenya …».'), 'It says «…in Kenya…».', 'an ellipsis stands close');
  t.end();
});
