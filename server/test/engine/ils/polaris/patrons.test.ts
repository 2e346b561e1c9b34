import t from 'tap';
import { inspect } from 'node:util';
import { signatureOf } from '../../../../engine/ils/polaris/signing.js';
import {
  faultOf,
  method,
  openScriptedPapi,
  signInAnswer,
  staffAccount,
  type Heard,
  type Said,
} from './scripted-papi.js';

const { signal } = new AbortController();
const enter = (heard: Heard, more: Record<string, unknown> = {}): Said => {
  const said = signInAnswer(heard) ?? {};
  if (typeof said === 'string' || !heard.target.includes('/circulationblocks')) return said;
  return { json: { ...(said.json as object), ...more } };
};
const refusing = (code: number) => () => ({ json: { PAPIErrorCode: code, ErrorMessage: 'no such thing' } });

t.test('a right PIN: asked once, unsigned by any secret, then signed with the access secret', async (t) => {
  const { ils, heard, origin } = await openScriptedPapi(t, (one) => enter(one));
  const answer = await ils.authenticate(' CARD-0001 ', 'a-pin', { signal });
  t.match(answer, { outcome: 'ok', patron: { id: '4711', homeBranchId: '3' } });
  t.same(
    heard.map(({ target }) => method(target)),
    ['/authenticator/patron', '/patron/CARD-0001/circulationblocks'],
  );
  t.same(JSON.parse(heard[0]?.body ?? ''), { Barcode: 'CARD-0001', Password: 'a-pin' });
  for (const [index, secret] of ['', '6789'].entries()) {
    const one = heard[index] as Heard;
    const date = one.headers['polarisdate'] as string;
    const parts = { method: one.method, url: origin + one.target, date, secret };
    t.equal(one.headers.authorization, `PWS carrel:${signatureOf('1234', parts)}`);
  }
});

t.test('a patron shows nothing of card, PIN or secret', async (t) => {
  const { ils } = await openScriptedPapi(t, (one) => enter(one));
  const answer = await ils.authenticate('CARD-0001', 'a-pin', { signal });
  const shown = inspect(answer, { depth: 9, showHidden: true }) + JSON.stringify(answer);
  t.notMatch(shown, /CARD-0001|a-pin|6789/);
});

t.test('a wrong PIN and an unknown card are the same no, and are not tried again', async (t) => {
  for (const code of [-3001, -3000, -4005]) {
    const { ils, heard } = await openScriptedPapi(t, refusing(code));
    t.strictSame(await ils.authenticate('CARD-0001', 'wrong', { signal }), { outcome: 'rejected' });
    t.equal(heard.length, 1, 'one attempt');
  }
});

t.test('nothing is asked about an empty card or PIN', async (t) => {
  const { ils, heard } = await openScriptedPapi(t, (one) => enter(one));
  t.strictSame(await ils.authenticate('CARD-0001', '', { signal }), { outcome: 'rejected' });
  t.strictSame(await ils.authenticate('   ', 'a-pin', { signal }), { outcome: 'rejected' });
  t.equal(heard.length, 0);
});

t.test('a Polaris that cannot say never makes a PIN wrong', async (t) => {
  const cases: [Said, string][] = [
    [{ status: 401, text: '' }, 'refused'],
    [{ status: 500, text: '' }, 'broken'],
    [{ json: { PAPIErrorCode: -1 } }, 'broken'],
    [{ json: { PAPIErrorCode: -9 } }, 'broken'],
    [{ json: { PAPIErrorCode: -6001 } }, 'refused'],
    [{ json: { PAPIErrorCode: 0 } }, 'foreign'],
    [{ status: 200, text: 'hello' }, 'foreign'],
    ['hang_up', 'unreachable'],
  ];
  for (const [said, kind] of cases) {
    const { ils, heard } = await openScriptedPapi(t, () => said);
    t.match(await faultOf(ils.authenticate('CARD-0001', 'a-pin', { signal })), { kind }, kind);
    t.equal(heard.length, 1, 'one attempt');
  }
});

