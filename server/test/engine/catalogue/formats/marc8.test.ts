import t from 'tap';
import { decodeMarc8, type Marc8Faults } from '../../../../engine/catalogue/formats/marc8.js';

function decode(text: string): { text: string; faults: Marc8Faults } {
  const bytes = Buffer.from(text, 'latin1');
  const faults: Marc8Faults = { lost: 0, strayMarks: 0, notClosed: 0 };
  return { text: decodeMarc8(bytes, 0, bytes.length, faults), faults };
}
const clean: Marc8Faults = { lost: 0, strayMarks: 0, notClosed: 0 };

t.test('MARC-8 becomes composed Unicode', (t) => {
  const cases: [name: string, marc8: string, unicode: string][] = [
    ['ASCII', 'Plain & simple', 'Plain & simple'],
    ['acute before its letter', 'caf\xe2e', 'café'],
    ['two marks in input order', '\xe2\xe3o', '\u00f3\u0302'],
    ['umlaut on a capital', '\xe8Uber', 'Über'],
    ['special letters', '\xb5 \xa2 \xb1 \xc7 \xc8', 'æ Ø ł ß €'],
    ['soft sign and alif', 't\xa7 \xae \xb0', 'tʹ ʼ ʻ'],
    ['ligature over two letters', '\xebi\xeca', 'i\u0361a'],
    ['double tilde', '\xfan\xfbg', 'n\u0360g'],
    ['non-sorting brackets go', '\x88The \x89sea', 'The sea'],
    ['joiners stay', 'a\x8db\x8ec', 'a\u200db\u200cc'],
    ['reference', '&#x4E2D;&#x6587;', '中文'],
    ['mark before a reference', '\xe2&#x03B1;', 'ά'],
    ['combining reference', '&#x0301;a', 'á'],
    ['no reference', '&#xZZ; &#', '&#xZZ; &#'],
    ['Cyrillic', '\x1b(NbUJDA\x1b(B, \x1b(N`RIJ\x1b(B.', 'Буйда, Юрий.'],
    ['extended Cyrillic', '\x1b(N\x1b)Q\xc7\x1b(B', 'ї'],
    ['Greek with its accent', '\x1b(Sadru"a\x1b(B', 'αγορά'],
    ['Hebrew', '\x1b(2`ab\x1b(B', 'אבג'],
    ['Arabic', '\x1b(3\x47\x1b(B', 'ا'],
    ['extended Arabic', '\x1b)4\xa9', 'پ'],
    ['subscript and superscript', 'H\x1bb2\x1bsO x\x1bp2\x1bs', 'H₂O x²'],
    ['Greek symbols', '\x1bga\x1bs-rays', 'α-rays'],
    ['East Asian', '\x1b$1!PVK7o\x1b(B', '米国'],
    ['East Asian in G1', '\x1b$)1\xa1\xd0\xd6', '米'],
    ['East Asian with a comma', '\x1b$,1!PV\x1b(B', '米'],
    ['a code in braces is one lost character', '\x1b$1!PV{6924f6}\x1b(B', '米�'],
  ];
  for (const [name, marc8, unicode] of cases) t.equal(decode(marc8).text, unicode, name);
  t.end();
});

t.test('the alphabet does not reach into the next subfield, and codes are never letters of it', (t) => {
  t.equal(decode('10\x1fa\x1b(NbUJDA\x1fbLatin').text, '10\x1faБуйда\x1fbLatin');
  t.equal(decode('10\x1fa\x1b$1!PV\x1fbLatin').text, '10\x1fa米\x1fbLatin');
  t.end();
});

t.test('what has no meaning becomes U+FFFD, is counted and never throws', (t) => {
  t.match(decode('a\xd0b'), { text: 'a�b', faults: { lost: 1 } });
  t.match(decode('a\x1b'), { text: 'a�', faults: { lost: 1 } });
  t.match(decode('a\x1b(Zb'), { faults: { lost: 1 } });
  t.match(decode('\x1b$1!P'), { text: '�', faults: { lost: 1 } });
  t.match(decode('\x1b$1!P\x1fa'), { text: '�\x1fa', faults: { lost: 1 } });
  t.match(decode('\x1b$1~~~\x1b(B'), { text: '�', faults: { lost: 1 } });
  t.match(decode('caf\xe2'), { text: 'caf \u0301', faults: { strayMarks: 1 } });
  t.same(decode('sound').faults, clean);
  t.end();
});

t.test('punctuation that Greek lacks shows that the switch back is missing', (t) => {
  const { text, faults } = decode('\x1b(SAb, 67.');
  t.equal(text, 'Αβ, 67.');
  t.ok(faults.notClosed > 0);
  t.end();
});
