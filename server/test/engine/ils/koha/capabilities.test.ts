import t from 'tap';
import type { Capabilities } from '../../../../engine/ils/capabilities.js';
import { aKoha, faultOf } from './a-koha.js';

const asking = { signal: new AbortController().signal };
const works = (told: Capabilities) =>
  Object.entries(told)
    .filter(([, one]) => one.works)
    .map(([name]) => name);

t.test('what is granted works, and finding out changes nothing and reads nobody', async (t) => {
  const { ils, koha } = await aKoha(t);
  const before = JSON.stringify(koha.state);
  const told = await ils.capabilities(asking);
  t.equal(works(told).length, 8);
  t.same(told.availability, { works: true }, 'with nothing left to say');
  t.match(told.place_hold, { note: /permission reserveforothers, which cannot be tried/ }, 'all of it');
  t.match(told.authenticate, { note: /permission borrowers, which cannot be tried/ });
  t.equal(JSON.stringify(koha.state), before);
  const tokens = koha.asked.filter(({ path }) => path.endsWith('/oauth/token')).length;
  t.equal(koha.asked.filter(({ method }) => method !== 'GET').length, tokens, 'questions alone');
  t.notOk(
    koha.asked.some(({ path }) => /auth\/password|\/patrons(\/[1-9]|$)/.test(path)),
    'no PIN is tried and no patron looked at',
  );
});

t.test('each permission that is missing is named, with what it costs', async (t) => {
  const { ils, koha } = await aKoha(t);
  const without = async (permission: string) => {
    koha.state.apiUser.permissions = ['borrowers', 'catalogue', 'circulate', 'reserveforothers'].filter(
      (one) => one !== permission,
    );
    return ils.capabilities(asking);
  };
  const noBorrowers = await without('borrowers');
  t.match(noBorrowers.authenticate, { works: false, grant: /borrowers/ });
  t.match(noBorrowers.account, { works: false, grant: /borrowers/ });
  const noHolds = await without('reserveforothers');
  t.match(noHolds.place_hold, { works: false, grant: /reserveforothers/, because: /does not let Carrel/ });
  t.match(noHolds.cancel_hold, { works: false, grant: /reserveforothers/ });
  t.match(noHolds.account, { works: true, note: /holds .*reserveforothers/ });
  const noCirculation = await without('circulate');
  t.match(noCirculation.renew, { works: false, grant: /circulate: circulate_remaining_permissions/ });
  const noCatalogue = await without('catalogue');
  t.match(noCatalogue.availability, { works: true, note: /public endpoints.*on their way/ });
  t.match(noCatalogue.harvest, { works: false, grant: 'Permission catalogue' });
});

t.test('a wrong key leaves the public endpoints, and says what to do about the rest', async (t) => {
  const { ils, koha } = await aKoha(t, { client_secret: 'wrong' });
  const told = await ils.capabilities(asking);
  t.same(works(told), ['branches', 'availability']);
  t.match(told.authenticate, { works: false, grant: /RESTOAuth2ClientCredentials.*API key/ });
  koha.state.sysprefs.RESTPublicAPI = false;
  t.same(works(await ils.capabilities(asking)), []);
});

t.test('without an account the public switches are what counts', async (t) => {
  const { ils, koha } = await aKoha(t, { auth: 'none' });
  const open = await ils.capabilities(asking);
  t.same(works(open), ['branches', 'availability']);
  t.match(open.availability, { note: /hold shelf or are on their way/ });
  koha.state.sysprefs.RESTPublicAnonymousRequests = false;
  const told = await ils.capabilities(asking);
  t.same(works(told), []);
  t.match(told.place_hold, { works: false, because: /no account/ });
  t.equal(ils.feed, undefined);
});

t.test('one record that Koha cannot write does not hide its list of records', async (t) => {
  const { ils, koha } = await aKoha(t);
  for (const { biblio_id: id } of koha.state.biblios) koha.faults.unwritable.add(id);
  t.same((await ils.capabilities(asking)).harvest, { works: true });
});

t.test('a Koha that has come to itself is believed at once', async (t) => {
  const { ils, koha } = await aKoha(t);
  koha.state.apiUser.permissions = [];
  t.match((await ils.capabilities(asking)).harvest, { works: false });
  koha.state.apiUser.permissions = ['superlibrarian'];
  t.equal(works(await ils.capabilities(asking)).length, 8);
});

t.test('a Koha that fails is told as failing, and one that is away says nothing', async (t) => {
  const { ils, koha } = await aKoha(t);
  koha.faults.crash = true;
  const told = await ils.capabilities(asking);
  t.match(told.branches, { works: false, because: /failed/ });
  t.same(works(told), []);
  koha.faults.crash = false;
  await koha.leave();
  t.equal((await faultOf(ils.capabilities(asking))).kind, 'unreachable');
});
