import t, { type Test } from 'tap';
import { createFakeClock } from '../../fakes/clock.js';
import { openOverDriveSimulator, type OverDriveSimulator } from './overdrive-simulator.js';

type Json = Record<string, unknown>;

const BASIC = `Basic ${Buffer.from('CARREL:client-secret').toString('base64')}`;

async function open(test: Test, now?: () => number): Promise<OverDriveSimulator> {
  const overdrive = await openOverDriveSimulator(now ? { now } : {});
  test.teardown(() => overdrive.close());
  return overdrive;
}

const post = (overdrive: OverDriveSimulator, path: string, form: Record<string, string>): Promise<Response> =>
  fetch(overdrive.url + path, {
    method: 'POST',
    headers: { authorization: BASIC },
    body: new URLSearchParams(form),
  });

async function clientToken(overdrive: OverDriveSimulator): Promise<string> {
  const answer = await post(overdrive, '/token', { grant_type: 'client_credentials' });
  return String(((await answer.json()) as Json)['access_token']);
}

const signIn = (overdrive: OverDriveSimulator, username: string, password: string): Promise<Response> =>
  post(overdrive, '/patrontoken', {
    grant_type: 'password',
    username,
    password,
    scope: 'websiteId:100300 authorizationname:samplelibrary',
  });

const patronToken = async (overdrive: OverDriveSimulator, card = 'CARD-0001'): Promise<string> =>
  String(((await (await signIn(overdrive, card, '1234')).json()) as Json)['access_token']);

