import t from 'tap';
import { EMPTY_RECORD, firstRecord, recordXml, walkXml } from '../../../engine/harvest/xml-walk.js';

const slim = 'http://www.loc.gov/MARC21/slim';

function recordsOf(text: string): { raw: string[]; isWhole: boolean } {
  const raw: string[] = [];
  const isWhole = walkXml(text, (element, end) => {
    if (element.name === 'record') raw.push(recordXml(text, element, end));
  });
  return { raw, isWhole };
}

t.test('a record comes out as it stands, whatever stands around it', async (t) => {
  const record = `<record xmlns="${slim}">\n <leader>00000nam</leader><!-- kept --><controlfield tag="001">1 &amp; 2</controlfield></record>`;
  t.strictSame(recordsOf(`\ufeff<?xml version="1.0"?><a>é 𝄞<b>${record}</b></a>`), {
    raw: [record],
    isWhole: true,
  });
});

t.test('namespaces that only an outer element declares come along, others do not', async (t) => {
  const { raw } = recordsOf(
    `<a xmlns="urn:around" xmlns:marc="${slim}" xmlns:not="urn:used" xmlns:x="urn:x&amp;y"><marc:record x:y="1"><marc:leader/></marc:record></a>`,
  );
  t.strictSame(raw, [
    `<marc:record xmlns:marc="${slim}" xmlns:x="urn:x&amp;y" x:y="1"><marc:leader/></marc:record>`,
  ]);
  t.strictSame(recordsOf(`<a xmlns="${slim}"><record><leader/></record></a>`).raw, [
    `<record xmlns="${slim}"><leader/></record>`,
  ]);
});

t.test('careless XML is read on over; an end that is missing is noticed', async (t) => {
  const careless = recordsOf('<a>Lost & found&nbsp;<record><leader/></record></a><br>Warning');
  t.strictSame(careless, { raw: ['<record><leader/></record>'], isWhole: true });
  t.equal(recordsOf('<a><record><leader/></record>').isWhole, false);
  t.equal(recordsOf('').isWhole, false);
  t.strictSame(recordsOf('<a><record/></a>').raw, [EMPTY_RECORD]);
  const [open] = recordsOf('<a><b><record><leader>x</leader></b></a>').raw;
  t.equal(open, '<record><leader>x</leader>', 'a record that never ends stays so, for the import to refuse');
});

t.test('the first record comes out of a collection, or stands alone', async (t) => {
  const inner = '<leader>00000nam a2200000 a 4500</leader><controlfield tag="001">7</controlfield>';
  const record = `<record>${inner}</record>`;
  t.equal(firstRecord(record), record);
  t.equal(firstRecord(`<?xml version="1.0"?>\n<collection>${record}<record/></collection>`), record);
  const own = `<record xmlns="${slim}">${inner}</record>`;
  t.equal(firstRecord(`<?xml version="1.0" encoding="utf-16"?>${own}`), own);
  t.equal(
    firstRecord(`<m:collection xmlns:m="${slim}"><m:record type="Bibliographic"><m:leader/></m:record>`),
    `<m:record xmlns:m="${slim}" type="Bibliographic"><m:leader/></m:record>`,
  );
  for (const xml of ['', '<collection/>', `<record>${inner}`, '<records></records>', 'string'])
    t.equal(firstRecord(xml), undefined, xml);
});
