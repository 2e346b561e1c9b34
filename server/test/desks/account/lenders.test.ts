import t, { type Test } from 'tap';
import { Lenders } from '../../../contract/lenders.js';
import { MyData } from '../../../contract/my-data.js';
import { CancelAnswer } from '../../../contract/patron-account.js';
import { SignInForm } from '../../../contract/sign-in.js';
import { combineIls } from '../../../engine/ils/combined.js';
import { IlsFault, type IlsFaultKind } from '../../../engine/ils/ils-fault.js';
import { shieldIls } from '../../../engine/ils/shielded.js';
import { createFakeClock } from '../../fakes/clock.js';
import { createScriptedIls } from '../../engine/ils/scripted-ils.js';
import { openHouse, turn } from './house.js';
import { cards, createFakeLibrary } from './library.js';

/** A house whose library has a lender beside it, with one loan and one hold there. */
async function openWithLender(t: Test, more: { away?: boolean } = {}) {
  const clock = createFakeClock();
  const library = createFakeLibrary();
  const lender = createScriptedIls(clock);
  const lent = { isbns: ['9780000000019'], format: 'ebook', url: 'https://lender.example/1' } as const;
  lender.loans = [{ loanId: 'e1', title: 'Storm Glass', dueAt: '2026-03-20T22:59:00.000Z', lent }];
  lender.holds = [
    {
      ...{ holdId: 'e2', title: '', status: 'ready', rawStatus: 'ready', cancellable: true },
      lent: { isbns: [], readyUntil: '2026-03-09T10:00:00.000Z' },
    },
  ];
  if (more.away)
    lender.next.authenticate = [
      { done: false, then: 'fault', fault: new IlsFault('unreachable', 'the test system') },
    ];
  const shielded = (ils: typeof library.ils) =>
    shieldIls(ils, { clock, lookup: () => Promise.resolve([]), repeats: 0 });
  const lending = {
    ...lender.ils,
    lender: 'Lender',
    authenticate: (_card: string, _pin: string, asking: { signal: AbortSignal }) =>
      lender.ils.authenticate('', '1234', asking),
  };
  const ils = combineIls({ ils: shielded(library.ils), lenders: [shielded(lending)] });
  const house = await openHouse(t, { ils });
  const browser = house.browser();
  const lenders = async (locale = 'en') =>
    Lenders.parse(await (await browser.get(`/me/lenders?locale=${locale}`)).json()).lenders;
  return { house, browser, lender, lenders, library };
}

t.test('what a patron has at a lender is told beside their account', async (t) => {
  const { house, browser, lenders, lender } = await openWithLender(t);
  const form = SignInForm.parse(await (await browser.get('/me/sign-in')).json());
  t.strictSame(form.can.lenders, ['Lender'], 'told before anybody types a PIN');
  t.match(await browser.signIn(cards.ada), { outcome: 'signed_in', me: { can: { lenders: ['Lender'] } } });
  const [told] = await lenders();
  t.match(told, {
    ...{ lender: 'Lender', state: 'known', sentence: null },
    loans: [
      {
        record_id: 'l1',
        catalogued: { title: { text: String } },
        title: 'Storm Glass',
        format: 'ebook',
        url: 'https://lender.example/1',
      },
    ],
    holds: [
      { title: null, record_id: null, sentence: 'Ready for you to borrow at Lender.', status: 'ready' },
    ],
  });
  t.equal(told?.holds?.[0]?.ready_until, '2026-03-09T10:00:00.000Z');
  t.match((await lenders('es'))[0]?.holds?.[0]?.sentence, /tomarlo prestado en Lender/);
  t.equal(lender.called.filter((verb) => verb === 'authenticate').length, 1);
  for (const word of [cards.ada.pin, cards.ada.card, 'Storm Glass'])
    t.notOk(house.logged.join('').includes(word), 'nothing of it is in the log');
});

