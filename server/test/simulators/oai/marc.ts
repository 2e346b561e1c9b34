import { element, escape } from './xml.js';

/** A bibliographic record as little as a test needs it. */
export interface MarcRecord {
  leader: string;
  control: [tag: string, value: string][];
  data: [tag: string, indicators: string, ...subfields: [code: string, value: string][]][];
}

/** How a server writes MARCXML: the namespace by default, or by a prefix; alone, or inside a `collection`. */
export interface MarcXmlStyle {
  prefix: string;
  collection: boolean;
}

const namespace = 'http://www.loc.gov/MARC21/slim';

export function book(id: string, title: string, more: MarcRecord['data'] = []): MarcRecord {
  return {
    leader: '00000nam a2200000 a 4500',
    control: [
      ['001', id],
      ['008', '200101s2020    xx            000 1 eng d'],
    ],
    data: [['245', '10', ['a', title]], ...more],
  };
}

export function marcXml(
  record: MarcRecord,
  { prefix = '', collection = false }: Partial<MarcXmlStyle> = {},
): string {
  const name = (local: string): string => (prefix === '' ? local : `${prefix}:${local}`);
  const declared = { [prefix === '' ? 'xmlns' : `xmlns:${prefix}`]: namespace };
  const fields = [
    element(name('leader'), {}, escape(record.leader)),
    ...record.control.map(([tag, value]) => element(name('controlfield'), { tag }, escape(value))),
    ...record.data.map(([tag, indicators, ...subfields]) =>
      element(
        name('datafield'),
        { tag, ind1: indicators.charAt(0), ind2: indicators.charAt(1) },
        subfields.map(([code, value]) => element(name('subfield'), { code }, escape(value))).join(''),
      ),
    ),
  ].join('');
  return collection
    ? element(name('collection'), declared, element(name('record'), {}, fields))
    : element(name('record'), declared, fields);
}

/** The same record as Dublin Core, which says little. */
export function dublinCore(record: MarcRecord): string {
  const title = record.data.find(([tag]) => tag === '245')?.[2]?.[1] ?? '';
  const declared = {
    'xmlns:oai_dc': 'http://www.openarchives.org/OAI/2.0/oai_dc/',
    'xmlns:dc': 'http://purl.org/dc/elements/1.1/',
  };
  return element('oai_dc:dc', declared, element('dc:title', {}, escape(title)));
}
