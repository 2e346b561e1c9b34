import t from 'tap';
import { cards } from './library.js';
import { openHouse, personal, turn } from './house.js';

t.test('with the right PIN a patron is signed in, and the page is told what they may do', async (t) => {
  const { browser, library } = await openHouse(t);
  const page = browser();
  const answer = await page.signIn(cards.ada);
  t.equal(answer.outcome, 'signed_in');
  t.match(answer.me, { signed_in: true, idle_seconds: 600, home_branch_id: 'HARB' });
  t.match(await page.me(), { signed_in: true, can: { sign_in: true, place_holds: true } });
  t.strictSame(library.called, ['authenticate'], 'and the system was asked once');
});

t.test('who does not sign in gets no cookie, and nothing is asked or begun for them', async (t) => {
  const { browser, library, desk } = await openHouse(t);
  const page = browser();
  t.match(await page.me(), { signed_in: false, csrf: null, ends_at: null });
  t.equal(page.jar.size, 0);
  t.equal(await page.problem(await page.get('/me/account')), '401 signed_out');
  t.equal(await page.problem(await page.get('/me/data')), '401 signed_out');
  t.equal(await page.problem(await page.send('POST', '/me/holds', {})), '401 signed_out');
  t.equal(page.jar.size, 0);
  t.strictSame(library.called, []);
  t.equal(desk.sessions.count(), 0);
});

t.test('a wrong PIN and a card that nobody has are answered alike', async (t) => {
  const { browser } = await openHouse(t);
  const tell = async (who: { card: string; pin: string }) => {
    const page = browser();
    await page.openForm();
    const response = await page.passing(page.send('POST', '/me/sign-in', who));
    return { status: response.status, body: await response.text(), cookies: response.headers.getSetCookie() };
  };
  const wrong = await tell({ card: cards.ada.card, pin: '0000' });
  t.strictSame(wrong, await tell({ card: 'CARD-9999', pin: '0000' }));
  t.match(JSON.parse(wrong.body), { outcome: 'rejected', me: null });
  t.strictSame(wrong.cookies, [], 'and nobody is given a session by it');
  t.strictSame(wrong, await tell({ card: cards.blocked.card, pin: '0000' }), 'nor is a blocked card told of');
});

t.test('blocked and expired are told, in the patron’s language, only to who has the PIN', async (t) => {
  const { browser, desk } = await openHouse(t);
  t.equal((await browser().signIn(cards.blocked)).outcome, 'blocked');
  const expired = await browser().signIn(cards.expired, 'es');
  t.equal(expired.outcome, 'expired');
  t.match(expired.sentence, /caducado/);
  t.equal(desk.sessions.count(), 0);
});

t.test(
  'with the system away signing in is unavailable, never a wrong PIN, and counts against nobody',
  async (t) => {
    const { browser, library, clock } = await openHouse(t);
    library.away = true;
    const page = browser();
    for (let i = 0; i < 8; i += 1) {
      const { outcome, sentence } = await page.signIn(cards.ada);
      t.equal(outcome, 'unavailable');
      t.notMatch(sentence, /PIN/);
    }
    library.away = false;
    await clock.advance(5_000);
    t.equal((await page.signIn(cards.ada)).outcome, 'signed_in');
  },
);

t.test('after two failures a card is no longer asked about, before the system would lock it', async (t) => {
  const { browser, library, clock } = await openHouse(t);
  const wrong = { card: cards.ada.card, pin: '0000' };
  t.equal((await browser('192.0.2.1').signIn(wrong)).outcome, 'rejected');
  t.equal((await browser('192.0.2.2').signIn({ ...wrong, card: 'card 0001' })).outcome, 'rejected');
  const third = await browser('192.0.2.3').signIn(cards.ada);
  t.equal(third.outcome, 'limited', 'from another device and address too, even with the right PIN');
  t.ok(third.retry_after_seconds !== null && third.retry_after_seconds > 200);
  t.equal(library.called.length, 2, 'the system was not asked a third time');
  t.equal((await browser().signIn(cards.ben)).outcome, 'signed_in', 'other cards are not concerned');
  await clock.advance(300_000);
  t.equal((await browser().signIn(cards.ada)).outcome, 'signed_in');
});

