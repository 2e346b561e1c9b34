import t from 'tap';
import type { HarvestedRecord } from '../../../../engine/harvest/feed.js';
import type { IlsPatron } from '../../../../engine/ils/patron.js';
import type { Ils } from '../../../../engine/ils/ils.js';
import { openPolaris } from '../../../../engine/ils/polaris/polaris.js';
import { PolarisSettings } from '../../../../engine/ils/polaris/settings.js';
import { bibOf } from '../../../fakes/bibs.js';
import { createFakeClock } from '../../../fakes/clock.js';
import { bib, patron } from '../../../simulators/polaris/polaris-library.js';
import { openPolarisSimulator, type PolarisVersion } from '../../../simulators/polaris/polaris-simulator.js';
import { faultOf } from './scripted-papi.js';

const { signal } = new AbortController();
const staff = { staff_domain: 'LIBRARY', staff_username: 'carrel', staff_password: 'staff-password' };
const tides = bibOf('1', 'The tide tables');
const lichens = bibOf('2', 'A field guide to lichens');

/** Both clocks stand still at the same moment. */
async function atPolaris(
  t: { teardown(end: () => Promise<void>): void },
  more: Record<string, unknown> = staff,
  version: PolarisVersion = 'new',
) {
  const clock = createFakeClock();
  const polaris = await openPolarisSimulator({ version, now: () => clock.now() });
  const { access } = polaris.state;
  const settings = PolarisSettings.parse({
    url: polaris.url,
    access_id: access.id,
    access_key: access.key,
    // Where the simulated server stands: six hours behind UTC, summer and winter.
    time_zone: 'America/Costa_Rica',
    ...more,
  });
  const ils = openPolaris(settings, { clock });
  t.teardown(async () => {
    await ils.close();
    await polaris.close();
  });
  const count = (ending: string) => polaris.asked.filter(({ path }) => path.endsWith(ending)).length;
  return { ...polaris, polaris, ils, clock, count };
}

async function signIn(ils: Ils, card = 'CARD-0001'): Promise<IlsPatron> {
  const answer = await ils.authenticate(card, '1234', { signal });
  if (answer.outcome !== 'ok') throw new Error(`the patron was ${answer.outcome}`);
  return answer.patron;
}

t.test('a copy in each status, all by this library’s own words: one of them is available', async (t) => {
  for (const more of [staff, {}]) {
    const { ils, count } = await atPolaris(t, more);
    const items = (await ils.availability([tides], { signal })).get('1')?.items ?? [];
    t.equal(items.length, 17);
    t.same(
      items.filter(({ status }) => status === 'available').map(({ rawStatus }) => rawStatus),
      ['Available'],
    );
    t.same(
      items.filter(({ status }) => status === 'unknown').map(({ rawStatus }) => rawStatus),
      ['Unavailable'],
    );
    const statusOf = (said: string) => items.find(({ rawStatus }) => rawStatus === said)?.status;
    t.equal(statusOf('Billed'), 'lost');
    t.equal(statusOf('In-Transit (Hold)'), 'in_transit');
    t.equal(statusOf('Recently Returned'), 'in_process');
    t.match(
      items.find(({ status }) => status === 'checked_out'),
      { dueAt: /^2026-03-21T04:59:/, barcode: 'ITEM-0102' },
    );
    t.equal(count('/itemstatuses'), 1);
  }
});

t.test('a server that has no list of statuses: its own wording needs the library’s word', async (t) => {
  const strange = await atPolaris(t, staff, 'old');
  const unknown = (await strange.ils.availability([tides], { signal })).get('1')?.items ?? [];
  t.notOk(unknown.some(({ status }) => status === 'available'));
  const told = await atPolaris(t, { ...staff, status_names: { Available: 'available' } }, 'old');
  const items = (await told.ils.availability([tides], { signal })).get('1')?.items ?? [];
  t.same(
    items.filter(({ status }) => status === 'available').map(({ itemId }) => itemId),
    ['101'],
  );
  t.ok((await all(told.ils)).records.length > 3, 'and its list of records goes by another name');
});

t.test('tokens that run out are renewed in the middle, and nobody notices', async (t) => {
  const { ils, faults, count } = await atPolaris(t);
  faults.unauthorisedAfter = 2;
  for (let n = 0; n < 6; n += 1) t.ok((await ils.availability([tides], { signal })).get('1')?.items.length);
  t.equal(count('/authenticator/staff'), 3);
});

