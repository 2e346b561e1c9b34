import { systemClock, type Clock } from '../../../engine/cache/clock.js';
import { openWeb, type Web, type WebAnswer } from '../oai/web.js';
import { element, escape, greedyDoctype, xmlDocument } from '../oai/xml.js';
import { Diagnostic } from './diagnostic.js';
import { noFaults, type SruFaults } from './faults.js';
import { diagnosticXml, schemaIdentifier, search, type SruServer, type SruVersion } from './search.js';
import { indexes, sampleState, type SruState } from './state.js';

export interface SruOptions {
  clock?: Clock;
  /** Books to begin with; default 7. */
  count?: number;
  /** Versions that are spoken; a request that names none is taken for the last. Default 1.1 and 1.2. */
  versions?: SruVersion[];
  /** Default marcxml and dc. */
  schemas?: string[];
  /** Records in one answer, however many are asked for; default 3. */
  mostRecords?: number;
  /** A later position than this is refused (diagnostic 61); default none. */
  deepest?: number;
  faults?: Partial<SruFaults>;
}

/** An SRU server over a few books, on a free port of 127.0.0.1 under "/sru". */
export interface SruSimulator extends Web {
  readonly url: string;
  readonly state: SruState;
  readonly faults: SruFaults;
}

const html = Buffer.from(
  '<!DOCTYPE html><html><body><h1>Something went wrong<p>Please come back.</body></html>',
);

export async function openSruSimulator(options: SruOptions = {}): Promise<SruSimulator> {
  const clock = options.clock ?? systemClock;
  const faults: SruFaults = { ...noFaults(), ...options.faults };
  const versions = options.versions ?? ['1.1', '1.2'];
  const state = sampleState(options.count ?? 7, () => clock.now());
  const highest = versions.at(-1) ?? '1.2';
  const el = (name: string, content: string): string =>
    element(faults.sruPrefix === '' ? name : `${faults.sruPrefix}:${name}`, {}, content);

  const serverOf = (version: SruVersion): SruServer => ({
    state,
    faults,
    schemas: options.schemas ?? ['marcxml', 'dc'],
    mostRecords: options.mostRecords ?? 3,
    deepest: options.deepest ?? Infinity,
    version,
    el,
  });

  const answer = (parameters: URLSearchParams): string => {
    const asked = parameters.get('version');
    const known = versions.find((version) => version === asked);
    const version = known ?? highest;
    const server = serverOf(version);
    const operation = operationOf(parameters, version);
    const root = operation === 'explain' ? 'explainResponse' : 'searchRetrieveResponse';
    let content: string;
    try {
      if (asked !== null && known === undefined) throw new Diagnostic(5, highest);
      if (operation === undefined) throw new Diagnostic(7, 'operation');
      if (operation === 'explain') content = explain(server, web.port);
      else if (operation === 'searchRetrieve') content = search(server, parameters);
      else throw new Diagnostic(4, operation);
    } catch (error) {
      if (!(error instanceof Diagnostic)) throw error;
      const diagnostics = el('diagnostics', diagnosticXml(error, version));
      content = root === 'explainResponse' ? diagnostics : el('numberOfRecords', '0') + diagnostics;
    }
    const namespace =
      version === '2.0'
        ? 'http://docs.oasis-open.org/ns/search-ws/sruResponse'
        : 'http://www.loc.gov/zing/srw/';
    const prefix = faults.sruPrefix;
    return element(
      prefix === '' ? root : `${prefix}:${root}`,
      { [prefix === '' ? 'xmlns' : `xmlns:${prefix}`]: namespace },
      (version === '2.0' ? '' : el('version', version)) + content,
    );
  };

  const web = await openWeb(async ({ path, parameters }, signal): Promise<WebAnswer> => {
    if (faults.slowMs > 0) await clock.after(faults.slowMs, signal);
    const page = { 'content-type': 'text/html' };
    if (path !== '/sru') return { status: 404, headers: page, body: html };
    if (faults.busy > 0) {
      faults.busy -= 1;
      const { retryAfter } = faults;
      return {
        status: 503,
        headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
        body: html,
      };
    }
    if (faults.failing > 0) {
      faults.failing -= 1;
      return { status: 500, headers: page, body: html };
    }
    if (faults.html) return { status: 200, headers: page, body: html };
    let text = answer(parameters);
    if (faults.illFormed) text = text.replace('</', ' Lost & found</');
    if (faults.greedyEntity) text = text.replace('</', '&g;</');
    const { encoding } = faults;
    const body = xmlDocument(text, { encoding, doctype: faults.greedyEntity ? greedyDoctype : '' });
    return {
      status: 200,
      headers: { 'content-type': `text/xml; charset=${encoding.toLowerCase()}` },
      body: faults.cutOff === 'document' ? body.subarray(0, Math.ceil(body.length / 2)) : body,
      isCut: faults.cutOff === 'connection',
    };
  });
  return { ...web, url: `http://127.0.0.1:${web.port}/sru`, state, faults };
}

/** In version 2.0 a query is a search and no query is an explain; before, only a request of nothing at all is one. */
function operationOf(parameters: URLSearchParams, version: SruVersion): string | undefined {
  const said = parameters.get('operation');
  if (said !== null) return said;
  if (version === '2.0') return parameters.has('query') ? 'searchRetrieve' : 'explain';
  return [...parameters.keys()].length === 0 ? 'explain' : undefined;
}

function explain({ el, version, schemas, mostRecords }: SruServer, port: number): string {
  const plain = (name: string, content: string, attributes: Record<string, string> = {}): string =>
    element(name, attributes, content);
  const explained = plain(
    'explain',
    plain('serverInfo', plain('host', '127.0.0.1') + plain('port', String(port)) + plain('database', 'sru'), {
      protocol: 'SRU',
      version,
    }) +
      plain(
        'indexInfo',
        indexes
          .map((index) => {
            const [set, name] = index.split('.');
            return plain('index', plain('map', plain('name', escape(name ?? ''), { set: set ?? '' })));
          })
          .join(''),
      ) +
      plain(
        'schemaInfo',
        schemas
          .map((name) => plain('schema', plain('title', name), { identifier: schemaIdentifier(name), name }))
          .join(''),
      ) +
      plain('configInfo', plain('setting', String(mostRecords), { type: 'maximumRecords' })),
    { xmlns: 'http://explain.z3950.org/dtd/2.0/' },
  );
  return el(
    'record',
    el('recordSchema', 'http://explain.z3950.org/dtd/2.0/') +
      el(version === '2.0' ? 'recordXMLEscaping' : 'recordPacking', 'xml') +
      el('recordData', explained),
  );
}
