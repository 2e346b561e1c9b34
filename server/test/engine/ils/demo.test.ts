import t from 'tap';
import type { ItemStatus } from '../../../contract/vocabulary.js';
import type { Bib } from '../../../engine/catalogue/bib.js';
import { circulationOf } from '../../../engine/ils/circulation.js';
import { createDemoIls } from '../../../engine/ils/demo.js';
import { IlsFault } from '../../../engine/ils/ils-fault.js';
import { bibOf, createFakeCatalogue, itemOf, lighthouseBooks } from '../../fakes/bibs.js';
import { createFakeClock } from '../../fakes/clock.js';
import { ilsConformance } from './conformance.js';

const DAY = 86_400_000;
const signal = new AbortController().signal;
const dune = bibOf('dune', 'Dune', {
  items: [itemOf('d1', 'MAIN', { barcode: 'b1', location: 'Adult' }), itemOf('d2', 'HARB')],
});
const bare = bibOf('bare', 'Without copies');

const films = Array.from({ length: 12 }, (_, n) =>
  bibOf(`f${n}`, `Film ${n}`, { format: 'film', items: [itemOf(`f${n}-1`, 'MAIN')] }),
);
const odd = bibOf('odd', 'Odd', { items: [itemOf('o1', 'MAIN', { statusHint: 'unknown' })] });
const shelf = [...films, dune, odd, bare];

function openDemo(bibs = shelf) {
  const clock = createFakeClock();
  return { clock, ils: createDemoIls({ catalogue: createFakeCatalogue(bibs), clock }) };
}

ilsConformance(
  'demo',
  () => {
    const { ils } = openDemo([dune, ...shelf, ...lighthouseBooks()]);
    return {
      ils,
      withItems: dune,
      withoutItems: bare,
      strange: bibOf('strange', 'Strange'),
      oddStatus: odd,
      breakIt: () => ils.misbehave({ offline: true }),
      slowIt: () => ils.misbehave({ slowMs: 60_000 }),
      patrons: {
        good: { card: 'DEMO-0001', pin: '1234' },
        blocked: { card: 'DEMO-0003', pin: '1234' },
        expired: { card: 'DEMO-0004', pin: '1234' },
        pinsTried: ils.pinsTried,
        hold: { record: dune, pickupBranchId: 'MAIN' },
        asked: { record: films[0] as Bib, pickupBranchId: 'MAIN' },
        holdOfAnother: 'demo-hold-3',
        loseNextAnswer: () => ils.misbehave({ afterWrite: 'cut_off' }),
      },
    };
  },
  ['branches', 'availability', 'authenticate', 'account', 'renew', 'place_hold', 'cancel_hold'],
);

async function signedIn(card = 'DEMO-0001', bibs = [...shelf, ...lighthouseBooks()]) {
  const { ils, clock } = openDemo(bibs);
  const answer = await ils.authenticate(card, '1234', { signal });
  if (answer.outcome !== 'ok') throw new Error(answer.outcome);
  const { patron } = answer;
  return { ils, clock, patron, account: () => ils.account(patron, { signal }) };
}

t.test('the demo’s patrons have the same loans and holds each time it starts', async (t) => {
  const [first, second] = [await signedIn(), await signedIn()];
  const account = await first.account();
  t.same(account, await second.account());
  t.match(account, { loans: [{ renewable: true }, { renewable: false }, { overdue: true }], blocks: [] });
  t.same(
    account.holds?.map(({ status }) => status),
    ['waiting', 'ready'],
  );
  t.match(account.fines, { total: '0.40', lines: [{ text: /^Overdue: / }] });
  const other = await (await signedIn('demo-0002')).account();
  t.match(other, { loans: [{}], holds: [{ holdId: 'demo-hold-3' }], fines: { total: '0.00', lines: [] } });
});

t.test('what a demo patron has is out, and due when the account says', async (t) => {
  const { ils, patron, account } = await signedIn();
  const loan = (await account()).loans?.[0];
  const record = [...shelf, ...lighthouseBooks()].find((bib) => bib.id === loan?.ilsId) as Bib;
  const copy = async () => (await ils.availability([record], { signal })).get(record.id)?.items[0];
  t.match(await copy(), { status: 'checked_out', dueAt: loan?.dueAt });
  await ils.renew(patron, loan?.loanId ?? '', { signal });
  const renewed = (await account()).loans?.[0];
  t.ok((renewed?.dueAt ?? '') > (loan?.dueAt ?? ''));
  t.match(await copy(), { status: 'checked_out', dueAt: renewed?.dueAt });
});

