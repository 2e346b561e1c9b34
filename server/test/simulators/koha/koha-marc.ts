import type { KohaBiblio, MarcInJson } from './koha-state.js';

/** The four serialisations Koha gives a record in, chosen by Accept. */
export const MARC_TYPES = [
  'application/marcxml+xml',
  'application/marc-in-json',
  'application/marc',
  'text/plain',
] as const;
export type MarcType = (typeof MARC_TYPES)[number];

type Field = MarcInJson['fields'][number][string];

const escaped = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

const fieldsOf = (record: MarcInJson): [string, Field][] =>
  record.fields.flatMap((field) => Object.entries(field));

/** The `record` element alone; `collection` wraps it or many. */
function xmlRecord(biblio: KohaBiblio): string {
  if (biblio.marcxml !== undefined) return biblio.marcxml;
  const fields = fieldsOf(biblio.record).map(([tag, field]) => {
    if (typeof field === 'string') return `  <controlfield tag="${tag}">${escaped(field)}</controlfield>`;
    const subfields = field.subfields
      .flatMap((one) => Object.entries(one))
      .map(([code, value]) => `    <subfield code="${code}">${escaped(value)}</subfield>`);
    return [
      `  <datafield tag="${tag}" ind1="${field.ind1}" ind2="${field.ind2}">`,
      ...subfields,
      '  </datafield>',
    ].join('\n');
  });
  return ['<record>', `  <leader>${biblio.record.leader}</leader>`, ...fields, '</record>'].join('\n');
}

const NAMESPACES =
  'xmlns="http://www.loc.gov/MARC21/slim" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ' +
  'xsi:schemaLocation="http://www.loc.gov/MARC21/slim http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd"';

/** ISO 2709 in UTF-8; lengths and starts count bytes. */
function iso2709(record: MarcInJson): Buffer {
  const parts = fieldsOf(record).map(([tag, field]) => ({
    tag,
    data: Buffer.from(
      typeof field === 'string'
        ? `${field}\x1e`
        : `${field.ind1}${field.ind2}${field.subfields
            .flatMap((one) => Object.entries(one))
            .map(([code, value]) => `\x1f${code}${value}`)
            .join('')}\x1e`,
    ),
  }));
  let start = 0;
  const directory = parts.map(({ tag, data }) => {
    const entry = `${tag}${pad(data.length, 4)}${pad(start, 5)}`;
    start += data.length;
    return entry;
  });
  const base = 24 + directory.length * 12 + 1;
  const leader = `${pad(base + start + 1, 5)}${record.leader.slice(5, 12)}${pad(base, 5)}${record.leader.slice(17, 20)}4500`;
  return Buffer.concat([
    Buffer.from(`${leader}${directory.join('')}\x1e`),
    ...parts.map((part) => part.data),
    Buffer.from('\x1d'),
  ]);
}

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

const formatted = (record: MarcInJson): string =>
  [
    `LDR ${record.leader}`,
    ...fieldsOf(record).map(([tag, field]) =>
      typeof field === 'string'
        ? `${tag}     ${field}`
        : `${tag} ${field.ind1}${field.ind2}  ${field.subfields
            .flatMap((one) => Object.entries(one))
            .map(([code, value]) => `_${code}${value}`)
            .join('\n       ')}`,
    ),
  ].join('\n');

/** One record. MARC-in-JSON is an object here and an array in the list. */
export function oneRecord(biblio: KohaBiblio, type: MarcType): string | Buffer {
  if (type === 'application/marcxml+xml')
    return `<?xml version="1.0" encoding="UTF-8"?>\n${xmlRecord(biblio).replace(/^<record>/, `<record ${NAMESPACES}>`)}\n`;
  if (type === 'application/marc-in-json') return JSON.stringify(biblio.record);
  return type === 'application/marc' ? iso2709(biblio.record) : formatted(biblio.record);
}

/** A list: `<collection>`, a JSON array, or records one after another. */
export function manyRecords(biblios: KohaBiblio[], type: MarcType): string | Buffer {
  if (type === 'application/marcxml+xml')
    return `<?xml version='1.0' encoding='UTF-8'?>\n<collection ${NAMESPACES}>\n${biblios.map(xmlRecord).join('\n')}\n</collection>\n`;
  if (type === 'application/marc-in-json')
    return `[${biblios.map((one) => JSON.stringify(one.record)).join(',')}]`;
  if (type === 'application/marc') return Buffer.concat(biblios.map((one) => iso2709(one.record)));
  return biblios.map((one) => formatted(one.record)).join('\n\n');
}
