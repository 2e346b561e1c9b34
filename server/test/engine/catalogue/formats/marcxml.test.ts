import t from 'tap';
import { codes, readAll } from './marc-builder.js';

const leader = '<leader>00000nam a2200000 i 4500</leader>';
const record = (id: string, body = '', prefix = '') =>
  `<${prefix}record>${leader.replaceAll('leader', `${prefix}leader`)}
<${prefix}controlfield tag="001">${id}</${prefix}controlfield>
<${prefix}datafield tag="245" ind1="1" ind2="0"><${prefix}subfield code="a">Title ${id} /</${prefix}subfield></${prefix}datafield>
${body}</${prefix}record>`;
const collection = (...records: string[]) =>
  Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<collection>\n${records.join('\n')}\n</collection>\n`);

t.test('records are read with or without a collection, under any prefix', async (t) => {
  const plain = await readAll(collection(record('x1'), record('x2')));
  t.same([plain.ids, plain.file, plain.refused], [['x1', 'x2'], [], []]);
  const prefixed = await readAll(collection(record('x1', '', 'marc:'), record('x2', '', 'ns0:')));
  t.same(prefixed.ids, ['x1', 'x2']);
  const alone = await readAll(Buffer.from(record('x1')));
  t.same(alone.ids, ['x1']);
  t.equal(alone.read[0]?.bib.title.text, 'Title x1');
});

t.test('an OAI-PMH envelope is looked through', async (t) => {
  const { ids, refused } = await readAll(
    Buffer.from(
      `<OAI-PMH><ListRecords><record><header><identifier>oai:1</identifier></header><metadata>${record('x1', '', 'marc:')}</metadata></record>
       <record><header/><metadata>${record('x2', '', 'marc:')}</metadata></record></ListRecords></OAI-PMH>`,
    ),
  );
  t.same(ids, ['x1', 'x2']);
  t.same(refused, []);
});

t.test('chunk borders may fall anywhere in a tag', async (t) => {
  const whole = collection(record('x1'), record('x2'), record('x3'));
  for (const size of [5, 11, 64]) {
    const chunks: Buffer[] = [];
    for (let at = 0; at < whole.length; at += size) chunks.push(whole.subarray(at, at + size));
    t.same((await readAll(chunks)).ids, ['x1', 'x2', 'x3'], `chunks of ${size}`);
  }
});

t.test('a record that is not well-formed is refused with its line, and the next is read', async (t) => {
  const broken = record('x2', '<datafield tag="500"><subfield code="a">open</datafield>');
  const { ids, refused } = await readAll(collection(record('x1'), broken, record('x3')));
  t.same(ids, ['x1', 'x3']);
  t.match(refused, [{ index: 1, reason: { code: 'xml_not_well_formed', message: /line \d+/ } }]);
});

t.test('a character that XML forbids is named with its line', async (t) => {
  const { ids, refused } = await readAll(
    collection(record('x1'), record('x2', '<a b="\u0007"/>'), record('x3')),
  );
  t.same(ids, ['x1', 'x3']);
  t.match(refused[0]?.reason.message, /line 10/);
});

t.test('a record that never ends is refused alone', async (t) => {
  const open = record('x2').replace('</record>', '');
  const { ids, refused } = await readAll(collection(record('x1'), open, record('x3')));
  t.same(ids, ['x1', 'x3']);
  t.match(refused, [{ reason: { code: 'xml_not_well_formed' } }]);
});

t.test('a file cut in the middle of a record keeps those before', async (t) => {
  const whole = collection(record('x1'), record('x2'));
  const { ids, refused } = await readAll(whole.subarray(0, whole.length - 60));
  t.same(ids, ['x1']);
  t.equal(refused.length, 1);
});

t.test('missing attributes and bare ampersands are repaired and named', async (t) => {
  const { read } = await readAll(
    collection(
      record(
        'x1',
        `<datafield tag="020"><subfield>0679450041</subfield></datafield>
         <datafield tag="42" ind1="z" ind2="z"><subfield code="a">dc</subfield></datafield>
         <datafield tag="260"><subfield code="b">Simon & Schuster &unknown; &eacute;dit&#233;</subfield></datafield>`,
      ),
    ),
  );
  t.same(codes(read[0]).sort(), ['subfield_code_missing', 'tag_damaged', 'xml_ampersand']);
  t.equal(read[0]?.bib.publisher?.text, 'Simon & Schuster &unknown; édité');
});

t.test('comments and CDATA are no matter; comments are mentioned', async (t) => {
  const { read, file } = await readAll(
    collection(
      record(
        'x1',
        '<!-- a <record> of note --><datafield tag="500"><subfield code="a"><![CDATA[A < B]]></subfield></datafield>',
      ),
    ),
  );
  t.same(read[0]?.bib.notes, ['A < B']);
  t.same(file, ['xml_comments']);
});

t.test('document types and entities are never followed', async (t) => {
  const hostile = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><collection>${record('x1', '<datafield tag="500"><subfield code="a">&e;</subfield></datafield>')}</collection>`;
  const { read } = await readAll(Buffer.from(hostile));
  t.same(read[0]?.bib.notes, ['&e;']);
});

t.test('UTF-16 and ISO-8859-1 files are converted', async (t) => {
  const text = `<?xml version="1.0" encoding="ISO-8859-1"?><collection>${record('é1')}</collection>`;
  t.same((await readAll(Buffer.from(text, 'latin1'))).ids, ['é1']);
  const wide = Buffer.concat([
    Buffer.from([0xff, 0xfe]),
    Buffer.from(text.replace('ISO-8859-1', 'UTF-16'), 'utf16le'),
  ]);
  t.same((await readAll(wide)).ids, ['é1']);
  const unknown = text.replace('ISO-8859-1', 'x-nonsense');
  t.same((await readAll(Buffer.from(unknown))).ids, ['é1']);
});

t.test('authority records are refused, empty ones too', async (t) => {
  const z = record('n1').replace('nam a', 'nz  a');
  const { refused } = await readAll(collection(z, `<record>${leader}</record>`));
  t.match(refused, [{ id: 'n1', reason: { code: 'authority_record' } }, { reason: { code: 'no_fields' } }]);
});
