import { join } from 'node:path';
import t from 'tap';
import { CancelAnswer, HoldAnswer, PatronAccount } from '../../contract/patron-account.js';
import { SearchResponse } from '../../contract/search.js';
import { openOaiSimulator } from '../simulators/oai/oai.js';
import { openPolarisSimulator } from '../simulators/polaris/polaris-simulator.js';
import { openSip2Simulator } from '../simulators/sip2/sip2.js';
import { carrel, openHouse, type House } from './house.js';
import { nowhere, talkative } from './ils-log.js';
import { HELD, PIN, writeHeld } from './ils-records.js';
import { setUpSource } from './ils-sources.js';
import { statuses, told, until, visitorAt, type Visitor } from './ils-visitor.js';

t.test('a house with other systems behind it', async (t) => {
  const dir = t.testdir({ data: {} });
  const dataDir = join(dir, 'data');
  const imported = await carrel(dataDir, 'import', writeHeld(dir), '--quiet', '--no-vectors');
  t.equal(imported.code, 0, imported.text);
  const written: House[] = [];
  const secrets = new Set([PIN, 'CARD-00', 'staff-password', 'clientpwd', 'wrong-1']);
  const open = async (): Promise<House> => {
    const house = await openHouse(t, dataDir, talkative);
    written.push(house);
    return house;
  };
  const remember = ({ cookies, csrf }: Visitor): void =>
    [...cookies.values(), csrf].forEach((word) => secrets.add(word));

  await t.test('Polaris asks back before a hold, and what costs is the patron’s to answer', async (t) => {
    const polaris = await openPolarisSimulator();
    t.teardown(() => polaris.close());
    for (const one of polaris.state.patrons) one.pin = PIN;
    const settings = {
      url: `${polaris.url}/PAPIService`,
      access_id: polaris.state.access.id,
      access_key: polaris.state.access.key,
      staff_domain: 'LIBRARY',
      staff_username: 'carrel',
      staff_password: 'staff-password',
    };
    await setUpSource(dataDir, 'polaris', settings);
    const next = await open();
    const visitor = visitorAt(next.base);
    const shown = await told(visitor, 'tide');
    t.match(shown, { source: 'ils', state: 'available', stale: false });
    t.equal(statuses(shown).filter((status) => status === 'available').length, 1, 'of all states one is in');
    t.match(await visitor.signIn('CARD-0001', 'wrong-1'), { outcome: 'rejected' });
    t.match(await visitor.signIn('CARD-0001', PIN), { outcome: 'signed_in' });
    remember(visitor);
    const mine = () => polaris.state.holds.filter((one) => one.patronId === 11 && one.bibId === 2).length;
    const wanted = { record_id: 'lichen', pickup_branch_id: '3' };
    let answer = await visitor.write('POST', '/me/holds', HoldAnswer, wanted);
    const kinds: string[] = [];
    for (; answer.question !== null;) {
      kinds.push(answer.question.kind);
      t.equal(mine(), 0, `nothing is placed while ${answer.question.kind} is asked`);
      const reply = { question_id: answer.question.question_id, yes: true };
      answer = await visitor.write('POST', '/me/holds/answers', HoldAnswer, reply);
    }
    t.strictSame(kinds, ['local_copy', 'interlibrary_loan', 'fee']);
    t.equal(answer.outcome, 'placed');
    t.equal(mine(), 1);
    const { holds } = await visitor.get('/me/account', PatronAccount);
    const hold = holds?.find(({ record_id: id }) => id === 'lichen');
    t.match(await visitor.write('DELETE', `/me/holds/${hold?.hold_id}`, CancelAnswer), {
      outcome: 'cancelled',
    });
    t.equal(await next.stop(), 0);
  });

  await t.test('SIP2 knows copies by their barcodes; a feed brings the records', async (t) => {
    const sip2 = await openSip2Simulator();
    const oai = await openOaiSimulator();
    t.teardown(async () => {
      await sip2.close();
      await oai.close();
    });
    const patron = sip2.state.patrons.get('CARD-0001');
    if (patron) patron.pin = PIN;
    oai.state.put('8', 'The glass observatory');
    const settings = {
      host: sip2.host,
      port: sip2.port,
      login_user: 'scclient',
      login_password: 'clientpwd',
      institution: 'UWOLS',
      branches: [{ id: 'MAIN', name: 'Main Library' }],
    };
    await setUpSource(dataDir, 'sip2', settings, ['polaris']);
    const next = await open();
    const visitor = visitorAt(next.base);
    const shown = await told(visitor, 'shelf');
    t.strictSame(statuses(shown), ['available', 'checked_out', 'unknown']);
    t.match(shown, { source: 'ils', state: 'available', branches: [{ available: 1, total: 3 }] });
    t.match(await visitor.signIn('CARD-0001', PIN), { outcome: 'signed_in' });
    remember(visitor);
    const { loans } = await visitor.get('/me/account', PatronAccount);
    t.match(
      loans?.find(({ title }) => title === 'A copy on loan'),
      { record_id: 'shelf' },
      'its record is found by the barcode',
    );
    const wanted = { record_id: 'shelf', pickup_branch_id: 'MAIN' };
    t.match(await visitor.write('POST', '/me/holds', HoldAnswer, wanted), { outcome: 'placed' });
    t.ok(sip2.state.sessions.has('CARD-0001'));
    t.equal((await visitor.ask('DELETE', '/session')).status, 204);
    await until('the end of the session upstream', () => !sip2.state.sessions.has('CARD-0001') || undefined);

    const added = await carrel(dataDir, 'ils', 'add', 'city', 'oai', `url=${oai.url}`, 'records_as=city');
    t.equal(added.code, 0, added.text);
    const harvested = await carrel(dataDir, 'harvest', 'city');
    t.equal(harvested.code, 0, harvested.text);
    t.match(harvested.text, /city: 8 records fetched/);
    await until('the records in the house', async () => {
      const ready = (await (await fetch(`${next.base}/health/ready`)).json()) as { records: number };
      return ready.records === HELD + 8 || undefined;
    });
    const found = await visitor.get('/search?q=glass%20observatory', SearchResponse);
    t.equal(found.records[0]?.title.text, 'The glass observatory');
    t.equal(await next.stop(), 0);
  });

  await t.test('no card, PIN, token, secret or title asked for is in the log or in carrel.db', (t) => {
    const words = [...secrets, 'field guide to lichens', 'northern harbour', 'glass observatory'];
    nowhere(t, words, { dataDir, log: written.map((one) => one.written()).join('') });
    t.end();
  });
});
