import t from 'tap';
import { createLengthReader } from '../../../../engine/catalogue/mapping/length.js';
import { knowledge } from '../formats/marc-builder.js';
import { bibOf, fixed, leaderOf, mapped } from './bib-of.js';

t.test('pages are read from extents of many languages', (t) => {
  const { pages } = createLengthReader(knowledge);
  const cases: [string, number | undefined][] = [
    ['312 pages', 312], ['xii, 312 p. :', 312], ['xii,275p ;', 275], ['xii, 450 p., [16] p. of plates', 450],
    ['1 online resource (312 pages)', 312], ['1 online resource (36, [1]) p.', 36], ['312 páginas', 312], ['308 S.', 308],
    ['354 Seiten', 354], ['186 с.', 186], ['312 s.', 312], ['159 стр.', 159], ['[32] p.', 32], ['1,024 pages', 1024],
    ['2,312p.', 312], ['2 v. (312, 400 p.)', 400], ['245 頁', 245], ['120 leaves', 120], ['1 volume (unpaged)', undefined],
    ['3 v.', undefined], ['1 sound disc', undefined], ['24 x 30 cm', undefined], ['', undefined],
  ]; // prettier-ignore
  for (const [extent, expected] of cases) t.equal(pages(extent), expected, extent);
  t.end();
});

t.test('things that are played have minutes instead of pages', (t) => {
  const film = (lines: string[]) => bibOf(lines, leaderOf('g')).durationMinutes;
  t.equal(film(['300 __ $a2 videocassettes (229 min.)']), 229);
  t.equal(film(['300 __ $a1 videodisc (1 hr., 30 min.)']), 90);
  t.equal(film(['306 __ $a014500', '300 __ $a1 videodisc']), 105);
  t.equal(film([fixed({ 18: '118' }), '300 __ $a1 videodisc']), 118);
  t.equal(film(['300 __ $a1 videodisc']), undefined);
  const spoken = bibOf(['300 __ $a1 online resource (11:30:00)', '338 __ $bcr'], leaderOf('i'));
  t.match([spoken.format, spoken.durationMinutes], ['eaudiobook', 690]);
  t.end();
});

t.test('the year is that of what is on the shelf', (t) => {
  const year = (dates: string, ...lines: string[]) => bibOf([fixed({ 6: dates }), ...lines]).year;
  t.equal(year('s1996    '), 1996);
  t.equal(year('r20171934'), 2017);
  t.equal(year('t20122011'), 2012);
  t.equal(year('c19109999'), 1910);
  t.equal(year('s199u    '), 1990);
  t.equal(year('nuuuuuuuu'), undefined);
  t.equal(year('s199u    ', '260 __ $c[1994?]'), 1994);
  t.equal(year('nuuuuuuuu', '264 _1 $c2021 [1964]'), 2021);
  t.equal(year('nuuuuuuuu', '264 _4 $c©1999'), 1999);
  t.equal(year('|||||||||'), undefined);
  t.end();
});

t.test('publisher, edition and extent are plain', (t) => {
  t.match(
    bibOf([
      '264 _4 $c©2001',
      '264 _1 $aLondon :$b[Penguin],$c2001.',
      '250 __ $a2nd ed. /$brev. by X.',
      '300 __ $a312 pages :$billustrations ;$c22 cm',
    ]),
    {
      publisher: { text: 'Penguin' },
      edition: '2nd ed. / rev. by X',
      extent: '312 pages : illustrations',
      pages: 312,
      illustrated: true,
    },
  );
  t.equal(bibOf(['260 __ $a[S.l. :$bs.n.,$c2001]']).publisher, undefined);
  t.end();
});

