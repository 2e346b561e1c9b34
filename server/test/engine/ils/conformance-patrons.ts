import { inspect } from 'node:util';
import type { Test } from 'tap';
import type { IlsFunction } from '../../../engine/ils/capabilities.js';
import type { Ils } from '../../../engine/ils/ils.js';
import { IlsFault } from '../../../engine/ils/ils-fault.js';
import type { IlsPatron } from '../../../engine/ils/patron.js';
import type { IlsRecord } from '../../../engine/ils/record.js';
import type { IlsUnderTest, Login, Opening, PatronsUnderTest } from './system-under-test.js';

const never = new AbortController().signal;
const asking = { signal: never };
const nobody: IlsPatron = { id: 'nobody', homeBranchId: undefined };

/** The verbs of a function, each as it can be called without a patron that the system knows. */
export function callOf(one: IlsFunction, ils: Ils, record: IlsRecord): (() => Promise<unknown>)[] {
  const calls: Readonly<Record<IlsFunction, (() => Promise<unknown>)[]>> = {
    branches: [() => ils.branches(asking)],
    availability: [() => ils.availability([record], asking)],
    authenticate: [() => ils.authenticate('CARD-0001', '1234', asking)],
    account: [() => ils.account(nobody, asking)],
    renew: [() => ils.renew(nobody, '1', asking)],
    place_hold: [
      () => ils.placeHold(nobody, { record, pickupBranchId: 'MAIN' }, asking),
      () => ils.continueHold(nobody, { kind: 'other', said: '' }, false, asking),
      () => ils.pickupBranches(nobody, record, asking),
    ],
    cancel_hold: [() => ils.cancelHold(nobody, '1', asking)],
    harvest: [],
  };
  return calls[one];
}

/** What every adapter that knows patrons promises of them. */
export function patronConformance(t: Test, open: Opening, offers: readonly IlsFunction[]): void {
  signInConformance(t, open);
  if (offers.includes('account')) accountConformance(t, open);
  if (offers.includes('place_hold')) holdConformance(t, open);
  if (offers.includes('cancel_hold')) cancelConformance(t, open, offers);
  if (offers.includes('renew')) renewConformance(t, open);
}

function patronsOf(system: IlsUnderTest): PatronsUnderTest {
  if (!system.patrons) throw new Error('a system that offers authenticate names its patrons to this test');
  return system.patrons;
}

async function signIn({ ils }: IlsUnderTest, { card, pin }: Login): Promise<IlsPatron> {
  const answer = await ils.authenticate(card, pin, asking);
  if (answer.outcome !== 'ok') throw new Error(`the patron of this test was ${answer.outcome}`);
  return answer.patron;
}

/** Cannot be another card's PIN by chance, and looks like one. */
const wrong = ({ card, pin }: Login): [string, string] => [card, pin === '9875' ? '9876' : '9875'];

function signInConformance(t: Test, open: Opening): void {
  t.test('a card and its PIN open the door, and the PIN is handed on once', async (t) => {
    const system = await open(t);
    const { good, pinsTried } = patronsOf(system);
    const before = pinsTried();
    t.match(await signIn(system, good), { id: /./ });
    t.equal(pinsTried() - before, 1);
  });

  t.test('a wrong PIN and an unknown card are refused alike, each after one try', async (t) => {
    const system = await open(t);
    const { good, pinsTried } = patronsOf(system);
    const before = pinsTried();
    t.strictSame(await system.ils.authenticate(...wrong(good), asking), { outcome: 'rejected' });
    t.equal(pinsTried() - before, 1, 'a second try may lock the account');
    const stranger = await system.ils.authenticate('CARD-9999', good.pin, asking);
    t.strictSame(stranger, { outcome: 'rejected' });
  });

  t.test('an empty PIN or card is refused without asking', async (t) => {
    const system = await open(t);
    const { good, pinsTried } = patronsOf(system);
    const before = pinsTried();
    t.strictSame(await system.ils.authenticate(good.card, '', asking), { outcome: 'rejected' });
    t.strictSame(await system.ils.authenticate('', good.pin, asking), { outcome: 'rejected' });
    t.equal(pinsTried(), before);
  });

  t.test('blocked and expired are told to who has the PIN, and to nobody else', async (t) => {
    const system = await open(t);
    const patrons = patronsOf(system);
    for (const outcome of ['blocked', 'expired'] as const) {
      const login = patrons[outcome];
      if (!login) continue;
      t.strictSame(await system.ils.authenticate(login.card, login.pin, asking), { outcome });
      t.strictSame(await system.ils.authenticate(...wrong(login), asking), { outcome: 'rejected' });
    }
    t.ok(patrons.good);
  });

  t.test('a system that is away throws: it has not said that the PIN is wrong', async (t) => {
    const system = await open(t);
    const { good } = patronsOf(system);
    await system.breakIt();
    await t.rejects(system.ils.authenticate(good.card, good.pin, asking), IlsFault);
  });

  t.test('who walks away while signing in is not waited for', async (t) => {
    const system = await open(t);
    const { good } = patronsOf(system);
    system.slowIt();
    const leaving = new AbortController();
    const waiting = system.ils.authenticate(good.card, good.pin, { signal: leaving.signal });
    leaving.abort(new Error('gone'));
    await t.rejects(waiting, { message: 'gone' });
  });

  t.test('neither card nor PIN can be read off a patron or a fault', async (t) => {
    const system = await open(t);
    const { good } = patronsOf(system);
    const patron = await signIn(system, good);
    const shown = [JSON.stringify(patron), inspect(patron, { depth: 10, showHidden: true })];
    await system.breakIt();
    const fault: unknown = await system.ils
      .authenticate(good.card, good.pin, asking)
      .catch((error: unknown) => error);
    shown.push(inspect(fault, { depth: 10, showHidden: true }), JSON.stringify(fault));
    for (const text of shown) {
      t.notOk(text.includes(good.card), 'no card');
      t.notOk(new RegExp(`(?<![\\d.])${good.pin}(?!\\d)`).test(text), 'no PIN');
    }
  });

  t.test('a patron who has gone can sign in again', async (t) => {
    const system = await open(t);
    const { good } = patronsOf(system);
    await system.ils.endSession(await signIn(system, good), asking);
    t.match(await signIn(system, good), { id: /./ });
  });
}

