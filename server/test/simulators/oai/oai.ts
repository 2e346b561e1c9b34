import { systemClock, type Clock } from '../../../engine/cache/clock.js';
import { datestamp, OaiError, readArguments, type Granularity, type OaiRequest } from './arguments.js';
import { noFaults, type OaiFaults } from './faults.js';
import { createLists, recordsOf, type OaiPage } from './lists.js';
import { dublinCore, marcXml } from './marc.js';
import { sampleState, type DeletedRecord, type OaiRecord, type OaiState } from './state.js';
import { openWeb, type Web, type WebAnswer } from './web.js';
import { element, escape, greedyDoctype, xmlDocument } from './xml.js';

export interface OaiOptions {
  /** Tells what time it is in answers, lets tokens expire and waits for `slowMs`. */
  clock?: Clock;
  /** Books to begin with; default 7. */
  count?: number;
  /** Records, or sets, in one answer; default 3. */
  pageSize?: number;
  /** Default "persistent". */
  deletedRecord?: DeletedRecord;
  /** Default "second". */
  granularity?: Granularity;
  /** Formats that are offered; all but oai_dc are MARCXML. Default oai_dc and marcxml. */
  prefixes?: string[];
  /** Default "fiction" and "news"; none for a repository without sets. */
  sets?: OaiState['sets'];
  /** How long a token is good for; default ten minutes. */
  tokenLifeMs?: number;
  faults?: Partial<OaiFaults>;
}

/** An OAI-PMH 2.0 repository of a few books, on a free port of 127.0.0.1 under "/oai". */
export interface OaiSimulator extends Web {
  /** The base address to harvest from. */
  readonly url: string;
  readonly state: OaiState;
  readonly faults: OaiFaults;
}

const html = Buffer.from(
  '<!DOCTYPE html><html><body><h1>Something went wrong<p>Please come back.</body></html>',
);

