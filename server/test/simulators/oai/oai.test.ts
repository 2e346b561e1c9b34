import { request } from 'node:http';
import sax from 'sax';
import t from 'tap';
import { createFakeClock } from '../../fakes/clock.js';
import { openOaiSimulator, type OaiOptions } from './oai.js';

type Tap = { teardown: (end: () => unknown) => void };

/** Sends the parameters, names and values encoded, and gives what came. */
function ask(url: string, parameters: string | Record<string, string>, method: 'GET' | 'POST' = 'GET') {
  const query = typeof parameters === 'string' ? parameters : new URLSearchParams(parameters).toString();
  return new Promise<{ status: number; retryAfter: string | undefined; bytes: Buffer; body: string }>(
    (resolve, reject) => {
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      const target = method === 'GET' ? `${url}?${query}` : url;
      const sent = request(
        target,
        { method, agent: false, ...(method === 'POST' && { headers: form }) },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('error', reject);
          response.on('end', () => {
            const bytes = Buffer.concat(parts);
            const retryAfter = response.headers['retry-after'];
            resolve({ status: response.statusCode ?? 0, retryAfter, bytes, body: bytes.toString('utf8') });
          });
        },
      );
      sent.on('error', reject);
      sent.end(method === 'POST' ? query : undefined);
    },
  );
}

/** Throws where the document is not well formed. */
function wellFormed(text: string): string {
  const parser = sax.parser(true, { xmlns: true });
  parser.onerror = (error) => {
    throw error;
  };
  parser.write(text).close();
  return text;
}

const identifiers = (text: string): string[] =>
  [...text.matchAll(/<identifier>[^<]*:([^<:]+)<\/identifier>/g)].map(([, id]) => id ?? '');
const tokenOf = (text: string): string | undefined =>
  /<resumptionToken[^>]*?(?:\/>|>\s*([^<]*?)\s*<)/
    .exec(text)
    ?.slice(1)
    .map((said) => said ?? '')[0];
const errorOf = (text: string): string | undefined => /<error code="(\w+)"/.exec(text)?.[1];

async function setUp(t: Tap, options: OaiOptions = {}) {
  const clock = createFakeClock();
  const simulator = await openOaiSimulator({ clock, ...options });
  t.teardown(() => simulator.close());
  const get = async (parameters: string | Record<string, string>): Promise<string> => {
    const { status, body } = await ask(simulator.url, parameters);
    if (status !== 200) throw new Error(`status ${status}`);
    return wellFormed(body);
  };
  return { clock, simulator, get };
}

const all = { verb: 'ListRecords', metadataPrefix: 'marcxml' };

t.test('says who it is, what it speaks and which sets it has', async (t) => {
  const { get } = await setUp(t);
  const identify = await get({ verb: 'Identify' });
  for (const said of ['<protocolVersion>2.0<', '<deletedRecord>persistent<', '>YYYY-MM-DDThh:mm:ssZ<'])
    t.ok(identify.includes(said), said);
  t.match(identify, /<responseDate>2026-03-04T14:02:00Z</);
  t.match(identify, /<earliestDatestamp>2026-03-04T07:02:00Z</);
  const formats = await get({ verb: 'ListMetadataFormats' });
  t.match(formats, /<metadataPrefix>oai_dc<.*<metadataPrefix>marcxml<.*MARC21\/slim/);
  t.match(await get({ verb: 'ListSets' }), /<setSpec>fiction<.*<setSpec>news</);
  const other = await setUp(t, { prefixes: ['oai_dc', 'marc21'] });
  t.notMatch(await other.get({ verb: 'ListMetadataFormats' }), /<metadataPrefix>marcxml/);
  t.equal(errorOf(await other.get(all)), 'cannotDisseminateFormat');
});

t.test('gives a list in pages, each by a token alone that holds %3D in clear', async (t) => {
  const { simulator, get } = await setUp(t);
  const first = await get(all);
  t.same(identifiers(first), ['1', '2', '3']);
  const token = tokenOf(first) ?? '';
  t.ok(token.includes('%3D'), token);
  t.match(first, /completeListSize="7" cursor="0" expirationDate="2026-03-04T14:12:00Z"/);
  t.equal(
    errorOf(await get(`verb=ListRecords&resumptionToken=${token}`)),
    'badResumptionToken',
    'not encoded',
  );
  t.equal(errorOf(await get({ ...all, resumptionToken: token })), 'badArgument', 'not alone');
  const second = await get({ verb: 'ListRecords', resumptionToken: token });
  t.same(identifiers(second), ['4', '5', '6']);
  const last = await get({ verb: 'ListRecords', resumptionToken: tokenOf(second) ?? '' });
  t.same(identifiers(last), ['7']);
  t.equal(tokenOf(last), '', 'an empty token ends it');
  t.equal(errorOf(await get({ verb: 'ListIdentifiers', resumptionToken: token })), 'badResumptionToken');
  const posted = await ask(simulator.url, { verb: 'ListRecords', resumptionToken: token }, 'POST');
  t.same(identifiers(posted.body), ['4', '5', '6'], 'by POST too');
  t.match(second, /<record xmlns="http:\/\/www.loc.gov\/MARC21\/slim"><leader>.{24}<\/leader>/);
});

