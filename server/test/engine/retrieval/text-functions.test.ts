import t from 'tap';
import { editDistance, similarity } from '../../../lib/edit-distance.js';
import { compact, fold } from '../../../lib/fold.js';
import { isbn13, issn8, numberKey } from '../../../lib/isbn.js';
import { singular, wordFamily } from '../../../lib/stem.js';
import { indexedWords, isUnspaced, wordsOf } from '../../../lib/words.js';
import {
  nameKey,
  seriesKey,
  titleKeys,
  volumeNumber,
  workKey,
} from '../../../engine/retrieval/record-text.js';
import { createBitmap, difference, intersection, union } from '../../../engine/retrieval/row-set.js';
import { readClassWords } from '../../../engine/retrieval/class-words.js';
import { readForms } from '../../../engine/retrieval/record-forms.js';
import { nameMatch, titleCover } from '../../../engine/retrieval/title-words.js';
import { bibOf } from './small-catalogue.js';

t.test(
  'folding makes accents, ligatures and typographic signs plain and leaves vowel signs of other scripts',
  (t) => {
    t.equal(fold('Œuvres d’Été, Łódź, Straße'), "oeuvres d'ete, lodz, strasse");
    t.equal(fold('कृषि'), 'कृषि');
    t.equal(compact('Spider-Man: No Way!'), 'spidermannoway');
    t.equal(compact('नेपाल'), compact('न प ल'), 'a catalogue that lost its vowel signs is still matched');
    t.end();
  },
);

t.test('words are whole in spaced scripts and pairs in others', (t) => {
  t.strictSame(wordsOf('Война и мир'), ['воина', 'и', 'мир']);
  t.strictSame(wordsOf('紅樓夢 2'), ['紅樓', '樓夢', '2']);
  t.strictSame(wordsOf('夢'), ['夢']);
  t.strictSame(wordsOf('粉妝樓71-80回'), ['粉妝', '妝樓', '71', '80', '回']);
  t.strictSame(indexedWords("Don't"), ['don', 't', 'dont']);
  t.ok(isUnspaced('海島') && !isUnspaced('island'));
  t.end();
});

t.test('a swap, a slip, a missing and a doubled letter are one step each', (t) => {
  for (const typo of ['hsitory', 'histpry', 'histry', 'histoory'])
    t.equal(editDistance('history', typo), 1, typo);
  t.equal(editDistance('history', 'mystery', 2), 3, 'stops past the limit');
  t.equal(editDistance('a', 'abcdef', 2), 3);
  t.equal(similarity('', ''), 1);
  t.end();
});

t.test('standard numbers are checked and brought to one form', (t) => {
  t.equal(isbn13('0-306-40615-2'), '9780306406157');
  t.equal(isbn13('080442957X'), '9780804429573');
  t.equal(isbn13('978-0-306-40615-8'), undefined, 'a wrong check digit');
  t.equal(issn8('0378-5955'), '03785955');
  t.equal(issn8('0378-5956'), undefined);
  t.equal(numberKey('12 34'), undefined);
  t.equal(numberKey('9780306406158'), '9780306406158', 'a misprinted number is still filed');
  t.end();
});

t.test('plurals and relatives come together, names that end in s do not change', (t) => {
  t.strictSame(['stories', 'witches', 'wolves', 'glass', 'virus', 'dogs'].map(singular), [
    'story',
    'witch',
    'wolf',
    'glass',
    'virus',
    'dog',
  ]);
  t.equal(wordFamily('dystopian'), wordFamily('dystopias'));
  t.equal(wordFamily('magical'), wordFamily('magician'));
  t.not(wordFamily('history'), wordFamily('mystery'));
  t.end();
});

