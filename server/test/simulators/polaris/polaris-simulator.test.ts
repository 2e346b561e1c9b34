import t, { type Test } from 'tap';
import { createFakeClock } from '../../fakes/clock.js';
import {
  openPolarisSimulator,
  pwsSignature,
  type PolarisSimulator,
  type PolarisSimulatorOptions,
} from './polaris-simulator.js';

type Json = Record<string, unknown>;

const PUBLIC = '/PAPIService/REST/public/v1/1033/100/1';
const PROTECTED = '/PAPIService/REST/protected/v1/1033/100/1';

async function open(test: Test, options?: PolarisSimulatorOptions): Promise<PolarisSimulator> {
  const polaris = await openPolarisSimulator(options);
  test.teardown(() => polaris.close());
  return polaris;
}

interface Asking {
  method?: string;
  secret?: string;
  body?: unknown;
  date?: number;
  headers?: Record<string, string>;
}

async function raw(polaris: PolarisSimulator, path: string, asking: Asking = {}): Promise<Response> {
  const { method = 'GET', secret = '', body, date = Date.now() } = asking;
  const url = polaris.url + path;
  const at = new Date(date).toUTCString();
  return fetch(url, {
    method,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      polarisdate: at,
      authorization: `PWS carrel-papi:${pwsSignature('1234', method, url, at, secret)}`,
      ...asking.headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

const ask = async (polaris: PolarisSimulator, path: string, asking: Asking = {}): Promise<Json> =>
  (await (await raw(polaris, path, asking)).json()) as Json;

const login = (polaris: PolarisSimulator, Barcode: string, Password: string, date?: number): Promise<Json> =>
  ask(polaris, `${PUBLIC}/authenticator/patron`, {
    method: 'POST',
    body: { Barcode, Password },
    ...(date === undefined ? {} : { date }),
  });

const secretOf = async (polaris: PolarisSimulator, card = 'CARD-0001'): Promise<string> =>
  String((await login(polaris, card, '1234'))['AccessSecret']);

const staff = async (polaris: PolarisSimulator): Promise<{ token: string; secret: string }> => {
  const answer = await ask(polaris, `${PROTECTED}/authenticator/staff`, {
    method: 'POST',
    body: { Domain: 'LIBRARY', Username: 'carrel', Password: 'staff-password' },
  });
  return { token: String(answer['AccessToken']), secret: String(answer['AccessSecret']) };
};

const rows = (answer: Json, name: string): Json[] => answer[name] as Json[];

t.test('The published signatures come out letter for letter', async (t) => {
  const url = 'http://localhost/PAPIService/REST/public/v1/1033/100/1/patron/21756003332022';
  const date = 'Wed, 09 Oct 2009 22:23:32 GMT';
  t.equal(pwsSignature('1234', 'GET', '', '', ''), 'S1B0+M48Z/LOc32PFEfX67uwFyk=');
  t.equal(pwsSignature('1234', 'GET', url, date, ''), '9NoK01FefkvfgDkzOG3FnE29+o0=');
  t.equal(pwsSignature('1234', 'GET', url, date, '6789'), 'mBq6CmtENfXBozCB7rHTKY1mcVI=');
  t.equal(
    pwsSignature(
      '1234',
      'POST',
      'http://localhost/PAPIService/REST/public/v1/1033/100/1/authenticator/patron',
      'Fri, 07 Aug 2026 10:15:13 GMT',
      '',
    ),
    'Mk9NSZfBio0n5ZJdU6RXxqDMhDU=',
  );
});

t.test('A signature over another address, another day or another secret is 401', async (t) => {
  const polaris = await open(t);
  const good = await raw(polaris, `${PUBLIC}/bib/1/holdings`);
  t.equal(good.status, 200);
  const other = `PWS carrel-papi:${pwsSignature('1234', 'GET', `${polaris.url}${PUBLIC}/bib/2/holdings`, new Date().toUTCString(), '')}`;
  const moved = await raw(polaris, `${PUBLIC}/bib/1/holdings`, { headers: { authorization: other } });
  t.equal(moved.status, 401);
  t.match(moved.headers.get('www-authenticate'), 'PWS realm="Polaris API"');
  const late = await raw(polaris, `${PUBLIC}/bib/1/holdings`, { date: Date.now() - 31 * 60_000 });
  t.equal(late.status, 401);
  t.equal((await raw(polaris, `${PUBLIC}/patron/CARD-0001`, { secret: 'wrong' })).status, 401);
  polaris.faults.clockSkewMs = 2 * 3_600_000;
  const skewed = await raw(polaris, `${PUBLIC}/bib/1/holdings`);
  t.equal(skewed.status, 401);
  const ahead = Date.parse(skewed.headers.get('date') ?? '') - Date.now();
  t.ok(ahead > 3_600_000, 'and the server’s own time tells why');
  polaris.faults.clockSkewMs = 0;
  polaris.faults.seenAs = 'https://papi.example.org';
  t.equal(
    (await raw(polaris, `${PUBLIC}/bib/1/holdings`)).status,
    401,
    'a proxy that rewrites the host breaks it',
  );
});

t.test('No signature is needed to ask whether the service is there', async (t) => {
  const polaris = await open(t);
  t.equal((await fetch(`${polaris.url}/PAPIService/api`)).status, 200);
});

t.test(
  'The third wrong PIN within five minutes locks, and five minutes later the right one opens',
  async (t) => {
    const clock = createFakeClock();
    const polaris = await open(t, { now: () => clock.now() });
    for (let i = 0; i < 3; i += 1)
      t.match(await login(polaris, 'CARD-0001', '0000', clock.now()), { PAPIErrorCode: -3001 });
    t.match(await login(polaris, 'CARD-0001', '1234', clock.now()), { PAPIErrorCode: -3001 }, 'locked');
    t.match(await login(polaris, 'CARD-0002', '1234', clock.now()), { PAPIErrorCode: 0 }, 'others are not');
    await clock.advance(5 * 60_000);
    const answer = await login(polaris, 'CARD-0001', '1234', clock.now());
    t.equal(answer['PAPIErrorCode'], 0);
    t.equal(answer['AccessToken'], answer['AccessSecret']);
    t.match(answer['AuthExpDate'], /^\/Date\(\d+-0600\)\/$/);
  },
);

t.test('On the legacy scheme the PIN signs too and nothing expires', async (t) => {
  const polaris = await open(t);
  t.equal((await raw(polaris, `${PUBLIC}/patron/CARD-0001`, { secret: '1234' })).status, 401);
  polaris.state.legacyPatronScheme = true;
  t.match(await ask(polaris, `${PUBLIC}/patron/CARD-0001`, { secret: '1234' }), { ValidPatron: true });
  t.equal((await login(polaris, 'CARD-0001', '1234'))['AuthExpDate'], null);
});

t.test('A new staff login puts the old token out of use, and a token ends as told', async (t) => {
  const polaris = await open(t);
  const first = await staff(polaris);
  const items = (pass: { token: string; secret: string }): Promise<Response> =>
    raw(polaris, `${PROTECTED}/${pass.token}/synch/items/bibid/1`, { secret: pass.secret });
  t.equal((await items(first)).status, 200);
  const second = await staff(polaris);
  t.equal((await items(first)).status, 401);
  t.equal((await items(second)).status, 200);
  polaris.faults.unauthorisedAfter = 2;
  t.equal((await items(second)).status, 200);
  t.equal((await items(second)).status, 401);
  const asStaff = await staff(polaris);
  const blocks = await ask(polaris, `${PUBLIC}/patron/CARD-0002/circulationblocks`, {
    secret: asStaff.secret,
    headers: { 'X-PAPI-AccessToken': asStaff.token },
  });
  t.equal(blocks['CanPatronCirculate'], false, 'staff may ask for any patron');
});

t.test(
  'Copies carry the library’s words, with the due date behind the status where the public reads it',
  async (t) => {
    const polaris = await open(t);
    const held = rows(await ask(polaris, `${PUBLIC}/bib/1/holdings`), 'BibHoldingsGetRows');
    t.match(held[1], { CircStatus: 'Checked Out (3/20/2026)', DueDate: '2026-03-20T22:59:59' });
    t.notOk('ItemRecordID' in (held[0] ?? {}));
    t.equal(
      (await ask(polaris, `${PUBLIC}/bib/1/holdings`))['PAPIErrorCode'],
      held.length,
      'the code counts rows',
    );
    t.match(await ask(polaris, `${PUBLIC}/bib/99/holdings`), { PAPIErrorCode: -1 });
    const { token, secret } = await staff(polaris);
    const items = rows(
      await ask(polaris, `${PROTECTED}/${token}/synch/items/bibid/1`, { secret }),
      'ItemGetRows',
    );
    t.match(items[1], { CircStatus: 'Checked Out', DueDate: 'Mar 20 2026 10:59PM' });
    t.notOk('CircStatusName' in (items[1] ?? {}), 'a copy’s row does not name its status but by that');
    const statuses = rows(await ask(polaris, `${PUBLIC}/itemstatuses`), 'ItemStatusesRows');
    t.match(statuses[1], { ItemStatusID: 2, Name: 'Out', Description: 'Checked Out' });
    t.same(rows(await ask(polaris, `${PUBLIC}/pickupbranches`), 'PickupBranchesRows'), [
      { ID: 3 },
      { ID: 4 },
    ]);
    const old = await open(t, { version: 'old' });
    for (const list of ['itemstatuses', 'pickupbranches'])
      t.equal((await raw(old, `${PUBLIC}/${list}`)).status, 404, 'lists that came later');
  },
);

t.test('A hold that asks four times is placed after four right answers, and not before', async (t) => {
  const polaris = await open(t);
  const wish = {
    PatronID: 11,
    BibID: 2,
    PickupOrgID: 4,
    WorkstationID: 1,
    UserID: 1,
    RequestingOrgID: 3,
  };
  let said = await ask(polaris, `${PUBLIC}/holdrequest`, { method: 'POST', body: wish });
  const asked: unknown[] = [];
  while (said['StatusType'] === 3) {
    asked.push(said['StatusValue']);
    t.notOk(polaris.state.holds.some((one) => one.patronId === 11 && one.bibId === 2));
    said = await ask(polaris, `${PUBLIC}/holdrequest/${String(said['RequestGUID'])}`, {
      method: 'PUT',
      body: {
        TxnGroupQualifier: said['TxnGroupQualifer'],
        TxnQualifier: said['TxnQualifier'],
        RequestingOrgID: 3,
        Answer: 1,
        State: Number(said['StatusValue']) - 2,
      },
    });
  }
  t.same(asked, [3, 4, 5, 7]);
  t.match(said, { StatusType: 2, StatusValue: 1, QueuePosition: 2, QueueTotal: 2 });
  t.ok(polaris.state.holds.some((one) => one.patronId === 11 && one.bibId === 2 && one.pickupBranchId === 4));
  t.equal(polaris.state.fines.length, 2, 'the charge that was agreed to');
});

t.test('A wrong answer to the dialogue names what was wrong; a no places nothing', async (t) => {
  const polaris = await open(t);
  const before = polaris.state.holds.length;
  const wish = { PatronID: 11, BibID: 3, PickupOrgID: 0, WorkstationID: 1, UserID: 1, RequestingOrgID: 3 };
  const said = await ask(polaris, `${PUBLIC}/holdrequest`, { method: 'POST', body: wish });
  t.match(said, { StatusType: 3, StatusValue: 6 });
  const reply = (differs: Json): Promise<Json> =>
    ask(polaris, `${PUBLIC}/holdrequest/${String(said['RequestGUID'])}`, {
      method: 'PUT',
      body: {
        TxnGroupQualifier: said['TxnGroupQualifer'],
        TxnQualifier: said['TxnQualifier'],
        RequestingOrgID: 3,
        Answer: 1,
        State: 4,
        ...differs,
      },
    });
  t.match(await reply({ State: 6 }), { PAPIErrorCode: -4104 });
  t.match(await reply({ TxnQualifier: 'x' }), { PAPIErrorCode: -4102 });
  t.match(await reply({ TxnGroupQualifier: 'x' }), { PAPIErrorCode: -4101 });
  t.match(await reply({ Answer: 0 }), { StatusType: 2, StatusValue: 0 });
  t.match(await reply({}), { PAPIErrorCode: -4100 }, 'the conversation is over');
  t.equal(polaris.state.holds.length, before);
  const refused = (differs: Json): Promise<Json> =>
    ask(polaris, `${PUBLIC}/holdrequest`, { method: 'POST', body: { ...wish, ...differs } });
  t.match(await refused({ BibID: 77 }), { PAPIErrorCode: -4006 });
  t.match(await refused({ PickupOrgID: 5 }), { StatusType: 1, StatusValue: 2 });
  t.match(await refused({ PatronID: 14, BibID: 5 }), { StatusType: 1, StatusValue: 10 });
});

t.test('An XML body out of order loses what stands in the wrong place', async (t) => {
  const polaris = await open(t);
  const answer = await raw(polaris, `${PUBLIC}/holdrequest`, {
    method: 'POST',
    body: '<HoldRequestCreateData><BibID>3</BibID><PatronID>11</PatronID></HoldRequestCreateData>',
    headers: { 'content-type': 'application/xml', accept: 'application/xml' },
  });
  t.match(answer.headers.get('content-type'), 'application/xml');
  t.match(await answer.text(), '<PAPIErrorCode>-4001</PAPIErrorCode>');
});

t.test('Cancelling hold 0 cancels every hold that can be', async (t) => {
  const polaris = await open(t);
  polaris.state.holds.push({ ...polaris.state.holds[0]!, id: 8003, patronId: 11, bibId: 1 });
  polaris.state.holds.push({ ...polaris.state.holds[0]!, id: 8004, patronId: 11, bibId: 3, status: 1 });
  const secret = await secretOf(polaris);
  const cancel = (id: string, query = 'wsid=1&userid=1'): Promise<Json> =>
    ask(polaris, `${PUBLIC}/patron/CARD-0001/holdrequests/${id}/cancelled?${query}`, {
      method: 'PUT',
      secret,
    });
  t.match(await cancel('8003', 'userid=1'), { PAPIErrorCode: -1 });
  t.match(await cancel('8002'), { PAPIErrorCode: -4203 }, 'one that waits on the shelf cannot be');
  t.match(await cancel('8001'), { PAPIErrorCode: -4201 }, 'nor somebody else’s');
  const all = await cancel('0');
  t.equal(all['PAPIErrorCode'], 0);
  t.same(
    polaris.state.holds.filter((one) => one.status === 16).map((one) => one.id),
    [8003, 8004],
  );
  t.match(await cancel('0'), { PAPIErrorCode: -4300 });
});

t.test('Renewals answer per item; item 0 renews all; an override is charged', async (t) => {
  const polaris = await open(t);
  const secret = await secretOf(polaris);
  const renew = (id: number, IgnoreOverrideErrors: boolean): Promise<Json> =>
    ask(polaris, `${PUBLIC}/patron/CARD-0001/itemsout/${id}`, {
      method: 'PUT',
      secret,
      body: {
        Action: 'renew',
        LogonBranchID: 1,
        LogonUserID: 1,
        LogonWorkstationID: 1,
        RenewData: { IgnoreOverrideErrors },
      },
    });
  t.match(await renew(102, false), {
    PAPIErrorCode: 0,
    ItemRenewResult: { DueDateRows: [{ ItemRecordID: 102 }] },
  });
  t.match(await renew(106, false), { PAPIErrorCode: -2, ItemRenewResult: { DueDateRows: [] } });
  t.equal(polaris.state.fines.length, 1);
  t.match(await renew(106, true), { PAPIErrorCode: 0 });
  t.equal(polaris.state.fines.length, 2, 'who ignores the override is charged');
  t.match(await renew(0, false), { PAPIErrorCode: -3 }, 'all at once: some renewed, some not');
  t.match(await renew(999, false), { PAPIErrorCode: -6001 });
});

t.test('Records come by id from behind the last one, deletions in a list of their own', async (t) => {
  const polaris = await open(t);
  const { token, secret } = await staff(polaris);
  const get = (path: string): Promise<Json> =>
    ask(polaris, `${PROTECTED}/${token}/synch/bibs/${path}`, { secret });
  const first = await get('MARCXML/paged?lastid=0&nrecs=3');
  t.equal(first['LastID'], 3);
  const second = await get('MARCXML/paged?lastid=3&nrecs=3&includeItems=1');
  const found = rows(second, 'GetBibsPagedRows');
  t.same(
    found.map((one) => [one['BibliographicRecordID'], one['IsDisplayInPAC']]),
    [
      [4, false],
      [5, true],
    ],
  );
  t.match(found[1]?.['BibliographicRecordXML'], /tag="852"[^]*code="e">1<[^]*code="g">ITEM-0501</);
  t.equal((await get('MARCXML/paged?lastid=5&nrecs=3'))['LastID'], 0, 'nothing more');
  t.same(rows(await get('MARCXML/paged?startdatemodified=2026-03-01'), 'GetBibsPagedRows'), []);
  t.same(rows(await get('deleted/paged?deletedate=2026-02-01&lastid=0&nrecs=10'), 'BibIDListRows'), [
    { BibliographicRecordID: 6 },
  ]);
});

t.test('An error inside an answer of 200 is told by its code alone', async (t) => {
  const polaris = await open(t);
  polaris.faults.errorInside = -5;
  const answer = await raw(polaris, `${PUBLIC}/bib/1/holdings`);
  t.equal(answer.status, 200);
  t.match(await answer.json(), { PAPIErrorCode: -5 });
});