t.test('nobody who is not signed in sees anything of a lender’s', async (t) => {
  const { browser, lender } = await openWithLender(t);
  t.equal(await browser.problem(await browser.get('/me/lenders')), '401 signed_out');
  t.match(await browser.signIn({ card: cards.ada.card, pin: 'wrong' }), { outcome: 'rejected' });
  await turn();
  t.equal(await browser.problem(await browser.get('/me/lenders')), '401 signed_out');
  t.strictSame(lender.called, [], 'and the lender hears nothing of a wrong PIN');
});

t.test('a hold at a lender is cancelled by its own id, with a token alone', async (t) => {
  const { browser, lenders, lender, library } = await openWithLender(t);
  await browser.signIn(cards.ada);
  const id = (await lenders())[0]?.holds?.[0]?.hold_id ?? '';
  const address = `/me/holds/${encodeURIComponent(id)}`;
  t.equal((await browser.send('DELETE', address, undefined, { bare: true })).status, 403);
  t.equal(lender.holds?.length, 1);
  const cancel = async () => CancelAnswer.parse(await (await browser.send('DELETE', address)).json());
  lender.next.cancelHold = [
    { done: false, then: 'fault', fault: new IlsFault('unreachable', 'x', { mayHaveHappened: false }) },
    { done: false, then: 'fault', fault: new IlsFault('signed_out', 'x', { mayHaveHappened: false }) },
  ];
  t.match(await cancel(), { outcome: 'unavailable', sentence: /I can’t reach Lender/ });
  t.match(await cancel(), { outcome: 'unavailable', sentence: /Lender has signed you out/ });
  t.match(await cancel(), { outcome: 'cancelled', sentence: 'Your hold is cancelled.' });
  t.strictSame(lender.holds, []);
  t.notOk(
    library.called.some((verb) => verb.startsWith('cancelHold')),
    'the own system is left out of it',
  );
});

t.test('every way in which a lender says nothing has its own kind sentence', async (t) => {
  for (const [kind, state, sentence] of [
    ['broken', 'unavailable', /can’t reach Lender just now/],
    ['signed_out', 'signed_out', /signed you out.*sign in again/],
  ] satisfies [IlsFaultKind, string, RegExp][]) {
    const { browser, lender, lenders } = await openWithLender(t);
    await browser.signIn(cards.ada);
    lender.next.account = [{ done: false, then: 'fault', fault: new IlsFault(kind, 'x') }];
    t.match(await lenders(), [{ state, sentence, asOf: null, loans: null, holds: null }]);
    t.equal((await browser.get('/me/account')).status, 200, 'the account is told all the same');
  }
  const { browser, lenders } = await openWithLender(t, { away: true });
  await browser.signIn(cards.ada);
  t.match(await lenders(), [{ state: 'signed_out', sentence: /could not be asked when you signed in/ }]);
});

t.test('the end of a visit ends it at the lender too', async (t) => {
  const { browser, lender, lenders, house } = await openWithLender(t);
  await browser.signIn(cards.ada);
  await lenders();
  t.equal((await browser.send('POST', '/me/sign-out')).status, 204);
  await house.desk.close();
  t.ok(lender.called.includes('endSession'));
  t.equal(await browser.problem(await browser.get('/me/lenders')), '401 signed_out');
});

t.test('my data says what is held for a lender, and only where there is one', async (t) => {
  const { browser } = await openWithLender(t);
  await browser.signIn(cards.ada);
  const parts = async (from: typeof browser, locale = 'en') =>
    MyData.parse(await (await from.get(`/me/data?locale=${locale}`)).json()).parts;
  const told = (await parts(browser)).find(({ part }) => part === 'lenders');
  t.match(told, { kept: 'memory', sentence: /pass to what you have at Lender.*PIN once/, until: /T/ });
  t.match((await parts(browser, 'es')).find(({ part }) => part === 'lenders')?.sentence, /Lender/);
  const without = (await openHouse(t)).browser();
  await without.signIn(cards.ada);
  t.notOk((await parts(without)).some(({ part }) => part === 'lenders'));
  t.strictSame((await without.me()).can.lenders, []);
  t.same(await (await without.get('/me/lenders')).json(), { lenders: [] });
});