t.test('keys file a record under what people call it', (t) => {
  const bib = bibOf({
    id: 'x',
    title: 'The Sea: A Novel',
    subtitle: 'Part one',
    author: 'Le Guin, Ursula K.',
  });
  t.strictSame([...titleKeys(bib).keys()].sort(), [
    'sea',
    'seaanovel',
    'seaanovelpartone',
    'thesea',
    'theseaanovel',
    'theseaanovelpartone',
  ]);
  t.equal(nameKey('Le Guin, Ursula K.'), nameKey('Ursula K. Le Guin'));
  t.equal(seriesKey('The Earthsea Cycle'), 'earthsea');
  t.strictSame(['bk. 3', 'Vol. IV', '2.5', 'last', undefined].map(volumeNumber), [
    3,
    4,
    2.5,
    undefined,
    undefined,
  ]);
  t.equal(workKey(bib), workKey(Object.assign({}, bib, { format: 'large_print' as const })));
  t.end();
});

t.test('a name answers to its words in any order, to initials and to slips, not to strangers', (t) => {
  const name = ['guin', 'k', 'le', 'ursula'];
  t.ok(nameMatch(['ursula', 'le', 'guin'], name) > 0.95);
  t.ok(nameMatch(['u', 'le', 'guin'], name) > 0.8);
  t.ok(nameMatch(['ursual', 'le', 'guin'], name) > 0.8);
  t.equal(nameMatch(['hemingway'], name), 0);
  t.equal(nameMatch([], name), 0);
  t.ok(
    titleCover(['wimpy', 'kid'], ['diary', 'of', 'a', 'wimpy', 'kid']) >
      titleCover(['kid', 'wimpy'], ['diary', 'of', 'a', 'wimpy', 'kid']),
  );
  t.equal(titleCover([], ['a']), 0);
  t.end();
});

t.test('sets of rows grow, combine and list what they hold', (t) => {
  const set = (...rows: number[]) => {
    const bitmap = createBitmap();
    rows.forEach((row) => bitmap.add(row));
    return bitmap;
  };
  const [a, b] = [set(1, 31, 32, 900, 900), set(31, 900, 5000)];
  t.equal(a.size, 4);
  t.strictSame([...intersection([a, b]).rows()], [31, 900]);
  t.strictSame([...union([a, b]).rows()], [1, 31, 32, 900, 5000]);
  t.strictSame([...difference(a, b).rows()], [1, 32]);
  t.equal(intersection([]).size, 0);
  t.equal(intersection([a]), a);
  t.notOk(a.has(2) || a.has(10_000));
  t.end();
});

t.test('class numbers lend their words, shelf marks of no scheme lend none', (t) => {
  const words = readClassWords();
  t.ok(['lcc_ql', 'zoology', 'science'].every((word) => [...words('QL737 .C2'), 'science'].includes(word)));
  t.ok(words('636.7 SMI').includes('dogs') && words('636.7').includes('ddc_636'));
  t.ok(words('PN6727').includes('comics'));
  t.strictSame([words('5490'), words('FIC Smi'), words(undefined)], [[], [], []]);
  t.end();
});

t.test('forms and audience come from headings where the coded fields are silent or at their default', (t) => {
  const reader = readForms();
  const heading = (text: string, fiction?: boolean) =>
    bibOf({ id: 'x', title: 'x', subjects: [text], ...(fiction === undefined ? {} : { fiction }) });
  t.ok(reader.forms(heading('Cuba -- Fiction', false)).has('fiction'));
  t.ok(reader.forms(heading('English fiction -- History and criticism')).has('nonfiction'));
  t.ok(reader.forms(heading('Tragedies')).has('drama'));
  t.ok(reader.forms(bibOf({ id: 'x', title: 'x', literaryForm: 'short_stories' })).has('fiction'));
  t.ok(
    reader.forms(bibOf({ id: 'x', title: 'x', literaryForm: 'speeches', biography: true })).has('biography'),
  );
  t.equal(reader.audience(heading('Dogs -- Juvenile fiction')), 'children');
  t.equal(
    reader.audience(bibOf({ id: 'x', title: 'x', audience: 'teen', subjects: ['Juvenile fiction'] })),
    'teen',
  );
  t.end();
});
