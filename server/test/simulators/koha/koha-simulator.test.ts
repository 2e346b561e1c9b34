import t, { type Test } from 'tap';
import { openKohaSimulator, type KohaSimulator, type KohaSimulatorOptions } from './koha-simulator.js';

type Json = Record<string, unknown>;

async function open(test: Test, options?: KohaSimulatorOptions): Promise<KohaSimulator> {
  const koha = await openKohaSimulator(options);
  test.teardown(() => koha.close());
  return koha;
}

/** Asks as the staff account does unless told otherwise. */
async function ask(
  koha: KohaSimulator,
  target: string,
  more: { method?: string; body?: unknown; headers?: Record<string, string>; anonymous?: boolean } = {},
): Promise<{ status: number; headers: Headers; text: string; json: unknown }> {
  const basic = `Basic ${Buffer.from('carrel:service-password').toString('base64')}`;
  const answer = await fetch(`${koha.url}/api/v1${target}`, {
    method: more.method ?? 'GET',
    headers: {
      ...(more.anonymous ? {} : { authorization: basic }),
      accept: 'application/json',
      ...more.headers,
    },
    ...(more.body === undefined ? {} : { body: JSON.stringify(more.body) }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    get json(): unknown {
      return JSON.parse(text) as unknown;
    },
  };
}

const token = (koha: KohaSimulator, form: Record<string, string>): Promise<Response> =>
  fetch(`${koha.url}/api/v1/oauth/token`, { method: 'POST', body: new URLSearchParams(form) });

const CREDENTIALS = {
  grant_type: 'client_credentials',
  client_id: 'carrel-client',
  client_secret: 'carrel-secret',
};

const validate = (koha: KohaSimulator, identifier: string, password: string) =>
  ask(koha, '/auth/password/validation', { method: 'POST', body: { identifier, password } });

t.test(
  'A card number finds every card that contains it, unless exactly that card is asked for',
  async (t) => {
    const koha = await open(t);
    const loose = (await ask(koha, '/patrons?cardnumber=CARD-0001')).json as Json[];
    t.same(
      loose.map((one) => one['cardnumber']),
      ['CARD-0001', 'CARD-00012'],
    );
    const exact = (await ask(koha, '/patrons?cardnumber=card-0001&_match=exact')).json as Json[];
    t.same(
      exact.map((one) => one['patron_id']),
      [5],
      'and case makes no difference to the database',
    );
    t.notOk('pin' in (exact[0] ?? {}), 'a PIN is never in an answer');
  },
);

t.test(
  'An unknown parameter is refused with a bare array, a wrong one with the validator’s words',
  async (t) => {
    const koha = await open(t);
    const unknown = await ask(koha, '/patrons?card=1');
    t.equal(unknown.status, 400);
    t.same(unknown.json, [{ path: '/query/card', message: 'Malformed query string' }]);
    const wrong = await ask(koha, '/holds?patron_id=five');
    t.equal(wrong.status, 400);
    t.match(wrong.json, { status: 400, errors: [{ path: '/patron_id' }] });
  },
);

t.test('Pages say their total and their neighbours; with no row the last page is page 0', async (t) => {
  const koha = await open(t);
  const first = await ask(koha, '/biblios/2/items?_per_page=4');
  t.equal(first.headers.get('x-total-count'), '9');
  t.equal((first.json as Json[]).length, 4);
  const link = first.headers.get('link') ?? '';
  t.match(link, /_page=2[^>]*>; rel="next"/);
  t.notMatch(link, /rel="prev"/);
  t.match(link, new RegExp(`<${koha.url}/api/v1/biblios/2/items\\?`));
  const none = await ask(koha, '/patrons?cardnumber=nobody');
  t.match(none.headers.get('link'), /_page=0[^>]*>; rel="last"/);
});

t.test('`q` knows operators, AND and OR, and refuses an operator that is not on its list', async (t) => {
  const koha = await open(t);
  const ids = async (q: unknown): Promise<unknown[]> => {
    const answer = await ask(koha, `/biblios?q=${encodeURIComponent(JSON.stringify(q))}`);
    return (answer.json as Json[]).map((one) => one['biblio_id']);
  };
  t.same(await ids({ title: { '-like': '%LICHENS%' } }), [2]);
  t.same(await ids([{ biblio_id: 1 }, { biblio_id: 3 }]), [1, 3]);
  t.same(await ids({ '-and': [{ biblio_id: { '>': 1 } }, { author: { '!=': null } }] }), [2]);
  koha.state.biblios[2]!.timestamp = '2026-03-04T12:00:00+00:00';
  t.same(await ids({ 'me.timestamp': { '>=': '2026-03-04 00:00:00' } }), [3]);
  const odd = await ask(koha, `/biblios?q=${encodeURIComponent('{"title":{"~":"x"}}')}`);
  t.equal(odd.status, 400);
  t.match(odd.json, { error_code: 'invalid_query' });
});

t.test(
  'The list of records joins a table, so that a bare timestamp is an SQL error; biblio_id is not',
  async (t) => {
    const koha = await open(t);
    const get = (query: string) => ask(koha, `/biblios?${query}`);
    const q = (wanted: unknown) => `q=${encodeURIComponent(JSON.stringify(wanted))}`;
    t.equal((await get(q({ timestamp: { '>=': '2026-03-04 00:00:00' } }))).status, 500);
    t.equal((await get(q({ '-and': [{ timestamp: '2026-03-04' }] }))).status, 500);
    t.equal((await get('_order_by=%2Bbiblio_id')).status, 200);
    t.equal((await get('_order_by=%2Bme.biblio_id')).status, 500);
    t.equal((await get(q({ 'me.biblio_id': 1 }))).status, 200);
    const xml = await ask(koha, '/biblios', { headers: { accept: 'application/marcxml+xml' } });
    t.equal(xml.headers.get('x-total-count'), null, 'MARC is not counted');
    koha.state.deletedBiblios.push({ biblio_id: 9, title: 'Gone', deleted_on: '2026-03-04T12:00:00+00:00' });
    const gone = await ask(koha, `/deleted/biblios?${q({ 'me.timestamp': { '>=': '2026-03-01' } })}`);
    t.same(gone.json, koha.state.deletedBiblios);
  },
);

t.test('Accept decides the format of a record, and anything but one known type is 406', async (t) => {
  const koha = await open(t);
  const get = (accept: string) => ask(koha, '/biblios/1', { headers: { accept } });
  t.match((await get('application/marcxml+xml')).text, /<subfield code="a">The tide tables<\/subfield>/);
  t.match((await get('application/marc-in-json')).json, { leader: /^0/ });
  t.equal(
    Number((await get('application/marc')).text.slice(0, 5)),
    (await get('application/marc')).text.length,
  );
  const both = await get('application/marcxml+xml, application/marc');
  t.equal(both.status, 406);
  t.ok(Array.isArray(both.json));
  const publicJson = await ask(koha, '/public/biblios/1', { anonymous: true });
  t.equal(publicJson.status, 406, 'the public record has no flat JSON');
  const all = await ask(koha, '/biblios', { headers: { accept: 'application/marcxml+xml' } });
  t.match(all.text, /<collection/);
});

t.test('Embeds come only when asked for and only where the instance has them', async (t) => {
  const koha = await open(t);
  const plain = (await ask(koha, '/biblios/1/items')).json as Json[];
  t.notOk('checkout' in (plain[0] ?? {}));
  const rich = (
    await ask(koha, '/biblios/1/items', { headers: { 'x-koha-embed': 'checkout,transfer,first_hold' } })
  ).json as Json[];
  t.match(rich[1], { checkout: { due_date: '2026-03-20T23:59:00+00:00' } });
  t.match(rich[2], { transfer: { datesent: String, datearrived: null } });
  t.match(rich[3], { first_hold: { status: 'W' } });
  const unknown = await ask(koha, '/biblios/1/items', { headers: { 'x-koha-embed': 'colour' } });
  t.equal(unknown.status, 400);
  const old = await open(t, { version: 'old' });
  const refused = await ask(old, '/biblios/1/items', { headers: { 'x-koha-embed': 'checkout' } });
  t.equal(refused.status, 400);
  t.type(refused.json, 'string');
  t.notOk('effective_not_for_loan_status' in ((await ask(old, '/biblios/1/items')).json as Json[])[0]!);
});

t.test('The spec lists what this instance has, needs no login, and lacks what was taken away', async (t) => {
  const koha = await open(t, { without: ['GET /checkouts'] });
  const spec = (await ask(koha, '/', { anonymous: true })).json as { paths: Record<string, Json> };
  t.ok(spec.paths['/biblios']);
  t.notOk(spec.paths['/checkouts']);
  t.equal((await ask(koha, '/checkouts')).status, 404);
  const old = await open(t, { version: 'old' });
  const older = (await ask(old, '/', { anonymous: true })).json as { paths: Record<string, Json> };
  t.notOk(older.paths['/biblios'], 'no list of records in the older version');
  t.equal((await ask(old, '/biblios')).status, 404);
});

t.test('A token comes for the right client alone and ends as it was told to', async (t) => {
  const koha = await open(t);
  t.equal((await token(koha, { ...CREDENTIALS, client_secret: 'wrong' })).status, 403);
  t.equal((await token(koha, { ...CREDENTIALS, grant_type: 'password' })).status, 400);
  const { access_token, expires_in } = (await (await token(koha, CREDENTIALS)).json()) as Json;
  t.equal(expires_in, 3600);
  koha.faults.unauthorisedAfter = 1;
  const bearer = { headers: { authorization: `Bearer ${String(access_token)}` } };
  t.equal((await ask(koha, '/libraries', bearer)).status, 200);
  t.equal((await ask(koha, '/libraries', bearer)).status, 401);
  koha.state.sysprefs.RESTOAuth2ClientCredentials = false;
  const off = await token(koha, CREDENTIALS);
  t.equal(off.status, 400);
  t.same(await off.json(), { error: 'Unimplemented grant type' });
});

t.test('What the library did not switch on is refused in Koha’s own words', async (t) => {
  const koha = await open(t);
  koha.state.apiUser.permissions = ['catalogue'];
  const refused = await ask(koha, '/patrons');
  t.equal(refused.status, 403);
  t.match(refused.json, { required_permissions: { borrowers: 'list_borrowers' } });
  koha.state.sysprefs.RESTBasicAuth = false;
  t.match((await ask(koha, '/libraries')).json, { error: 'Basic authentication disabled' });
  t.equal((await ask(koha, '/public/libraries', { anonymous: true })).status, 200);
  koha.state.sysprefs.RESTPublicAnonymousRequests = false;
  t.equal((await ask(koha, '/public/libraries', { anonymous: true })).status, 401);
  koha.state.sysprefs.RESTPublicAPI = false;
  t.equal((await ask(koha, '/public/libraries', { anonymous: true })).status, 403);
  koha.state.maintenance = true;
  t.equal((await ask(koha, '/libraries')).status, 503);
});

t.test('After too many wrong PINs the right one is refused in the same words', async (t) => {
  const koha = await open(t);
  t.match((await validate(koha, 'CARD-0001', '1234')).json, { patron_id: 5, cardnumber: 'CARD-0001' });
  const wrong = await validate(koha, 'CARD-0001', '0000');
  for (let i = 0; i < 2; i += 1) await validate(koha, 'CARD-0001', '0000');
  const right = await validate(koha, 'CARD-0001', '1234');
  t.equal(right.status, 400);
  t.equal(right.text, wrong.text);
  t.equal(right.text, (await validate(koha, 'CARD-NONE', '1')).text, 'and an unknown card reads the same');
  const two = { identifier: 'CARD-0002', userid: 'card-0002', password: '1234' };
  t.equal((await ask(koha, '/auth/password/validation', { method: 'POST', body: two })).status, 400);
});

t.test('A hold is placed once, and refused for each reason in the shape Koha gives it', async (t) => {
  const koha = await open(t);
  const place = (body: Json) => ask(koha, '/holds', { method: 'POST', body });
  const good = { patron_id: 5, biblio_id: 3, pickup_library_id: 'EAST' };
  const placed = await place(good);
  t.equal(placed.status, 201);
  t.match(placed.json, { hold_id: Number, priority: 1, status: null, pickup_library_id: 'EAST' });
  t.match((await place(good)).json, { error: 'Hold cannot be placed. Reason: itemAlreadyOnHold' });
  t.equal((await place({ ...good, biblio_id: 1, hold_date: '2026-03-04' })).status, 400);
  t.equal((await place({ ...good, biblio_id: 1, pickup_library_id: 'STORE' })).status, 400);
  t.type((await place({ ...good, biblio_id: 99 })).json, 'string', 'an unknown record is a bare string');
  t.match((await place({ ...good, colour: 'red' })).json, { errors: [{ path: '/body' }] });
  t.match((await place({ ...good, patron_id: 6 })).json, { error_code: 'restricted' });
  t.equal((await place({ ...good, patron_id: 7 })).status, 409);
  t.equal(koha.state.holds.length, 4, 'none of the refused ones is there');
  const old = await open(t, { version: 'old' });
  const barred = await ask(old, '/holds', { method: 'POST', body: { ...good, patron_id: 6 } });
  t.equal(barred.status, 201, 'an older Koha does not ask whether the patron may');
});

t.test(
  'A hold goes with 204, a waiting one may become a request with 202, a second time is 404',
  async (t) => {
    const koha = await open(t);
    const del = (target: string, headers = {}) => ask(koha, target, { method: 'DELETE', headers });
    t.equal((await del('/holds/701')).status, 204);
    t.equal((await del('/holds/701')).status, 404);
    t.equal((await del('/holds/702', { 'x-koha-override': 'cancellation-request-flow' })).status, 202);
    t.ok(koha.state.holds.some((one) => one.hold_id === 702 && one.cancellationRequested));
    t.equal((await del('/holds/703')).status, 204, 'whoever it belongs to: the staff account may delete any');
  },
);

t.test('A patron cancels a hold of their own by the public way, and nobody else’s', async (t) => {
  const koha = await open(t);
  const basic = `Basic ${Buffer.from('CARD-0001:1234').toString('base64')}`;
  const cancel = (target: string) =>
    ask(koha, target, { method: 'DELETE', headers: { authorization: basic } });
  t.equal((await cancel('/public/patrons/51/holds/703')).status, 403);
  t.equal((await cancel('/public/patrons/5/holds/703')).status, 404, 'not by naming another patron’s hold');
  t.equal((await cancel('/public/patrons/5/holds/701')).status, 204);
  t.equal((await ask(koha, '/patrons', { headers: { authorization: basic } })).status, 403);
  t.same(
    koha.state.holds.map((one) => one.hold_id),
    [702, 703],
  );
});

t.test('A loan is renewed or refused with a code', async (t) => {
  const koha = await open(t);
  const renewed = await ask(koha, '/checkouts/901/renewal', { method: 'POST' });
  t.equal(renewed.status, 201);
  t.match(renewed.json, { due_date: '2026-04-03T23:59:00+00:00', renewals_count: 1 });
  const refused = await ask(koha, '/checkouts/902/renewal', { method: 'POST' });
  t.equal(refused.status, 403);
  t.match(refused.json, { error: 'Renewal not authorized (too_many)' });
});

t.test('Public copies leave out hidden and lost ones and what is not for the public', async (t) => {
  const koha = await open(t);
  const items = (await ask(koha, '/public/biblios/2/items', { anonymous: true })).json as Json[];
  t.same(
    items.map((one) => one['item_id']),
    [22, 23, 24, 25, 26, 27, 28],
  );
  t.notOk('collection_code' in (items[0] ?? {}));
  const libraries = (await ask(koha, '/public/libraries', { anonymous: true })).json as Json[];
  t.notOk('pickup_location' in (libraries[0] ?? {}));
});

t.test(
  'The line breaks as told: half an answer, a cut connection, a proxy’s page, a hold without an answer',
  async (t) => {
    const koha = await open(t);
    koha.faults.half = true;
    await t.rejects(ask(koha, '/libraries'));
    koha.faults.half = false;
    koha.faults.away = true;
    await t.rejects(ask(koha, '/libraries'));
    koha.faults.away = false;
    koha.faults.proxyPage = 502;
    t.match((await ask(koha, '/libraries')).headers.get('content-type'), 'text/html');
    koha.faults.proxyPage = 0;
    koha.faults.errorInside = true;
    t.equal((await ask(koha, '/libraries')).status, 200);
    koha.faults.errorInside = false;
    await koha.leave();
    await t.rejects(ask(koha, '/libraries'));
    await koha.comeBack();
    t.equal((await ask(koha, '/libraries')).status, 200, 'back on the same port');

    koha.faults.holdThenSilence = true;
    const stop = new AbortController();
    const hold = fetch(`${koha.url}/api/v1/holds`, {
      method: 'POST',
      signal: stop.signal,
      headers: { authorization: `Basic ${Buffer.from('carrel:service-password').toString('base64')}` },
      body: JSON.stringify({ patron_id: 5, biblio_id: 3, pickup_library_id: 'MAIN' }),
    });
    while (koha.state.holds.length < 4) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    await t.rejects(hold);
    t.ok(
      koha.state.holds.some((one) => one.biblio_id === 3),
      'the hold is there all the same',
    );
  },
);

t.test('A row that vanishes between two pages moves the next page', async (t) => {
  const koha = await open(t);
  koha.faults.betweenPages = (state) => state.biblios.splice(0, 1);
  const ids = async (page: number): Promise<unknown[]> =>
    ((await ask(koha, `/biblios?_per_page=2&_page=${page}`)).json as Json[]).map((one) => one['biblio_id']);
  t.same(await ids(1), [1, 2]);
  t.same(await ids(2), [4], 'record 3 slipped through');
});
