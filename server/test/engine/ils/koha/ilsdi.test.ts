import t, { type Test } from 'tap';
import { patron } from '../../../simulators/koha/koha-library.js';
import { aKoha, faultOf, type AKoha } from './a-koha.js';

const asking = { signal: new AbortController().signal };
const VALIDATION = 'POST /auth/password/validation';
const signIn = ({ ils }: AKoha, card = 'CARD-0001', pin = '1234') => ils.authenticate(card, pin, asking);
const tried = ({ koha }: AKoha) => koha.asked.filter(({ path }) => path.endsWith('/ilsdi.pl'));

/** A Koha whose REST API checks no PIN, behind an adapter that may ask ILS-DI. */
const anOldKoha = (t: Test): Promise<AKoha> =>
  aKoha(t, (url) => ({ ilsdi_url: url }), { without: [VALIDATION] });

t.test('a Koha whose REST API checks no PIN is asked by ILS-DI, once, and never in an address', async (t) => {
  const both = await anOldKoha(t);
  t.match(await signIn(both), { outcome: 'ok', patron: { id: '5', homeBranchId: 'MAIN' } });
  t.match(await signIn(both, ' card-0001 '), { outcome: 'ok', patron: { id: '5' } });
  t.same(await signIn(both, 'CARD-0001', '0000'), { outcome: 'rejected' });
  t.same(await signIn(both, 'CARD-9999'), { outcome: 'rejected' }, 'no such card reads the same');
  t.equal(tried(both).length, 4, 'one try each');
  for (const { method, target, body } of tried(both)) {
    t.equal(method, 'POST');
    t.equal(target, '/cgi-bin/koha/ilsdi.pl');
    t.match(body, /^service=AuthenticatePatron&username=/);
  }
  t.notOk(both.koha.asked.some(({ target }) => /1234|0000/.test(target)));
});

t.test('blocked, expired and locked are what they are by the REST API', async (t) => {
  const both = await anOldKoha(t);
  t.same(await signIn(both, 'CARD-0002'), { outcome: 'blocked' });
  t.same(await signIn(both, 'CARD-0003'), { outcome: 'expired' });
  t.same(await signIn(both, 'CARD-0004'), { outcome: 'expired' }, 'the password has');
  for (let n = 0; n < 3; n += 1) await signIn(both, 'CARD-0001', '0000');
  t.same(await signIn(both), { outcome: 'rejected' });
});

t.test('a yes that names somebody else opens no door', async (t) => {
  const both = await anOldKoha(t);
  const other = patron(77, 'CARD-7777', '1234');
  both.koha.state.patrons.push(other);
  const [first] = both.koha.state.patrons;
  if (!first) return t.fail('no patron');
  both.koha.faults.nextPatron = other;
  t.equal((await faultOf(signIn(both))).kind, 'foreign');
  t.match(await signIn(both, first.cardnumber), { outcome: 'ok' });
});

t.test('trouble with ILS-DI is never a wrong PIN, and says what to grant', async (t) => {
  const both = await anOldKoha(t);
  const { koha, ils } = both;
  const refused = { kind: 'refused', grant: /ILS-DI.*AuthorizedIPs/ };
  koha.state.sysprefs['ILS-DI'] = false;
  t.match(await faultOf(signIn(both)), refused);
  t.match((await ils.capabilities(asking)).authenticate, { works: false, grant: refused.grant });
  koha.state.sysprefs['ILS-DI'] = true;
  koha.state.sysprefs['ILS-DI:AuthorizedIPs'] = ['192.0.2.7'];
  t.match(await faultOf(signIn(both)), refused);
  koha.state.sysprefs['ILS-DI:AuthorizedIPs'] = ['127.0.0.1'];
  t.same((await ils.capabilities(asking)).authenticate, { works: true });
  koha.faults.only = ({ path }) => path.endsWith('/ilsdi.pl');
  for (const [status, kind] of Object.entries({
    200: 'foreign',
    403: 'refused',
    404: 'foreign',
    500: 'broken',
  })) {
    koha.faults.proxyPage = Number(status);
    t.equal((await faultOf(signIn(both))).kind, kind, `a page with ${status}`);
  }
  koha.faults.proxyPage = 0;
  koha.faults.half = true;
  t.equal((await faultOf(signIn(both))).kind, 'cut_off');
});

t.test('a Koha that can check a PIN by its REST API is never asked by ILS-DI', async (t) => {
  const both = await aKoha(t, (url) => ({ ilsdi_url: `${url}/cgi-bin/koha/ilsdi.pl` }));
  t.match(await signIn(both), { outcome: 'ok' });
  await both.ils.capabilities(asking);
  t.equal(tried(both).length, 0);
});

t.test('without its setting ILS-DI is not asked', async (t) => {
  const both = await aKoha(t, {}, { without: [VALIDATION] });
  t.equal((await faultOf(signIn(both))).kind, 'not_offered');
  t.match((await both.ils.capabilities(asking)).authenticate, { works: false });
  t.equal(tried(both).length, 0);
});