t.test('a loan is renewed twice and not a third time; an overdue one not at all', async (t) => {
  const { ils, patron, account } = await signedIn();
  const [loan, , late] = (await account()).loans ?? [];
  const renew = (id = '') => ils.renew(patron, id, { signal });
  t.match(await renew(loan?.loanId), { outcome: 'renewed' });
  t.match(await renew(loan?.loanId), { outcome: 'renewed' });
  t.match(await renew(loan?.loanId), { outcome: 'refused', reason: 'too_many_renewals' });
  t.match((await account()).loans?.[0], { renewals: 2, renewalsLeft: 0, renewable: false });
  t.match(await renew(late?.loanId), { outcome: 'refused', reason: 'overdue' });
});

t.test('a later hold on the same title waits behind the earlier one', async (t) => {
  const { ils, patron } = await signedIn();
  const other = await ils.authenticate('DEMO-0002', '1234', { signal });
  if (other.outcome !== 'ok') return t.fail(other.outcome);
  const request = { record: dune, pickupBranchId: 'MILL' };
  t.match(await ils.placeHold(patron, request, { signal }), { outcome: 'placed', queuePosition: 1 });
  t.match(await ils.placeHold(other.patron, request, { signal }), {
    outcome: 'placed',
    queuePosition: 2,
    queueTotal: 2,
    pickup: { id: 'MILL', name: 'Mill Lane' },
  });
});

t.test('the demo refuses what cannot be held, and says which it is', async (t) => {
  const { ils, patron, account } = await signedIn();
  const place = (record: Bib, pickupBranchId = 'MAIN') =>
    ils.placeHold(patron, { record, pickupBranchId }, { signal });
  t.match(await place(bare), { outcome: 'refused', reason: 'no_copies' });
  t.match(await place(dune, 'NOWHERE'), { outcome: 'refused', reason: 'pickup_place' });
  const loan = (await account()).loans?.[0];
  const own = [...shelf, ...lighthouseBooks()].find((bib) => bib.id === loan?.ilsId);
  t.match(await place(own as Bib), { outcome: 'refused', reason: 'already_borrowed' });
  for (let n = 0; n < 8; n += 1)
    t.match(await place(bibOf(`n${n}`, 'N', { items: [itemOf(`n${n}`, 'MAIN')] })), { outcome: 'placed' });
  t.match(await place(dune), { outcome: 'refused', reason: 'too_many_holds' });
});

t.test('a film costs a fee that is added only when it is agreed to', async (t) => {
  const { ils, patron, account } = await signedIn();
  const request = { record: films[11] as Bib, pickupBranchId: 'MAIN' };
  const asked = await ils.placeHold(patron, request, { signal });
  if (asked.outcome !== 'question') return t.fail(asked.outcome);
  t.match(asked.question, { kind: 'fee', said: /1\.00/ });
  t.match((await account()).fines, { total: '0.40' });
  t.match(await ils.continueHold(patron, asked.question, true, { signal }), { outcome: 'placed' });
  t.match((await account()).fines, { total: '1.40' });
  t.match(
    await ils.continueHold(patron, asked.question, true, { signal }),
    { outcome: 'refused' },
    'an answer counts once',
  );
});

t.test('a patron who has left is nobody', async (t) => {
  const { ils, patron, account } = await signedIn();
  await ils.endSession(patron, { signal });
  await t.rejects(account(), IlsFault);
});

t.test('a demo without a catalogue has patrons without loans', async (t) => {
  const { account } = await signedIn('DEMO-0001', []);
  t.match(await account(), { loans: [], holds: [], fines: { total: '0.00' } });
});

