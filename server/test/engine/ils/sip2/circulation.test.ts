import t, { type Test } from 'tap';
import { IlsFault } from '../../../../engine/ils/ils-fault.js';
import { bibOf, itemOf } from '../../../fakes/bibs.js';
import { faultOf, openSystem, published } from './open-system.js';

const signal = new AbortController().signal;
const asking = { signal };
const day = 86_400_000;
const alibi = bibOf('815', 'The deep blue alibi', {
  keys: { ilsId: '815', other: [] },
  items: [
    itemOf('i0', 'MAIN'),
    itemOf('i1', 'MAIN', { barcode: '0440242746' }),
    itemOf('i2', 'EAST', { barcode: 'BAR-IN' }),
  ],
});

async function signedIn(
  t: Test,
  ...opening: Parameters<typeof openSystem> extends [Test, ...infer R] ? R : never
) {
  const system = await openSystem(t, ...opening);
  const answer = await system.ils.authenticate('CARD-0001', '1234', asking);
  if (answer.outcome !== 'ok') throw new Error('not signed in');
  const said = (code: string): string[] =>
    system.server.asked.filter((one) => one.code === code).map(({ text }) => text);
  return { ...system, patron: answer.patron, said };
}

t.test('a title is held by the barcode of one of its copies', async (t) => {
  const { ils, patron, server, said } = await signedIn(t);
  const answer = await ils.placeHold(patron, { record: alibi, pickupBranchId: 'EAST' }, asking);
  t.strictSame(answer, {
    outcome: 'placed',
    holdId: 'item:0440242746',
    queuePosition: 1,
    pickup: { id: 'EAST', name: 'East Branch', pickup: true },
  });
  t.same(server.state.items.get('0440242746')?.holds, [{ card: 'CARD-0001', pickup: 'EAST' }]);
  t.match(said('15'), [/^15\+.{18}BSEAST\|BY2\|AOUWOLS\|AACARD-0001\|AD1234\|AB0440242746\|AJ\|AC\|BON\|$/]);
});

t.test('one copy is held as that copy', async (t) => {
  const { ils, patron, said } = await signedIn(t);
  const request = { record: alibi, pickupBranchId: 'MAIN', itemId: 'i2' };
  t.match(await ils.placeHold(patron, request, asking), { outcome: 'placed', holdId: 'item:BAR-IN' });
  t.match(said('15')[0], /\|BY3\|.*\|ABBAR-IN\|/);
});

t.test('a title is held by its number where the settings say so, and cancelled by it', async (t) => {
  const { ils, patron, said, server } = await signedIn(t, { hold_by: 'title_id', hold_days: 30 });
  Object.assign(server.state.items.get('0440242746') ?? {}, { title: '815' });
  const answer = await ils.placeHold(patron, { record: alibi, pickupBranchId: 'MAIN' }, asking);
  t.match(answer, { outcome: 'placed', holdId: 'title:815' });
  t.match(said('15')[0], /^15\+.{18}BW20260903 {4}101500\|BSMAIN\|.*\|AB\|AJ815\|/);
  t.same(await ils.cancelHold(patron, 'title:815', asking), { outcome: 'cancelled' });
  t.match(said('15')[1], /^15-.*\|AB\|AJ815\|$/);
  t.same(server.state.items.get('0440242746')?.holds, []);
});

t.test('a server that cancels a hold and says that there was none is not taken at its word', async (t) => {
  const { ils, patron, server, said } = await signedIn(t);
  server.faults.cancelSaysNo = true;
  t.match(await ils.cancelHold(patron, 'item:BAR-HELD', asking), {
    outcome: 'refused',
    said: 'No such hold on patron record.',
  });
  const state = server.state.items.get('BAR-HELD');
  state?.holds.push({ card: 'CARD-0001', pickup: 'EAST' });
  await ils.account(patron, asking);
  t.same(await ils.cancelHold(patron, 'item:BAR-HELD', asking), { outcome: 'cancelled' }, 'once it was seen');
  t.equal(said('15').length, 2, 'each is sent once');
  Object.assign(server.state.patrons.get('CARD-0001') ?? {}, { pin: '5678' });
  t.match(
    await ils.cancelHold(patron, 'item:BAR-RECALLED', asking),
    { outcome: 'refused', said: 'Invalid patron password.' },
    'one that stands, or cannot be looked for, is not called cancelled',
  );
  t.equal(server.state.items.get('BAR-RECALLED')?.holds.length, 1);
});

