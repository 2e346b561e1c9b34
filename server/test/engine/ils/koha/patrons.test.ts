import t, { type Test } from 'tap';
import type { IlsPatron } from '../../../../engine/ils/patron.js';
import { bibOf } from '../../../fakes/bibs.js';
import { hold } from '../../../simulators/koha/koha-library.js';
import { aKoha, faultOf, type AKoha } from './a-koha.js';

const asking = { signal: new AbortController().signal };
const titled = (ilsId: string) => bibOf(`sim${ilsId}`, 'A title', { keys: { ilsId, other: [] } });

async function signedIn(
  t: Test,
  ...more: Parameters<typeof aKoha> extends [Test, ...infer Rest] ? Rest : never
) {
  const both = await aKoha(t, ...more);
  const answer = await both.ils.authenticate('CARD-0001', '1234', asking);
  if (answer.outcome !== 'ok') throw new Error('not signed in');
  return { ...both, patron: answer.patron };
}
const wrote = ({ koha }: AKoha, method: string) =>
  koha.asked.filter((one) => one.method === method && !/oauth|auth\/password/.test(one.path));

t.test('an account shows loans and holds with their titles, and what is owed', async (t) => {
  const { ils, patron, koha } = await signedIn(t);
  const account = await ils.account(patron, asking);
  t.same(account, {
    blocks: [],
    cardExpires: '2099-12-31',
    loans: [
      {
        loanId: '901',
        ilsId: '1',
        title: 'The tide tables',
        author: 'Marlow, A.',
        barcode: 'ITEM-0012',
        callNumber: '500 12',
        dueAt: '2026-03-20T23:59:00.000Z',
        overdue: false,
        renewals: 0,
      },
      {
        loanId: '902',
        ilsId: '3',
        title: 'Letters from the lighthouse',
        barcode: 'ITEM-0031',
        callNumber: '500 31',
        dueAt: '2026-03-20T23:59:00.000Z',
        overdue: false,
        renewals: 3,
      },
    ],
    holds: [
      {
        holdId: '701',
        ilsId: '2',
        title: 'A field guide to lichens',
        author: 'Okafor, B.',
        status: 'waiting',
        rawStatus: 'waiting',
        queuePosition: 1,
        pickupBranchId: 'MAIN',
        pickupBranchName: 'Main Library',
        placedAt: '2026-03-01',
        cancellable: true,
      },
    ],
    fines: { total: '1.50', lines: [{ text: 'Overdue fine', amount: '1.50' }] },
  });
  t.ok(
    koha.state.holds.some(({ patron_id: id }) => id === 51),
    'there are holds of patron 51, not shown to 5',
  );
});

t.test('a found hold is ready or on its way, and is no longer offered for cancelling', async (t) => {
  const { ils, patron, koha } = await signedIn(t);
  koha.state.holds = [
    hold(711, 5, 1, { status: 'W', priority: 0, expiration_date: '2026-03-12' }),
    hold(712, 5, 2, { status: 'T', priority: 0 }),
    hold(713, 5, 3, { suspended: true, priority: 4 }),
  ];
  const { holds } = await ils.account(patron, asking);
  t.match(holds, [
    { status: 'ready', rawStatus: 'W', pickupBy: '2026-03-12', cancellable: false },
    { status: 'in_transit', rawStatus: 'T', cancellable: false },
    { status: 'suspended', queuePosition: 4, cancellable: true },
  ]);
  t.notOk(holds?.some((one) => one.queuePosition === 0));
});

t.test('what Carrel may not see is left open instead of being called none', async (t) => {
  const both = await signedIn(t);
  both.koha.state.apiUser.permissions = ['borrowers', 'circulate'];
  const { loans, holds, fines } = await both.ils.account(both.patron, asking);
  t.equal(loans?.length, 2);
  t.equal(holds, undefined);
  t.equal(fines, undefined);
  t.match(loans?.[0], { title: 'The tide tables' }, 'the title comes with the loan');
  const { account } = await both.ils.capabilities(asking);
  t.match(account, { works: true, note: /holds \(Permission reserveforothers: place_holds\)/ });
});

t.test('a Koha without holds has none to show, which is not the same as none', async (t) => {
  const { ils, patron } = await signedIn(t, {}, { without: ['GET /holds', 'POST /holds'] });
  t.equal((await ils.account(patron, asking)).holds, undefined);
  const request = { record: titled('1'), pickupBranchId: 'MAIN' };
  t.match(await faultOf(ils.placeHold(patron, request, asking)), {
    kind: 'not_offered',
    mayHaveHappened: false,
  });
});