t.test('blocked and expired are told only behind a right PIN', async (t) => {
  const blocked = { CanPatronCirculate: false, Blocks: [{ BlockDescription: 'Owes too much' }] };
  const { ils } = await openScriptedPapi(t, (one) => enter(one, blocked));
  t.strictSame(await ils.authenticate('CARD-0001', 'a-pin', { signal }), { outcome: 'blocked' });

  const past = { ExpirationDate: '/Date(1772600000000-0500)/' };
  const expired = await openScriptedPapi(t, (one) => enter(one, { ...past, CanPatronCirculate: false }));
  t.strictSame(await expired.ils.authenticate('CARD-0001', 'a-pin', { signal }), { outcome: 'expired' });

  const wrong = await openScriptedPapi(t, (one) =>
    one.target.endsWith('/authenticator/patron') ? { json: { PAPIErrorCode: -3001 } } : enter(one, blocked),
  );
  t.strictSame(await wrong.ils.authenticate('CARD-0001', 'wrong', { signal }), { outcome: 'rejected' });
  t.equal(wrong.heard.length, 1, 'blocks are not even looked at');
});

t.test('a library may let blocked patrons in', async (t) => {
  const { ils } = await openScriptedPapi(t, (one) => enter(one, { CanPatronCirculate: false }), {
    admit_blocked: true,
  });
  t.match(await ils.authenticate('CARD-0001', 'a-pin', { signal }), { outcome: 'ok' });
});

t.test('a username leads to the barcode that Polaris names', async (t) => {
  const { ils, heard } = await openScriptedPapi(
    t,
    (one) => (one.target.includes('/holdrequests') ? { json: { PAPIErrorCode: 0 } } : enter(one)),
    { username_sign_in: true },
  );
  const answer = await ils.authenticate('some name', 'a-pin', { signal });
  t.equal(method(heard[1]?.target ?? ''), '/patron/some%20name/circulationblocks?usernameSupported=true');
  if (answer.outcome !== 'ok') return t.fail();
  await ils.cancelHold(answer.patron, '5', { signal }).catch(() => undefined);
  t.equal(method(heard[2]?.target ?? ''), '/patron/CARD-0001/holdrequests/all');
});

t.test('blocks of another patron are not taken', async (t) => {
  const { ils } = await openScriptedPapi(t, (one) => enter(one, { PatronID: 4712 }));
  t.match(await faultOf(ils.authenticate('CARD-0001', 'a-pin', { signal })), { kind: 'foreign' });
});

t.test('after the session has ended, or the secret has run out, nothing more is sent', async (t) => {
  const { ils, heard, clock } = await openScriptedPapi(t, (one) => {
    const said = enter(one);
    if (typeof said === 'string' || !one.target.endsWith('/authenticator/patron')) return said;
    return {
      json: { ...(said.json as object), AuthExpDate: new Date(clock.now() + 86_400_000).toISOString() },
    };
  });
  const first = await ils.authenticate('CARD-0001', 'a-pin', { signal });
  const second = await ils.authenticate('CARD-0001', 'a-pin', { signal });
  if (first.outcome !== 'ok' || second.outcome !== 'ok') return t.fail();
  const before = heard.length;
  await ils.endSession(first.patron, { signal });
  t.match(await faultOf(ils.account(first.patron, { signal })), { kind: 'refused', mayHaveHappened: false });
  await clock.advance(86_400_001);
  t.match(await faultOf(ils.cancelHold(second.patron, '5', { signal })), {
    kind: 'refused',
    grant: /signs in again/,
  });
  t.equal(heard.length, before);
});

t.test('as staff: the token in its header, the staff secret in the signature', async (t) => {
  const { ils, heard, origin } = await openScriptedPapi(
    t,
    (one) =>
      one.target.endsWith('/authenticator/staff')
        ? { json: { PAPIErrorCode: 0, AccessToken: 'tok', AccessSecret: 'sec' } }
        : enter(one),
    { ...staffAccount, patron_calls_as_staff: true },
  );
  t.match(await ils.authenticate('CARD-0001', 'a-pin', { signal }), { outcome: 'ok' });
  const last = heard.at(-1) as Heard;
  t.equal(last.headers['x-papi-accesstoken'], 'tok');
  t.match(last.target, '/REST/public/v1/1033/100/1/patron/');
  const date = last.headers['polarisdate'] as string;
  const parts = { method: 'GET', url: origin + last.target, date, secret: 'sec' };
  t.equal(last.headers.authorization, `PWS carrel:${signatureOf('1234', parts)}`);
  t.equal(heard[0]?.headers['x-papi-accesstoken'], undefined, 'the PIN is checked without');
});

t.test('a 401 to a patron’s request speaks of the patron’s secret too', async (t) => {
  const { ils } = await openScriptedPapi(t, (one) =>
    one.target.includes('/circulationblocks') ? { status: 401, text: '' } : enter(one),
  );
  t.match(await faultOf(ils.authenticate('CARD-0001', 'a-pin', { signal })), {
    kind: 'refused',
    grant: /AccessSecret/,
  });
});