t.test('told to fall silent after a write, it writes and says nothing, once', async (t) => {
  const { ils, patron, account, clock } = await signedIn();
  ils.misbehave({ afterWrite: 'silence' });
  const leaving = new AbortController();
  const request = { record: dune, pickupBranchId: 'MAIN' };
  const waiting = ils.placeHold(patron, request, { signal: leaving.signal });
  const held = async () => (await account()).holds?.some((hold) => hold.ilsId === 'dune');
  await clock.settle();
  t.equal(await held(), true);
  leaving.abort(new Error('gone'));
  await t.rejects(waiting, { message: 'gone' });
  const again = await ils.placeHold(patron, request, { signal });
  t.match(again, { outcome: 'refused', reason: 'already_held' });
});

t.test('circulation is the same for the same copy at the same moment', (t) => {
  const now = Date.UTC(2026, 2, 4);
  const all = () => Array.from({ length: 50 }, (_, n) => circulationOf(`i${n}`, now));
  t.same(all(), all());
  t.end();
});

t.test('circulation moves: over a year every copy is both in and out, and is due within four weeks', (t) => {
  const start = Date.UTC(2026, 0, 1);
  for (let n = 0; n < 40; n += 1) {
    const seen = new Set<ItemStatus>();
    const wrong: unknown[] = [];
    for (let day = 0; day < 365; day += 1) {
      const now = start + day * DAY;
      const { status, dueAt } = circulationOf(`copy-${n}`, now);
      seen.add(status);
      const due = dueAt === undefined ? undefined : Date.parse(dueAt);
      const isRight =
        status === 'checked_out'
          ? due !== undefined && due > now && due <= now + 28 * DAY
          : due === undefined;
      if (!isRight) wrong.push({ day, status, dueAt });
    }
    t.same(wrong, []);
    t.ok(seen.has('available') && seen.has('checked_out'), [...seen].join(' '));
  }
  t.end();
});

t.test('on any day about two thirds of the copies are in, and a few are under way or on hold', (t) => {
  const counts = new Map<ItemStatus, number>();
  for (let n = 0; n < 3_000; n += 1) {
    const { status } = circulationOf(`x${n}`, Date.UTC(2026, 2, 4));
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  const share = (status: ItemStatus) => (counts.get(status) ?? 0) / 3_000;
  t.ok(share('available') > 0.5 && share('available') < 0.8, `available ${share('available')}`);
  t.ok(share('in_transit') > 0 && share('on_hold_shelf') > 0);
  t.end();
});

t.test(
  'what the records say for good is not simulated away, and nothing unknown becomes available',
  async (t) => {
    const lasting: ItemStatus[] = [
      'lost',
      'missing',
      'damaged',
      'withdrawn',
      'on_order',
      'in_process',
      'reference_only',
      'unknown',
    ];
    const items = lasting.map((status, n) =>
      itemOf(`s${n}`, 'MAIN', { statusHint: status, ...(n % 2 === 0 && { rawStatus: 'X' }) }),
    );
    const record = bibOf('r', 'R', { items });
    const ils = createDemoIls({ catalogue: createFakeCatalogue([record]) });
    const told = (await ils.availability([record], { signal })).get('r')?.items ?? [];
    t.same(
      told.map((item) => item.status),
      lasting,
    );
    t.equal(told[0]?.rawStatus, 'X');
    t.equal(told[1]?.rawStatus, 'missing');
  },
);

t.test('no copies are invented for a record without any', async (t) => {
  const ils = createDemoIls({ catalogue: createFakeCatalogue([bare]), clock: createFakeClock() });
  t.same((await ils.availability([bare], { signal })).get('bare'), { items: [], ecopies: [] });
});

t.test('it can be slow, failing, offline, or know only half', async (t) => {
  const clock = createFakeClock();
  const ils = createDemoIls({ catalogue: createFakeCatalogue([dune, bare]), clock });
  ils.misbehave({ slowMs: 400 });
  let answered = false;
  const slow = ils.availability([dune], { signal }).then(() => (answered = true));
  await clock.advance(399);
  t.equal(answered, false);
  await clock.advance(1);
  await slow;
  ils.misbehave({ slowMs: 0, failing: true });
  await t.rejects(ils.availability([dune], { signal }), IlsFault);
  ils.misbehave({ failing: false, half: true });
  t.same([...(await ils.availability([dune, bare], { signal })).keys()], ['dune']);
});
