import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { bibOf } from '../../../fakes/bibs.js';
import { createFakeClock } from '../../../fakes/clock.js';
import { adapterFor, faultOf } from './a-koha.js';

const asking = { signal: new AbortController().signal };

interface Told {
  status?: number;
  type?: string;
  headers?: Record<string, string>;
  body: unknown;
}

/** A Koha that says what the test wants it to say; tokens and what it offers come by themselves. */
async function aPlainKoha(
  t: Test,
  paths: Record<string, unknown>,
  answer: (path: URL, asked: IncomingMessage) => Told,
) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://plain.example');
    const path = url.pathname.replace('/api/v1', '');
    const send = ({ status = 200, type = 'application/json', headers = {}, body }: Told): void => {
      response.writeHead(status, { 'content-type': type, ...headers });
      response.end(typeof body === 'string' && type !== 'application/json' ? body : JSON.stringify(body));
    };
    request.resume();
    request.on('end', () => {
      if (path === '/oauth/token') return send({ body: { access_token: 'token', expires_in: 3600 } });
      if (path === '/') return send({ body: { swagger: '2.0', paths } });
      asked.push(`${request.method ?? ''} ${path}${url.search}`);
      send(answer(url, request));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => new Promise((resolve) => server.close(resolve)));
  const { port } = server.address() as AddressInfo;
  const clock = createFakeClock();
  return { asked, clock, ils: adapterFor(t, `http://127.0.0.1:${port}`, { harvest_page_size: 2 }, clock) };
}

const queries = (...names: string[]) => names.map((name) => ({ name, in: 'query' }));
const record = (id: number) =>
  `<record><leader>00000nam a2200000 a 4500</leader><datafield tag="999"><subfield code="c">${id}</subfield></datafield></record>`;

t.test('a Koha without q is read by pages, and once more where deletions moved them', async (t) => {
  let ids = [1, 2, 3, 4, 5, 6, 7];
  const paths = { '/biblios': { get: { parameters: queries('_page', '_per_page', '_order_by') } } };
  const { ils, asked } = await aPlainKoha(t, paths, (url) => {
    const page = Number(url.searchParams.get('_page'));
    const shown = ids.slice((page - 1) * 2, page * 2);
    const total = String(ids.length);
    // After the first page two records vanish in front of the others.
    if (ids[0] === 1 && page === 1) ids = ids.slice(2);
    return {
      type: 'application/marcxml+xml',
      headers: { 'x-total-count': total },
      body: `<collection>${shown.map(record).join('')}</collection>`,
    };
  });
  if (!ils.feed) return t.fail('no feed');
  t.same(await ils.feed.describe(asking), { deletions: 'lost', changes: false });
  const keys = new Set<string>();
  const run = ils.feed.harvest({ since: undefined }, asking);
  let step = await run.next();
  for (; !step.done; step = await run.next()) step.value.records.forEach(({ key }) => keys.add(key));
  t.same([...keys].sort(), ['1', '2', '3', '4', '5', '6', '7']);
  t.ok(asked.every((one) => !one.includes('q=')));
  t.match(asked[0], /_order_by=%2Bbiblio_id/, 'the plus is sent as Koha wants it');
  const since = typeof step.value === 'string' ? step.value : '';
  t.equal((await faultOf(ils.feed.harvest({ since }, asking).next())).kind, 'not_offered');
});

t.test('a specification that is none is no Koha', async (t) => {
  const server = createServer((_request, response) => response.end('<html>Welcome</html>'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => new Promise((resolve) => server.close(resolve)));
  const ils = adapterFor(t, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  t.equal((await faultOf(ils.capabilities(asking))).kind, 'foreign');
  t.equal((await faultOf(ils.availability([bibOf('1', 'A')], asking))).kind, 'foreign');
});

t.test('only parameters that the specification lists are sent', async (t) => {
  const paths = {
    '/libraries': { get: { parameters: [] } },
    '/biblios/{biblio_id}/items': { get: { parameters: [] } },
  };
  const { ils, asked } = await aPlainKoha(t, paths, (url) => ({
    body: url.pathname.endsWith('/libraries') ? [{ library_id: 'MAIN', name: 'Main' }] : [],
  }));
  t.same(await ils.branches(asking), [{ id: 'MAIN', name: 'Main', pickup: true }]);
  await ils.availability([bibOf('5', 'A')], asking);
  t.same(asked, ['GET /libraries', 'GET /biblios/5/items']);
});

t.test('a PIN is judged by Koha’s own sentence and by nothing else', async (t) => {
  const body = {
    name: 'body',
    in: 'body',
    schema: { properties: { identifier: {}, userid: {}, password: {} } },
  };
  const paths = { '/auth/password/validation': { post: { parameters: [body] } } };
  const saying = async (told: Told) => {
    const { ils } = await aPlainKoha(t, paths, () => told);
    return ils.authenticate('CARD-0001', '1234', asking);
  };
  t.same(await saying({ status: 400, body: { error: 'Validation failed' } }), { outcome: 'rejected' });
  t.same(await saying({ status: 400, body: { error: 'Password expired' } }), { outcome: 'expired' });
  const other: Told[] = [
    { status: 400, body: { error: 'Bad request. Only one identifier attribute can be passed.' } },
    { status: 400, body: { errors: [{ message: 'Validation failed', path: '/body' }], status: 400 } },
    { status: 400, body: [{ path: '/query/x', message: 'Malformed query string' }] },
    { status: 404, body: { error: 'Validation failed' } },
    { status: 200, body: { error: 'Validation failed' } },
    { status: 202, body: [] },
    { status: 200, body: '' },
  ];
  for (const told of other)
    t.match((await faultOf(saying(told))).kind, /foreign|broken|not_offered/, JSON.stringify(told));
});

t.test('the first form of PIN validation knows user names alone', async (t) => {
  const body = { name: 'body', in: 'body', schema: { properties: { userid: {}, password: {} } } };
  const paths = {
    '/auth/password/validation': { post: { parameters: [body] } },
    '/patrons': { get: { parameters: queries('cardnumber', 'userid', '_match') } },
    '/patrons/{patron_id}': { get: { parameters: [] } },
  };
  const row = {
    patron_id: 5,
    cardnumber: 'CARD-0001',
    userid: 'reader5',
    library_id: 'MAIN',
    restricted: false,
  };
  let sent = '';
  const { ils } = await aPlainKoha(t, paths, (url, request) => {
    if (url.pathname.endsWith('/validation')) sent = request.headers['content-length'] ?? '';
    if (url.pathname.endsWith('/validation')) return { status: 204, body: '' };
    return { body: url.pathname.endsWith('/patrons') ? [row] : row };
  });
  t.match(await ils.authenticate('CARD-0001', '1234', asking), { outcome: 'ok', patron: { id: '5' } });
  t.equal(sent, String(JSON.stringify({ userid: 'reader5', password: '1234' }).length));
});

t.test('busy is busy, and says until when', async (t) => {
  const paths = { '/libraries': { get: { parameters: [] } } };
  const { ils } = await aPlainKoha(t, paths, () => ({
    status: 503,
    headers: { 'retry-after': '7' },
    body: { error: 'System is under maintenance.' },
  }));
  t.match(await faultOf(ils.branches(asking)), { kind: 'busy', retryAfterMs: 7_000 });
});
