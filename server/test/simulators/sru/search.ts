import { dublinCore, marcXml } from '../oai/marc.js';
import { element, escape } from '../oai/xml.js';
import { matches, readCql } from './cql.js';
import { Diagnostic } from './diagnostic.js';
import type { SruFaults } from './faults.js';
import { satisfies, type SruRecord, type SruState } from './state.js';

export type SruVersion = '1.1' | '1.2' | '2.0';

/** What an answer is made from. */
export interface SruServer {
  state: SruState;
  faults: SruFaults;
  /** The first is what is given when none is asked for; all but "dc" are MARCXML. */
  schemas: readonly string[];
  /** Records in one answer, however many are asked for, and how far down one may go. */
  mostRecords: number;
  deepest: number;
  version: SruVersion;
  el: (name: string, content: string) => string;
}

export const schemaIdentifier = (name: string): string =>
  name === 'dc' ? 'info:srw/schema/1/dc-v1.1' : `info:srw/schema/1/${name}-v1.1`;

const namespaces = {
  '1': 'http://www.loc.gov/zing/srw/diagnostic/',
  '2': 'http://docs.oasis-open.org/ns/search-ws/diagnostic',
};

export function diagnosticXml({ number, details, message }: Diagnostic, version: SruVersion): string {
  return element(
    'diagnostic',
    { xmlns: version === '2.0' ? namespaces[2] : namespaces[1] },
    element('uri', {}, `info:srw/diagnostic/1/${number}`) +
      (details === '' ? '' : element('details', {}, escape(details))) +
      element('message', {}, escape(message)),
  );
}

/** What stands in a searchRetrieveResponse behind its version. Throws Diagnostic for the top of it. */
export function search(server: SruServer, parameters: URLSearchParams): string {
  const { faults, el, version } = server;
  const query = parameters.get('query');
  if (query === null || query === '') throw new Diagnostic(7, 'query');
  if (faults.unavailable) throw new Diagnostic(2);
  const start = wholeNumber(parameters, 'startRecord', 1, 1);
  const most = Math.min(wholeNumber(parameters, 'maximumRecords', 10, 0), server.mostRecords);
  const packing = packingOf(parameters, version);
  const asked = parameters.get('recordSchema') ?? server.schemas[0] ?? '';
  const schema = server.schemas.find((name) => name === asked || schemaIdentifier(name) === asked);
  if (schema === undefined && !faults.schemaToldInRecords) throw new Diagnostic(66, asked);

  const cql = readCql(query);
  const found = [...server.state.records.values()].filter((record) =>
    matches(cql, (clause) => satisfies(record, clause)),
  );
  if (start > server.deepest || (start > found.length && found.length > 0))
    throw new Diagnostic(61, String(start));
  const from = faults.standingStill ? 0 : start - 1;
  const shown = found.slice(from, from + most);
  const next = start + shown.length;
  const isString = packing === 'string' || faults.alwaysString;
  const records = shown.map((record, at) =>
    recordXml(server, record, { position: start + at, schema, asked, isString }),
  );
  return (
    el('numberOfRecords', String(found.length)) +
    (records.length > 0 ? el('records', records.join('')) : '') +
    (next <= found.length && !faults.noNextPosition ? el('nextRecordPosition', String(next)) : '') +
    echoed(server, parameters)
  );
}

function recordXml(
  server: SruServer,
  record: SruRecord,
  {
    position,
    schema,
    asked,
    isString,
  }: { position: number; schema: string | undefined; asked: string; isString: boolean },
): string {
  const { faults, el, version } = server;
  const no =
    schema === undefined
      ? new Diagnostic(66, asked)
      : faults.hidden.includes(position)
        ? new Diagnostic(64, record.id)
        : undefined;
  const style = { prefix: faults.marcPrefix, collection: faults.collection };
  const data = no
    ? diagnosticXml(no, version)
    : schema === 'dc'
      ? dublinCore(record.marc)
      : marcXml(record.marc, style);
  return el(
    'record',
    el('recordSchema', no ? 'info:srw/schema/1/diagnostics-v1.1' : schemaIdentifier(schema ?? '')) +
      el(version === '2.0' ? 'recordXMLEscaping' : 'recordPacking', isString ? 'string' : 'xml') +
      el('recordData', isString ? escape(data) : data) +
      (faults.noPositions ? '' : el('recordPosition', String(position))),
  );
}

/** The request again, whose elements bear the names of the answer's own. */
function echoed({ el, version }: SruServer, parameters: URLSearchParams): string {
  const said = ['version', 'query', 'startRecord', 'maximumRecords', 'recordPacking', 'recordSchema'];
  const values = said.flatMap((name) => parameters.getAll(name).map((value) => el(name, escape(value))));
  return version === '1.1' || version === '1.2' ? el('echoedSearchRetrieveRequest', values.join('')) : '';
}

function packingOf(parameters: URLSearchParams, version: SruVersion): 'xml' | 'string' {
  const name = version === '2.0' ? 'recordXMLEscaping' : 'recordPacking';
  const packing = parameters.get(name) ?? 'xml';
  if (packing !== 'xml' && packing !== 'string') throw new Diagnostic(71, packing);
  return packing;
}

function wholeNumber(parameters: URLSearchParams, name: string, fallback: number, least: number): number {
  const said = parameters.get(name);
  if (said === null) return fallback;
  if (!/^\d+$/.test(said) || Number(said) < least) throw new Diagnostic(6, name);
  return Number(said);
}