export async function openOaiSimulator(options: OaiOptions = {}): Promise<OaiSimulator> {
  const clock = options.clock ?? systemClock;
  const nowMs = (): number => clock.now();
  const faults: OaiFaults = { ...noFaults(), ...options.faults };
  const granularity = options.granularity ?? 'second';
  const deletedRecord = options.deletedRecord ?? 'persistent';
  const prefixes = options.prefixes ?? ['oai_dc', 'marcxml'];
  const lists = createLists({
    faults,
    pageSize: options.pageSize ?? 3,
    tokenLifeMs: options.tokenLifeMs ?? 600_000,
    nowMs,
  });
  const state = sampleState({
    count: options.count ?? 7,
    deletedRecord,
    sets: options.sets ?? [
      { spec: 'fiction', name: 'Fiction' },
      { spec: 'news', name: 'News' },
    ],
    nowMs,
    forgetTokens: () => lists.forgetTokens(),
  });

  const el = (name: string, content: string, attributes: Record<string, string | undefined> = {}): string =>
    element(faults.oaiPrefix === '' ? name : `${faults.oaiPrefix}:${name}`, attributes, content);
  const stamp = (ms: number): string => datestamp(ms, granularity);

  const header = (record: OaiRecord): string =>
    el(
      'header',
      el('identifier', escape(record.identifier)) +
        el('datestamp', stamp(record.changedAt)) +
        record.sets.map((spec) => el('setSpec', escape(spec))).join(''),
      { status: record.isDeleted ? 'deleted' : undefined },
    );
  const whole = (record: OaiRecord, prefix: string): string => {
    const style = { prefix: faults.marcPrefix, collection: faults.collection };
    const metadata = prefix === 'oai_dc' ? dublinCore(record.marc) : marcXml(record.marc, style);
    return el('record', header(record) + (record.isDeleted ? '' : el('metadata', metadata)));
  };
  const goingOn = <T>({ token, total, cursor, expiresAt }: OaiPage<T>): string => {
    if (token === undefined) return '';
    const said = faults.paddedToken && token !== '' ? `\n      ${escape(token)}\n    ` : escape(token);
    return el('resumptionToken', said, {
      completeListSize: String(total),
      cursor: String(cursor),
      expirationDate: expiresAt === undefined ? undefined : datestamp(expiresAt, 'second'),
    });
  };
  const listed = (request: OaiRequest): OaiPage<OaiRecord> =>
    lists.page(request, (values) => recordsOf(state, values, { granularity, prefixes, faults }));
  const recordAt = (identifier: string | undefined): OaiRecord => {
    const record = state.records.get(identifier ?? '');
    if (!record) throw new OaiError('idDoesNotExist', 'No such record.');
    return record;
  };

  const verbs: Record<OaiRequest['verb'], (request: OaiRequest) => string> = {
    Identify: () =>
      el('repositoryName', 'The library at the lake') +
      el('baseURL', escape(`http://127.0.0.1:${web.port}/oai`)) +
      el('protocolVersion', '2.0') +
      el('adminEmail', 'library@example.org') +
      el(
        'earliestDatestamp',
        stamp(Math.min(nowMs(), ...[...state.records.values()].map((r) => r.changedAt))),
      ) +
      el('deletedRecord', deletedRecord) +
      el('granularity', granularity === 'day' ? 'YYYY-MM-DD' : 'YYYY-MM-DDThh:mm:ssZ'),
    ListMetadataFormats({ values }) {
      if (values.has('identifier')) recordAt(values.get('identifier'));
      return prefixes.map((prefix) => el('metadataFormat', formatOf(prefix, el))).join('');
    },
    ListSets(request) {
      if (state.sets.length === 0) throw new OaiError('noSetHierarchy', 'There are no sets.');
      const page = lists.page(request, () => state.sets);
      const sets = page.entries.map(({ spec, name }) =>
        el('set', el('setSpec', escape(spec)) + el('setName', escape(name))),
      );
      return sets.join('') + goingOn(page);
    },
    ListIdentifiers(request) {
      const page = listed(request);
      return page.entries.map(header).join('') + goingOn(page);
    },
    ListRecords(request) {
      const page = listed(request);
      return page.entries.map((record) => whole(record, page.metadataPrefix)).join('') + goingOn(page);
    },
    GetRecord({ values }) {
      const record = recordAt(values.get('identifier'));
      const prefix = values.get('metadataPrefix') ?? '';
      if (!prefixes.includes(prefix)) throw new OaiError('cannotDisseminateFormat', 'No such format here.');
      return whole(record, prefix);
    },
  };

  const answer = (parameters: URLSearchParams): string => {
    let content: string;
    let said: Record<string, string> = {};
    try {
      const request = readArguments(parameters);
      said = { verb: request.verb, ...Object.fromEntries(request.values) };
      content = el(request.verb, verbs[request.verb](request));
    } catch (error) {
      if (!(error instanceof OaiError)) throw error;
      if (error.code === 'badArgument') said = {};
      content = el('error', escape(error.message), { code: error.code });
    }
    return el(
      'OAI-PMH',
      el('responseDate', datestamp(nowMs(), 'second')) +
        el('request', escape(`http://127.0.0.1:${web.port}/oai`), said) +
        content,
      {
        [faults.oaiPrefix === '' ? 'xmlns' : `xmlns:${faults.oaiPrefix}`]:
          'http://www.openarchives.org/OAI/2.0/',
      },
    );
  };

  const web = await openWeb(async ({ path, parameters }, signal): Promise<WebAnswer> => {
    if (faults.slowMs > 0) await clock.after(faults.slowMs, signal);
    const page = { 'content-type': 'text/html' };
    if (path !== '/oai') return { status: 404, headers: page, body: html };
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

  return { ...web, url: `http://127.0.0.1:${web.port}/oai`, state, faults };
}

function formatOf(prefix: string, el: (name: string, content: string) => string): string {
  const dc = 'http://www.openarchives.org/OAI/2.0/oai_dc';
  const [schema, namespace] =
    prefix === 'oai_dc'
      ? [`${dc}.xsd`, `${dc}/`]
      : ['http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd', 'http://www.loc.gov/MARC21/slim'];
  return el('metadataPrefix', escape(prefix)) + el('schema', schema) + el('metadataNamespace', namespace);
}
