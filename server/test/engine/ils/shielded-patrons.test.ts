import t from 'tap';
import { IlsFault } from '../../../engine/ils/ils-fault.js';
import type { HoldRequest } from '../../../engine/ils/patron.js';
import { noIls, shieldIls, type ShieldOptions } from '../../../engine/ils/shielded.js';
import { bibOf } from '../../fakes/bibs.js';
import { createFakeClock } from '../../fakes/clock.js';
import { createScriptedIls, type Turnout } from './scripted-ils.js';

const never = new AbortController().signal;
const asking = { signal: never };
const storm = bibOf('storm', 'Storm Glass', { keys: { ilsId: '77', other: [] } });
const request: HoldRequest = { record: storm, pickupBranchId: 'MAIN' };

const fault = (kind: ConstructorParameters<typeof IlsFault>[0], mayHaveHappened = true): IlsFault =>
  new IlsFault(kind, 'the test system', { mayHaveHappened });
const lost = (done: boolean): Turnout => ({ done, then: 'fault', fault: fault('cut_off') });
const silent = (done: boolean): Turnout => ({ done, then: 'silence' });

async function setUp(options: Partial<ShieldOptions> = {}) {
  const clock = createFakeClock();
  const system = createScriptedIls(clock);
  const shield = shieldIls(system.ils, {
    clock,
    lookup: () => Promise.resolve([]),
    repeats: 0,
    ...options,
  });
  const signedIn = await shield.patrons.authenticate('CARD-0001', '1234', asking);
  if (signedIn.outcome !== 'ok') throw new Error(signedIn.outcome);
  system.called.length = 0;
  return { clock, system, shield, patrons: shield.patrons, patron: signedIn.patron };
}

t.test('a right PIN, a wrong one and none: asked once, once and never', async (t) => {
  const { patrons, system } = await setUp();
  t.match(await patrons.authenticate('CARD-0001', '1234', asking), { outcome: 'ok' });
  t.same(await patrons.authenticate('CARD-0001', '9999', asking), { outcome: 'rejected' });
  t.same(system.called, ['authenticate', 'authenticate']);
  t.same(await patrons.authenticate('CARD-0001', '', asking), { outcome: 'rejected' });
  t.same(await patrons.authenticate('', '1234', asking), { outcome: 'rejected' });
  t.equal(system.called.length, 2);
});

t.test('a system that cannot say never makes a PIN wrong, and is not tried twice with one', async (t) => {
  for (const kind of ['unreachable', 'broken', 'cut_off', 'foreign', 'busy', 'refused'] as const) {
    const { patrons, system } = await setUp({ repeats: 3 });
    system.next.authenticate = [{ done: false, then: 'fault', fault: fault(kind) }];
    const answer = await patrons.authenticate('CARD-0001', '1234', asking);
    t.same(answer, { outcome: 'unavailable', because: kind });
    t.same(system.called, ['authenticate'], kind);
  }
  const { patrons, system, clock } = await setUp();
  system.next.authenticate = [silent(false)];
  const waiting = patrons.authenticate('CARD-0001', '9999', asking);
  await clock.advance(8_000);
  t.same(await waiting, { outcome: 'unavailable', because: 'silent' });
  t.same(system.called, ['authenticate']);
});

t.test(
  'signing in at a system known to be away is unavailable at once, and works when it is back',
  async (t) => {
    const { patrons, system, clock, shield } = await setUp({ failures: 1 });
    system.next.authenticate = [{ done: false, then: 'fault', fault: fault('unreachable', false) }];
    await patrons.authenticate('CARD-0001', '1234', asking);
    t.same(await patrons.authenticate('CARD-0001', '1234', asking), {
      outcome: 'unavailable',
      because: 'left_alone',
    });
    t.equal(system.called.length, 1, 'it was not asked');
    await clock.advance(5_000);
    t.match(await patrons.authenticate('CARD-0001', '1234', asking), { outcome: 'ok' });
    t.ok(shield.isReachable());
  },
);

