import { inspect } from 'node:util';
import t from 'tap';
import type { IlsFault } from '../../../../engine/ils/ils-fault.js';
import { faultOf, openSystem } from './open-system.js';

const signal = new AbortController().signal;
const asking = { signal };

t.test('by patron information or by patron status, as the settings say', async (t) => {
  for (const sign_in_message of ['63', '23'] as const) {
    const { ils, codes, server } = await openSystem(t, { sign_in_message });
    const answer = await ils.authenticate(' CARD-0001 ', '1234', asking);
    t.match(answer, { outcome: 'ok', patron: { id: /^sip2-[0-9a-f]{32}$/ } });
    t.same(codes(), ['93', '99', sign_in_message]);
    t.match(server.asked[2]?.text, /AACARD-0001\|AC\|AD1234\|$/);
    t.same(await ils.authenticate('CARD-0001', '9999', asking), { outcome: 'rejected' });
    t.same(await ils.authenticate('CARD-9999', '1234', asking), { outcome: 'rejected' });
    t.same(codes().slice(3), [sign_in_message, sign_in_message], 'each asked once');
  }
});

t.test('the home library and the same id at every visit', async (t) => {
  const { ils } = await openSystem(t);
  const one = await ils.authenticate('CARD-0001', '1234', asking);
  const again = await ils.authenticate('card-0001', '1234', asking);
  t.match(one, { patron: { homeBranchId: 'MAIN' } });
  t.same(again, { outcome: 'rejected' }, 'this server wants the card as it is written');
  const twice = await ils.authenticate('CARD-0001', '1234', asking);
  const other = await ils.authenticate('CARD-0002', '1234', asking);
  if (one.outcome !== 'ok' || twice.outcome !== 'ok' || other.outcome !== 'ok')
    return t.fail('not signed in');
  t.equal(twice.patron.id, one.patron.id);
  t.not(other.patron.id, one.patron.id);
});

t.test('nothing is asked about an empty PIN, which some servers call right', async (t) => {
  const { ils, server } = await openSystem(t, {}, { faults: { cqYesWithoutPin: true } });
  for (const [card, pin] of [
    ['CARD-0001', ''],
    ['CARD-0001', '  '],
    ['', '1234'],
    ['CARD-0001', '12|34'],
    ['CARD-0001', '1234\r'],
    ['CARD-0001|ADx', '1234'],
    ['CARD-0001', '\ud800'],
  ] as const)
    t.same(await ils.authenticate(card, pin, asking), { outcome: 'rejected' });
  t.same(server.asked, [], 'nor about what would be another card or PIN when cleaned');
});

t.test(
  'a server that never says whether the PIN is right lets nobody in, unless it is told to',
  async (t) => {
    const strict = await openSystem(t, {}, { faults: { cqAbsent: true } });
    t.same(await strict.ils.authenticate('CARD-0001', '1234', asking), { outcome: 'rejected' });
    const lax = await openSystem(t, { missing_cq: 'accept' }, { faults: { cqAbsent: true } });
    t.match(await lax.ils.authenticate('CARD-0001', '1234', asking), { outcome: 'ok' });
    t.match((await lax.ils.capabilities(asking)).authenticate, {
      works: true,
      note: /does not say that the PIN/,
    });
  },
);

t.test('blocked and expired are told with the right PIN alone', async (t) => {
  const { ils } = await openSystem(t);
  t.same(await ils.authenticate('CARD-BLOCKED', '1234', asking), { outcome: 'blocked' });
  t.same(await ils.authenticate('CARD-LOST', '1234', asking), { outcome: 'blocked' });
  t.same(await ils.authenticate('CARD-EXPIRED', '1234', asking), { outcome: 'expired' });
  for (const card of ['CARD-BLOCKED', 'CARD-LOST', 'CARD-EXPIRED'])
    t.same(await ils.authenticate(card, '0000', asking), { outcome: 'rejected' });
});

t.test(
  'a server that is slow, silent or gone has not said that a PIN is wrong, and is asked once',
  async (t) => {
    const { ils, server, clock, codes } = await openSystem(t);
    server.faults.deafTo = ['63'];
    const waiting = faultOf(ils.authenticate('CARD-0001', '1234', asking));
    await server.heard(3);
    await clock.advance(8_000);
    t.match(await waiting, { kind: 'silent' });
    Object.assign(server.faults, { deafTo: [], loseReplyTo: ['63'], loseBy: 'close' });
    t.match(await faultOf(ils.authenticate('CARD-0001', '1234', asking)), {
      kind: 'unreachable',
      mayHaveHappened: true,
    });
    t.equal(codes().filter((code) => code === '63').length, 2, 'once each: a second might lock the account');
    await server.goAway();
    t.match(await faultOf(ils.authenticate('CARD-0001', '1234', asking)), { kind: 'unreachable' });
  },
);

