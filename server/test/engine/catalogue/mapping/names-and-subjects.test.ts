import t from 'tap';
import { bibOf } from './bib-of.js';

t.test('names keep their form and initials, lose dates and marks, and carry English roles', (t) => {
  const { contributors } = bibOf([
    '100 1_ $aLe Guin, Ursula K.,$d1929-2018,$eauthor.',
    '700 1_ $aTolkien, J. R. R.$q(John Ronald Reuel),$d1892-1973.$4ill$4http://id.loc.gov/vocabulary/relators/trl',
    '700 1_ $aLomax, John Avery, 1867-1948$eRecording engineer.',
    '700 0_ $aElizabeth$bII,$cQueen of Great Britain,$eVerfasserin',
    '710 2_ $aPenguin Books Ltd.$bDesign Dept.,$eissuing body.',
    '711 2_ $aBook Fair$d(2001 :$cFrankfurt)',
    '720 __ $aSome One$ehttp://x/y',
  ]);
  t.same(contributors, [
    { text: 'Le Guin, Ursula K.', kind: 'person', main: true, role: 'author', dates: '1929-2018' },
    {
      text: 'Tolkien, J. R. R. (John Ronald Reuel)',
      kind: 'person',
      main: false,
      role: 'illustrator, translator',
      dates: '1892-1973',
    },
    {
      text: 'Lomax, John Avery',
      kind: 'person',
      main: false,
      role: 'recording engineer',
      dates: '1867-1948',
    },
    { text: 'Elizabeth II, Queen of Great Britain', kind: 'person', main: false, role: 'author' },
    { text: 'Penguin Books Ltd. Design Dept.', kind: 'corporate', main: false, role: 'issuing body' },
    { text: 'Book Fair', kind: 'meeting', main: false },
    { text: 'Some One', kind: 'person', main: false },
  ]);
  t.end();
});

t.test('a full stop stays with an initial or an abbreviation only', (t) => {
  const name = (text: string) => bibOf([`100 1_ $a${text}`]).contributors[0]?.text;
  t.equal(name('Chabon, Michael.'), 'Chabon, Michael');
  t.equal(name('Clarke, Alan R..'), 'Clarke, Alan R.');
  t.equal(name('Vautier, Louis-P.'), 'Vautier, Louis-P.');
  t.equal(name('Feng, Gia-Fu.'), 'Feng, Gia-Fu');
  t.equal(name('Davis, Sammy, Jr.'), 'Davis, Sammy, Jr.');
  t.equal(name('Буйда, Юрий.'), 'Буйда, Юрий');
  t.end();
});

t.test('a name with a title is a related work, not a contributor', (t) => {
  const bib = bibOf([
    '700 12 $aShelley, Mary.$tFrankenstein.',
    '700 1_ $iBased on:$aDoe, J.$tPlay',
    '730 0_ $aBible.',
    '730 0_ $aBible',
  ]);
  t.same(bib.contributors, []);
  t.same(bib.relatedWorks, ['Shelley, Mary. Frankenstein', 'Doe, J. Play', 'Bible']);
  t.end();
});

t.test('subjects keep their chain, parts, kind and scheme; forms are genres too', (t) => {
  const bib = bibOf([
    '600 10 $aPoirot, Hercule$c(Fictitious character)$vFiction.',
    '650 _0 $aLighthouses$zScotland$xHistory$y19th century.',
    '651 _1 $aParis (France)$vJuvenile fiction.',
    '653 __ $aFree$aWords',
    '650 _7 $aKriminalroman$2gnd',
    '655 _7 $aDetective and mystery fiction.$2lcgft',
  ]);
  t.match(bib.subjects[0], {
    text: 'Poirot, Hercule (Fictitious character) -- Fiction',
    kind: 'person',
    scheme: 'lcsh',
  });
  t.match(bib.subjects[1], { parts: ['Lighthouses', 'Scotland', 'History', '19th century'], kind: 'topic' });
  t.match(
    bib.subjects.find((s) => s.kind === 'place'),
    { scheme: 'lcshac', parts: ['Paris (France)', 'Juvenile fiction'] },
  );
  t.ok(bib.subjects.some((s) => s.text === 'Words' && s.scheme === undefined));
  t.ok(bib.subjects.some((s) => s.scheme === 'gnd'));
  t.same(bib.genres, ['Detective and mystery fiction', 'Fiction', 'Juvenile fiction']);
  t.end();
});

t.test('FAST headings that repeat the others are left out, and others stay', (t) => {
  const bib = bibOf([
    '650 _0 $aLighthouses$zScotland.',
    '650 _1 $aLighthouses$zScotland.',
    '650 _7 $aLighthouses.$2fast$0(OCoLC)1',
    '651 _7 $aScotland.$2fast',
    '650 _7 $aSeafaring life.$2fast',
    '650 _7 $aSeafaring life.$2fast',
  ]);
  t.same(
    bib.subjects.map((s) => s.text),
    ['Lighthouses -- Scotland', 'Seafaring life'],
  );
  t.end();
});

t.test('traced series come before transcribed ones, with volumes', (t) => {
  t.same(
    bibOf([
      '490 1_ $aHercule Poirot mysteries ;$v1',
      '800 1_ $aChristie, Agatha.$tHercule Poirot mysteries ;$v1.',
    ]).series,
    [{ name: 'Hercule Poirot mysteries', volume: '1' }],
  );
  t.same(bibOf(['490 1_ $aPoirot ;$vbk. 4', '830 _0 $aHercule Poirot.']).series, [
    { name: 'Hercule Poirot', volume: 'bk. 4' },
  ]);
  t.same(
    bibOf(['490 0_ $aHarper torchbooks', '490 0_ $aSecond ;$v[2]$aThird ;$v7', '830 _0 $aTraced ;$v9'])
      .series,
    [
      { name: 'Traced', volume: '9' },
      { name: 'Harper torchbooks' },
      { name: 'Second', volume: '2' },
      { name: 'Third', volume: '7' },
    ],
  );
  t.same(bibOf(['440 _0 $aNarnia ; 2']).series, [{ name: 'Narnia', volume: '2' }]);
  t.same(bibOf(['490 0_ $aThe Saga', '830 _0 $aSaga ;$v3', '830 _0 $v8']).series, [
    { name: 'Saga', volume: '3' },
  ]);
  t.end();
});
