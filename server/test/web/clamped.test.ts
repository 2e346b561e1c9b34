import t from 'tap';
import { clamped } from '../../web/src/card/clamped.js';
import { dashed } from '../../web/src/card/headings.js';
import { runsOf } from '../../web/src/card/quotes.js';

const cut = (sentence: string, quotes: string[], length?: number): string =>
  clamped(runsOf(sentence, quotes), length)
    .map((run) => (run.quoted ? `[${run.text}]` : run.text))
    .join('');
const plain = (marked: string): string => marked.replace(/[[\]]/g, '');

t.test('a short line stays as it is', (t) => {
  t.equal(cut('Subject: Villages.', ['Villages']), 'Subject: [Villages].');
  t.strictSame(clamped([]), []);
  const exact = 'x'.repeat(55) + ' ' + 'y'.repeat(54);
  t.equal(cut(exact, []), exact);
  t.end();
});

t.test('a long line ends at a word, with an ellipsis', (t) => {
  t.equal(cut('One two three, four five.', ['two'], 15), 'One [two] three…');
  t.equal(cut('One two three four five.', [], 16), 'One two three…');
  t.end();
});

t.test('a quote far inside keeps words on both sides', (t) => {
  t.equal(cut('aaa bbb ccc ddd eee fff ggg hhh iii', ['eee'], 15), '…ddd [eee] fff ggg…');
  t.equal(cut('aaa bbb ccc ddd eee fff ggg hhh iii', ['iii'], 15), '…fff ggg hhh [iii]');
  t.equal(
    cut('aaa bbb ccc ddd eee fff ggg hhh iii', ['ggg', 'ccc'], 11),
    'aaa bbb [ccc]…',
    'the first counts',
  );
  t.end();
});

t.test('a quote longer than the line is cut itself, and still marked', (t) => {
  t.equal(cut('So: one two three four five', ['one two three four five'], 14), '…[one two three]…');
  t.end();
});

t.test('a word longer than the line, and a script without spaces, are cut all the same', (t) => {
  t.equal(cut('x'.repeat(30), [], 10), `${'x'.repeat(10)}…`);
  t.equal(cut('這是一本關於村莊的安靜推理小說', ['村莊'], 8), '這是一本關於[村莊]…');
  t.equal(cut('這是一本關於村莊的安靜推理小說', ['推理'], 6), '…安靜[推理]小說');
  t.end();
});

t.test('quotation marks keep their partners', (t) => {
  t.equal(cut('It says “one two three four five”', ['two'], 20), 'It says “one [two]…”');
  t.equal(cut('It says “one two three four five six” there', ['five'], 15), '“…four [five] six”…');
  t.equal(cut('Dice «uno dos tres cuatro»', [], 14), 'Dice «uno dos…»');
  t.end();
});

t.test('whatever the sentence, it is short and the first quote is in it', (t) => {
  const words = Array.from({ length: 60 }, (_, i) => `word${i}`);
  for (let i = 0; i < words.length; i++) {
    const line = cut(words.join(' '), [words[i] ?? '']);
    t.ok(line.includes(`[word${i}]`), line);
    t.ok(plain(line).length <= 114 && plain(line).length > 80, line);
  }
  t.end();
});

t.test('two hyphens of a heading become a dash, and the quotes in it stay marked', (t) => {
  t.equal(dashed('Villages -- England -- Fiction'), 'Villages — England — Fiction');
  t.equal(dashed('A--B, -- and --x'), 'A--B, — and --x', 'only where they stand alone');
  const why = dashed('Subject: Villages -- England -- Fiction');
  for (const quote of ['Villages -- England', 'Villages --', '-- Fiction', 'Fiction']) {
    t.equal(cut(why, [dashed(quote)]), why.replace(dashed(quote), `[${dashed(quote)}]`));
  }
  t.end();
});
