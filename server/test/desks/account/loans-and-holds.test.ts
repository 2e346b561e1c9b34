import t from 'tap';
import {
  CancelAnswer,
  HoldAnswer,
  PatronAccount,
  PickupBranches,
  RenewalAnswer,
} from '../../../contract/patron-account.js';
import { cards } from './library.js';
import { openHouse, turn, type Browser } from './house.js';

async function signedIn(t: Parameters<typeof openHouse>[0], who: { card: string; pin: string } = cards.ada) {
  const house = await openHouse(t);
  const page = house.browser();
  await page.signIn(who);
  house.library.called.length = 0;
  return { ...house, page };
}
const hold = async (page: Browser, record_id: string, locale = 'en') =>
  HoldAnswer.parse(
    await (
      await page.send('POST', `/me/holds?locale=${locale}`, { record_id, pickup_branch_id: 'HARB' })
    ).json(),
  );
const answer = async (page: Browser, question_id: string | undefined, yes: boolean) =>
  await page.send('POST', '/me/holds/answers', { question_id, yes });

t.test('a system that names barcodes alone is understood by the copies of the catalogue', async (t) => {
  const { page, library } = await signedIn(t);
  Object.assign(library.account, {
    loans: [
      { loanId: 'bar-l4-0', barcode: 'bar-l4-0', title: 'bar-l4-0' },
      { loanId: 'bar-none', barcode: 'bar-none', title: 'bar-none' },
      { loanId: 'loan-1', ilsId: '501', barcode: 'bar-l4-0', title: 'Storm Glass' },
    ],
    holds: [
      { holdId: 'h', barcode: 'bar-l4-0', title: 'x', status: 'waiting', rawStatus: 'W', cancellable: true },
    ],
  });
  const account = PatronAccount.parse(await (await page.get('/me/account')).json());
  t.strictSame(
    account.loans?.map(({ record_id }) => record_id),
    ['l4', null, 'l3'],
    'the system’s own number counts before the barcode, and nothing is guessed',
  );
  t.equal(account.holds?.[0]?.record_id, 'l4');
});

t.test(
  'the account shows what the system tells, each with its record where the catalogue holds it',
  async (t) => {
    const { page } = await signedIn(t);
    const account = PatronAccount.parse(await (await page.get('/me/account')).json());
    t.equal(account.state, 'known');
    t.match(account.asOf, /^2026-03-04T14:02:0/);
    t.match(account.loans, [
      {
        loan_id: 'loan-1',
        record_id: 'l3',
        title: 'Storm Glass',
        catalogued: { title: { text: 'Storm Glass' }, author: { text: 'Edith Marsh' }, format: 'book' },
        due_at: '2026-03-20T22:59:00.000Z',
        renewals: 1,
        renewals_left: 2,
      },
      {
        loan_id: 'loan-2',
        record_id: null,
        catalogued: null,
        due_at: null,
        due_text: 'mid March',
        renewable: null,
      },
    ]);
    t.match(account.holds, [
      {
        hold_id: 'hold-1',
        record_id: 'l2',
        catalogued: {
          author: { text: 'Daniel Okafor' },
          subject: 'Lighthouses',
          format: 'book',
          cover: null,
        },
        sentence: 'Waiting for a copy.',
        queue_position: 3,
        queue_total: 5,
        pickup_branch_name: 'Harbour Street',
        cancellable: true,
      },
    ]);
    t.strictSame(account.fines, {
      total: '4.20',
      currency: 'EUR',
      lines: [{ text: 'Late return', amount: '4.20' }],
    });
  },
);

t.test('what the system does not tell is null, and none is none', async (t) => {
  const { page, library } = await signedIn(t);
  library.account = { loans: [], holds: undefined, fines: undefined, blocks: ['Please see staff'] };
  const account = PatronAccount.parse(await (await page.get('/me/account')).json());
  t.strictSame(account.loans, []);
  t.equal(account.holds, null);
  t.equal(account.fines, null);
  t.strictSame(account.blocks, ['Please see staff']);
});

t.test('with the system away the account says so, in both languages, and nobody is signed out', async (t) => {
  const { page, library } = await signedIn(t);
  library.away = true;
  const account = PatronAccount.parse(await (await page.get('/me/account')).json());
  t.match(account, { state: 'unavailable', asOf: null, loans: null, holds: null, fines: null });
  t.match(account.sentence, /can’t see your account/);
  const spanish = PatronAccount.parse(await (await page.get('/me/account?locale=es')).json());
  t.match(spanish.sentence, /no puedo ver tu cuenta/);
  t.match(await page.me(), { signed_in: true });
});

t.test('who signs out while the account is being fetched is told nothing of it', async (t) => {
  const { page, library } = await signedIn(t);
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const account = library.ils.account.bind(library.ils);
  library.ils.account = async (...asked) => {
    library.called.push('held back');
    await gate;
    return await account(...asked);
  };
  const asking = page.get('/me/account');
  while (!library.called.includes('held back')) await turn();
  await page.send('POST', '/me/sign-out');
  open();
  const late = await asking;
  t.equal(late.status, 401);
  t.notMatch(await late.text(), /Storm Glass/);
});