async function ask(
  overdrive: OverDriveSimulator,
  token: string,
  target: string,
  more: { method?: string; body?: unknown } = {},
): Promise<{ status: number; headers: Headers; json: Json }> {
  const answer = await fetch(target.startsWith('http') ? target : overdrive.url + target, {
    method: more.method ?? 'GET',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(more.body === undefined ? {} : { body: JSON.stringify(more.body) }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    json: text === '' ? {} : (JSON.parse(text) as Json),
  };
}

const TIDE = '76c1b7d0-17f4-4c05-8397-c66c17411584';
const LICHENS = 'ebff8d7b-c9a0-4478-a1ed-63b64e8386c5';
const LETTERS = '2a005d55-a417-4053-b90d-7a38ca6d2065';
const V2 = '/v2/collections/v1L1BgQAAA2R';
const PRODUCTS = '/v1/collections/v1L1BgQAAA2R/products';

t.test('Tokens are given to the right client and last an hour, or as long as told', async (t) => {
  const clock = createFakeClock();
  const overdrive = await open(t, () => clock.now());
  const wrong = await fetch(`${overdrive.url}/token`, {
    method: 'POST',
    headers: { authorization: 'Basic eA==' },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  t.equal(wrong.status, 401);
  const token = await clientToken(overdrive);
  t.equal((await ask(overdrive, token, '/v1/libraries/4225')).status, 200);
  t.equal((await ask(overdrive, 'another', '/v1/libraries/4225')).status, 401);
  await clock.advance(3_600_000);
  t.equal((await ask(overdrive, token, '/v1/libraries/4225')).status, 401);
  const next = await clientToken(overdrive);
  overdrive.faults.unauthorisedAfter = 1;
  t.equal((await ask(overdrive, next, '/v1/libraries/4225')).status, 200);
  t.equal((await ask(overdrive, next, '/v1/libraries/4225')).status, 401);
});

t.test('A refused card answers in the other shape of error and repeats the card', async (t) => {
  const overdrive = await open(t);
  const wrong = await signIn(overdrive, 'CARD-0001', '0000');
  t.equal(wrong.status, 400);
  t.match(await wrong.json(), { error: 'unauthorized_client', error_description: /CARD-0001/ });
  t.match(await (await signIn(overdrive, 'CARD-0002', '1234')).json(), { error: 'unauthorized_client' });
  const withoutPin = {
    grant_type: 'password',
    username: 'CARD-0001',
    password: '[ignore]',
    password_required: 'false',
  };
  const scope = 'websiteId:100300 authorizationname:samplelibrary';
  t.equal((await post(overdrive, '/patrontoken', { ...withoutPin, scope })).status, 400);
  overdrive.state.library.pinRequired = false;
  t.equal((await post(overdrive, '/patrontoken', { ...withoutPin, scope })).status, 200);
  t.equal((await post(overdrive, '/patrontoken', { ...withoutPin, scope: 'websiteId:1' })).status, 400);
});

t.test('A collection token that was changed is not found, and the library tells the new one', async (t) => {
  const overdrive = await open(t);
  const token = await clientToken(overdrive);
  t.equal((await ask(overdrive, token, `${V2}/products/${TIDE}/availability`)).status, 200);
  overdrive.state.library.collectionToken = 'v1L1NEW';
  const old = await ask(overdrive, token, `${V2}/products/${TIDE}/availability`);
  t.equal(old.status, 404);
  t.match(old.json, { errorCode: 'NotFound', message: String, token: String });
  t.match((await ask(overdrive, token, '/v1/libraries/4225')).json, { collectionToken: 'v1L1NEW' });
});

t.test('Availability is asked for one title or for 25, and what is not owned is left out', async (t) => {
  const overdrive = await open(t);
  const token = await clientToken(overdrive);
  const letters = await ask(overdrive, token, `${V2}/products/${LETTERS.toUpperCase()}/availability`);
  t.match(letters.json, { available: false, copiesAvailable: 1, accounts: [{ id: -1 }] });
  const ids = [TIDE, LICHENS, 'd9fff371-29df-4970-a436-3e406489e8d7', 'nowhere'];
  const bulk = await ask(overdrive, token, `${V2}/availability?products=${ids.join(',')}`);
  t.equal(bulk.json['totalItems'], 2, 'neither the unknown nor the one of an Advantage account');
  const many = Array.from({ length: 26 }, () => TIDE).join(',');
  t.equal((await ask(overdrive, token, `${V2}/availability?products=${many}`)).status, 400);
  const east = await ask(
    overdrive,
    token,
    `/v2/collections/v1P2B2gAAAK8BAAA1x/availability?products=${ids[2] ?? ''}`,
  );
  t.equal(east.json['totalItems'], 1, 'but its patrons see it');
});

t.test('A search goes on by its next link to a page without products', async (t) => {
  const overdrive = await open(t);
  const token = await clientToken(overdrive);
  let target: string | undefined = `${PRODUCTS}?limit=3`;
  const seen: unknown[] = [];
  let last: Json = {};
  while (target !== undefined) {
    last = (await ask(overdrive, token, target)).json;
    seen.push(...((last['products'] as Json[] | undefined) ?? []).map((one) => one['id']));
    target = (last['links'] as { next?: { href?: string } }).next?.href;
  }
  t.equal(seen.length, 4);
  t.equal(seen[0], TIDE.toUpperCase(), 'ids in upper case, as the links beside them are not');
  t.notOk('products' in last);
  overdrive.faults.tail = 'emptyNext';
  t.match((await ask(overdrive, token, `${PRODUCTS}?limit=3&offset=9`)).json, {
    products: [],
    links: { next: {} },
  });
  overdrive.faults.repeats = true;
  const second = (await ask(overdrive, token, `${PRODUCTS}?limit=3&offset=3`)).json['products'] as Json[];
  t.equal(second[0]?.['id'], seen[2], 'a record told twice');
});

t.test('Metadata carries identifiers per format, rubbish among them', async (t) => {
  const overdrive = await open(t);
  const token = await clientToken(overdrive);
  const { json } = await ask(overdrive, token, `${PRODUCTS}/${TIDE}/metadata`);
  t.match(json['formats'], [
    { identifiers: [{ type: 'ISBN', value: '9780306406157' }] },
    { identifiers: [{ type: 'ASIN' }, { type: 'ISBN', value: 'n/a' }] },
  ]);
});

t.test('A patron’s holds are placed, refused with a code, listed and removed', async (t) => {
  const overdrive = await open(t);
  const library = await clientToken(overdrive);
  t.equal((await ask(overdrive, library, '/v1/patrons/me')).status, 401, 'not with the library’s token');
  const token = await patronToken(overdrive);
  t.match((await ask(overdrive, token, '/v1/patrons/me')).json, { collectionToken: /^v1P/ });
  t.notOk(
    'holds' in (await ask(overdrive, token, '/v1/patrons/me/holds')).json,
    'no list where there is none',
  );
  const place = (reserveId: string, who = token) =>
    ask(overdrive, who, '/v1/patrons/me/holds', {
      method: 'POST',
      body: {
        fields: [
          { name: 'reserveId', value: reserveId },
          { name: 'ignoreHoldEmail', value: 'true' },
        ],
      },
    });
  const placed = await place(LICHENS);
  t.equal(placed.status, 201);
  t.match(placed.json, {
    holdListPosition: 5,
    numberOfHolds: 5,
    actions: { removeHold: { method: 'delete' } },
  });
  t.match((await place(LICHENS)).json, { errorCode: 'AlreadyOnWaitList' });
  t.match((await place(TIDE)).json, { errorCode: 'TitleAlreadyCheckedOut' });
  t.match((await place(TIDE, await patronToken(overdrive, 'CARD-0004'))).json, {
    errorCode: 'PatronExceededHoldLimit',
  });
  t.match((await ask(overdrive, token, '/v1/patrons/me/checkouts')).json, { totalItems: 1 });
  t.equal((await ask(overdrive, token, `/v1/patrons/me/holds/${LICHENS}`, { method: 'DELETE' })).status, 204);
  t.equal((await ask(overdrive, token, `/v1/patrons/me/holds/${LICHENS}`, { method: 'DELETE' })).status, 404);
});

t.test('Too many requests say when to come back, and an error may hide in an answer of 200', async (t) => {
  const overdrive = await open(t);
  const token = await clientToken(overdrive);
  overdrive.faults.tooMany = 1;
  const limited = await ask(overdrive, token, '/v1/libraries/4225');
  t.equal(limited.status, 429);
  t.equal(limited.headers.get('retry-after'), '2');
  overdrive.faults.errorInside = true;
  const inside = await ask(overdrive, token, '/v1/libraries/4225');
  t.equal(inside.status, 200);
  t.match(inside.json, { errorCode: String });
});