t.test('tokens expire and may be forgotten', async (t) => {
  const { clock, simulator, get } = await setUp(t, { tokenLifeMs: 60_000 });
  const resume = async (text: string) => get({ verb: 'ListRecords', resumptionToken: tokenOf(text) ?? '' });
  const first = await get(all);
  await clock.advance(60_000);
  t.equal(errorOf(await resume(first)), 'badResumptionToken');
  const again = await get(all);
  simulator.state.forgetTokens();
  t.equal(errorOf(await resume(again)), 'badResumptionToken');
});

t.test('says every no of the protocol with status 200', async (t) => {
  const { get } = await setUp(t);
  const cases: [string, string][] = [
    ['', 'badVerb'],
    ['verb=Listen', 'badVerb'],
    ['verb=toString', 'badVerb'],
    ['verb=Identify&verb=Identify', 'badVerb'],
    ['verb=ListRecords', 'badArgument'],
    ['verb=ListRecords&metadataPrefix=marcxml&colour=red', 'badArgument'],
    ['verb=ListRecords&metadataPrefix=marcxml&from=yesterday', 'badArgument'],
    ['verb=ListRecords&metadataPrefix=marcxml&from=2026-03-04&until=2026-03-04T00:00:00Z', 'badArgument'],
    ['verb=ListRecords&metadataPrefix=marcxml&from=2026-03-05&until=2026-03-04', 'badArgument'],
    ['verb=ListRecords&metadataPrefix=mods', 'cannotDisseminateFormat'],
    ['verb=ListRecords&metadataPrefix=marcxml&set=music', 'noRecordsMatch'],
    ['verb=ListRecords&metadataPrefix=marcxml&from=2027-01-01', 'noRecordsMatch'],
    ['verb=ListRecords&resumptionToken=nonsense', 'badResumptionToken'],
    ['verb=GetRecord&metadataPrefix=marcxml&identifier=nope', 'idDoesNotExist'],
    ['verb=GetRecord&metadataPrefix=mods&identifier=oai:library.example.org:1', 'cannotDisseminateFormat'],
  ];
  for (const [query, code] of cases) t.equal(errorOf(await get(query)), code, query);
  const without = await setUp(t, { sets: [] });
  t.equal(errorOf(await without.get({ verb: 'ListSets' })), 'noSetHierarchy');
  t.equal(errorOf(await without.get({ ...all, set: 'fiction' })), 'noSetHierarchy');
});

t.test('keeps to the span and the set asked for, at its own granularity', async (t) => {
  const { clock, simulator, get } = await setUp(t, { pageSize: 10 });
  t.same(identifiers(await get({ ...all, from: '2026-03-04T12:02:00Z' })), ['6', '7']);
  t.same(identifiers(await get({ ...all, until: '2026-03-04T07:02:00Z' })), ['1']);
  t.same(identifiers(await get({ ...all, set: 'fiction' })), ['1', '3', '5', '7']);
  await clock.advance(86_400_000);
  simulator.state.put('2', 'Book 2, changed');
  t.same(identifiers(await get({ ...all, from: '2026-03-05' })), ['2']);
  const daily = await setUp(t, { pageSize: 10, granularity: 'day' });
  t.equal(errorOf(await daily.get({ ...all, from: '2026-03-04T00:00:00Z' })), 'badArgument');
  t.same(identifiers(await daily.get({ ...all, from: '2026-03-04', until: '2026-03-04' })).length, 7);
  t.match(await daily.get({ verb: 'Identify' }), /<earliestDatestamp>2026-03-04<.*<granularity>YYYY-MM-DD</);
});

t.test('tells of what was removed as its policy says', async (t) => {
  const kept = await setUp(t, { pageSize: 10 });
  kept.simulator.state.remove('3');
  const page = await kept.get(all);
  t.match(page, /<header status="deleted"><identifier>[^<]*:3<.*?<\/header><\/record>/);
  t.equal(page.match(/<metadata>/g)?.length, 6);
  const gone = await setUp(t, { deletedRecord: 'no', pageSize: 10 });
  gone.simulator.state.remove('3');
  t.same(identifiers(await gone.get(all)), ['1', '2', '4', '5', '6', '7']);
  const passing = await setUp(t, { deletedRecord: 'transient', count: 3 });
  for (const id of ['1', '2', '3']) passing.simulator.state.remove(id);
  const deleted = await passing.get(all);
  t.same(identifiers(deleted), ['1', '2', '3']);
  t.notMatch(deleted, /<metadata>/, 'a page of deleted headers alone');
  passing.simulator.state.forgetDeletions();
  t.equal(errorOf(await passing.get(all)), 'noRecordsMatch');
});