t.test('a Koha that tells loans without their items is asked for all of those at once', async (t) => {
  const both = await signedIn(t, {}, { version: 'old' });
  const { loans, holds } = await both.ils.account(both.patron, asking);
  t.match(loans, [
    { loanId: '901', title: 'The tide tables', barcode: 'ITEM-0012', callNumber: '500 12', ilsId: '1' },
    { loanId: '902', title: /./ },
  ]);
  t.equal(both.koha.asked.filter(({ path }) => path.endsWith('/items')).length, 1);
  t.match(holds, [{ holdId: '701', title: 'A field guide to lichens' }], 'asked for one by one');
});

t.test('without a list of items each is asked for; without any, loans are still shown', async (t) => {
  const singly = await signedIn(t, {}, { version: 'old', without: ['GET /items'] });
  const [first] = (await singly.ils.account(singly.patron, asking)).loans ?? [];
  t.match(first, { loanId: '901', title: 'The tide tables', barcode: 'ITEM-0012' });
  const without = ['GET /items', 'GET /items/{item_id}'];
  const { ils, patron } = await signedIn(t, {}, { version: 'old', without });
  t.match((await ils.account(patron, asking)).loans, [
    { loanId: '901', title: '' },
    { loanId: '902', title: '' },
  ]);
});

t.test('whether a loan can be renewed is asked where the library wants it', async (t) => {
  const { ils, patron, koha } = await signedIn(t, { ask_renewable: true });
  const { loans } = await ils.account(patron, asking);
  t.match(loans, [
    { renewable: true, renewalsLeft: 3 },
    { renewable: false, renewalsLeft: 0 },
  ]);
  t.equal(koha.asked.filter(({ path }) => path.endsWith('/allows_renewal')).length, 2);
  // A loan that no circulation rule says anything of makes Koha fail at this question.
  koha.faults.only = ({ path }) => path.endsWith('/allows_renewal');
  koha.faults.crash = true;
  const [first] = (await ils.account(patron, asking)).loans ?? [];
  t.match(first, { loanId: '901' }, 'the loans are shown all the same');
  t.notOk(first && 'renewable' in first, 'and nothing is said of renewing');
});

t.test('renewing says until when, or why not, and never touches another’s loan', async (t) => {
  for (const version of ['new', 'old'] as const) {
    const both = await signedIn(t, {}, { version });
    const { ils, patron, koha } = both;
    t.same(await ils.renew(patron, '901', asking), {
      outcome: 'renewed',
      dueAt: '2026-04-03T23:59:00.000Z',
    });
    t.match(await ils.renew(patron, '902', asking), { outcome: 'refused', reason: 'too_many_renewals' });
    koha.state.checkouts.push({ ...koha.state.checkouts[0]!, checkout_id: 950, patron_id: 51 });
    const before = wrote(both, 'POST').length;
    t.match(await ils.renew(patron, '950', asking), { outcome: 'refused', reason: 'not_yours' });
    for (const id of ['999', '0', '', '../holds'])
      t.match(await ils.renew(patron, id, asking), { outcome: 'refused', reason: 'not_found' }, `"${id}"`);
    t.equal(wrote(both, 'POST').length, before, 'nothing was sent');
  }
});

t.test('a hold is sent once, without date and without override', async (t) => {
  const both = await signedIn(t);
  const { ils, patron, koha } = both;
  const answer = await ils.placeHold(patron, { record: titled('1'), pickupBranchId: 'EAST' }, asking);
  t.match(answer, {
    outcome: 'placed',
    holdId: '704',
    queuePosition: 1,
    pickup: { id: 'EAST', name: 'East Branch' },
  });
  const sent = wrote(both, 'POST');
  t.same(
    sent.map(({ body }) => JSON.parse(body) as unknown),
    [{ patron_id: 5, biblio_id: 1, pickup_library_id: 'EAST' }],
  );
  t.notOk(koha.asked.some(({ headers }) => headers['x-koha-override'] !== undefined));
});

t.test('one copy instead of the title', async (t) => {
  const both = await signedIn(t);
  const request = { record: titled('1'), pickupBranchId: 'MAIN', itemId: '11' };
  t.match(await both.ils.placeHold(both.patron, request, asking), { outcome: 'placed' });
  t.match(both.koha.state.holds.at(-1), { item_id: 11, item_level: true });
  const { length } = both.koha.state.holds;
  t.match(await both.ils.placeHold(both.patron, { ...request, itemId: 'b1' }, asking), {
    outcome: 'refused',
    reason: 'not_found',
  });
  t.equal(both.koha.state.holds.length, length, 'no hold on the title instead');
  const wrong = { ...request, record: titled('3') };
  t.match(await both.ils.placeHold(both.patron, wrong, asking), { outcome: 'refused', reason: 'not_found' });
});

