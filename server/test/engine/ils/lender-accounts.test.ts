import t from 'tap';
import { combineIls } from '../../../engine/ils/combined.js';
import type { Ils } from '../../../engine/ils/ils.js';
import { IlsFault } from '../../../engine/ils/ils-fault.js';
import type { LenderAccounts } from '../../../engine/ils/lender-accounts.js';
import type { Authentication } from '../../../engine/ils/patron.js';
import { noIls, shieldIls } from '../../../engine/ils/shielded.js';
import { createFakeClock } from '../../fakes/clock.js';
import { createScriptedIls } from './scripted-ils.js';

const signal = new AbortController().signal;
const asking = { signal };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A library with a lender, each a script of its own. */
function setUp(options: { without?: 'accounts'; lenderSays?: Authentication } = {}) {
  const clock = createFakeClock();
  const own = createScriptedIls(clock);
  const lender = createScriptedIls(clock);
  own.holds = [];
  const shielded = (ils: typeof own.ils) =>
    shieldIls(ils, { clock, lookup: () => Promise.resolve([]), repeats: 0 });
  const { lenderSays } = options;
  const lending: Ils = {
    ...lender.ils,
    ...(options.without !== 'accounts' && { lender: 'Lender' }),
    ...(lenderSays && { authenticate: () => Promise.resolve(lenderSays) }),
  };
  const house = combineIls({ ils: shielded(own.ils), lenders: [shielded(lending)] });
  lender.holds = [
    { holdId: 'e1', title: 'Storm Glass', status: 'waiting', rawStatus: 'w', cancellable: true },
  ];
  const signIn = async () => {
    const answer = await house.patrons.authenticate('CARD-1', '1234', asking);
    if (answer.outcome !== 'ok') throw new Error(answer.outcome);
    return answer.patron;
  };
  const tries = (): number => lender.called.filter((verb) => verb === 'authenticate').length;
  const accounts = house.lenderAccounts as LenderAccounts;
  return { clock, own, lender, house, signIn, tries, accounts };
}

t.test('a lender is asked once, after the library’s own system has let the patron in', async (t) => {
  const { accounts, signIn, tries, own } = setUp();
  t.strictSame(accounts.names, ['Lender']);
  const patron = await signIn();
  await turn();
  t.equal(tries(), 1);
  t.match(await accounts.ask(patron, asking), [
    { lender: 'Lender', state: 'known', account: { holds: [{ title: 'Storm Glass' }] }, asOf: /^2026/ },
  ]);
  await accounts.ask(patron, asking);
  t.equal(tries(), 1, 'and never again');
  t.strictSame(own.called, ['authenticate'], 'the own system is asked nothing about e-loans');
});

t.test('no lender is asked about a card that the own system did not let in', async (t) => {
  const turnouts = ['rejected', 'blocked', 'expired', 'away'] as const;
  for (const turnout of turnouts) {
    const { own, house, tries } = setUp();
    if (turnout === 'away')
      own.next.authenticate = [
        { done: false, then: 'fault', fault: new IlsFault('unreachable', 'the test system') },
      ];
    else
      own.ils.authenticate = () => {
        own.called.push('authenticate');
        return Promise.resolve({ outcome: turnout });
      };
    const said = await house.patrons.authenticate('CARD-1', '9999', asking);
    await turn();
    t.match(said, { outcome: turnout === 'away' ? 'unavailable' : turnout });
    t.equal(tries(), 0, turnout);
  }
});

t.test('a lender without accounts is handed no card', async (t) => {
  const { house, signIn, tries } = setUp({ without: 'accounts' });
  await signIn();
  await turn();
  t.equal(tries(), 0);
  t.equal(house.lenderAccounts, undefined);
});

t.test('where there is no own system nobody signs in at a lender', async (t) => {
  const { house, lender } = setUp();
  const alone = combineIls({ ils: noIls(), lenders: [house] });
  t.match(await alone.patrons.authenticate('CARD-1', '1234', asking), { outcome: 'unavailable' });
  t.equal(alone.lenderAccounts, undefined);
  t.strictSame(lender.called, []);
});

t.test('a silent lender keeps nobody from signing in, nor from their own account', async (t) => {
  const { clock, lender, house, signIn, accounts, tries } = setUp();
  lender.next.authenticate = [{ done: false, then: 'silence' }];
  const patron = await signIn();
  t.match(await house.patrons.account(patron, asking), { outcome: 'ok' });
  const asked = accounts.ask(patron, asking);
  await clock.advance(8_000);
  t.strictSame(await asked, [{ lender: 'Lender', state: 'not_reached' }]);
  t.equal(tries(), 1, 'nobody tries it again');
});