function accountConformance(t: Test, open: Opening): void {
  t.test('an account says what is lent, held and owed, in its own words', async (t) => {
    const system = await open(t);
    const account = await system.ils.account(await signIn(system, patronsOf(system).good), asking);
    t.same(account.blocks, [], 'a patron in good standing');
    for (const loan of account.loans ?? []) {
      t.match(loan, { loanId: /./, title: String });
      if (loan.dueAt !== undefined) t.match(loan.dueAt, /^\d{4}-\d\d-\d\dT.*Z$/);
    }
    for (const hold of account.holds ?? []) {
      t.match(hold, { holdId: /./, title: String, rawStatus: /./, cancellable: Boolean });
      if (hold.queuePosition !== undefined) t.ok(hold.queuePosition >= 1, 'the first in line is 1');
      if (hold.pickupBy !== undefined) t.match(hold.pickupBy, /^\d{4}-\d\d-\d\d$/);
    }
    if (account.fines) t.match(account.fines, { total: /\d/, lines: Array });
    if (account.cardExpires !== undefined) t.match(account.cardExpires, /^\d{4}-\d\d-\d\d$/);
  });

  t.test('an account that cannot be had is not an empty one', async (t) => {
    const system = await open(t);
    const patron = await signIn(system, patronsOf(system).good);
    await system.breakIt();
    await t.rejects(system.ils.account(patron, asking), IlsFault);
  });
}

async function holdsOf(system: IlsUnderTest, patron: IlsPatron) {
  return (await system.ils.account(patron, asking)).holds;
}

