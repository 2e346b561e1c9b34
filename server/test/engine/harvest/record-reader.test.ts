import t from 'tap';
import { parseRecord } from '../../../engine/catalogue/formats/read-catalogue.js';
import { readMarcKnowledge } from '../../../engine/catalogue/mapping/knowledge.js';
import { createRecordReader } from '../../../engine/harvest/record-reader.js';

const knowledge = readMarcKnowledge();
const read = createRecordReader(() => knowledge, { keysAreIlsIds: true });
const field = (tag: string, ...subfields: [string, string][]) =>
  `<datafield tag="${tag}" ind1=" " ind2=" ">${subfields.map(([code, text]) => `<subfield code="${code}">${text}</subfield>`).join('')}</datafield>`;
const record = (...fields: string[]) =>
  `<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000nam a2200000 i 4500</leader>${fields.join('')}</record>`;
const number = '<controlfield tag="001">r1</controlfield>';
const title = field('245', ['a', 'A title']);

function bibOf(marcxml: string, profile?: string) {
  const given = read({ key: '42', marcxml });
  const { xml } = given;
  const { id } = given.read();
  const outcome = parseRecord(Buffer.from(xml), { knowledge, ...(profile !== undefined && { profile }) });
  if (outcome.kind !== 'record') throw new Error('it was refused');
  t.equal(id, outcome.bib.id, 'the id is the one that an import gives');
  return outcome.bib;
}

t.test('the number of the system counts before all that a record says itself', async (t) => {
  const copies = field('852', ['b', 'MAIN'], ['p', 'B-1']);
  for (const marcxml of [
    record(number, title),
    record(number, title, field('999', ['c', '7'])),
    record(number, title, copies, field('901', ['c', '7'])),
    record(number, title, copies),
    record(number, title, field('999', ['a', 'FIC'], ['m', 'MAIN'], ['l', 'STACKS'], ['i', 'B-1'])),
    record(number, title, field('907', ['a', '.b7']), field('945', ['i', 'B-1'], ['l', 'main'])),
  ]) {
    const bib = bibOf(marcxml);
    t.equal(bib.keys.ilsId, '42');
    t.equal(bib.id, 'r1', 'the record’s own id stays');
    t.ok(bib.items.length <= 1, 'the mark is no copy');
  }
  t.equal(bibOf(record(number, title, copies), 'polaris').keys.ilsId, '42');
  t.equal(bibOf(record(title)).id, '42', 'a record without a number of its own goes by it');
});

t.test('prefixes, attributes and UNIMARC keep the mark', async (t) => {
  const prefixed = record(number, title)
    .replaceAll(/<(\/?)(record|leader|controlfield|datafield|subfield)/g, '<$1marc:$2')
    .replace('xmlns=', 'xmlns:marc=');
  t.equal(bibOf(prefixed).keys.ilsId, '42');
  t.equal(bibOf(record(number, field('200', ['a', 'Un titre']))).keys.ilsId, '42', 'UNIMARC');
});

t.test('what is no record is refused, and a key is text and no XML', async (t) => {
  const refused = { isReadable: false, id: undefined };
  const nothing = read({ key: '1', marcxml: '' });
  t.equal(nothing.xml, '<record><leader/></record>');
  t.strictSame(nothing.read(), refused);
  t.strictSame(read({ key: '1', marcxml: '<dc>no</dc>' }).read(), refused);
  const odd = read({ key: '<&"', marcxml: record(number, title) });
  t.match(odd.xml, /&lt;&amp;&quot;/);
  t.strictSame(odd.read(), { id: 'r1', isReadable: true });
  const idle = createRecordReader(
    () => {
      throw new Error('asked for knowledge');
    },
    { keysAreIlsIds: false },
  );
  t.equal(idle({ key: '1', marcxml: record(number, title) }).xml, record(number, title), 'to the letter');
});
