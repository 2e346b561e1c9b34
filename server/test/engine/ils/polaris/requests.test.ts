import t from 'tap';
import type { IlsFaultKind } from '../../../../engine/ils/ils-fault.js';
import { signatureOf } from '../../../../engine/ils/polaris/signing.js';
import { bibOf } from '../../../fakes/bibs.js';
import { faultOf, method, openScriptedPapi, staffAccount, type Heard, type Said } from './scripted-papi.js';

const { signal } = new AbortController();
const record = bibOf('501', 'A title');

function isSigned(heard: Heard, origin: string, secret: string): boolean {
  const date = heard.headers['polarisdate'] as string;
  const parts = { method: heard.method, url: origin + heard.target, date, secret };
  return heard.headers.authorization === `PWS carrel:${signatureOf('1234', parts)}`;
}

const organizations = {
  json: { PAPIErrorCode: 1, OrganizationsGetRows: [{ OrganizationID: 3, Name: 'Main' }] },
};
const loggedIn = (n: number): Said => ({
  json: { PAPIErrorCode: 0, AccessToken: `token-${n}`, AccessSecret: `secret-${n}`, AuthExpDate: null },
});

t.test('signs the very address that goes out, with the date in PolarisDate', async (t) => {
  const { ils, heard, origin } = await openScriptedPapi(t, () => organizations);
  t.same(await ils.branches({ signal }), [{ id: '3', name: 'Main', pickup: true }]);
  const [one] = heard as [Heard];
  t.equal(one.target, '/PAPIService/REST/public/v1/1033/100/1/organizations/branch');
  t.equal(one.headers['polarisdate'], 'Wed, 04 Mar 2026 14:02:00 GMT');
  t.equal(one.headers.accept, 'application/json');
  t.ok(isSigned(one, origin, ''));
  t.notMatch(JSON.stringify(one), '1234', 'the key itself is never sent');
});

t.test('signs what the server believes its address to be, where a proxy changes it', async (t) => {
  const signed_origin = 'https://papi.example.org/';
  const { ils, heard } = await openScriptedPapi(t, () => organizations, { signed_origin });
  await ils.branches({ signal });
  t.ok(isSigned(heard[0] as Heard, 'https://papi.example.org', ''));
});

t.test('the address may be given with or without its path', async (t) => {
  const { heard, origin } = await openScriptedPapi(t, () => organizations);
  for (const path of ['', '/', '/PAPIService', '/PAPIService/REST/']) {
    const { ils } = await openScriptedPapi(t, () => organizations, { url: origin + path });
    await ils.branches({ signal });
  }
  t.same(new Set(heard.map(({ target }) => target)).size, 1);
  t.equal(heard.length, 4);
});

t.test(
  'protected methods carry the staff token in the address and its secret in the signature',
  async (t) => {
    const { ils, heard, origin } = await openScriptedPapi(
      t,
      ({ target }) =>
        target.endsWith('/staff') ? loggedIn(1) : { json: { PAPIErrorCode: 0, ItemGetRows: [] } },
      staffAccount,
    );
    await ils.availability([record], { signal });
    t.same(
      heard.map(({ target }) => method(target)),
      ['/authenticator/staff', '/token-1/synch/items/bibid/501?excludeecontent=true'],
    );
    t.match(heard[0]?.target, '/protected/v1/');
    t.same(JSON.parse(heard[0]?.body ?? ''), { Domain: 'LIB', Username: 'carrel', Password: 'a-password' });
    t.ok(isSigned(heard[0] as Heard, origin, ''), 'the login needs no secret');
    t.ok(isSigned(heard[1] as Heard, origin, 'secret-1'));
  },
);

t.test('many who need the staff token wait for one login', async (t) => {
  const { ils, heard } = await openScriptedPapi(
    t,
    ({ target }) =>
      target.endsWith('/staff') ? loggedIn(1) : { json: { PAPIErrorCode: 0, ItemGetRows: [] } },
    staffAccount,
  );
  const records = Array.from({ length: 20 }, (_, n) => bibOf(String(n + 1), 'A title'));
  await Promise.all([ils.availability(records, { signal }), ils.availability([record], { signal })]);
  t.equal(heard.filter(({ target }) => target.endsWith('/staff')).length, 1);
  t.equal(heard.length, 22);
});