function holdConformance(t: Test, open: Opening): void {
  t.test('a hold is placed where the patron fetches it, and stands in the account', async (t) => {
    const system = await open(t);
    const { good, hold } = patronsOf(system);
    if (!hold) throw new Error('a system that offers place_hold names a hold to this test');
    const patron = await signIn(system, good);
    const places = await system.ils.pickupBranches(patron, hold.record, asking);
    t.ok(places.some((one) => one.id === hold.pickupBranchId && one.pickup));
    const before = await holdsOf(system, patron);
    t.match(await system.ils.placeHold(patron, hold, asking), { outcome: 'placed' });
    const after = await holdsOf(system, patron);
    if (before && after) t.equal(after.length, before.length + 1);
  });

  t.test('the same title cannot be held twice', async (t) => {
    const system = await open(t);
    const { good, hold } = patronsOf(system);
    if (!hold) return t.fail('no hold named');
    const patron = await signIn(system, good);
    t.match(await system.ils.placeHold(patron, hold, asking), { outcome: 'placed' });
    const again = await system.ils.placeHold(patron, hold, asking);
    t.match(again, { outcome: 'refused', reason: /./, said: String });
  });

  t.test(
    'a hold whose answer is lost is neither a no nor a yes: it throws, and is not sent again',
    async (t) => {
      const system = await open(t);
      const { good, hold, loseNextAnswer } = patronsOf(system);
      if (!hold || !loseNextAnswer) return t.fail('a system that offers place_hold can lose an answer');
      const patron = await signIn(system, good);
      const before = await holdsOf(system, patron);
      loseNextAnswer();
      const fault: unknown = await system.ils
        .placeHold(patron, hold, asking)
        .catch((error: unknown) => error);
      t.ok(fault instanceof IlsFault && fault.mayHaveHappened, 'nobody knows whether it stands');
      const after = await holdsOf(system, patron);
      if (before && after) t.equal(after.length, before.length + 1, 'here it does, and once');
    },
  );

  t.test('a hold that cannot be sent places nothing', async (t) => {
    const system = await open(t);
    const { good, hold } = patronsOf(system);
    if (!hold) return t.fail('no hold named');
    const patron = await signIn(system, good);
    await system.breakIt();
    await t.rejects(system.ils.placeHold(patron, hold, asking), IlsFault);
  });

  t.test('what the system asks is asked of the patron, and no is a no', async (t) => {
    const system = await open(t);
    const { good, asked } = patronsOf(system);
    if (!asked) return t.pass('this system asks nothing');
    const patron = await signIn(system, good);
    const before = await holdsOf(system, patron);
    const answer = await system.ils.placeHold(patron, asked, asking);
    t.match(answer, { outcome: 'question', question: { kind: /./, said: /./ } });
    if (answer.outcome !== 'question') return;
    t.same(await holdsOf(system, patron), before, 'nothing is agreed to unasked');
    const declined = await system.ils.continueHold(patron, answer.question, false, asking);
    t.match(declined, { outcome: 'refused' });
    t.same(await holdsOf(system, patron), before);
    let accepted = await system.ils.placeHold(patron, asked, asking);
    for (let round = 0; accepted.outcome === 'question' && round < 6; round += 1)
      accepted = await system.ils.continueHold(patron, accepted.question, true, asking);
    t.match(accepted, { outcome: 'placed' });
  });
}

function cancelConformance(t: Test, open: Opening, offers: readonly IlsFunction[]): void {
  t.test('a hold of one’s own is cancelled and gone', async (t) => {
    const system = await open(t);
    const { good, hold } = patronsOf(system);
    const patron = await signIn(system, good);
    if (offers.includes('place_hold') && hold) await system.ils.placeHold(patron, hold, asking);
    const before = await holdsOf(system, patron);
    const one = before?.find(
      ({ ilsId, cancellable }) => cancellable && (!hold || ilsId === ilsIdOf(hold.record)),
    );
    const mine = one ?? before?.find(({ cancellable }) => cancellable);
    if (!mine) return t.fail('the patron of this test has a hold to cancel');
    const answer = await system.ils.cancelHold(patron, mine.holdId, asking);
    t.match(answer, { outcome: /^(cancelled|requested)$/ });
    if (answer.outcome !== 'cancelled') return;
    const after = (await holdsOf(system, patron)) ?? [];
    t.notOk(after.some(({ holdId, status }) => holdId === mine.holdId && status !== 'expired'));
    t.match(await system.ils.cancelHold(patron, mine.holdId, asking), { outcome: 'refused' });
  });

  t.test('another’s hold, no hold and the hold 0 are not cancelled', async (t) => {
    const system = await open(t);
    const { good, hold, holdOfAnother } = patronsOf(system);
    const patron = await signIn(system, good);
    if (offers.includes('place_hold') && hold) await system.ils.placeHold(patron, hold, asking);
    const before = await holdsOf(system, patron);
    for (const id of [
      '',
      '0',
      '00',
      ' ',
      'no-such-hold',
      ...(holdOfAnother === undefined ? [] : [holdOfAnother]),
    ])
      t.match(
        await system.ils.cancelHold(patron, id, asking),
        { outcome: 'refused', reason: /./ },
        `"${id}"`,
      );
    t.same(await holdsOf(system, patron), before);
  });
}

function renewConformance(t: Test, open: Opening): void {
  t.test('a loan is renewed, and a loan that is not the patron’s is not', async (t) => {
    const system = await open(t);
    const patron = await signIn(system, patronsOf(system).good);
    const { loans } = await system.ils.account(patron, asking);
    const loan = loans?.find(({ renewable }) => renewable !== false);
    if (!loan) return t.fail('the patron of this test has a loan to renew');
    const answer = await system.ils.renew(patron, loan.loanId, asking);
    t.match(answer, { outcome: 'renewed' });
    t.match(await system.ils.renew(patron, 'no-such-loan', asking), { outcome: 'refused', reason: /./ });
  });
}

function ilsIdOf(record: IlsRecord): string {
  return record.keys.ilsId ?? record.id;
}