t.test('clocks more than half an hour apart are told as that', async (t) => {
  const { ils, faults } = await atPolaris(t);
  faults.clockSkewMs = 29 * 60_000;
  t.ok((await ils.branches({ signal })).length > 0, 'less is no matter');
  faults.clockSkewMs = -45 * 60_000;
  t.match(await faultOf(ils.branches({ signal })), { kind: 'refused', grant: /45 minutes behind/ });
  t.match(await faultOf(ils.availability([tides], { signal })), { grant: /45 minutes behind/ });
  const capabilities = await ils.capabilities({ signal });
  t.match(capabilities.harvest, { works: false, grant: /45 minutes behind/ });
});

t.test('a proxy that changes the address breaks every signature, until the settings say so', async (t) => {
  const seenAs = 'https://papi.example.org';
  const plain = await atPolaris(t);
  plain.faults.seenAs = seenAs;
  t.match(await faultOf(plain.ils.branches({ signal })), { kind: 'refused', grant: /ExternalHostname/ });
  const told = await atPolaris(t, { ...staff, signed_origin: seenAs });
  told.faults.seenAs = seenAs;
  t.ok((await told.ils.branches({ signal })).length > 0);
});

t.test('an error inside of HTTP 200 is an error', async (t) => {
  const { ils, faults } = await atPolaris(t);
  const patron = await signIn(ils);
  for (const code of [-5, -9]) {
    faults.errorInside = code;
    t.match(await faultOf(ils.availability([tides], { signal })), { kind: 'broken' });
    t.match(await faultOf(ils.branches({ signal })), { kind: 'broken' });
    t.match(await faultOf(ils.account(patron, { signal })), { kind: 'broken' });
    t.match(await faultOf(ils.placeHold(patron, { record: tides, pickupBranchId: '3' }, { signal })), {
      kind: 'broken',
    });
  }
});

t.test('half an answer, a proxy’s page and a wrong type of content', async (t) => {
  const { ils, faults } = await atPolaris(t);
  faults.half = true;
  t.match(await faultOf(ils.branches({ signal })), { kind: 'cut_off' });
  faults.half = false;
  faults.proxyPage = 200;
  t.match(await faultOf(ils.branches({ signal })), { kind: 'foreign' });
  faults.proxyPage = 502;
  t.match(await faultOf(ils.branches({ signal })), { kind: 'broken' });
  faults.proxyPage = 0;
  faults.wrongType = true;
  t.ok((await ils.branches({ signal })).length > 0, 'JSON is read whatever it is called');
});

t.test(
  'a wrong PIN is asked about once each time, so that only the patron can lock themselves out',
  async (t) => {
    const { ils, clock, count } = await atPolaris(t);
    t.strictSame(await ils.authenticate('CARD-0001', '0000', { signal }), { outcome: 'rejected' });
    t.strictSame(await ils.authenticate('CARD-0001', '0000', { signal }), { outcome: 'rejected' });
    t.match(await ils.authenticate('CARD-0001', '1234', { signal }), { outcome: 'ok' }, 'two were not three');
    for (let n = 0; n < 3; n += 1) await ils.authenticate('CARD-0001', '0000', { signal });
    t.strictSame(await ils.authenticate('CARD-0001', '1234', { signal }), { outcome: 'rejected' }, 'locked');
    await clock.advance(300_001);
    t.match(await ils.authenticate('CARD-0001', '1234', { signal }), { outcome: 'ok' });
    t.equal(count('/authenticator/patron'), 8);
  },
);

t.test('a wrong staff password does not lock the staff account', async (t) => {
  const { ils, count, state } = await atPolaris(t, { ...staff, staff_password: 'another' });
  for (let n = 0; n < 5; n += 1)
    t.match(await faultOf(ils.availability([tides], { signal })), {
      kind: 'refused',
      grant: /staff account/,
    });
  t.equal(count('/authenticator/staff'), 1);
  t.not(state.staff.password, 'another');
});