t.test('a loan is renewed once, and a refusal is told in our words', async (t) => {
  const { page, library } = await signedIn(t);
  const renew = async () =>
    RenewalAnswer.parse(await (await page.send('POST', '/me/loans/loan-1/renewal?locale=es')).json());
  t.match(await renew(), { outcome: 'renewed', sentence: 'Renovado.', due_at: '2026-04-10T21:59:00.000Z' });
  t.equal(library.called.filter((verb) => verb.startsWith('renew')).length, 1);
  library.refuse = { outcome: 'refused', reason: 'reserved_by_others', said: 'ITEM_RSVD' };
  const refused = await renew();
  t.match(refused, { outcome: 'refused', reason: 'reserved_by_others', said: null, due_at: null });
  t.match(refused.sentence, /Otra persona/);
  library.refuse = { outcome: 'refused', reason: 'other', said: 'Ask for Sheila' };
  t.match(await renew(), { reason: 'other', said: 'Ask for Sheila' });
  library.away = true;
  t.match(await renew(), { outcome: 'unavailable', reason: null });
});

t.test('a hold is placed at a branch where the patron may fetch it', async (t) => {
  const { page, library } = await signedIn(t);
  const branches = PickupBranches.parse(await (await page.get('/me/pickup-branches?record_id=l1')).json());
  t.match(branches, { state: 'known', home_branch_id: 'HARB', sentence: null });
  t.strictSame(
    branches.branches.map(({ id }) => id),
    ['HARB', 'MAIN'],
  );
  const placed = await hold(page, 'l1');
  t.match(placed, { outcome: 'placed', hold_id: 'hold-2', queue_position: 4, question: null });
  t.match(placed.sentence, /number 4/);
  t.ok(library.called.includes('placeHold l1 HARB'));
  const nowhere = await page.get('/me/pickup-branches?record_id=nothing');
  t.equal(await page.problem(nowhere), '404 record_not_found');
  const unheld = await page.send('POST', '/me/holds', { record_id: 'nothing', pickup_branch_id: 'HARB' });
  t.equal(await page.problem(unheld), '404 record_not_found');
});

t.test('a fee is asked about, and one question may lead to the next', async (t) => {
  const { page, library } = await signedIn(t);
  const asked = await hold(page, 'l4');
  t.match(asked, { outcome: 'question', question: { kind: 'fee', said: 'Costs 0.50.' } });
  t.notOk(
    library.called.some((verb) => verb.startsWith('continueHold')),
    'nothing is agreed to unasked',
  );
  const next = HoldAnswer.parse(await (await answer(page, asked.question?.question_id, true)).json());
  t.match(next, { outcome: 'question', question: { kind: 'existing_holds' } });
  const placed = HoldAnswer.parse(await (await answer(page, next.question?.question_id, true)).json());
  t.match(placed, { outcome: 'placed', hold_id: 'hold-3' });
  t.match(placed.sentence, /next in line/);
  const again = await answer(page, next.question?.question_id, true);
  t.equal(await page.problem(again), '404 question_not_found', 'a question is answered once');
  const no = await answer(page, (await hold(page, 'l4')).question?.question_id, false);
  t.match(HoldAnswer.parse(await no.json()), { outcome: 'refused', said: 'Not agreed to.' });
});

t.test('a question belongs to its session and waits ten minutes at most', async (t) => {
  const { page, browser, clock, library } = await signedIn(t);
  const other = browser();
  await other.signIn(cards.ben);
  const asked = await hold(page, 'l4');
  const theirs = await answer(other, asked.question?.question_id, true);
  t.equal(await page.problem(theirs), '404 question_not_found');
  await clock.advance(500_000);
  await page.me();
  await clock.advance(200_000);
  const late = await answer(page, asked.question?.question_id, true);
  t.equal(await page.problem(late), '404 question_not_found');
  t.notOk(library.called.some((verb) => verb.startsWith('continueHold')));
});

t.test('a hold that nobody knows of is unknown, and is not sent again', async (t) => {
  const { page, library } = await signedIn(t);
  const placeHold = library.ils.placeHold.bind(library.ils);
  library.ils.placeHold = async (...asked) => {
    await placeHold(...asked);
    throw new Error('the connection was lost');
  };
  const unknown = await hold(page, 'l1');
  t.equal(unknown.outcome, 'unknown');
  t.match(unknown.sentence, /look once more/);
  t.equal(library.called.filter((verb) => verb.startsWith('placeHold')).length, 1);
});

t.test('only a hold of one’s own is cancelled', async (t) => {
  const { page } = await signedIn(t);
  const cancel = async (id: string) =>
    CancelAnswer.parse(await (await page.send('DELETE', `/me/holds/${id}`)).json());
  t.match(await cancel('hold-1'), { outcome: 'cancelled', sentence: 'Your hold is cancelled.' });
  t.match(await cancel('someone-elses'), { outcome: 'refused', reason: 'not_yours', said: null });
});
