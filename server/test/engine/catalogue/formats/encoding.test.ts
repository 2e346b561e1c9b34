import t from 'tap';
import { codes, marc, rawMarc, readAll } from './marc-builder.js';

const latin = (text: string) => Buffer.from(text, 'latin1');
const cp1251 = (text: string) =>
  Buffer.from(
    Array.from(text, (c) => {
      const code = c.codePointAt(0) ?? 0;
      if (code < 0x80) return code;
      return code - 0x410 + 0xc0;
    }),
  );
const fixed = (language: string) => latin(`260115s2001    xx            000 1 ${language} d`);

t.test('UTF-8 is read as it is, composed', async (t) => {
  const { read } = await readAll(marc(['001 b1', '245 10 $aCafe\u0301 naïve &#x2014; 中文']));
  t.equal(read[0]?.bib.title.text, 'Café naïve — 中文');
  t.same(codes(read[0]), []);
});

t.test('half marks of romanised Russian become whole ones', async (t) => {
  const { read } = await readAll(marc(['001 b1', '245 10 $aBratʹi\ufe20a\ufe21']));
  t.equal(read[0]?.bib.title.text, 'Bratʹi\u0361a');
});

t.test('MARC-8 is normal and no reason to warn', async (t) => {
  const { read } = await readAll(
    rawMarc([
      ['001', latin('b1')],
      ['008', fixed('fre')],
      ['245', latin("10\x1faL'\xe2et\xe2e")],
    ]),
  );
  t.equal(read[0]?.bib.title.text, "L'été");
  t.same(codes(read[0]), []);
});

t.test('UTF-8 that calls itself MARC-8 is not decoded twice', async (t) => {
  const { read } = await readAll(
    rawMarc([
      ['001', latin('b1')],
      ['245', Buffer.from('10\x1faL’été 中')],
    ]),
  );
  t.equal(read[0]?.bib.title.text, 'L’été 中');
  t.same(codes(read[0]), ['encoding_mislabelled']);
});

t.test('MARC-8 that calls itself UTF-8 is read as MARC-8', async (t) => {
  const record = rawMarc(
    [
      ['001', latin('b1')],
      ['245', latin('10\x1faCr\xe8ola \xe2e')],
    ],
    'a',
  );
  const { read } = await readAll(record);
  t.equal(read[0]?.bib.title.text, 'Cröla é'.replace('Crö', 'Crö'));
  t.same(codes(read[0]), ['encoding_mislabelled']);
});

t.test('one bad byte among UTF-8 costs one character of that field', async (t) => {
  const bad = Buffer.concat([Buffer.from('10\x1faÉté '), Buffer.from([0xc3]), Buffer.from('( fin')]);
  const { read } = await readAll(
    rawMarc(
      [
        ['001', latin('b1')],
        ['245', bad],
        ['500', Buffer.from('  \x1faÉté')],
      ],
      'a',
    ),
  );
  t.equal(read[0]?.bib.title.text, 'Été �( fin');
  t.same(read[0]?.bib.notes, ['Été']);
  t.match(read[0]?.warnings, [{ code: 'characters_lost', field: '245' }]);
});

t.test('Windows-1251 is read as Russian, and said to be a guess', async (t) => {
  const { read } = await readAll(
    rawMarc([
      ['001', latin('b1')],
      ['245', Buffer.concat([latin('10\x1fa'), cp1251('Основы расчета сетей')])],
      ['100', Buffer.concat([latin('1 \x1fa'), cp1251('Ильина, Татьяна')])],
    ]),
  );
  t.equal(read[0]?.bib.title.text, 'Основы расчета сетей');
  t.equal(read[0]?.bib.contributors[0]?.text, 'Ильина, Татьяна');
  t.match(read[0]?.warnings, [{ code: 'encoding_legacy', message: /windows-1251/ }]);
});

t.test('Windows-1252 is told from MARC-8 by what its letters stand before', async (t) => {
  for (const [language, text] of [
    ['fre', 'La société générale à café'],
    ['spa', 'La canción del niño perdió'],
    ['ger', 'Über die Straße fährt Jörg'],
  ] as const) {
    const record = rawMarc([
      ['001', latin('b1')],
      ['008', fixed(language)],
      ['245', latin(`10\x1fa${text}`)],
    ]);
    const { read } = await readAll(record);
    t.equal(read[0]?.bib.title.text, text);
    t.match(read[0]?.warnings, [{ code: 'encoding_legacy' }]);
  }
});

t.test('fields of one record may differ: UTF-8 here, MARC-8 there', async (t) => {
  const record = rawMarc([
    ['001', latin('b1')],
    ['245', Buffer.from('10\x1faÉté')],
    ['500', latin('  \x1fa\xe2Et\xe2e')],
    ['880', latin('10\x1f6245-00/(N\x1fa\x1b(NlETO\x1b(B')],
  ]);
  const { read } = await readAll(record);
  t.equal(read[0]?.bib.title.text, 'Été');
  t.same(read[0]?.bib.notes, ['Été']);
  t.same(read[0]?.bib.unpairedOriginals, ['Лето']);
});

t.test('control characters never reach the page', async (t) => {
  const { read } = await readAll(marc(['001 b1', '245 10 $aOne\u0007 two\tthree\u0098The\u009c']));
  t.equal(read[0]?.bib.title.text, 'One two threeThe');
});