t.test('username, legacy scheme and patron calls as staff', async (t) => {
  const { ils, state } = await atPolaris(t, { username_sign_in: true });
  state.legacyPatronScheme = true;
  t.match(await ils.account(await signIn(ils), { signal }), { cardExpires: '2099-12-31' });
  const byStaff = await atPolaris(t, { ...staff, patron_calls_as_staff: true });
  const account = await byStaff.ils.account(await signIn(byStaff.ils), { signal });
  t.match(account, { fines: { total: '1.50', lines: [{ text: /Overdue/, amount: '1.50' }] } });
  t.equal(account.loans?.length, 2, 'without the e-book');
  t.match(account.holds, [{ holdId: '8002', status: 'ready', pickupBy: '2026-03-10' }]);
});

t.test('a secret that is spent ends the session instead of an account half read', async (t) => {
  const { ils, faults } = await atPolaris(t);
  const patron = await signIn(ils);
  faults.unauthorisedAfter = 1;
  t.match(await faultOf(ils.account(patron, { signal })), { kind: 'refused', grant: /AccessSecret/ });
});

t.test('a dialogue of four rounds, a charge at its end', async (t) => {
  const { ils, state } = await atPolaris(t);
  const patron = await signIn(ils);
  let answer = await ils.placeHold(patron, { record: lichens, pickupBranchId: '4' }, { signal });
  const kinds: string[] = [];
  while (answer.outcome === 'question') {
    t.equal(state.fines.length, 1, 'nothing is charged while it is asked');
    kinds.push(answer.question.kind);
    answer = await ils.continueHold(patron, answer.question, true, { signal });
  }
  t.same(kinds, ['local_copy', 'interlibrary_loan', 'fee'], 'that others wait is no question here');
  t.match(answer, { outcome: 'placed', queuePosition: 2, queueTotal: 2 });
  t.equal(state.fines.length, 2);
});

t.test('a charge that is declined is not charged, and no hold stands', async (t) => {
  const { ils, state } = await atPolaris(t);
  const patron = await signIn(ils);
  const before = state.holds.length;
  const answer = await ils.placeHold(patron, { record: tides, pickupBranchId: '3' }, { signal });
  if (answer.outcome !== 'question') return t.fail();
  t.equal(answer.question.kind, 'fee');
  t.match(await ils.continueHold(patron, answer.question, false, { signal }), { outcome: 'refused' });
  t.equal(state.holds.length, before);
  t.equal(state.fines.length, 1);
});

t.test('holds that Polaris refuses', async (t) => {
  const { ils, state } = await atPolaris(t);
  const child = await signIn(ils, 'CARD-0004');
  const place = (id: string, pickupBranchId = '3') =>
    ils.placeHold(child, { record: bibOf(id, 'A title'), pickupBranchId }, { signal });
  t.match(await place('5'), { outcome: 'refused', reason: 'age' });
  t.match(await place('1', '5'), { outcome: 'refused', reason: 'pickup_place' });
  t.match(await place('1', '77'), { outcome: 'refused', reason: 'pickup_place' });
  t.match(await place('999'), { outcome: 'refused', reason: 'not_found' });
  t.match(await place('1'), { outcome: 'placed' });
  t.match(await place('1'), { outcome: 'refused', reason: 'other', said: /already have/ });
  t.equal(state.holds.filter(({ patronId }) => patronId === 14).length, 1);
});

t.test('a hold that succeeds and is never answered stands once', async (t) => {
  const { ils, state, faults, asked } = await atPolaris(t);
  state.patrons.push(patron(15, 'CARD-0005'));
  const someone = await signIn(ils, 'CARD-0005');
  faults.holdThenSilence = true;
  const leaving = new AbortController();
  const placing = ils.placeHold(someone, { record: tides, pickupBranchId: '3' }, { signal: leaving.signal });
  placing.catch(() => undefined);
  while (!state.holds.some(({ patronId }) => patronId === 15)) await new Promise((go) => setImmediate(go));
  leaving.abort(new Error('too long'));
  await t.rejects(placing, { message: 'too long' });
  t.match((await ils.account(someone, { signal })).holds, [{ ilsId: '1', status: 'waiting' }]);
  t.equal(asked.filter(({ method, path }) => method === 'POST' && path.endsWith('/holdrequest')).length, 1);
});