t.test('an account is asked for once by many, and again after fifteen seconds', async (t) => {
  const { patrons, patron, system, clock } = await setUp();
  const [first, second] = await Promise.all([
    patrons.account(patron, asking),
    patrons.account(patron, asking),
  ]);
  t.same(first, second);
  t.match(first, { outcome: 'ok', asOf: '2026-03-04T14:02:00.000Z', account: { loans: [{}, {}] } });
  await clock.advance(15_000);
  await patrons.account(patron, asking);
  t.same(system.called, ['account']);
  await clock.advance(1);
  await patrons.account(patron, asking);
  t.same(system.called, ['account', 'account']);
});

t.test('one patron’s account is not another’s', async (t) => {
  const { patrons, patron, system } = await setUp();
  await patrons.account(patron, asking);
  await patrons.account({ ...patron }, asking);
  t.same(system.called, ['account', 'account'], 'even with the same id: sessions share nothing');
});

t.test('an account that cannot be had is unavailable, never empty and never from before', async (t) => {
  const { patrons, patron, system, clock } = await setUp();
  await patrons.account(patron, asking);
  await clock.advance(20_000);
  system.next.account = [lost(false)];
  t.same(await patrons.account(patron, asking), { outcome: 'unavailable', because: 'cut_off' });
});

t.test('after a write the account is asked for anew', async (t) => {
  const { patrons, patron, system } = await setUp();
  await patrons.account(patron, asking);
  t.match(await patrons.placeHold(patron, request, asking), { outcome: 'placed' });
  t.match(await patrons.account(patron, asking), { account: { holds: [{ ilsId: '77' }] } });
  t.same(system.called, ['account', 'placeHold', 'account']);
});

t.test('an account asked for before a write and answered after it is not remembered', async (t) => {
  const { patrons, patron, system } = await setUp();
  const early = patrons.account(patron, asking);
  const write = patrons.cancelHold(patron, 'hold-9', asking);
  await Promise.all([early, write]);
  await patrons.account(patron, asking);
  t.same(system.called.filter((verb) => verb === 'account').length, 2);
});

t.test('a hold that was done although no answer came is placed, and was sent once', async (t) => {
  for (const turnout of [lost(true), silent(true)]) {
    const { patrons, patron, system, clock } = await setUp();
    system.next.placeHold = [turnout];
    const waiting = patrons.placeHold(patron, request, asking);
    await clock.advance(12_000);
    t.same(await waiting, {
      outcome: 'placed',
      holdId: 'hold-1',
      queuePosition: 3,
      queueTotal: 5,
      pickup: { id: 'MAIN', name: 'Central Library', pickup: true },
    });
    t.same(system.called, ['account', 'placeHold', 'account'], 'listed again before anything was said');
  }
});

t.test('a hold of which nothing is seen is unknown: neither failed nor sent again', async (t) => {
  for (const turnout of [lost(false), silent(false)]) {
    const { patrons, patron, system, clock } = await setUp({ repeats: 3 });
    system.next.placeHold = [turnout];
    const waiting = patrons.placeHold(patron, request, asking);
    await clock.advance(12_000);
    t.same(await waiting, { outcome: 'unknown', listed: true });
    t.same(system.called, ['account', 'placeHold', 'account']);
  }
});

t.test('a hold that stood before is not taken for the one in doubt', async (t) => {
  const { patrons, patron, system } = await setUp();
  await patrons.placeHold(patron, request, asking);
  system.next.placeHold = [lost(false)];
  t.same(await patrons.placeHold(patron, request, asking), { outcome: 'unknown', listed: true });
});

t.test('a new hold on another record is not taken for the one in doubt', async (t) => {
  const { patrons, patron, system } = await setUp();
  await patrons.account(patron, asking);
  const other = { ...request, record: bibOf('other', 'Other', { keys: { ilsId: '5', other: [] } }) };
  await system.ils.placeHold(patron, other, asking);
  system.next.placeHold = [lost(false)];
  t.same(await patrons.placeHold(patron, request, asking), { outcome: 'unknown', listed: true });
});