t.test('languages come from 008 and packed 041, without codes that name none', (t) => {
  t.match(bibOf([fixed({ 35: 'eng' }), '041 1_ $aengfrespa$hrus']), {
    languages: ['eng', 'fre', 'spa'],
    originalLanguages: ['rus'],
  });
  t.same(bibOf([fixed({ 35: 'mul' }), '041 0_ $ader$azxx$dscr']).languages, ['der', 'hrv']);
  t.same(bibOf([fixed({ 35: 'und' }), '041 07 $aes$2iso639-1']).languages, ['spa']);
  t.same(bibOf([fixed({ 35: 'fra' })]).languages, ['fre']);
  t.same(bibOf([fixed({ 35: '|||' }), '377 __ $aita']).languages, ['ita']);
  t.same(bibOf([fixed({ 35: 'zxx' })]).languages, []);
  t.end();
});

t.test('numbers are checked, converted and kept apart', (t) => {
  const bib = bibOf([
    '020 __ $a1565921879 (pbk.) :$c$30.00',
    '020 __ $a0-306-40615-2$qhardcover',
    '020 __ $a080442957X',
    '020 __ $a1234567890',
    '020 __ $z9780394502946 (cancelled)',
    '020 __ $aISBN 978-0-394-50294-6',
    '024 3_ $a9780439023481',
    '022 0_ $a0317-8471$l0317-8471',
    '022 __ $a1234-5678',
  ]);
  t.same(bib.isbns, ['9781565921870', '9780306406157', '9780804429573', '9780394502946', '9780439023481']);
  t.same(bib.otherIsbns, ['1234567890']);
  t.same(bib.issns, ['0317-8471']);
  t.end();
});

t.test('a record is known by all its numbers', (t) => {
  const { bib, notices } = mapped([
    '001  b7 ',
    '003 OCoLC',
    '035 __ $a(OCoLC)123',
    '024 7_ $a10.1/x$2doi',
    '999 __ $c42$d42',
  ]);
  t.match(bib, { id: 'b7', keys: { agency: 'OCoLC', ilsId: '42', other: ['(OCoLC)123', 'doi:10.1/x'] } });
  t.same(notices, []);
  const made = mapped(['001  ', '245 10 $aNo number']);
  t.match(made, { bib: { id: /^x[0-9a-f]{15}$/ }, notices: [{ code: 'id_missing' }] });
  t.equal(mapped(['001  ', '245 10 $aNo number']).bib.id, made.bib.id, 'the same at the next import');
  t.equal(mapped(['001  ', '999 __ $c42']).bib.id, '42');
  t.end();
});

t.test('summary, contents, content advice, notes and awards each have their place', (t) => {
  const bib = bibOf([
    '520 __ $aA story.',
    '520 4_ $aViolence.',
    '505 0_ $aOne --$tTwo /$rX.',
    '500 __ $aNote.',
    '511 1_ $aCast.',
    '586 __ $3Book:$aPrize',
  ]);
  t.match(bib, {
    summary: 'A story.',
    contents: 'One -- Two / X.',
    contentWarnings: ['Violence.'],
    notes: ['Note.', 'Cast.'],
    awards: ['Book: Prize'],
  });
  t.end();
});

t.test('links lead to the item over the web, not to its cover or contents', (t) => {
  const bib = bibOf([
    '856 40 $uhttps://e.org/1$yRead online',
    '856 41 $3Table of contents$uhttp://loc.gov/toc',
    '856 42 $uhttp://e.org/related',
    '856 40 $uhttp://e.org/cover.jpg',
    '856 4_ $uftp://e.org/x$ujavascript:alert(1)$uhttps://e.org/2$uhttps://e.org/1',
    '856 40 $zKlappentext$uhttp://e.org/k',
  ]);
  t.same(bib.links, [{ url: 'https://e.org/1', label: 'Read online' }, { url: 'https://e.org/2' }]);
  t.end();
});

t.test('a class mark of the record itself is Dewey first', (t) => {
  t.equal(bibOf(['050 00 $aE185.86$b.G38 1990', '082 00 $a973/.0496073$220']).callNumber, '973.0496073');
  t.equal(bibOf(['050 00 $aE185.86$b.G38 1990']).callNumber, 'E185.86 .G38 1990');
  t.end();
});

t.test('deleted records are marked', (t) => {
  t.equal(bibOf([], '00000dam a2200000 i 4500').deleted, true);
  t.end();
});