t.test('why a hold is not placed comes from Koha’s code', async (t) => {
  for (const version of ['new', 'old'] as const) {
    const { ils, patron, koha } = await signedIn(t, {}, { version });
    const place = (ilsId: string, pickupBranchId = 'MAIN') =>
      ils.placeHold(patron, { record: titled(ilsId), pickupBranchId }, asking);
    t.match(await place('2'), { outcome: 'refused', reason: 'already_held' });
    t.match(await place('1', 'STORE'), { outcome: 'refused', reason: 'pickup_place' });
    t.match(await place('404'), { outcome: 'refused', reason: 'not_found' }, 'a bare text');
    koha.state.refusals.push({ code: 'ageRestricted', biblio_id: 3 });
    t.match(await place('3'), { outcome: 'refused', reason: 'age', said: /Reason: ageRestricted/ });
    koha.state.sysprefs.maxreserves = 1;
    t.match(await place('1'), { outcome: 'refused', reason: 'too_many_holds' });
    t.equal(koha.state.holds.length, 3, 'nothing was placed');
  }
});

t.test('without permission it is Carrel that is refused, not the patron', async (t) => {
  const { ils, patron, koha } = await signedIn(t);
  koha.state.apiUser.permissions = ['borrowers', 'catalogue'];
  const fault = await faultOf(ils.placeHold(patron, { record: titled('1'), pickupBranchId: 'MAIN' }, asking));
  t.match(fault, { kind: 'refused', grant: /reserveforothers/, mayHaveHappened: false });
});

t.test('a hold whose answer fails may stand, and one that was never sent does not', async (t) => {
  const { ils, patron, koha } = await signedIn(t);
  const place = () => ils.placeHold(patron, { record: titled('1'), pickupBranchId: 'MAIN' }, asking);
  koha.faults.crash = true;
  t.match(await faultOf(place()), { kind: 'broken', mayHaveHappened: true });
  koha.faults.crash = false;
  koha.faults.proxyPage = 200;
  t.match(await faultOf(place()), { kind: 'foreign', mayHaveHappened: true });
  koha.faults.proxyPage = 0;
  koha.faults.only = ({ method }) => method === 'GET';
  koha.faults.half = true;
  t.match(await faultOf(ils.cancelHold(patron, '701', asking)), { kind: 'cut_off', mayHaveHappened: false });
  t.match(await faultOf(ils.renew(patron, '901', asking)), { kind: 'cut_off', mayHaveHappened: false });
  await koha.leave();
  t.match(await faultOf(place()), { kind: 'unreachable', mayHaveHappened: false });
  t.equal(koha.state.holds.length, 3);
});

t.test('pickup places that would break a rule are not offered', async (t) => {
  const { ils, patron, koha } = await signedIn(t);
  t.same((await ils.pickupBranches(patron, titled('1'), asking)).map(({ id }) => id).sort(), [
    'EAST',
    'MAIN',
  ]);
  koha.state.sysprefs.AllowHoldPolicyOverride = true;
  t.same(await ils.pickupBranches(patron, titled('4'), asking), [], 'all of them need an override');
});

t.test('only a hold of one’s own is cancelled', async (t) => {
  const both: AKoha & { patron: IlsPatron } = await signedIn(t);
  const { ils, patron } = both;
  t.match(await ils.cancelHold(patron, '703', asking), { outcome: 'refused', reason: 'not_yours' });
  const mine = both.koha.state.holds.find((one) => one.hold_id === 701);
  for (const status of ['W', 'T', 'P'] as const) {
    if (mine) mine.status = status;
    t.match(await ils.cancelHold(patron, '701', asking), { outcome: 'refused' }, 'as on Koha’s own pages');
  }
  if (mine) mine.status = null;
  t.equal(wrote(both, 'DELETE').length, 0);
  both.koha.faults.proxyPage = 200;
  both.koha.faults.only = ({ method }) => method === 'DELETE';
  t.equal((await faultOf(ils.cancelHold(patron, '701', asking))).kind, 'foreign', 'a proxy’s page is no yes');
  both.koha.faults.proxyPage = 0;
  t.same(await ils.cancelHold(patron, '701', asking), { outcome: 'cancelled' });
  t.notOk(both.koha.state.holds.some((one) => one.hold_id === 701));
});