t.test('where the account cannot be listed after a doubt, that is said too', async (t) => {
  const { patrons, patron, system } = await setUp();
  await patrons.account(patron, asking);
  system.next.placeHold = [lost(true)];
  system.next.account = [lost(false)];
  t.same(await patrons.placeHold(patron, request, asking), { outcome: 'unknown', listed: false });
  const untold = await setUp();
  untold.system.holds = undefined;
  untold.system.next.placeHold = [lost(true)];
  t.same(await untold.patrons.placeHold(untold.patron, request, asking), {
    outcome: 'unknown',
    listed: false,
  });
});

t.test('a hold that certainly never arrived is unavailable, and nothing is listed', async (t) => {
  const { patrons, patron, system } = await setUp();
  await patrons.account(patron, asking);
  system.next.placeHold = [{ done: false, then: 'fault', fault: fault('unreachable', false) }];
  t.same(await patrons.placeHold(patron, request, asking), {
    outcome: 'unavailable',
    because: 'unreachable',
  });
  t.same(system.called, ['account', 'placeHold']);
});

t.test('a system whose account cannot be had is not written to', async (t) => {
  const { patrons, patron, system } = await setUp();
  system.next.account = [lost(false), lost(false)];
  t.match(await patrons.placeHold(patron, request, asking), { outcome: 'unavailable' });
  t.match(await patrons.renew(patron, 'loan-1', asking), { outcome: 'unavailable' });
  t.same(system.called, ['account', 'account']);
});

t.test('a system that tells no accounts takes holds all the same', async (t) => {
  const { patrons, patron, system } = await setUp();
  system.next.account = [{ done: false, then: 'fault', fault: fault('not_offered', false) }];
  t.match(await patrons.placeHold(patron, request, asking), { outcome: 'placed' });
});

t.test('who leaves while a hold is placed does not undo it', async (t) => {
  const { patrons, patron, system, clock } = await setUp();
  await patrons.account(patron, asking);
  system.next.placeHold = [silent(true)];
  const leaving = new AbortController();
  const waiting = patrons.placeHold(patron, request, { signal: leaving.signal });
  await clock.settle();
  leaving.abort(new Error('gone'));
  await t.rejects(waiting, { message: 'gone' });
  await clock.advance(12_000);
  t.same(system.called, ['account', 'placeHold', 'account'], 'it is even looked for');
  await t.rejects(patrons.placeHold(patron, request, { signal: leaving.signal }), { message: 'gone' });
  t.equal(system.called.length, 3, 'but who has left before asks for nothing');
});

t.test('an answer to a question is sent once too, and in doubt looked for', async (t) => {
  const { patrons, patron, system } = await setUp();
  const asks = { ...request, record: bibOf('asks', 'Asks') };
  const answer = await patrons.placeHold(patron, asks, asking);
  if (answer.outcome !== 'question') return t.fail(answer.outcome);
  system.next.continueHold = [lost(true)];
  t.match(await patrons.continueHold(patron, answer.question, true, asking), {
    outcome: 'placed',
    holdId: 'hold-1',
  });
  t.same(system.called, ['account', 'placeHold', 'continueHold', 'account']);
  const strange = { kind: 'other', said: 'From nowhere' } as const;
  system.next.continueHold = [lost(true)];
  t.same(await patrons.continueHold(patron, strange, true, asking), { outcome: 'unknown', listed: false });
});

t.test('a cancellation in doubt is done when the hold has gone, and unknown while it stands', async (t) => {
  const { patrons, patron, system } = await setUp();
  await patrons.placeHold(patron, request, asking);
  system.next.cancelHold = [lost(false), lost(true)];
  t.same(await patrons.cancelHold(patron, 'hold-1', asking), { outcome: 'unknown', listed: true });
  t.same(await patrons.cancelHold(patron, 'hold-1', asking), { outcome: 'cancelled' });
  t.equal(system.called.filter((verb) => verb === 'cancelHold').length, 2);
});

