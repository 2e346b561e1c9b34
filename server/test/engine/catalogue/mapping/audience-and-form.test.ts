import t from 'tap';
import { bibOf, fixed, leaderOf } from './bib-of.js';

t.test('008/22 names the shelf where it means the audience', (t) => {
  const of = (code: string) => bibOf([fixed({ 22: code })]).audience;
  for (const [code, shelf] of Object.entries({
    a: 'preschool',
    b: 'children',
    c: 'children',
    d: 'teen',
    e: 'adult',
    f: 'adult',
    g: 'general',
    j: 'children',
  })) {
    t.equal(of(code), shelf, code);
  }
  t.equal(of('|'), undefined);
  t.equal(
    bibOf([fixed({ 22: 'd' })], leaderOf('a', 's')).audience,
    undefined,
    'form of original of a serial',
  );
  t.end();
});

t.test('ages and grades become ages and a shelf', (t) => {
  const of = (...lines: string[]) => {
    const { audience, ages } = bibOf(lines);
    return [audience, ages?.min, ages?.max];
  };
  t.same(of('521 1_ $a008-012.'), ['children', 8, 12]);
  t.same(of('521 1_ $a3+'), ['preschool', 3, 99]);
  t.same(of('521 0_ $a4.5'), ['children', 9, 10]);
  t.same(of('521 2_ $aK-3'), ['preschool', 5, 9]);
  t.same(of('521 2_ $a7 & up'), ['teen', 12, 99]);
  t.same(of('521 8_ $aAges 8 to 12.'), ['children', 8, 12]);
  t.same(of('521 8_ $aGrades 9-12.'), ['teen', 14, 18]);
  t.same(of('521 __ $aMPAA rating: R; for violence'), ['adult', undefined, undefined]);
  t.same(of('521 8_ $aYoung adult.'), ['teen', undefined, undefined]);
  t.same(of('385 __ $aTeenagers$2lcdgt'), ['teen', undefined, undefined]);
  t.same(of('521 8_ $aReaders of all kinds'), [undefined, undefined, undefined]);
  t.same(of(fixed({ 22: 'j' }), '521 1_ $a12 and up'), ['teen', 12, 99], 'exact ages beat a broad code');
  t.same(of(fixed({ 22: 'e' }), '521 1_ $a8-12'), ['adult', 8, 12], 'a narrow code stands');
  t.same(bibOf(['521 1_ $aAges 8-12.$bPublisher']).audienceNotes, ['Ages 8-12. Publisher']);
  t.end();
});

t.test('literary form, fiction and biography are read from 008', (t) => {
  t.match(bibOf([fixed({ 33: '1' })]), { fiction: true });
  t.match(bibOf([fixed({ 33: '0', 34: 'b' })]), { fiction: false, biography: true });
  t.match(bibOf([fixed({ 33: 'j' })]), { fiction: true, literaryForm: 'short_stories' });
  t.match(bibOf([fixed({ 33: 'p', 18: 'a' })]), { literaryForm: 'poetry', illustrated: true });
  t.equal(bibOf([fixed({ 33: '|' })]).fiction, undefined);
  t.match(bibOf([fixed({ 30: 'f ' })], leaderOf('i')), { fiction: true });
  t.match(bibOf([fixed({ 30: 'bk' })], leaderOf('i')), {
    biography: true,
    literaryForm: 'humour',
    fiction: false,
  });
  t.equal(bibOf([fixed({ 33: '1' })], leaderOf('j')).fiction, undefined);
  t.end();
});

