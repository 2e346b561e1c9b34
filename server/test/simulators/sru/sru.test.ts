import { request } from 'node:http';
import sax from 'sax';
import t from 'tap';
import { createFakeClock } from '../../fakes/clock.js';
import { openSruSimulator, type SruOptions } from './sru.js';

type Tap = { teardown: (end: () => unknown) => void };

function ask(url: string, parameters: Record<string, string>) {
  return new Promise<{ status: number; retryAfter: string | undefined; body: string }>((resolve, reject) => {
    const sent = request(
      `${url}?${new URLSearchParams(parameters).toString()}`,
      { agent: false },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const retryAfter = response.headers['retry-after'];
          resolve({
            status: response.statusCode ?? 0,
            retryAfter,
            body: Buffer.concat(parts).toString('utf8'),
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end();
  });
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

async function setUp(t: Tap, options: SruOptions = {}) {
  const clock = createFakeClock();
  const simulator = await openSruSimulator({ clock, ...options });
  t.teardown(() => simulator.close());
  const get = async (parameters: Record<string, string>): Promise<string> => {
    const { status, body } = await ask(simulator.url, parameters);
    if (status !== 200) throw new Error(`status ${status}`);
    return wellFormed(body);
  };
  const find = (query: string, more: Record<string, string> = {}): Promise<string> =>
    get({ version: '1.1', operation: 'searchRetrieve', query, ...more });
  return { clock, simulator, get, find };
}

const titles = (text: string): string[] =>
  [...text.matchAll(/<subfield code="a">(Book [^<]*)</g)].map(([, title]) => title ?? '');
const countOf = (text: string): number => Number(/numberOfRecords>(\d+)</.exec(text)?.[1]);
const nextOf = (text: string): number | undefined => {
  const said = /nextRecordPosition>(\d+)</.exec(text)?.[1];
  return said === undefined ? undefined : Number(said);
};
const diagnosticOf = (text: string): number => Number(/<uri>info:srw\/diagnostic\/1\/(\d+)</.exec(text)?.[1]);

t.test('explains itself', async (t) => {
  const { simulator, get } = await setUp(t);
  const nothing: Record<string, string> = {};
  for (const parameters of [nothing, { version: '1.1', operation: 'explain' }]) {
    const text = await get(parameters);
    t.match(text, /<zs:explainResponse xmlns:zs="http:\/\/www\.loc\.gov\/zing\/srw\/">/);
    t.match(text, new RegExp(`<port>${simulator.port}</port>`));
    t.match(text, /<schema identifier="info:srw\/schema\/1\/marcxml-v1\.1" name="marcxml">/);
    t.match(text, /<setting type="maximumRecords">3</);
  }
});

t.test('gives what was found in pages of no more than it wants to give', async (t) => {
  const { find } = await setUp(t);
  const first = await find('cql.allRecords=1', { maximumRecords: '50' });
  t.same(titles(first), ['Book 1', 'Book 2', 'Book 3']);
  t.equal(countOf(first), 7);
  t.equal(nextOf(first), 4);
  t.match(first, /recordPosition>3</);
  const last = await find('cql.allRecords=1', { startRecord: '7' });
  t.same(titles(last), ['Book 7']);
  t.equal(nextOf(last), undefined);
  const none = await find('dc.title="no such book"');
  t.equal(countOf(none), 0);
  t.notMatch(none, /diagnostic/);
  t.match(first, /<zs:echoedSearchRetrieveRequest><zs:version>1\.1</);
});

t.test('understands the queries that it needs to', async (t) => {
  const { clock, simulator, find } = await setUp(t, { mostRecords: 10 });
  t.same(titles(await find('"Book 3"')), ['Book 3']);
  t.same(titles(await find('rec.id = 2 or rec.id = 4')), ['Book 2', 'Book 4']);
  t.same(titles(await find('dc.title=book not (rec.id=1 or rec.id=2)')).length, 5);
  t.same(titles(await find('bath.isbn=9780000000005')), ['Book 5']);
  simulator.state.put('9', 'Book "nine"');
  t.same(titles(await find('dc.title="\\"nine\\""')), ['Book &quot;nine&quot;']);
  await clock.advance(1_000);
  simulator.state.put('10', 'Book 10');
  t.same(titles(await find('rec.lastModified > "2026-03-04T14:02:00Z"')), ['Book 10']);
});

t.test('says every no of the protocol with status 200, at the top', async (t) => {
  const { get, find } = await setUp(t, { deepest: 5 });
  const search = { version: '1.1', operation: 'searchRetrieve' };
  t.equal(diagnosticOf(await get({ ...search, version: '3.0', query: 'x' })), 5);
  t.equal(diagnosticOf(await get({ version: '1.1', query: 'x' })), 7, 'no operation');
  t.equal(diagnosticOf(await get(search)), 7, 'no query');
  t.equal(diagnosticOf(await get({ version: '1.1', operation: 'scan' })), 4);
  const cases: [string, Record<string, string>, number][] = [
    ['dc.title=', {}, 10],
    ['"open', {}, 10],
    ['(book', {}, 10],
    ['shoe.size=9', {}, 16],
    ['dc.title near book', {}, 19],
    ['dc.title < book', {}, 19],
    ['book', { startRecord: '0' }, 6],
    ['book', { maximumRecords: 'many' }, 6],
    ['book', { startRecord: '6' }, 61],
    ['book', { recordSchema: 'mods' }, 66],
    ['book', { recordPacking: 'zip' }, 71],
  ];
  for (const [query, more, number] of cases) {
    const text = await find(query, more);
    t.equal(diagnosticOf(text), number, `${query} ${JSON.stringify(more)}`);
    t.equal(countOf(text), 0);
  }
});

t.test('says some of them in a record instead, beside a count of what it found', async (t) => {
  const { simulator, find } = await setUp(t);
  simulator.faults.schemaToldInRecords = true;
  const strange = await find('book', { recordSchema: 'mods' });
  t.equal(countOf(strange), 7);
  t.equal(diagnosticOf(strange), 66);
  t.match(strange, /recordSchema>info:srw\/schema\/1\/diagnostics-v1\.1</);
  t.notMatch(strange, /<zs:diagnostics>/);
  simulator.faults.hidden = [2];
  const hidden = await find('book');
  t.same(titles(hidden), ['Book 1', 'Book 3']);
  t.equal(diagnosticOf(hidden), 64);
});

t.test('packs records as XML or as text', async (t) => {
  const { simulator, find } = await setUp(t);
  simulator.state.put('1', 'Book & more');
  const xml = await find('rec.id=1');
  t.match(xml, /recordPacking>xml<.*<record xmlns="http:\/\/www\.loc\.gov\/MARC21\/slim">.*Book &amp; more</);
  const text = await find('rec.id=1', { recordPacking: 'string' });
  t.match(text, /recordPacking>string<.*&lt;record xmlns=&quot;.*Book &amp;amp; more&lt;/);
  simulator.faults.alwaysString = true;
  t.match(await find('rec.id=1', { recordPacking: 'xml' }), /recordPacking>string<.*&lt;record/);
  t.match(await find('rec.id=1', { recordSchema: 'dc' }), /&lt;dc:title&gt;/);
});

t.test('speaks version 2.0 with its own names', async (t) => {
  const { get } = await setUp(t, { versions: ['1.1', '1.2', '2.0'], faults: { sruPrefix: '' } });
  const found = await get({ query: 'book', recordXMLEscaping: 'string' });
  t.match(
    found,
    /<searchRetrieveResponse xmlns="http:\/\/docs\.oasis-open\.org\/ns\/search-ws\/sruResponse">/,
  );
  t.match(found, /<recordXMLEscaping>string</);
  t.notMatch(found, /<version>/);
  t.equal(nextOf(found), 4);
  t.match(await get({}), /<explainResponse/);
  t.match(await get({ query: 'shoe.size=9' }), /search-ws\/diagnostic"><uri>info:srw\/diagnostic\/1\/16</);
  t.match(
    await get({ version: '1.2', operation: 'searchRetrieve', query: 'book' }),
    /zing\/srw\/"><version>1\.2</,
  );
});

t.test('misbehaves as told, one fault at a time', async (t) => {
  const { clock, simulator, find } = await setUp(t);
  const { faults, url } = simulator;
  const search = { version: '1.1', operation: 'searchRetrieve', query: 'book' };
  faults.busy = 1;
  t.match(await ask(url, search), { status: 503, retryAfter: '5' });
  faults.failing = 1;
  t.match(await ask(url, search), { status: 500 });
  faults.unavailable = true;
  t.equal(diagnosticOf(await find('book')), 2);
  faults.unavailable = false;
  faults.cutOff = 'connection';
  await t.rejects(ask(url, search), { code: 'ECONNRESET' });
  faults.cutOff = 'document';
  const { body } = await ask(url, search);
  t.throws(() => wellFormed(body));
  faults.cutOff = 'no';
  faults.html = true;
  t.match(await ask(url, search), { status: 200, body: /^<!DOCTYPE html>/ });
  faults.html = false;
  faults.illFormed = true;
  const ill = await ask(url, search);
  t.throws(() => wellFormed(ill.body));
  faults.illFormed = false;
  faults.greedyEntity = true;
  t.match((await ask(url, search)).body, /<!DOCTYPE x \[.*&g;/s);
  faults.greedyEntity = false;
  faults.noNextPosition = true;
  t.equal(nextOf(await find('book')), undefined);
  faults.standingStill = true;
  t.same(titles(await find('book', { startRecord: '4' })), ['Book 1', 'Book 2', 'Book 3']);
  faults.noPositions = true;
  t.notMatch(await find('book'), /recordPosition/);
  Object.assign(faults, { marcPrefix: 'marc', collection: true });
  t.match(await find('book'), /<marc:collection xmlns:marc="[^"]+"><marc:record>/);
  faults.slowMs = 30_000;
  const slow = ask(url, search);
  await simulator.heard(simulator.asked.length + 1);
  await clock.advance(30_000);
  t.match(await slow, { status: 200 });
  await simulator.goAway();
  await t.rejects(ask(url, search), { code: 'ECONNREFUSED' });
  await simulator.comeBack();
  faults.slowMs = 0;
  t.equal(countOf(await find('book')), 7);
});
