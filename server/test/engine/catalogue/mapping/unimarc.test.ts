import t from 'tap';
import { mapped } from './bib-of.js';

t.test('the main fields of UNIMARC are read', (t) => {
  const { bib, notices } = mapped(
    [
      '010 __ $a88-04-40682-8',
      '100 __ $a19961119d1996    m  y0itay50      ba',
      '101 1_ $aita$ceng',
      "200 1_ $aL'altra faccia$eromanzo$fIsaac Asimov$gtraduzione di C. Scaglia",
      '205 __ $a2. ed.',
      '210 __ $aMilano$cMondadori$d1996',
      '215 __ $aV, 201 p.$d20 cm.',
      '225 1_ $aBestsellers$v641',
      '300 __ $aNota',
      '327 __ $aIndice',
      '330 __ $aUna storia.',
      '517 __ $aAltro titolo',
      '606 __ $aRomanzi$xStoria$yItalia$jNarrativa',
      '600 __ $aEco$bUmberto$f1932-',
      '610 __ $aparola',
      '676 __ $a813',
      '700 _1 $aAsimov$b, Isaac$f1920-1992$4070',
      '701 _1 $aScaglia$bCesare$4730',
      '710 02 $aMondadori$bUfficio',
      '801 _3 $aIT',
      '856 4_ $uhttps://e.org/1',
    ].filter((line) => !line.startsWith('245')),
    '00000nam  2200000   450 ',
  );
  t.same(
    notices.map((n) => n.code),
    ['unimarc'],
  );
  t.match(bib, {
    title: { text: "L'altra faccia" },
    subtitle: { text: 'romanzo' },
    responsibility: { text: 'Isaac Asimov ; traduzione di C. Scaglia' },
    otherTitles: [{ text: 'Altro titolo' }],
    isbns: ['9788804406822'],
    year: 1996,
    languages: ['ita'],
    originalLanguages: ['eng'],
    audience: 'general',
    edition: '2. ed.',
    publisher: { text: 'Mondadori' },
    pages: 201,
    series: [{ name: 'Bestsellers', volume: '641' }],
    summary: 'Una storia.',
    contents: 'Indice',
    notes: ['Nota'],
    callNumber: '813',
    links: [{ url: 'https://e.org/1' }],
    contributors: [
      { text: 'Asimov, Isaac', main: true, role: 'author', dates: '1920-1992' },
      { text: 'Mondadori. Ufficio', kind: 'corporate' },
      { text: 'Scaglia, Cesare', main: false, role: 'translator' },
    ],
    format: 'book',
  });
  t.ok(bib.subjects.some((s) => s.text === 'Romanzi -- Storia -- Italia -- Narrativa'));
  t.ok(bib.subjects.some((s) => s.text.startsWith('Eco, Umberto') && s.kind === 'person'));
  t.end();
});
