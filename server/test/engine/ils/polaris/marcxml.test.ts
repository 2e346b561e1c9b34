import t from 'tap';
import { recordElement } from '../../../../engine/ils/polaris/marcxml.js';

const inner = '<leader>00000nam a2200000 a 4500</leader><controlfield tag="001">7</controlfield>';

t.test('takes the record out of what stands around it', (t) => {
  const record = `<record>${inner}</record>`;
  t.equal(recordElement(record), record);
  t.equal(recordElement(`<?xml version="1.0"?>\n<collection>${record}</collection>`), record);
  const own = `<record xmlns="http://www.loc.gov/MARC21/slim">${inner}</record>`;
  t.equal(recordElement(`<?xml version="1.0" encoding="utf-16"?>${own}`), own);
  t.end();
});

t.test('declares a prefix that was declared around it', (t) => {
  const marc = `<marc:record type="Bibliographic"><marc:leader/></marc:record>`;
  const around = `<marc:collection xmlns:marc="http://www.loc.gov/MARC21/slim">${marc}</marc:collection>`;
  t.equal(
    recordElement(around),
    `<marc:record xmlns:marc="http://www.loc.gov/MARC21/slim" type="Bibliographic"><marc:leader/></marc:record>`,
  );
  const declared = `<m:record xmlns:m="http://www.loc.gov/MARC21/slim"><m:leader/></m:record>`;
  t.equal(recordElement(declared), declared);
  t.end();
});

t.test('without a whole record there is none', (t) => {
  for (const xml of ['', '<collection/>', `<record>${inner}`, '<records></records>', 'string'])
    t.equal(recordElement(xml), undefined, xml);
  t.end();
});
