import t from 'tap';
import { patron } from '../../../simulators/koha/koha-library.js';
import { aKoha, faultOf, type AKoha } from './a-koha.js';

const asking = { signal: new AbortController().signal };
const signIn = ({ ils }: AKoha, card = 'CARD-0001', pin = '1234') => ils.authenticate(card, pin, asking);
const kindOf = async (work: Promise<unknown>) => (await faultOf(work)).kind;
const tried = ({ koha }: AKoha) =>
  koha.asked.filter(({ path }) => path.endsWith('/auth/password/validation'));

t.test('card or user name and PIN open the door', async (t) => {
  const both = await aKoha(t);
  t.match(await signIn(both), { outcome: 'ok', patron: { id: '5', homeBranchId: 'MAIN' } });
  t.match(await signIn(both, ' card-0001 '), { outcome: 'ok', patron: { id: '5' } });
  t.same(JSON.parse(tried(both)[0]?.body ?? ''), { identifier: 'CARD-0001', password: '1234' });
});

t.test('a locked account looks like a wrong PIN, for Koha says no more', async (t) => {
  const both = await aKoha(t);
  for (let n = 0; n < 3; n += 1) t.same(await signIn(both, 'CARD-0001', '0000'), { outcome: 'rejected' });
  t.same(await signIn(both), { outcome: 'rejected' });
  t.equal(tried(both).length, 4, 'one try each');
});

t.test('restricted, lost and expired cards are told to who knows the PIN', async (t) => {
  const both = await aKoha(t);
  t.same(await signIn(both, 'CARD-0002'), { outcome: 'blocked' });
  t.same(await signIn(both, 'CARD-0003'), { outcome: 'expired' });
  t.same(await signIn(both, 'CARD-0004'), { outcome: 'expired' }, 'the password has');
  both.koha.state.patrons.push(patron(9, 'CARD-0005', '1234', { patron_card_lost: true }));
  t.same(await signIn(both, 'CARD-0005'), { outcome: 'blocked' });
  both.koha.state.patrons.push(patron(10, 'CARD-0006', '1234', { expiry_date: '2026-03-04' }));
  t.match(await signIn(both, 'CARD-0006'), { outcome: 'ok' }, 'good on its last day');
});

t.test('a Koha that says yes and no more: the patron is looked for, and must be the only one', async (t) => {
  const both = await aKoha(t, {}, { version: 'old' });
  t.match(await signIn(both), { outcome: 'ok', patron: { id: '5' } }, 'not that of CARD-00012');
  for (const { target } of both.koha.asked.filter(({ path }) => path.endsWith('/patrons')))
    t.match(target, /_match=exact/);
  both.koha.state.patrons.push(patron(77, 'CARD-7777', '9999', { userid: 'CARD-0001' }));
  t.equal(await kindOf(signIn(both)), 'foreign', 'card of the one, user name of the other');
});

t.test('a yes to an expired password names anyone who has no card, and opens no door', async (t) => {
  const both = await aKoha(t);
  const cardless = { ...patron(78, 'unused', '9999', { userid: 'reader78' }), cardnumber: null };
  both.koha.state.patrons.push(cardless as unknown as ReturnType<typeof patron>);
  both.koha.faults.nextPatron = both.koha.state.patrons.at(-1);
  t.equal(await kindOf(signIn(both)), 'foreign');
  t.match(await signIn(both, 'reader78', '9999'), { outcome: 'ok', patron: { id: '78' } }, 'by user name');
});

t.test('trouble is never a wrong PIN', async (t) => {
  const both = await aKoha(t);
  const { koha } = both;
  await both.ils.branches(asking);
  await signIn(both);
  koha.state.apiUser.permissions = ['catalogue'];
  t.equal(await kindOf(signIn(both)), 'refused', 'Carrel’s own account may not');
  koha.state.apiUser.permissions = ['borrowers'];
  koha.faults.crash = true;
  t.equal(await kindOf(signIn(both)), 'broken');
  koha.faults.crash = false;
  koha.faults.errorInside = true;
  t.equal(await kindOf(signIn(both)), 'broken', 'an error under a good status opens no door');
  koha.faults.errorInside = false;
  koha.faults.proxyPage = 200;
  t.equal(await kindOf(signIn(both)), 'foreign', 'nor does a page of a proxy');
  koha.faults.proxyPage = 400;
  t.equal(await kindOf(signIn(both)), 'foreign', 'and its 400 is no wrong PIN');
  koha.faults.proxyPage = 0;
  koha.faults.half = true;
  t.equal(await kindOf(signIn(both)), 'cut_off');
  koha.faults.half = false;
  await koha.leave();
  t.equal(await kindOf(signIn(both)), 'unreachable');
});

t.test('a Koha without the endpoint offers no sign-in, and says so beforehand', async (t) => {
  const both = await aKoha(t, {}, { without: ['POST /auth/password/validation'] });
  t.equal(await kindOf(signIn(both)), 'not_offered');
  const { authenticate } = await both.ils.capabilities(asking);
  t.match(authenticate, { works: false, because: /POST \/auth\/password\/validation/ });
  t.equal(tried(both).length, 0);
});

t.test('a token is asked for once by all, renewed before it ends and once after a 401', async (t) => {
  const both = await aKoha(t);
  const { ils, koha, clock } = both;
  const tokens = () => koha.asked.filter(({ path }) => path.endsWith('/oauth/token')).length;
  await Promise.all([ils.branches(asking), ils.branches(asking), signIn(both)]);
  t.equal(tokens(), 1);
  await clock.advance(3_600_000 - 59_000);
  await ils.branches(asking);
  t.equal(tokens(), 2, 'a minute before its end');
  koha.faults.unauthorisedAfter = 1;
  t.match(await signIn(both), { outcome: 'ok' });
  t.ok(tokens() > 2);
  koha.faults.unauthorisedAfter = 0;
  const before = tried(both).length;
  t.equal(await kindOf(signIn(both)), 'refused');
  t.equal(tried(both).length - before, 2, 'once more, not for ever: Koha had looked at no PIN');
});

t.test('what is wrong with Carrel’s account is said in Koha’s words', async (t) => {
  const grantOf = async (both: AKoha) => {
    const { kind, grant } = await faultOf(signIn(both));
    return `${kind}: ${grant ?? ''}`;
  };
  t.match(await grantOf(await aKoha(t, { client_secret: 'wrong' })), /refused: .*API key/);
  const off = await aKoha(t);
  off.koha.state.sysprefs.RESTOAuth2ClientCredentials = false;
  t.match(await grantOf(off), /refused: .*RESTOAuth2ClientCredentials/);
  const basic = await aKoha(t, { auth: 'basic', user: 'carrel', password: 'service-password' });
  t.match(await signIn(basic), { outcome: 'ok' });
  basic.koha.state.sysprefs.RESTBasicAuth = false;
  t.match(await grantOf(basic), /refused: .*RESTBasicAuth/);
});

t.test('who has gone is nobody, and nobody’s account is not shown', async (t) => {
  const both = await aKoha(t);
  const answer = await signIn(both);
  if (answer.outcome !== 'ok') return t.fail('not signed in');
  await both.ils.endSession(answer.patron, asking);
  const before = both.koha.asked.length;
  t.match(await faultOf(both.ils.account(answer.patron, asking)), {
    kind: 'refused',
    mayHaveHappened: false,
  });
  t.equal(await kindOf(both.ils.account({ id: '51', homeBranchId: undefined }, asking)), 'refused');
  t.equal(both.koha.asked.length, before, 'nothing was asked');
});