t.test('writes its namespaces by prefix, records in collections, and other encodings', async (t) => {
  const { simulator, get } = await setUp(t, { pageSize: 1 });
  simulator.state.put('1', 'Élégie <à> & l’été');
  Object.assign(simulator.faults, { oaiPrefix: 'oai', marcPrefix: 'marc', collection: true });
  const prefixed = await get({ ...all, from: '2026-03-04T14:02:00Z' });
  t.match(prefixed, /<oai:metadata><marc:collection xmlns:marc="[^"]+"><marc:record><marc:leader>/);
  t.match(prefixed, /Élégie &lt;à&gt; &amp; l’été</);
  simulator.faults.encoding = 'ISO-8859-1';
  const latin = await ask(simulator.url, { ...all, from: '2026-03-04T14:02:00Z' });
  t.match(latin.bytes.toString('latin1'), /encoding="ISO-8859-1"[^]*Élégie &lt;à&gt; &amp; l&#8217;été</);
  simulator.faults.encoding = 'UTF-16';
  const wide = await ask(simulator.url, { verb: 'Identify' });
  t.equal(wide.bytes.readUInt16LE(0), 0xfeff);
  t.match(wide.bytes.toString('utf16le'), /<oai:protocolVersion>2\.0</);
});

t.test('misbehaves as told, one fault at a time', async (t) => {
  const { clock, simulator, get } = await setUp(t);
  const { faults, url } = simulator;
  Object.assign(faults, { busy: 1, retryAfter: '7' });
  t.match(await ask(url, all), { status: 503, retryAfter: '7' });
  t.match(await ask(url, all), { status: 200 }, 'for so many requests only');
  faults.failing = 1;
  t.match(await ask(url, all), { status: 500, body: /<html>/ });
  faults.html = true;
  t.match(await ask(url, all), { status: 200, body: /^<!DOCTYPE html>/ });
  faults.html = false;
  faults.cutOff = 'connection';
  await t.rejects(ask(url, all), { code: 'ECONNRESET' });
  faults.cutOff = 'document';
  const { body } = await ask(url, all);
  t.throws(() => wellFormed(body));
  faults.cutOff = 'no';
  faults.illFormed = true;
  const ill = await ask(url, all);
  t.throws(() => wellFormed(ill.body));
  faults.illFormed = false;
  faults.greedyEntity = true;
  const greedy = await ask(url, all);
  t.match(greedy.body, /<!DOCTYPE x \[<!ENTITY a "a{10}"><!ENTITY b "(&a;){10}">/);
  t.ok(greedy.body.length < 10_000, 'small until it is expanded');
  faults.greedyEntity = false;
  faults.slowMs = 30_000;
  const slow = ask(url, all);
  await simulator.heard(simulator.asked.length + 1);
  await clock.advance(30_000);
  t.match(await slow, { status: 200 });
  faults.slowMs = 0;

  const first = await get(all);
  faults.tokenLoop = true;
  const token = tokenOf(first) ?? '';
  t.equal(tokenOf(await get({ verb: 'ListRecords', resumptionToken: token })), token, 'round and round');
  faults.tokenLoop = false;
  faults.paddedToken = true;
  t.match(await get(all), /<resumptionToken[^>]*>\n +metadataPrefix%3D/);
  faults.emptyList = true;
  t.match(await get({ ...all, from: '2027-01-01' }), /<ListRecords\/>/);
  faults.noLastToken = true;
  faults.repeating = true;
  const page = await get(all);
  t.same(identifiers(await get({ verb: 'ListRecords', resumptionToken: tokenOf(page) ?? '' })), [
    '3',
    '4',
    '5',
    '6',
  ]);
});

t.test('a change between two pages shifts a list only where it is told to', async (t) => {
  const second = async (shifting: boolean): Promise<string[]> => {
    const { simulator, get } = await setUp(t, { faults: { shifting } });
    const token = tokenOf(await get(all)) ?? '';
    simulator.state.put('1', 'Book 1, changed');
    simulator.state.put('2', 'Book 2, changed');
    return identifiers(await get({ verb: 'ListRecords', resumptionToken: token }));
  };
  t.same(await second(false), ['4', '5', '6']);
  t.same(await second(true), ['6', '7', '1'], 'two are never told of');
});

t.test('goes away and comes back on the same port', async (t) => {
  const { simulator, get } = await setUp(t);
  await simulator.goAway();
  await t.rejects(ask(simulator.url, all), { code: 'ECONNREFUSED' });
  await simulator.comeBack();
  t.same(identifiers(await get(all)), ['1', '2', '3']);
});