t.test('a token is renewed before it runs out', async (t) => {
  let logins = 0;
  const { ils, heard, clock } = await openScriptedPapi(
    t,
    ({ target }) =>
      target.endsWith('/staff') ? loggedIn((logins += 1)) : { json: { PAPIErrorCode: 0, ItemGetRows: [] } },
    staffAccount,
  );
  await ils.availability([record], { signal });
  await clock.advance(23 * 3_600_000);
  await ils.availability([record], { signal });
  t.equal(logins, 1);
  await clock.advance(51 * 60_000);
  await ils.availability([record], { signal });
  t.equal(logins, 2);
  t.match(heard.at(-1)?.target, 'token-2');
});

t.test('after a 401 there is one new login and one more try, shared by all who met it', async (t) => {
  let logins = 0;
  let valid = 'token-1';
  const { ils, heard } = await openScriptedPapi(
    t,
    ({ target }) => {
      if (target.endsWith('/staff')) {
        logins += 1;
        if (logins > 1) valid = `token-${logins}`;
        return loggedIn(logins);
      }
      return target.includes(valid)
        ? { json: { PAPIErrorCode: 0, ItemGetRows: [] } }
        : { status: 401, text: '' };
    },
    staffAccount,
  );
  await ils.availability([record], { signal });
  valid = 'another';
  const records = [1, 2, 3, 4].map((n) => bibOf(String(n), 'A title'));
  await ils.availability(records, { signal });
  t.equal(logins, 2);
  t.equal(heard.length, 2 + 4 + 1 + 4);
});

t.test('where a new login does not help, no further ones are tried for a while', async (t) => {
  let logins = 0;
  const { ils, clock } = await openScriptedPapi(
    t,
    ({ target }) => (target.endsWith('/staff') ? loggedIn((logins += 1)) : { status: 401, text: '' }),
    staffAccount,
  );
  t.match(await faultOf(ils.availability([record], { signal })), { kind: 'refused' });
  t.equal(logins, 2);
  await faultOf(ils.availability([record], { signal }));
  t.equal(logins, 2);
  await clock.advance(61_000);
  await faultOf(ils.availability([record], { signal }));
  t.equal(logins, 3);
});

t.test(
  'a staff password that is refused is not tried again before Polaris would lock the account',
  async (t) => {
    let logins = 0;
    const { ils, clock } = await openScriptedPapi(
      t,
      () => ((logins += 1), { json: { PAPIErrorCode: -8003, ErrorMessage: 'nobody of that name' } }),
      staffAccount,
    );
    for (let n = 0; n < 5; n += 1) {
      const fault = await faultOf(ils.availability([record], { signal }));
      t.match(fault, { kind: 'refused', mayHaveHappened: false, grant: /staff account/ });
      t.notMatch(fault.message + String(fault.grant), /a-password|nobody/);
    }
    t.equal(logins, 1);
    await clock.advance(150_001);
    await faultOf(ils.availability([record], { signal }));
    t.equal(logins, 2);
  },
);

t.test('a login that fails, or that nobody understands, is tried again when it is next needed', async (t) => {
  const answers: Said[] = [
    { json: { PAPIErrorCode: -9 } },
    { json: { PAPIErrorCode: 0, AccessToken: 'tok' } },
    loggedIn(1),
  ];
  const { ils } = await openScriptedPapi(
    t,
    ({ target }) =>
      target.endsWith('/staff')
        ? (answers.shift() ?? loggedIn(2))
        : { json: { PAPIErrorCode: 0, ItemGetRows: [] } },
    staffAccount,
  );
  t.match(await faultOf(ils.availability([record], { signal })), { kind: 'broken' });
  t.match(await faultOf(ils.availability([record], { signal })), { kind: 'foreign' });
  t.strictSame((await ils.availability([record], { signal })).get('501')?.items, []);
});

t.test('a staff login refused with a 401 speaks of keys and account', async (t) => {
  const { ils, heard } = await openScriptedPapi(t, () => ({ status: 401, text: '' }), staffAccount);
  for (let n = 0; n < 3; n += 1) {
    const fault = await faultOf(ils.availability([record], { signal }));
    t.match(fault, { kind: 'refused', grant: /access key/ });
    t.match(fault.grant, /staff account/);
  }
  t.equal(heard.length, 1);
});

