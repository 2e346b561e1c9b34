import t from 'tap';
import { IlsFault } from '../../../../engine/ils/ils-fault.js';
import { cutRecords } from '../../../../engine/ils/koha/record-cuts.js';

const record = (id: number, prefix = '') =>
  `<${prefix}record><${prefix}leader>00000nam a2200000 a 4500</${prefix}leader>` +
  `<${prefix}controlfield tag="001">x${id}</${prefix}controlfield>` +
  `<${prefix}datafield tag="999" ind1=" " ind2=" "><${prefix}subfield code="c">${id}</${prefix}subfield></${prefix}datafield>` +
  `</${prefix}record>`;
const cut = (xml: string) => cutRecords(Buffer.from(xml));

t.test('each record comes out as it stood, with Koha’s own number', (t) => {
  const found = cut(`<?xml version="1.0"?>\n<collection>\n${record(7)}\n${record(9)}</collection>`);
  t.same(
    found.map(({ biblioId }) => biblioId),
    [7, 9],
  );
  t.equal(found[0]?.marcxml, record(7));
  t.end();
});

t.test('namespaces of the collection go with its records', (t) => {
  const [plain] = cut(`<collection xmlns="http://www.loc.gov/MARC21/slim">${record(1)}</collection>`);
  t.match(plain?.marcxml, /^<record xmlns="http:\/\/www\.loc\.gov\/MARC21\/slim"><leader>/);
  const [prefixed] = cut(
    `<marc:collection xmlns:marc="http://www.loc.gov/MARC21/slim">${record(2, 'marc:')}</marc:collection>`,
  );
  t.match(prefixed?.marcxml, /^<marc:record xmlns:marc="[^"]+"><marc:leader>/);
  t.equal(prefixed?.biblioId, 2);
  const own = record(3).replace('<record>', '<record xmlns="http://own.example/">');
  t.equal(cut(`<collection xmlns="http://www.loc.gov/MARC21/slim">${own}</collection>`)[0]?.marcxml, own);
  t.end();
});

t.test('a single record needs no collection, and an empty collection holds none', (t) => {
  t.equal(cut(record(5)).length, 1);
  t.same(cut('<?xml version="1.0"?><collection xmlns="x"/>'), []);
  t.end();
});

t.test('a broken record is handed on as it is, for the import to say so', (t) => {
  const broken = '<record><leader>00000nam a2200000 a 4500</leader><datafield tag="245"></record>';
  const found = cut(`<collection>${broken}${record(8)}</collection>`);
  t.equal(found.length, 2);
  t.equal(found[0]?.marcxml, broken);
  t.equal(found[0]?.biblioId, undefined);
  t.end();
});

t.test('a record without a number of its own does not take its neighbour’s', (t) => {
  const bare = '<record><datafield tag="998"><subfield code="c">3</subfield></datafield></record>';
  const damaged = record(4).replace('<subfield code="c">4', '<subfield code="c">4x');
  const found = cut(`<collection>${record(1)}${bare}${damaged}${record(6)}</collection>`);
  t.same(
    found.map(({ biblioId }) => biblioId),
    [1, undefined, undefined, 6],
  );
  t.end();
});

t.test('001 is not Koha’s number', (t) => {
  const [found] = cut('<collection><record><controlfield tag="001">12</controlfield></record></collection>');
  t.equal(found?.biblioId, undefined);
  t.end();
});

t.test('what is no MARCXML, or only half of it, is no answer', (t) => {
  const kindOf = (xml: string): string => {
    try {
      cut(xml);
      return 'none';
    } catch (error) {
      return error instanceof IlsFault ? error.kind : 'another error';
    }
  };
  t.equal(kindOf('{"error":"x"}'), 'foreign');
  t.equal(kindOf('<html><body>Sign in</body></html>'), 'foreign');
  t.equal(kindOf(''), 'foreign');
  t.equal(kindOf(`<collection>${record(1)}<record><leader>0000`), 'cut_off');
  t.equal(kindOf(`<collection>${record(1)}`), 'cut_off', 'between two records');
  t.end();
});