t.test('tries at the same time count together', async (t) => {
  const { browser, library } = await openHouse(t);
  const open = library.holdSignIn();
  const pages = [browser('192.0.2.1'), browser('192.0.2.2'), browser('192.0.2.3'), browser('192.0.2.4')];
  const answers = pages.map((page) => page.signIn({ card: cards.ada.card, pin: '0000' }));
  const limited = await Promise.race(answers);
  t.equal(limited.outcome, 'limited');
  open();
  const outcomes = (await Promise.all(answers)).map(({ outcome }) => outcome).sort();
  t.strictSame(outcomes, ['limited', 'limited', 'rejected', 'rejected']);
  t.equal(library.called.length, 2);
});

t.test('a right PIN clears the count of its card', async (t) => {
  const { browser } = await openHouse(t);
  for (let i = 0; i < 3; i += 1) {
    const page = browser(`192.0.2.${i}`);
    t.equal((await page.signIn({ card: cards.ada.card, pin: '0000' })).outcome, 'rejected');
    t.equal((await page.signIn(cards.ada)).outcome, 'signed_in');
  }
});

t.test('one device, and one address, tries only so many cards', async (t) => {
  const limits = {
    card: { failures: 2, windowMs: 300_000 },
    cardOfDay: { failures: 1000, windowMs: 86_400_000 },
    device: { failures: 3, windowMs: 900_000 },
    address: { failures: 5, windowMs: 900_000 },
  };
  const { browser, library } = await openHouse(t, { attemptLimits: limits });
  const one = browser();
  const tryCard = async (page: typeof one, n: number) =>
    (await page.signIn({ card: `CARD-77${n}`, pin: '0000' })).outcome;
  t.strictSame(
    [await tryCard(one, 1), await tryCard(one, 2), await tryCard(one, 3), await tryCard(one, 4)],
    ['rejected', 'rejected', 'rejected', 'limited'],
  );
  const other = browser();
  t.strictSame(
    [await tryCard(other, 5), await tryCard(other, 6), await tryCard(other, 7)],
    ['rejected', 'rejected', 'limited'],
  );
  t.equal((await browser().signIn(cards.ada)).outcome, 'limited', 'a fresh browser is no way round');
  t.equal((await browser('192.0.2.9').signIn(cards.ada)).outcome, 'signed_in', 'another address is');
  t.equal(library.called.length, 6);
});

t.test('the form must have been opened in this very browser', async (t) => {
  const { browser, library } = await openHouse(t);
  const { card, pin } = cards.ada;
  const mine = browser();
  t.equal(await mine.problem(await mine.send('POST', '/me/sign-in', { card, pin })), '403 csrf_refused');
  await mine.openForm();
  const bare = await mine.send('POST', '/me/sign-in', { card, pin }, { bare: true });
  t.equal(await mine.problem(bare), '403 csrf_refused');
  const theirs = browser();
  await theirs.openForm();
  mine.useToken(theirs.token());
  t.equal(await mine.problem(await mine.send('POST', '/me/sign-in', { card, pin })), '403 csrf_refused');
  t.strictSame(library.called, []);
});

t.test('a body in another form is refused without quoting any of it', async (t) => {
  const { browser, library, logged } = await openHouse(t);
  const page = browser();
  await page.openForm();
  const bodies = [
    { card: cards.ada.card, pin: ['4711-ada'] },
    { card: 'CARD-0001'.repeat(10), pin: '1' },
    { 'CARD-0001': '4711-ada' },
    '{"card":"CARD-0001","pin":"4711-ada"',
    `{"card":"CARD-0001","pin":"${'4711-ada'.repeat(400)}"}`,
  ];
  for (const body of bodies) {
    const response = await page.send('POST', '/me/sign-in', body);
    const text = await response.text();
    t.ok(response.status === 400 || response.status === 413, `${response.status}`);
    for (const word of personal) t.notOk(text.includes(word), 'not in the answer');
  }
  for (const word of personal) t.notOk(logged.join('').includes(word), 'not in the log');
  t.strictSame(library.called, []);
});

t.test('a visit that ends while its sign-in is under way leaves nobody signed in', async (t) => {
  const { browser, library, desk } = await openHouse(t);
  const page = browser();
  await page.openForm();
  const open = library.holdSignIn();
  const { card, pin } = cards.ada;
  const signingIn = page.send('POST', '/me/sign-in', { card, pin });
  while (library.called.length === 0) await turn();
  const kiosk = page.jar.get('carrel_session') ?? '';
  t.equal((await page.send('DELETE', '/session')).status, 204);
  open();
  const late = await signingIn;
  t.equal(await page.problem(late), '401 signed_out');
  t.equal(late.headers.getSetCookie().length, 0);
  t.strictSame(library.called, ['authenticate', 'endSession patron-number-1']);
  t.equal(desk.sessions.count(), 0);
  t.ok(kiosk);
  t.match(await page.me(), { signed_in: false });
});