t.test('one hold is cancelled and the others stand; what is ready is not cancelled here', async (t) => {
  const { ils, state } = await atPolaris(t);
  const child = await signIn(ils, 'CARD-0004');
  for (const id of ['1', '2'])
    state.holds.push({ ...state.holds[0]!, id: 8100 + Number(id), patronId: 14, bibId: Number(id) });
  t.strictSame(await ils.cancelHold(child, '8101', { signal }), { outcome: 'cancelled' });
  t.match(await ils.cancelHold(child, '0', { signal }), { outcome: 'refused' });
  t.same(
    (await ils.account(child, { signal })).holds?.map(({ holdId }) => holdId),
    ['8102'],
  );
  const other = await signIn(ils);
  t.match(await ils.cancelHold(other, '8002', { signal }), { outcome: 'refused', said: /ready/ });
  t.match(await ils.cancelHold(other, '8102', { signal }), { outcome: 'refused', reason: 'not_yours' });
});

t.test('renewals: one that would cost something is left alone', async (t) => {
  const { ils, state } = await atPolaris(t);
  const someone = await signIn(ils);
  t.match(await ils.renew(someone, '102', { signal }), { outcome: 'renewed', dueAt: /Z$/ });
  t.match(await ils.renew(someone, '106', { signal }), { outcome: 'refused', said: /charged \$0\.40/ });
  t.equal(state.fines.length, 1);
});

async function all(ils: Ils, since?: string): Promise<{ records: HarvestedRecord[]; cursor: string }> {
  const records: HarvestedRecord[] = [];
  const pages = ils.feed?.harvest({ since }, { signal });
  for (;;) {
    const next = await pages?.next();
    if (!next) throw new Error('expected a feed');
    if (next.done) return { records, cursor: next.value };
    records.push(...next.value.records);
  }
}

t.test('a harvest with pages that shift under it loses nothing', async (t) => {
  const { ils, state, faults } = await atPolaris(t, { ...staff, harvest_page: 2 });
  for (let n = 20; n < 30; n += 1) state.bibs.push(bib(n, `Title ${n}`, ''));
  let turn = 0;
  faults.betweenPages = (library) => {
    turn += 1;
    if (turn === 2)
      library.bibs.splice(
        library.bibs.findIndex(({ id }) => id === 3),
        1,
      );
    if (turn === 3) library.bibs.push(bib(40, 'A late one', ''));
  };
  const { records } = await all(ils);
  const keys = records.map(({ key }) => Number(key));
  t.same(
    [...keys].sort((a, b) => a - b),
    keys,
    'in order',
  );
  t.equal(new Set(keys).size, keys.length, 'each once');
  for (const id of [1, 2, 4, 5, 20, 29, 40]) t.ok(keys.includes(id), String(id));
  t.same(
    records.find(({ key }) => key === '4'),
    { key: '4', deleted: true },
    'hidden from the public',
  );
  t.match(records[0], { marcxml: /^<marc:record [^]*tag="852"[^]*<\/marc:record>$/ });
});

t.test('changes since: what was made or changed in the meantime, and no more', async (t) => {
  const { ils, state, clock } = await atPolaris(t);
  const first = await all(ils);
  await clock.advance(7 * 86_400_000);
  const at = new Date(clock.now() - 12 * 3_600_000).toISOString();
  state.bibs.push({ ...bib(8, 'New', ''), created: at, modified: at });
  const old = state.bibs.find(({ id }) => id === 2);
  if (old) old.modified = at;
  state.deletedBibs.push({ id: 5, at });
  state.bibs.splice(
    state.bibs.findIndex(({ id }) => id === 5),
    1,
  );
  const second = await all(ils, first.cursor);
  t.same(
    second.records.map(({ key }) => key),
    ['2', '8', '5'],
  );
  t.same(second.records[2], { key: '5', deleted: true });
  await clock.advance(86_400_000);
  t.same((await all(ils, second.cursor)).records, []);
});

t.test('a Polaris that goes away and comes back', async (t) => {
  const { ils, polaris } = await atPolaris(t);
  t.ok((await ils.branches({ signal })).length > 0);
  await polaris.leave();
  t.match(await faultOf(ils.branches({ signal })), { kind: 'unreachable' });
  t.match(await faultOf(ils.authenticate('CARD-0001', '1234', { signal })), {
    kind: 'unreachable',
    mayHaveHappened: false,
  });
  await polaris.comeBack();
  t.ok((await ils.branches({ signal })).length > 0);
  t.ok((await ils.availability([tides], { signal })).get('1')?.items.length);
});