t.test('who leaves while a lender is silent is not kept waiting', async (t) => {
  const { lender, signIn, accounts } = setUp();
  lender.next.authenticate = [{ done: false, then: 'silence' }];
  const patron = await signIn();
  const leaving = new AbortController();
  const asked = accounts.ask(patron, { signal: leaving.signal });
  leaving.abort(new Error('gone'));
  await t.rejects(asked, { message: 'gone' });
});

t.test('a lender’s no, its trouble and its forgetting are told apart', async (t) => {
  for (const [kind, state] of [
    ['signed_out', 'signed_out'],
    ['broken', 'unavailable'],
  ] as const) {
    const { lender, signIn, accounts } = setUp();
    const patron = await signIn();
    lender.next.account = [{ done: false, then: 'fault', fault: new IlsFault(kind, 'the test system') }];
    t.strictSame(await accounts.ask(patron, asking), [{ lender: 'Lender', state }]);
  }
  for (const outcome of ['rejected', 'blocked', 'expired'] as const) {
    const { signIn, accounts } = setUp({ lenderSays: { outcome } });
    t.strictSame(await accounts.ask(await signIn(), asking), [{ lender: 'Lender', state: 'refused' }]);
  }
  const { lender, signIn, accounts } = setUp();
  lender.next.authenticate = [
    { done: false, then: 'fault', fault: new IlsFault('refused', 'the test system') },
  ];
  t.strictSame(await accounts.ask(await signIn(), asking), [{ lender: 'Lender', state: 'not_reached' }]);
});

t.test('an own system that is away takes nothing from what a lender tells', async (t) => {
  const { own, house, signIn, accounts } = setUp();
  const patron = await signIn();
  own.next.account = [{ done: false, then: 'fault', fault: new IlsFault('broken', 'the test system') }];
  t.match(await house.patrons.account(patron, asking), { outcome: 'unavailable' });
  t.match(await accounts.ask(patron, asking), [{ state: 'known' }]);
});

t.test('a hold is cancelled with whom it stands, and nowhere else', async (t) => {
  const { own, lender, house, signIn, accounts } = setUp();
  const patron = await signIn();
  const [told] = await accounts.ask(patron, asking);
  const hold = told?.state === 'known' ? told.account.holds?.[0] : undefined;
  if (!hold) return t.fail();
  t.equal(accounts.lenderOf(hold.holdId), 'Lender');
  t.equal(accounts.lenderOf('e1'), undefined);
  t.match(await house.patrons.cancelHold(patron, hold.holdId, asking), { outcome: 'cancelled' });
  t.strictSame(lender.holds, []);
  t.notOk(own.called.includes('cancelHold'));
  await house.patrons.cancelHold(patron, 'hold-7', asking);
  t.equal(lender.called.filter((verb) => verb === 'cancelHold').length, 1);
  t.equal(own.called.filter((verb) => verb === 'cancelHold').length, 1);
});

t.test('trouble with a lender’s patrons is no trouble with its titles', async (t) => {
  for (const patronsApart of [true, false]) {
    const clock = createFakeClock();
    const lender = createScriptedIls(clock);
    const shield = shieldIls(lender.ils, {
      ...{ clock, repeats: 0, patronsApart, lookup: () => Promise.resolve([]) },
    });
    const answer = await shield.patrons.authenticate('CARD-1', '1234', asking);
    if (answer.outcome !== 'ok') return t.fail();
    const broken = { done: false, then: 'fault', fault: new IlsFault('broken', 'x') } as const;
    lender.next.account = [broken, broken, broken];
    for (let round = 0; round < 3; round += 1) await shield.patrons.account(answer.patron, asking);
    t.equal(shield.isReachable(), patronsApart);
  }
});

t.test('the end of a visit reaches the lender, even while it is still signing in', async (t) => {
  const { lender, house, signIn, accounts } = setUp();
  const first = await signIn();
  await turn();
  await house.patrons.endSession(first);
  t.ok(lender.called.includes('endSession'));
  t.strictSame(await accounts.ask(first, asking), [{ lender: 'Lender', state: 'signed_out' }]);
  t.match(await house.patrons.cancelHold(first, 'lender0:e1', asking), { because: 'signed_out' });
  t.notOk(lender.called.includes('cancelHold'));

  lender.next.authenticate = [{ done: true, then: 'silence' }];
  const second = await signIn();
  await house.patrons.endSession(second);
  t.strictSame(await accounts.ask(second, asking), [{ lender: 'Lender', state: 'signed_out' }]);
  t.notOk(lender.called.includes('account'), 'nothing is asked for who has left');
});
