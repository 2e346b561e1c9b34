import { join } from 'node:path';
import t from 'tap';
import {
  CancelAnswer,
  HoldAnswer,
  PatronAccount,
  PickupBranches,
  RenewalAnswer,
} from '../../contract/patron-account.js';
import { openKohaSimulator } from '../simulators/koha/koha-simulator.js';
import { openOverDriveSimulator } from '../simulators/overdrive/overdrive-simulator.js';
import { carrel, openHouse, type House } from './house.js';
import { nowhere, talkative } from './ils-log.js';
import { PIN, stockKoha, writeHeld } from './ils-records.js';
import { setUpSource } from './ils-sources.js';
import { statuses, told, until, visitorAt, type Visitor } from './ils-visitor.js';

t.test('a house with the library’s own system behind it', async (t) => {
  const dir = t.testdir({ data: {}, files: { 'koha.secret': 'carrel-secret\n' } });
  const dataDir = join(dir, 'data');
  const koha = await openKohaSimulator();
  t.teardown(() => koha.close());
  stockKoha(koha);
  const written: House[] = [];
  const secrets = new Set([PIN, 'carrel-secret', 'CARD-00']);
  const titles = ['tide tables', 'heron almanac', 'field guide to lichens'];
  const open = async (): Promise<House> => {
    const house = await openHouse(t, dataDir, talkative);
    written.push(house);
    return house;
  };
  const asked = (method: string, path: string): number =>
    koha.asked.filter((one) => one.method === method && one.path === `/api/v1${path}`).length;
  /** Keeps what this browser knows, to look for it where it must not stand. */
  const remember = ({ cookies, csrf }: Visitor): void =>
    [...cookies.values(), csrf].filter((word) => word !== '').forEach((word) => secrets.add(word));

  await t.test('a system is set up and tried on the command line', async (t) => {
    const imported = await carrel(dataDir, 'import', writeHeld(dir), '--quiet', '--no-vectors');
    t.equal(imported.code, 0, imported.text);
    const secret = `client_secret=@${join(dir, 'files/koha.secret')}`;
    const added = await carrel(
      dataDir,
      ...['ils', 'add', 'koha', 'koha', `url=${koha.url}`, 'client_id=carrel-client', secret],
    );
    t.equal(added.code, 0, added.text);
    const tried = await carrel(dataDir, 'ils', 'test', '--record', 'tide');
    t.equal(tried.code, 0, tried.text);
    t.match(tried.text, /^koha: Koha at 127\.0\.0\.1:\d+$/m);
    t.match(tried.text, /^ {2}yes {2}placing a hold/m);
    t.match(tried.text, /^ {2}record tide: 4 copies: /m);
    t.notMatch(added.text + tried.text, /carrel-secret/);
    t.equal(koha.state.holds.length, 3, 'trying places no hold');
  });

  const house = await open();
  const { base } = house;
  const ada = visitorAt(base);
  const ben = visitorAt(base);
  const talk = await ada.begin();

  await t.test('a turn shows the copies that the system has now', async (t) => {
    const startedAt = Date.now();
    await told(ada, 'tide');
    const { recommendations } = await talk.say('The tide tables');
    const card = recommendations.find(({ record_id: id }) => id === 'tide');
    const { source, state, stale, asOf, branches } = card?.availability ?? (await ada.availability('tide'));
    t.match({ source, state, stale }, { source: 'ils', state: 'available', stale: false });
    t.ok(card, 'the record is among the cards');
    t.ok(Date.parse(asOf ?? '') >= startedAt - 60_000 && Date.parse(asOf ?? '') <= Date.now(), `${asOf}`);
    t.strictSame(
      branches.map(({ branch_name: name, available, total }) => [name, available, total]),
      [
        ['East Branch', 0, 2],
        ['Main Library', 1, 2],
      ],
    );
    t.strictSame(statuses(card?.availability ?? (await ada.availability('tide'))), [
      'available',
      'checked_out',
      'in_transit',
      'on_hold_shelf',
    ]);
  });

  await t.test('a copy of which nobody knows is not called available', async (t) => {
    const sealed = await told(ada, 'sealed');
    t.strictSame(statuses(sealed), ['unknown']);
    t.match(sealed, { state: 'unknown', source: 'ils', branches: [{ available: 0 }] });
  });

  let silent: Promise<HoldAnswer> | undefined;
  await t.test('a hold goes out and the system falls silent after placing it', async (t) => {
    t.match(await ben.signIn('CARD-0005', PIN), { outcome: 'signed_in' });
    koha.faults.holdThenSilence = true;
    silent = ben.write('POST', '/me/holds', HoldAnswer, { record_id: 'heron', pickup_branch_id: 'EAST' });
    silent.catch(() => undefined);
    await until('the hold upstream', () => asked('POST', '/holds') || undefined);
    koha.faults.holdThenSilence = false;
    t.ok(koha.state.holds.some((hold) => hold.patron_id === 108 && hold.biblio_id === 5));
    remember(ben);
  });

  await t.test('card and PIN open the account that the system holds', async (t) => {
    const before = ada.cookies.get('carrel_session');
    const answer = await ada.signIn('CARD-0001', PIN);
    t.match(answer, { outcome: 'signed_in', me: { signed_in: true, home_branch_id: 'MAIN' } });
    t.not(ada.cookies.get('carrel_session'), before, 'the browser’s session is a new one');
    remember(ada);
    const account = await ada.get('/me/account', PatronAccount);
    t.match(account, {
      state: 'known',
      holds: [{ record_id: 'lichen', title: 'A field guide to lichens', pickup_branch_id: 'MAIN' }],
      fines: { lines: [{ text: 'Overdue fine' }] },
      card_expires: '2099-12-31',
    });
    t.strictSame(account.loans?.map(({ record_id: id }) => id).sort(), ['letters', 'tide']);
    t.equal((await ada.me()).signed_in, true);
    t.equal((await visitorAt(base).me()).signed_in, false, 'in no other browser');
  });

  await t.test('a hold is placed where the patron wants it, seen, and cancelled', async (t) => {
    const pickup = await ada.get('/me/pickup-branches?record_id=heron', PickupBranches);
    t.strictSame(
      pickup.branches.map(({ id }) => id),
      ['EAST', 'MAIN'],
      'not where holds cannot be fetched',
    );
    const posts = asked('POST', '/holds');
    const wanted = { record_id: 'heron', pickup_branch_id: 'EAST' };
    const placed = await ada.write('POST', '/me/holds', HoldAnswer, wanted);
    t.match(placed, { outcome: 'placed', pickup_branch_name: 'East Branch' });
    t.match(await ada.write('POST', '/me/holds', HoldAnswer, wanted), {
      outcome: 'refused',
      reason: 'already_held',
    });
    t.equal(asked('POST', '/holds'), posts + 2, 'each was sent once');
    const { holds } = await ada.get('/me/account', PatronAccount);
    t.match(
      holds?.find(({ hold_id: id }) => id === placed.hold_id),
      { record_id: 'heron', status: 'waiting', cancellable: true },
    );
    const csrf = ada.csrf;
    ada.csrf = '';
    t.equal((await ada.ask('DELETE', `/me/holds/${placed.hold_id}`)).status, 403, 'not without its token');
    ada.csrf = csrf;
    t.match(await ada.write('DELETE', `/me/holds/${placed.hold_id}`, CancelAnswer), { outcome: 'cancelled' });
    t.notOk(koha.state.holds.some((hold) => String(hold.hold_id) === placed.hold_id));
    const other = koha.state.holds.find((hold) => hold.patron_id === 51);
    t.match(await ada.write('DELETE', `/me/holds/${other?.hold_id}`, CancelAnswer), { outcome: 'refused' });
    t.ok(koha.state.holds.includes(other as (typeof koha.state.holds)[number]), 'another’s hold stands');
  });

  await t.test('a loan is renewed, or the reason is told why not', async (t) => {
    const renewed = await ada.write('POST', '/me/loans/901/renewal', RenewalAnswer);
    t.equal(renewed.outcome, 'renewed');
    const loan = koha.state.checkouts.find(({ checkout_id: id }) => id === 901);
    t.equal(loan?.renewals_count, 1);
    t.equal(Date.parse(renewed.due_at ?? ''), Date.parse(loan?.due_date ?? ''));
    t.match(await ada.write('POST', '/me/loans/902/renewal', RenewalAnswer), {
      outcome: 'refused',
      reason: 'too_many_renewals',
    });
  });

  await t.test('a wrong PIN is asked about once, and never so often that the card is locked', async (t) => {
    const guess = async (pin: string) => {
      const before = asked('POST', '/auth/password/validation');
      const { outcome } = await visitorAt(base).signIn('CARD-0006', pin);
      return [outcome, asked('POST', '/auth/password/validation') - before];
    };
    t.strictSame(await guess('wrong-1'), ['rejected', 1]);
    t.strictSame(await guess('wrong-2'), ['rejected', 1]);
    t.strictSame(await guess('wrong-3'), ['limited', 0]);
    t.strictSame(await guess(PIN), ['limited', 0]);
    const card = koha.state.patrons.find(({ cardnumber }) => cardnumber === 'CARD-0006');
    t.ok((card?.login_attempts ?? 9) < koha.state.sysprefs.FailedLoginAttempts, 'the card is not locked');
    t.match(
      await visitorAt(base).signIn('CARD-9999', 'wrong-1'),
      { outcome: 'rejected' },
      'as if it existed',
    );
  });

  await t.test('the end of a visit ends cookies, conversation and session together', async (t) => {
    remember(ada);
    const own = await ada.begin();
    await own.say('lichens');
    const stolen = new Map(ada.cookies);
    t.equal((await ada.ask('DELETE', '/session')).status, 204);
    t.equal(ada.cookies.size, 0, 'the browser keeps none');
    const thief = visitorAt(base, stolen);
    thief.csrf = ada.csrf;
    // Another patron's hold may still be under way.
    const aboutHer = (): number =>
      koha.asked.filter(({ target, body }) => /patron_id"?[=:]5\b|\/patrons\/5\b/.test(target + body)).length;
    const before = aboutHer();
    t.ok(before > 0);
    t.equal((await thief.me()).signed_in, false);
    t.equal((await thief.ask('GET', '/me/account')).status, 401);
    const hold = { record_id: 'heron', pickup_branch_id: 'MAIN' };
    t.equal((await thief.ask('POST', '/me/holds', hold)).status, 401);
    t.equal(aboutHer(), before, 'the system is asked nothing');
    t.equal((await thief.ask('POST', `/conversations/${own.id}/turns`, { text: 'more' })).status, 401);
    t.equal((await thief.ask('POST', `/conversations/${talk.id}/turns`, { text: 'more' })).status, 401);
  });

  await t.test('a hold whose answer never came is found and told as placed', async (t) => {
    const answer = await silent;
    const kept = koha.state.holds.filter((hold) => hold.patron_id === 108);
    t.match(answer, { outcome: 'placed', pickup_branch_name: 'East Branch' });
    t.strictSame(
      kept.map((hold) => String(hold.hold_id)),
      [answer?.hold_id],
      'it stands once',
    );
    const sent = koha.asked.filter((one) => one.method === 'POST' && one.body.includes('"patron_id":108'));
    t.equal(sent.length, 1, 'it was sent once');
  });

  await t.test('with the system away the house goes on, and says how old its word is', async (t) => {
    const visitor = visitorAt(base);
    const before = await told(visitor, 'tide');
    await koha.leave();
    process.kill(house.pid, 'SIGUSR2');
    await until('age', async () => (await visitor.availability('tide')).stale || undefined);
    const { say } = await visitor.begin();
    for (let turn = 0; turn < 3; turn += 1) {
      const { recommendations } = await say('The tide tables');
      const card = recommendations.find(({ record_id: id }) => id === 'tide');
      t.match(card?.availability, { stale: true, asOf: before.asOf, state: before.state, source: 'ils' });
    }
    for (const pin of [PIN, 'wrong-1', 'wrong-1', 'wrong-1']) {
      t.match(await visitor.signIn('CARD-0001', pin), { outcome: 'unavailable', me: null });
    }
    t.match(await ben.get('/me/account', PatronAccount), { state: 'unavailable', loans: null, holds: null });
    const hold = { record_id: 'tide', pickup_branch_id: 'MAIN' };
    t.match(await ben.write('POST', '/me/holds', HoldAnswer, hold), { outcome: 'unavailable' });
    t.equal((await fetch(`${base}/health/ready`)).status, 200);

    await koha.comeBack();
    const backAt = performance.now();
    const after = await until('fresh copies', async () => {
      const availability = await visitor.availability('tide');
      return availability.stale ? undefined : availability;
    });
    t.comment(`fresh ${((performance.now() - backAt) / 1000).toFixed(1)} s after its return`);
    t.ok(Date.parse(after.asOf ?? '') > Date.parse(before.asOf ?? ''));
    t.match(
      await visitor.signIn('CARD-0001', PIN),
      { outcome: 'signed_in' },
      'nothing was counted against it',
    );
    remember(visitor);
    t.match(await ben.get('/me/account', PatronAccount), { state: 'known' });
    t.equal(koha.state.holds.filter((one) => one.patron_id === 108).length, 1, 'nothing was sent later');
  });

  const stolen = new Map(ben.cookies);
  await house.pullThePlug();
  const overdrive = await openOverDriveSimulator();
  t.teardown(() => overdrive.close());
  await setUpSource(dataDir, 'overdrive', {
    client_key: overdrive.state.client.key,
    client_secret: overdrive.state.client.secret,
    library_id: String(overdrive.state.library.id),
    requests_per_second: 50,
    api_url: overdrive.url,
    oauth_url: overdrive.url,
  });

  await t.test('after a crash nobody is signed in, and e-copies may stand beside the shelves', async (t) => {
    const next = await open();
    const thief = visitorAt(next.base, stolen);
    t.equal((await thief.me()).signed_in, false);
    t.equal((await thief.ask('GET', '/me/account')).status, 401);
    const startedAt = performance.now();
    const shown = await until('e-copies', async () => {
      const availability = await thief.availability('tide');
      return availability.ecopies && availability.asOf !== null ? availability : undefined;
    });
    t.comment(`e-copies after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    t.match(shown, {
      source: 'ils',
      state: 'available',
      ecopies: [{ lender: 'OverDrive', status: 'available', owned: 2 }],
    });
    t.equal(statuses(shown).length, 4, 'the copies are told too');
    t.notOk(
      overdrive.asked.some((one) => one.headers['x-forwarded-for'] !== undefined),
      'OverDrive learns no patron’s address',
    );
    t.match(await visitorAt(next.base).signIn('CARD-0001', PIN), { outcome: 'signed_in' });
    t.equal(await next.stop(), 0);
  });

  await t.test('no card, PIN, token, secret or title asked for is in the log or in carrel.db', (t) => {
    for (const { headers } of koha.asked) {
      const token = headers.authorization?.replace(/^Bearer /, '');
      if (token !== undefined) secrets.add(token);
    }
    const words = [...secrets, overdrive.state.client.secret, ...titles, 'wrong-1'];
    t.ok(words.length > 15, `${words.length} words are looked for`);
    nowhere(t, words, { dataDir, log: written.map((one) => one.written()).join('') });
    t.end();
  });
});
