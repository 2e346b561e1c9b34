import { join } from 'node:path';
import t from 'tap';
import { Lenders } from '../../contract/lenders.js';
import { CancelAnswer, PatronAccount } from '../../contract/patron-account.js';
import { openKohaSimulator } from '../simulators/koha/koha-simulator.js';
import { openOverDriveSimulator } from '../simulators/overdrive/overdrive-simulator.js';
import { carrel, openHouse } from './house.js';
import { nowhere, talkative } from './ils-log.js';
import { PIN, stockKoha, writeHeld } from './ils-records.js';
import { setUpSource } from './ils-sources.js';
import { until, visitorAt } from './ils-visitor.js';

t.test('a house with a lender of e-books beside the library’s own system', async (t) => {
  const dir = t.testdir({ data: {} });
  const dataDir = join(dir, 'data');
  const [koha, overdrive] = [await openKohaSimulator(), await openOverDriveSimulator()];
  t.teardown(() => Promise.all([koha.close(), overdrive.close()]));
  stockKoha(koha);
  for (const one of overdrive.state.patrons) one.pin = PIN;
  overdrive.state.holds.push({
    ...{ patronId: 71, reserveId: '2A005D55-A417-4053-B90D-7A38CA6D2065', email: null },
    ...{ placed: '2026-02-21T10:00:00Z', position: 2, expires: null },
  });
  const tokensAsked = (): number => overdrive.asked.filter(({ path }) => path === '/patrontoken').length;

  const imported = await carrel(dataDir, 'import', writeHeld(dir), '--quiet', '--no-vectors');
  t.equal(imported.code, 0, imported.text);
  await setUpSource(dataDir, 'koha', {
    ...{ url: koha.url, client_id: 'carrel-client', client_secret: 'carrel-secret' },
  });
  const { client, library } = overdrive.state;
  const settings = {
    ...{ client_key: client.key, client_secret: client.secret, library_id: String(library.id) },
    ...{ requests_per_second: 50, api_url: overdrive.url, oauth_url: overdrive.url },
    ...{ patron_token_url: overdrive.url, patron_api_url: overdrive.url },
    ...{ website_id: library.websiteId, authorization_name: library.authorizationName },
  };
  await setUpSource(dataDir, 'overdrive', settings);

  const before = await openHouse(t, dataDir, talkative);
  const early = visitorAt(before.base);
  t.match(await early.signIn('CARD-0001', PIN), { outcome: 'signed_in', me: { can: { lenders: [] } } });
  t.strictSame(await early.get('/me/lenders', Lenders), { lenders: [] });
  t.equal(await before.stop(), 0);
  t.equal(tokensAsked(), 0, 'without the library’s wish no card goes to a lender');

  await setUpSource(dataDir, 'overdrive', {
    ...{ ...settings, patron_accounts: true, forward_patron_address: true },
  });
  const house = await openHouse(t, dataDir, talkative);
  const ada = visitorAt(house.base);

  t.match(await ada.signIn('CARD-0001', 'wrong-1'), { outcome: 'rejected' });
  t.match(await ada.signIn('CARD-0002', PIN), { outcome: 'blocked' });
  t.equal(tokensAsked(), 0, 'nor a card that the library’s own system did not let in');

  overdrive.faults.only = ({ path }) => path.startsWith('/v1/patrons/me');
  overdrive.faults.slowMs = Infinity;
  t.match(await ada.signIn('CARD-0001', PIN), {
    outcome: 'signed_in',
    me: { can: { lenders: ['OverDrive'] } },
  });
  const silent = ada.get('/me/lenders', Lenders);
  silent.catch(() => undefined);
  t.match(await ada.get('/me/account', PatronAccount), { state: 'known' }, 'a silent lender delays nothing');
  t.match(await silent, { lenders: [{ state: 'unavailable', loans: null, sentence: /OverDrive/ }] });
  overdrive.faults.slowMs = 0;

  const [told] = (await ada.get('/me/lenders', Lenders)).lenders;
  t.match(told, {
    ...{ lender: 'OverDrive', state: 'known' },
    loans: [{ record_id: 'tide', title: 'The tide tables', due_at: '2026-03-20T15:43:33.000Z' }],
    holds: [{ record_id: null, title: 'Letters from the lighthouse', queue_position: 2 }],
  });
  t.equal(tokensAsked(), 1, 'once for each sign-in');
  for (const path of ['/patrontoken', '/v1/patrons/me/checkouts'])
    t.ok(
      overdrive.asked.filter((one) => one.path === path).every(({ headers }) => headers['x-forwarded-for']),
      'with the address, as the library has chosen',
    );
  const address = `/me/holds/${encodeURIComponent(told?.holds?.[0]?.hold_id ?? '')}`;
  t.match(await ada.write('DELETE', address, CancelAnswer), { outcome: 'cancelled' });
  t.match(await ada.write('DELETE', address, CancelAnswer), { outcome: 'refused', reason: 'not_found' });
  t.notOk(overdrive.state.holds.some(({ patronId }) => patronId === 71));

  const asked = overdrive.asked.length;
  t.equal((await ada.ask('DELETE', '/session')).status, 204);
  t.equal((await ada.ask('GET', '/me/lenders')).status, 401);
  t.equal(overdrive.asked.length, asked, 'after the visit nothing is asked for anybody');

  await koha.leave();
  const late = visitorAt(house.base);
  t.match(await late.signIn('CARD-0001', PIN), { outcome: 'unavailable' });
  t.equal(tokensAsked(), 1, 'a lender does not stand in for a system that is away');
  await koha.comeBack();
  await until('the system', async () => {
    const { outcome } = await late.signIn('CARD-0001', PIN);
    return outcome === 'signed_in' ? true : undefined;
  });
  await until('its one request', () => (tokensAsked() === 2 ? true : undefined));
  t.equal(await house.stop(), 0);

  const passes = overdrive.asked.flatMap(({ headers }) => headers.authorization?.split(' ')[1] ?? []);
  const secrets = [...new Set([PIN, 'CARD-0001', client.secret, 'wrong-1', ...passes])];
  nowhere(t, secrets, { dataDir, log: before.written() + house.written() });
});