t.test('the format is what a patron carries home', (t) => {
  const cases: [name: string, format: string, leader: string, lines: string[]][] = [
    ['book', 'book', leaderOf('a'), ['300 __ $a312 pages']],
    ['large print by 008', 'large_print', leaderOf('a'), [fixed({ 23: 'd' })]],
    ['large print by 007', 'large_print', leaderOf('a'), ['007 tb']],
    ['large print by 300', 'large_print', leaderOf('a'), ['300 __ $a533 p. (large print)']],
    ['large print in Spanish', 'large_print', leaderOf('a'), ['250 __ $aEdición en letra grande']],
    ['large type heading', 'large_print', leaderOf('a'), ['650 _0 $aLarge type books.']],
    ['braille', 'braille', leaderOf('a'), [fixed({ 23: 'f' })]],
    ['e-book by 008', 'ebook', leaderOf('a'), [fixed({ 23: 'o' })]],
    ['e-book by carrier', 'ebook', leaderOf('a'), ['338 __ $aonline resource$bcr']],
    ['e-book by carrier term', 'ebook', leaderOf('a'), ['338 __ $aonline resource']],
    ['e-book by 006', 'ebook', leaderOf('a'), ['006 m     o  d        ']],
    ['e-book by old cataloguing', 'ebook', leaderOf('a'), ['245 10 $aT$h[electronic resource]']],
    [
      'an e-book in large print is an e-book',
      'ebook',
      leaderOf('a'),
      [fixed({ 23: 'o' }), '250 __ $aLarge print'],
    ],
    ['comic by 655', 'comic', leaderOf('a'), ['655 _7 $aGraphic novels.$2lcgft']],
    ['comic by form subdivision', 'comic', leaderOf('a'), ['650 _0 $aCats$vComic books, strips, etc.']],
    ['comic by 008', 'comic', leaderOf('a'), [fixed({ 24: '6' })]],
    [
      'a novel about comics is a book',
      'book',
      leaderOf('a'),
      ['650 _0 $aComic books, strips, etc.$xAuthorship$vFiction.'],
    ],
    ['manga topic', 'comic', leaderOf('a'), ['650 _0 $aManga.']],
    ['audiobook on CD', 'audiobook', leaderOf('i'), ['007 sd fsngnnmmned']],
    ['audiobook online', 'eaudiobook', leaderOf('i'), ['007 cr']],
    ['audiobook online by words', 'eaudiobook', leaderOf('i'), ['300 __ $a1 audio file']],
    ['audiobook with a text leader', 'audiobook', leaderOf('a'), ['336 __ $aspoken word$bspw']],
    ['music', 'music', leaderOf('j'), ['007 sd fsngnnmmned']],
    ['score', 'score', leaderOf('c'), []],
    ['map', 'map', leaderOf('e'), []],
    ['film', 'film', leaderOf('g'), ['007 vd cvaizq']],
    ['slides', 'picture', leaderOf('g'), ['007 gs']],
    ['picture', 'picture', leaderOf('k'), []],
    ['kit', 'kit', leaderOf('o'), []],
    ['board game', 'game', leaderOf('r'), [fixed({ 33: 'g' })]],
    ['thing', 'object', leaderOf('r'), [fixed({ 33: 'r' })]],
    ['video game', 'game', leaderOf('m'), ['655 _7 $aVideo games.$2lcgft']],
    ['video game by 008', 'game', leaderOf('m'), [fixed({ 26: 'g' })]],
    ['software', 'software', leaderOf('m'), [fixed({ 26: 'b' })]],
    ['online document', 'ebook', leaderOf('m'), [fixed({ 23: 'o', 26: 'd' })]],
    ['magazine', 'serial', leaderOf('a', 's'), []],
    ['online journal', 'serial', leaderOf('a', 's'), ['007 cr']],
    ['website', 'website', leaderOf('a', 'i'), ['007 cr']],
    ['loose-leaf', 'serial', leaderOf('a', 'i'), []],
    ['thesis', 'manuscript', leaderOf('t'), []],
    ['archive', 'other', leaderOf('p'), []],
    ['microfilm', 'other', leaderOf('a'), ['007 hd']],
    ['no leader, old cataloguing', 'film', leaderOf(' ', ' '), ['245 10 $aT$h[videorecording]']],
    ['no leader, film content', 'film', leaderOf(' ', ' '), ['336 __ $btdi']],
    ['no leader, performed music', 'music', leaderOf(' ', ' '), ['336 __ $bprm']],
    ['no leader, online', 'ebook', leaderOf(' ', ' '), ['245 10 $aT$h[electronic resource]']],
    ['no leader at all', 'book', leaderOf(' ', ' '), []],
  ];
  for (const [name, format, leader, lines] of cases) t.equal(bibOf(lines, leader).format, format, name);
  t.end();
});