t.test('a renewal in doubt is done when the due date has moved', async (t) => {
  const { patrons, patron, system } = await setUp();
  system.next.renew = [lost(false), lost(true)];
  t.same(await patrons.renew(patron, 'loan-1', asking), { outcome: 'unknown', listed: true });
  t.same(await patrons.renew(patron, 'loan-1', asking), {
    outcome: 'renewed',
    dueAt: '2026-03-31T00:00:00.000Z',
  });
  system.next.renew = [lost(true)];
  t.same(await patrons.renew(patron, 'no-such', asking), { outcome: 'unknown', listed: false });
});

t.test('a no of the system is passed on as it is', async (t) => {
  const { patrons, patron, system } = await setUp();
  const asks = { ...request, record: bibOf('asks', 'Asks') };
  const answer = await patrons.placeHold(patron, asks, asking);
  if (answer.outcome !== 'question') return t.fail(answer.outcome);
  t.match(await patrons.continueHold(patron, answer.question, false, asking), {
    outcome: 'refused',
    said: 'Not agreed',
  });
  t.same(system.holds, []);
});

t.test('the end of a visit is told in time or not at all, and always forgotten', async (t) => {
  const { patrons, patron, system, clock, shield } = await setUp({ failures: 1 });
  await patrons.account(patron, asking);
  system.next.endSession = [silent(true)];
  let ended = false;
  const ending = patrons.endSession(patron).then(() => (ended = true));
  await clock.advance(2_999);
  t.equal(ended, false);
  await clock.advance(1);
  await ending;
  await patrons.account(patron, asking);
  t.equal(system.called.filter((verb) => verb === 'account').length, 2, 'nothing was kept');
  system.next.account = [lost(false)];
  await clock.advance(15_001);
  await patrons.account(patron, asking);
  t.notOk(shield.isReachable());
  await patrons.endSession(patron);
  t.equal(system.called.at(-1), 'endSession', 'the adapter forgets the patron even while it is left alone');
});

t.test('what comes for a patron after the end of the visit is not kept', async (t) => {
  const { patrons, patron, system } = await setUp();
  const account = system.ils.account.bind(system.ils);
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  system.ils.account = async (...asked) => {
    const answer = await account(...asked);
    await gate;
    return answer;
  };
  const late = patrons.account(patron, asking);
  while (!system.called.includes('account')) await new Promise(setImmediate);
  await patrons.endSession(patron);
  open();
  t.match(await late, { outcome: 'ok' });
  await patrons.account(patron, asking);
  t.equal(system.called.filter((verb) => verb === 'account').length, 2);
});

t.test('patrons are served in turn with the shelves, not behind them', async (t) => {
  const clock = createFakeClock();
  const { ils } = createScriptedIls(clock);
  const served: string[] = [];
  ils.availability = async (_records, { signal }) => {
    served.push('shelves');
    await clock.after(100, signal);
    return new Map();
  };
  ils.account = () => {
    served.push('patron');
    return Promise.resolve({ loans: [], holds: [], fines: undefined, blocks: [] });
  };
  const shield = shieldIls(ils, {
    ...{ clock, repeats: 0, atATime: 1, maxBatch: 1 },
    lookup: (ids) => Promise.resolve(ids.map((id) => bibOf(id, id))),
  });
  const shelves = shield.ask(['1', '2', '3', '4'], asking);
  await clock.settle();
  const mine = shield.patrons.account({ id: 'p', homeBranchId: undefined }, asking);
  await clock.advance(1_000);
  await Promise.all([shelves, mine]);
  t.same(served, ['shelves', 'shelves', 'patron', 'shelves', 'shelves']);
});

t.test('a library without a system signs nobody in and refuses nobody', async (t) => {
  const { patrons } = noIls();
  const answer = { outcome: 'unavailable', because: 'not_offered' };
  t.same(await patrons.authenticate('CARD-0001', '1234', asking), answer);
  t.same(await patrons.placeHold({ id: 'p', homeBranchId: undefined }, request, asking), answer);
  t.equal(await noIls().capabilities(asking), undefined);
});