t.test('a visit’s end is told to the server where the settings let it', async (t) => {
  const { ils, patron, said } = await signedIn(t, { end_session: false });
  await ils.endSession(patron, asking);
  t.same(said('35'), []);
  t.match(await faultOf(ils.account(patron, asking)), { kind: 'refused' }, 'it is over here all the same');
});

t.test('what cannot be said in a hold is refused without asking', async (t) => {
  const { ils, patron, codes } = await signedIn(t);
  const bare = bibOf('b', 'Bare', { items: [itemOf('i', 'MAIN'), itemOf('j', 'MAIN', { barcode: 'A|B' })] });
  const before = codes().length;
  t.match(await ils.placeHold(patron, { record: bare, pickupBranchId: 'MAIN' }, asking), {
    outcome: 'refused',
    reason: 'not_holdable',
  });
  t.match(await ils.placeHold(patron, { record: alibi, pickupBranchId: 'MOON' }, asking), {
    outcome: 'refused',
    reason: 'pickup_place',
  });
  t.match(await ils.placeHold(patron, { record: alibi, pickupBranchId: 'MAIN', itemId: 'i0' }, asking), {
    outcome: 'refused',
  });
  t.equal(codes().length, before);
});

t.test(
  'a no comes with the system’s own words, and with a reason where the settings know them',
  async (t) => {
    const request = {
      record: bibOf('d', 'Desk', { items: [itemOf('i', 'MAIN', { barcode: 'BAR-DESK' })] }),
      pickupBranchId: 'MAIN',
    };
    const { ils, patron } = await signedIn(t);
    t.strictSame(await ils.placeHold(patron, request, asking), {
      outcome: 'refused',
      reason: 'other',
      said: 'Item cannot be held.',
    });
    const taught = await signedIn(t, {
      refusal_words: [
        { words: 'maximum renewals', reason: 'too_many_renewals' },
        { words: 'CANNOT be held', reason: 'not_holdable' },
      ],
    });
    t.match(await taught.ils.placeHold(taught.patron, request, asking), { reason: 'not_holdable' });
    t.match(await taught.ils.renew(taught.patron, 'BAR-OVERDUE', asking), {
      reason: 'too_many_renewals',
      said: 'Maximum renewals exceeded.',
    });
  },
);

t.test('a hold whose answer is lost is sent once, and may stand', async (t) => {
  for (const loseBy of ['close', 'silence'] as const) {
    const { ils, patron, server, clock, said } = await signedIn(t);
    Object.assign(server.faults, { loseReplyTo: ['15'], loseBy });
    const placing = ils.placeHold(patron, { record: alibi, pickupBranchId: 'MAIN' }, asking);
    const failed = faultOf(placing);
    const wanted = {
      mayHaveHappened: true,
      kind: loseBy === 'close' ? 'unreachable' : 'silent',
    };
    await server.heard(4);
    await clock.advance(8_000);
    t.match(await failed, wanted);
    t.equal(said('15').length, 1);
    t.equal(server.state.items.get('0440242746')?.holds.length, 1, 'here it does');
    server.faults.loseReplyTo = [];
    const { holds } = await ils.account(patron, asking);
    t.ok(
      holds?.some(({ holdId }) => holdId === 'item:0440242746'),
      'and can be found again by its id',
    );
  }
});

