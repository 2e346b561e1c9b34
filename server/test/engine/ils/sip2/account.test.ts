import t, { type Test } from 'tap';
import type { IlsPatron } from '../../../../engine/ils/patron.js';
import { faultOf, openSystem, published } from './open-system.js';

const signal = new AbortController().signal;
const asking = { signal };
const day = 86_400_000;
const iso = (ms: number): string => new Date(ms).toISOString();

async function signedIn(
  t: Test,
  ...opening: Parameters<typeof openSystem> extends [Test, ...infer R] ? R : never
) {
  const system = await openSystem(t, ...opening);
  const answer = await system.ils.authenticate('CARD-0001', '1234', asking);
  if (answer.outcome !== 'ok') throw new Error('not signed in');
  const patron: IlsPatron = answer.patron;
  return { ...system, patron };
}

t.test('loans with title and due date, holds, fines and the card’s last day', async (t) => {
  const { ils, patron, codes } = await signedIn(t);
  const account = await ils.account(patron, asking);
  t.strictSame(account.loans, [
    {
      loanId: 'BAR-OUT',
      barcode: 'BAR-OUT',
      title: 'A copy on loan',
      dueAt: iso(published + 7 * day),
      overdue: false,
    },
    {
      loanId: 'BAR-OVERDUE',
      barcode: 'BAR-OVERDUE',
      title: 'A copy not brought back',
      dueAt: iso(published - 3 * day),
      overdue: true,
    },
  ]);
  t.strictSame(account.holds, [
    {
      holdId: 'item:BAR-HELD',
      barcode: 'BAR-HELD',
      title: 'A copy kept for somebody',
      status: 'unknown',
      rawStatus: 'hold item (AS)',
      cancellable: true,
    },
    {
      holdId: 'item:BAR-RECALLED',
      barcode: 'BAR-RECALLED',
      title: 'A copy called back',
      status: 'waiting',
      rawStatus: 'unavailable hold item (CD)',
      cancellable: true,
    },
  ]);
  t.strictSame(account.fines, {
    total: '4.20',
    currency: 'EUR',
    lines: [{ text: '3.00 A copy not brought back' }, { text: '1.20 Copies' }],
  });
  t.same(account.blocks, []);
  t.equal(account.cardExpires, '2030-12-31');
  const asked = codes().slice(3);
  t.same(asked.slice(0, 4), ['63', '63', '63', '63']);
  t.equal(asked.filter((code) => code === '17').length, 4, 'each barcode once');
});

t.test('each list is asked for by itself, and only those of the settings', async (t) => {
  const { ils, patron, server } = await signedIn(t, { account_parts: ['charged'], look_up_items: false });
  const account = await ils.account(patron, asking);
  t.match(account.loans, [{ title: 'BAR-OUT' }, { title: 'BAR-OVERDUE' }]);
  t.equal(account.holds, undefined, 'not told, which is not none');
  t.match(account.fines, { total: '4.20', lines: [] });
  const asked = server.asked.slice(3).map(({ text }) => text);
  t.equal(asked.length, 1);
  t.match(asked[0], /^63000.{18} {2}Y {7}AOUWOLS\|/);
});

t.test('a hold is ready only where the settings say what the list means', async (t) => {
  for (const [hold_items_are, status] of [
    ['ready', 'ready'],
    ['all', 'ready'],
    ['unsaid', 'unknown'],
  ] as const) {
    const { ils, patron } = await signedIn(t, { hold_items_are });
    const { holds } = await ils.account(patron, asking);
    t.match(holds, [{ status }, { status: 'waiting' }], hold_items_are);
  }
  const half = await signedIn(t, { hold_items_are: 'all', account_parts: ['holds'] });
  t.match(
    (await half.ils.account(half.patron, asking)).holds,
    [{ status: 'unknown' }],
    'with the other list unseen',
  );
});

t.test('a patron with nothing has nothing, and that is said', async (t) => {
  const { ils } = await openSystem(t);
  const answer = await ils.authenticate('miker', '6789', asking);
  if (answer.outcome !== 'ok') return t.fail('not signed in');
  const account = await ils.account(answer.patron, asking);
  t.strictSame(account, { loans: [], holds: [], fines: undefined, blocks: [] });
});

t.test('lists in several windows are put together', async (t) => {
  const { ils, patron, server } = await signedIn(t, { list_window: 2, look_up_items: false });
  for (let n = 0; n < 5; n += 1) {
    const barcode = `BAR-MORE-${n}`;
    const like = server.state.items.get('BAR-OUT');
    if (like) server.state.items.set(barcode, { ...like, barcode });
  }
  const { loans } = await ils.account(patron, asking);
  t.equal(loans?.length, 7);
  t.equal(new Set(loans?.map(({ loanId }) => loanId)).size, 7, 'each once');
  const windows = server.asked.map(({ text }) =>
    / {2}Y {7}.*BP(\d+)\|BQ(\d+)/.exec(text)?.slice(1).join('-'),
  );
  t.same(windows.filter(Boolean), ['1-2', '3-4', '5-6', '7-8']);
});