t.test('a page of records asked about at once makes no noise', async (t) => {
  const warnings: Error[] = [];
  const hear = (warning: Error): void => void warnings.push(warning);
  process.on('warning', hear);
  t.teardown(() => void process.off('warning', hear));
  const { ils, heard } = await openScriptedPapi(t, () => ({
    json: { PAPIErrorCode: 0, BibHoldingsGetRows: [] },
  }));
  const records = Array.from({ length: 60 }, (_, n) => bibOf(String(n + 1), 'A title'));
  t.equal((await ils.availability(records, { signal })).size, 60);
  t.equal(heard.length, 60);
  await new Promise((resolve) => setImmediate(resolve));
  t.same(warnings, []);
});

t.test('a 401 says whether the clocks differ or the keys are wrong', async (t) => {
  const at = (ms: number) => ({ status: 401, text: '', headers: { date: new Date(ms).toUTCString() } });
  let aheadMs = 0;
  const { ils, clock } = await openScriptedPapi(t, () => at(clock.now() + aheadMs));
  t.match(await faultOf(ils.branches({ signal })), {
    kind: 'refused',
    grant: /access key/,
    mayHaveHappened: false,
  });
  aheadMs = 47 * 60_000;
  t.match(await faultOf(ils.branches({ signal })), { grant: /47 minutes ahead of/ });
  aheadMs = -90 * 60_000;
  const fault = await faultOf(ils.branches({ signal }));
  t.match(fault, { grant: /90 minutes behind/ });
  t.notMatch(fault.grant, /access key/);
});

t.test('each way of not answering is a fault of its kind', async (t) => {
  const cases: [Said, IlsFaultKind][] = [
    [{ status: 500, text: 'oops' }, 'broken'],
    [{ status: 503, text: '' }, 'broken'],
    [{ status: 503, text: '', headers: { 'retry-after': '7' } }, 'busy'],
    [{ status: 429, text: '' }, 'busy'],
    [{ status: 403, text: '' }, 'refused'],
    [{ status: 404, text: '<html>' }, 'not_offered'],
    [{ status: 200, text: '<html>sign in</html>' }, 'foreign'],
    [{ status: 200, text: '{"PAPIErrorCode":0' }, 'foreign'],
    [{ status: 200, json: { hello: 1 } }, 'foreign'],
    [{ status: 200, json: { PAPIErrorCode: 0, SomethingElse: [] } }, 'foreign'],
    [{ status: 302, text: '', headers: { location: '/' } }, 'foreign'],
    [{ status: 200, json: { PAPIErrorCode: -9, ErrorMessage: 'SQL timeout' } }, 'broken'],
    [{ status: 400, json: { PAPIErrorCode: -5000 } }, 'refused'],
    ['hang_up', 'unreachable'],
  ];
  for (const [said, kind] of cases) {
    const { ils } = await openScriptedPapi(t, () => said);
    t.equal((await faultOf(ils.branches({ signal }))).kind, kind, JSON.stringify(said));
  }
  const { ils } = await openScriptedPapi(t, () => ({
    status: 429,
    text: '',
    headers: { 'retry-after': '7' },
  }));
  t.equal((await faultOf(ils.branches({ signal }))).retryAfterMs, 7000);
});

t.test('protected methods over plain http say that https is missing', async (t) => {
  const { ils } = await openScriptedPapi(t, () => ({ status: 403, text: '' }), staffAccount);
  t.match(await faultOf(ils.availability([record], { signal })), { kind: 'refused', grant: /https/ });
});

t.test(
  'no more requests at a time than the settings allow, and all stop when their asker leaves',
  async (t) => {
    const { ils, heard, mostAtOnce } = await openScriptedPapi(t, () => 'silence', { concurrency: 3 });
    const leaving = new AbortController();
    const records = Array.from({ length: 12 }, (_, n) => bibOf(String(n + 1), 'A title'));
    const asking = ils.availability(records, { signal: leaving.signal });
    asking.catch(() => undefined);
    while (heard.length < 3) await new Promise((resolve) => setImmediate(resolve));
    leaving.abort(new Error('gone'));
    await t.rejects(asking, { message: 'gone' });
    t.equal(heard.length, 3);
    t.equal(mostAtOnce(), 3);
  },
);