t.test('a PIN does not go into a connection that may be dead', async (t) => {
  const { ils, server, clock } = await openSystem(t, { keep_alive_seconds: 0 });
  t.match(await ils.authenticate('miker', '6789', asking), { outcome: 'ok' });
  t.match(await ils.authenticate('miker', '6789', asking), { outcome: 'ok' });
  t.equal(server.connections.opened, 1, 'one that has just answered is alive');
  await clock.advance(5_000);
  t.match(await ils.authenticate('miker', '6789', asking), { outcome: 'ok' });
  t.equal(server.connections.opened, 2);
});

t.test('padded and additional fields do not stand in the way', async (t) => {
  const faults = { paddedAo: true, extraFields: true, version: '2.0E' };
  const { ils } = await openSystem(t, {}, { faults });
  t.match(await ils.authenticate('CARD-0001', '1234', asking), { outcome: 'ok' });
  t.match((await ils.capabilities(asking)).account, { works: true });
});

t.test('a wrong institution finds nobody', async (t) => {
  const { ils } = await openSystem(t, { institution: 'OTHER' }, { needsInstitution: true });
  t.same(await ils.authenticate('CARD-0001', '1234', asking), { outcome: 'rejected' });
});

t.test('the end of a visit is told, and nothing of the patron is left', async (t) => {
  const { ils, server, codes } = await openSystem(t);
  const answer = await ils.authenticate('CARD-0001', '1234', asking);
  if (answer.outcome !== 'ok') return t.fail('not signed in');
  const { patron } = answer;
  t.ok(server.state.sessions.has('CARD-0001'));
  await ils.endSession(patron, asking);
  t.notOk(server.state.sessions.has('CARD-0001'));
  t.match(server.asked.at(-1)?.text, /^35.{18}AOUWOLS\|AACARD-0001\|AC\|AD1234\|$/);
  const before = codes().length;
  t.match(await faultOf(ils.account(patron, asking)), { kind: 'refused', mayHaveHappened: false });
  t.match(await faultOf(ils.renew(patron, 'BAR-OUT', asking)), { kind: 'refused', mayHaveHappened: false });
  await ils.endSession(patron, asking);
  t.equal(codes().length, before, 'nothing more is said in their name');
});

t.test('a visit ends even when the system cannot be told', async (t) => {
  const { ils, server } = await openSystem(t);
  const answer = await ils.authenticate('CARD-0001', '1234', asking);
  if (answer.outcome !== 'ok') return t.fail('not signed in');
  await server.goAway();
  await ils.endSession(answer.patron, asking);
  await server.comeBack();
  t.match(await faultOf(ils.account(answer.patron, asking)), { kind: 'refused' });
});

t.test('the PIN can be kept for signing in alone, and is then not kept', async (t) => {
  const { ils, server } = await openSystem(t, { send_pin: 'sign_in' });
  const answer = await ils.authenticate('CARD-0001', '1234', asking);
  if (answer.outcome !== 'ok') return t.fail('not signed in');
  await ils.account(answer.patron, asking);
  await ils.renew(answer.patron, 'BAR-OUT', asking);
  await ils.endSession(answer.patron, asking);
  const later = server.asked.slice(3);
  t.ok(later.length >= 6);
  for (const { text } of later) t.notMatch(text, /1234/);
});

t.test('neither card nor PIN is in anything that can be logged', async (t) => {
  const { ils, server } = await openSystem(t);
  const answer = await ils.authenticate('CARD-0001', '1234', asking);
  if (answer.outcome !== 'ok') return t.fail('not signed in');
  await server.goAway();
  const fault = await ils.account(answer.patron, asking).catch((error: unknown) => error as IlsFault);
  for (const shown of [answer.patron, fault, ils])
    for (const text of [inspect(shown, { depth: 12, showHidden: true }), JSON.stringify(shown)])
      t.notMatch(text, /CARD-0001|(?<![\d.])1234(?!\d)/);
});