t.test('a list is whole also from a server that reads windows in its own way', async (t) => {
  for (const windows of ['one_short', 'one_entry', 'unread', 'shows_nothing'] as const) {
    const { ils, patron, server } = await signedIn(
      t,
      { list_window: 3, look_up_items: false, account_parts: ['charged'] },
      { faults: { windows } },
    );
    const like = server.state.items.get('BAR-OUT');
    for (let n = 0; n < 5 && like; n += 1)
      server.state.items.set(`BAR-MORE-${n}`, { ...like, barcode: `BAR-MORE-${n}` });
    const { loans } = await ils.account(patron, asking);
    t.equal(new Set(loans?.map(({ loanId }) => loanId)).size, 7, windows);
    t.equal(loans?.length, 7, 'and each once');
  }
});

t.test('a list of which the server counts more than it shows is not told as a whole', async (t) => {
  const only = {
    list_window: 0,
    look_up_items: false,
    account_parts: ['holds', 'unavailable_holds'] as const,
  };
  const ready = await signedIn(t, {
    ...only,
    account_parts: [...only.account_parts],
    hold_items_are: 'ready',
  });
  const item = ready.server.state.items.get('BAR-RECALLED');
  if (item) item.barcode = '';
  t.equal((await ready.ils.account(ready.patron, asking)).holds, undefined, 'those that wait are missing');
  const all = await signedIn(t, { ...only, account_parts: [...only.account_parts], hold_items_are: 'all' });
  const same = all.server.state.items.get('BAR-RECALLED');
  if (same) same.barcode = '';
  t.equal((await all.ils.account(all.patron, asking)).holds?.length, 1, 'the other list has them');
});

t.test('lists filled up with blanks hold no blanks', async (t) => {
  const { ils, patron } = await signedIn(t, {}, { faults: { paddedLists: true } });
  const account = await ils.account(patron, asking);
  t.equal(account.loans?.length, 2);
  t.equal(account.fines?.lines.length, 2);
});

t.test('lines are read by the pattern of the settings', async (t) => {
  const composite = await signedIn(
    t,
    { loan_text: '{barcode} {title} {due}', hold_text: '{barcode} {title}', look_up_items: false },
    { faults: { listsAs: 'composite' } },
  );
  const account = await composite.ils.account(composite.patron, asking);
  t.match(account.loans?.[0], {
    barcode: 'BAR-OUT',
    title: 'A copy on loan',
    dueAt: iso(published + 7 * day),
  });
  t.equal(composite.codes().filter((code) => code === '17').length, 0);

  const titles = await signedIn(
    t,
    { loan_text: '{title}', hold_text: '{title}' },
    { faults: { listsAs: 'title' } },
  );
  const told = await titles.ils.account(titles.patron, asking);
  t.match(told.loans?.[0], { title: 'A copy on loan', renewable: false });
  t.match(told.holds?.[0], { title: 'A copy kept for somebody', cancellable: false });
  t.notOk(told.loans?.[0] && 'barcode' in told.loans[0]);
  const before = titles.codes().length;
  const [loan, hold] = [told.loans?.[0]?.loanId ?? '', told.holds?.[0]?.holdId ?? ''];
  t.match(await titles.ils.renew(titles.patron, loan, asking), { reason: 'not_renewable' });
  t.match(await titles.ils.cancelHold(titles.patron, hold, asking), { outcome: 'refused' });
  t.equal(titles.codes().length, before, 'what names no copy is not asked about');
});

t.test('nonsense in a list is shown as it is', async (t) => {
  const { ils, patron } = await signedIn(t, {}, { faults: { holdsAsHash: true } });
  const { holds } = await ils.account(patron, asking);
  t.match(holds?.[0], { title: 'HASH(0x55d0c8f3a1e8)' });
});

t.test('a due date in words is shown in those words', async (t) => {
  const { ils, patron, server } = await signedIn(t);
  Object.assign(server.state.items.get('BAR-OUT') ?? {}, { dueText: 'a week on Tuesday' });
  const loan = (await ils.account(patron, asking)).loans?.[0];
  t.match(loan, { dueText: 'a week on Tuesday' });
  t.notOk(loan && ('dueAt' in loan || 'overdue' in loan));
});

t.test('why a patron may not borrow is in the account', async (t) => {
  const { ils } = await openSystem(t, { blocked_when: 'never' });
  const answer = await ils.authenticate('CARD-BLOCKED', '1234', asking);
  if (answer.outcome !== 'ok') return t.fail('not signed in');
  t.same((await ils.account(answer.patron, asking)).blocks, ['Card blocked.']);
});

t.test('an account is never another patron’s', async (t) => {
  const { ils, patron, server } = await signedIn(t);
  const { patrons } = server.state;
  const other = patrons.get('CARD-0002');
  if (other) patrons.set('CARD-0001', { ...other });
  t.match(await faultOf(ils.account(patron, asking)), { kind: 'foreign' });
});

t.test('a card whose PIN was changed meanwhile is not shown', async (t) => {
  const { ils, patron, server } = await signedIn(t);
  Object.assign(server.state.patrons.get('CARD-0001') ?? {}, { pin: '5678' });
  t.match(await faultOf(ils.account(patron, asking)), { kind: 'refused', mayHaveHappened: false });
});