t.test('who goes away before the answer is signed in nowhere', async (t) => {
  const { browser, library, desk, closed } = await openHouse(t);
  const page = browser();
  await page.openForm();
  const open = library.holdSignIn();
  const leave = new AbortController();
  const { card, pin } = cards.ada;
  const signingIn = page.send('POST', '/me/sign-in', { card, pin }, { signal: leave.signal });
  const gone = t.rejects(signingIn);
  while (library.called.length === 0) await turn();
  leave.abort();
  await gone;
  while (!closed.includes('POST /me/sign-in')) await turn();
  open();
  while (library.called.length < 2) await turn();
  t.strictSame(library.called, ['authenticate', 'endSession patron-number-1']);
  t.equal(desk.sessions.count(), 0);
});

t.test('a visit that ends when the answer is on its way, too, leaves nobody signed in', async (t) => {
  const { browser, library, desk } = await openHouse(t);
  library.ils.capabilities = () => new Promise(() => undefined);
  const page = browser();
  await page.passing(page.openForm());
  const { card, pin } = cards.ada;
  const signingIn = page.send('POST', '/me/sign-in', { card, pin });
  while (desk.sessions.count() === 0) await turn();
  t.equal(
    (await page.send('DELETE', '/session')).status,
    204,
    'the browser has no cookie of that session yet',
  );
  t.equal(desk.sessions.count(), 0);
  const late = await page.passing(signingIn);
  t.equal(await page.problem(late), '401 signed_out');
  t.equal(page.jar.size, 0, 'and gets none');
  t.strictSame(library.called, ['authenticate', 'endSession patron-number-1']);
});

t.test(
  'at whatever moment a visit ends, its sign-in leaves nobody signed in and the system is told',
  async (t) => {
    const { browser, library, desk } = await openHouse(t);
    const authenticate = library.ils.authenticate?.bind(library.ils);
    for (let moments = 0; moments < 60; moments += 1) {
      const page = browser();
      await page.openForm();
      const visit = page.jar.get('carrel_session');
      library.called.length = 0;
      library.ils.authenticate = async (...asked) => {
        const answer = await authenticate?.(...asked);
        void (async () => {
          for (let n = 0; n < moments; n += 1) await Promise.resolve();
          desk.endVisit(visit, undefined);
        })();
        return answer ?? { outcome: 'rejected' };
      };
      const { card, pin } = cards.ada;
      const late = await page.send('POST', '/me/sign-in', { card, pin });
      const told = await page.problem(late);
      if (told !== '401 signed_out') t.fail(`${moments} moments after the answer: ${told}`);
      t.notOk(page.jar.has('carrel_patron'));
      t.ok(
        [undefined, visit].includes(page.jar.get('carrel_session')),
        'nor has the browser a visit that goes on',
      );
      t.equal(desk.sessions.count(), 0);
      t.strictSame(library.called, ['authenticate', 'endSession patron-number-1']);
    }
  },
);

t.test('a sign-in that comes after the end of its visit is refused, and the next one is not', async (t) => {
  const { browser, library } = await openHouse(t);
  const page = browser();
  await page.openForm();
  const kept = new Map(page.jar);
  await page.send('DELETE', '/session');
  for (const [name, value] of kept) page.jar.set(name, value);
  const { card, pin } = cards.ada;
  t.equal(await page.problem(await page.send('POST', '/me/sign-in', { card, pin })), '401 signed_out');
  t.strictSame(library.called, []);
  t.equal((await page.signIn(cards.ada)).outcome, 'signed_in', 'with a form opened anew');
});

t.test('of two sign-ins at once in one browser one session is left', async (t) => {
  for (const other of [cards.ben, cards.ada]) {
    const { browser, library, desk } = await openHouse(t);
    const page = browser();
    await page.openForm();
    const open = library.holdSignIn();
    const both = [cards.ada, other].map(({ card, pin }) => page.send('POST', '/me/sign-in', { card, pin }));
    while (library.called.length < 2) await turn();
    open();
    for (const response of await Promise.all(both)) await response.arrayBuffer();
    t.equal(desk.sessions.count(), 1);
    t.equal(library.called.filter((verb) => verb.startsWith('endSession')).length, 1);
  }
});