t.test('nothing is written into a connection that may be dead', async (t) => {
  const { ils, patron, server, clock, said } = await signedIn(t, { keep_alive_seconds: 0 });
  await clock.advance(60_000);
  const request = { record: alibi, pickupBranchId: 'MAIN' };
  t.match(await ils.placeHold(patron, request, asking), { outcome: 'placed' });
  t.equal(server.connections.opened, 2);
  await server.goAway();
  const fault: unknown = await ils
    .cancelHold(patron, 'item:0440242746', asking)
    .catch((error: unknown) => error);
  t.ok(fault instanceof IlsFault);
  t.equal(said('15').length, 1);
});

t.test('a server that cannot read a hold has not placed it', async (t) => {
  const { ils, patron, server, said } = await signedIn(t);
  server.faults.askAgain = 'always';
  const placing = ils.placeHold(patron, { record: alibi, pickupBranchId: 'MAIN' }, asking);
  t.match(await faultOf(placing), { kind: 'foreign', mayHaveHappened: false });
  t.equal(new Set(said('15')).size, 1, 'the same message each time');
  t.same(server.state.items.get('0440242746')?.holds, []);
});

t.test('ids that were never ids of holds cancel nothing', async (t) => {
  const { ils, patron, said } = await signedIn(t);
  for (const id of ['', '0', 'item:', 'title:', 'BAR-HELD', 'item:BAR|HELD', 'item:x\r11'])
    t.match(await ils.cancelHold(patron, id, asking), { outcome: 'refused', reason: 'not_found' }, id);
  t.same(said('15'), []);
  t.same(await ils.cancelHold(patron, 'item:BAR-HELD', asking), { outcome: 'cancelled' });
  t.match(said('15'), [/^15-.{18}AOUWOLS\|AACARD-0001\|AD1234\|ABBAR-HELD\|$/]);
});

t.test('a loan is renewed by its barcode, with the new date', async (t) => {
  const { ils, patron, said } = await signedIn(t);
  t.strictSame(await ils.renew(patron, 'BAR-OUT', asking), {
    outcome: 'renewed',
    dueAt: new Date(published + 21 * day).toISOString(),
  });
  t.match(said('29'), [/^29NN.{18} {18}AOUWOLS\|AACARD-0001\|AD1234\|ABBAR-OUT\|AJ\|AC\|BON\|$/]);
  t.match(await ils.renew(patron, 'BAR-OVERDUE', asking), {
    outcome: 'refused',
    reason: 'other',
    said: 'Maximum renewals exceeded.',
  });
  t.match(await ils.renew(patron, '', asking), { outcome: 'refused', reason: 'not_found' });
  t.equal(said('29').length, 2);
});

t.test('a new date in words is told in those words', async (t) => {
  const { ils, patron, server } = await signedIn(t);
  Object.assign(server.state.items.get('BAR-OUT') ?? {}, { dueText: 'after the holidays' });
  t.strictSame(await ils.renew(patron, 'BAR-OUT', asking), {
    outcome: 'renewed',
    dueText: 'after the holidays',
  });
});

t.test('a renewal whose answer is lost is not sent again', async (t) => {
  const { ils, patron, server, said } = await signedIn(t);
  Object.assign(server.faults, { loseReplyTo: ['29'], loseBy: 'close' });
  t.match(await faultOf(ils.renew(patron, 'BAR-OUT', asking)), { mayHaveHappened: true });
  t.equal(said('29').length, 1);
});

t.test('SIP2 has no questions to go on from', async (t) => {
  const { ils, patron } = await signedIn(t);
  t.match(await faultOf(ils.continueHold(patron, { kind: 'fee', said: '' }, true, asking)), {
    kind: 'not_offered',
    mayHaveHappened: false,
  });
});

t.test('a whole visit sends no message that lends, takes back, takes money or blocks', async (t) => {
  const { ils, patron, codes } = await signedIn(t);
  await ils.availability([alibi], asking);
  await ils.account(patron, asking);
  await ils.placeHold(patron, { record: alibi, pickupBranchId: 'MAIN' }, asking);
  await ils.cancelHold(patron, 'item:0440242746', asking);
  await ils.renew(patron, 'BAR-OUT', asking);
  await ils.endSession(patron, asking);
  t.same([...new Set(codes())].sort(), ['15', '17', '29', '35', '63', '93', '99']);
});
