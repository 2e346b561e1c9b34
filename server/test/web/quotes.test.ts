import t from 'tap';
import { runsOf } from '../../web/src/card/quotes.js';

const marked = (sentence: string, quotes: string[]): string =>
  runsOf(sentence, quotes)
    .map((run) => (run.quoted ? `[${run.text}]` : run.text))
    .join('');

t.test('quoted words are marked where they stand', (t) => {
  t.equal(marked('Subject: Villages.', ['Villages']), 'Subject: [Villages].');
  t.equal(marked('Subject: villages.', ['Villages']), 'Subject: [villages].', 'whatever their case');
  t.equal(marked('a b c', ['c', 'a']), '[a] b [c]', 'in any order');
  t.end();
});

t.test('a quote inside a longer quote is not marked twice', (t) => {
  t.equal(marked('bell-ringers in a village', ['village', 'in a village']), 'bell-ringers [in a village]');
  t.end();
});

t.test('a quote is words of its own, not letters of a longer word', (t) => {
  t.equal(
    marked('The summary says “pinos y mar del sur”.', ['mar']),
    'The summary says “pinos y [mar] del sur”.',
  );
  t.equal(marked('The summary', ['mar']), 'The summary');
  t.equal(marked('a light-hearted tale', ['light']), 'a [light]-hearted tale');
  t.equal(marked('關於村莊的小說', ['村莊']), '關於[村莊]的小說', 'some scripts have no spaces');
  t.end();
});

t.test('a quote that is not there, or empty, changes nothing', (t) => {
  t.equal(marked('Plain.', ['other', '', ' ']), 'Plain.');
  t.strictSame(runsOf('', ['x']), []);
  t.end();
});

t.test('letters that change length with their case do not shift the mark', (t) => {
  t.equal(marked('İstanbul ve deniz', ['deniz']), 'İstanbul ve [deniz]');
  t.end();
});
