import t from 'tap';
import { decodeJwt } from 'jose';
import { cards } from './library.js';
import { bytesOf, openHouse, personal } from './house.js';

type House = Awaited<ReturnType<typeof openHouse>>;
const account = '/me/account';

async function converse(page: ReturnType<House['browser']>): Promise<string> {
  const { id } = (await (await page.send('POST', '/conversations')).json()) as { id: string };
  return `/conversations/${id}`;
}

t.test('a session planted before signing in is worth nothing afterwards', async (t) => {
  const { browser } = await openHouse(t);
  const victim = browser();
  const attacker = browser();
  await attacker.openForm();
  const planted = attacker.jar.get('carrel_session') ?? '';
  victim.jar.set('carrel_session', planted);
  await victim.signIn(cards.ada);
  t.not(victim.jar.get('carrel_session'), planted);
  t.equal((await attacker.get(account)).status, 401);
  t.match(await attacker.me(), { signed_in: false });
});

t.test('signing in again in the same browser gives a new session and ends the one before', async (t) => {
  const { browser, desk, library } = await openHouse(t);
  const page = browser();
  await page.signIn(cards.ada);
  const before = page.jar.get('carrel_patron') ?? '';
  await page.signIn(cards.ada);
  const thief = browser();
  thief.jar.set('carrel_patron', before);
  t.equal((await thief.get(account)).status, 401);
  t.equal((await page.get(account)).status, 200);
  t.equal(desk.sessions.count(), 1);
  t.equal(library.called.filter((verb) => verb.startsWith('endSession')).length, 1);
});

t.test('conversations come along into the visit that is signed in, and are gone when it ends', async (t) => {
  const { browser, conversations } = await openHouse(t);
  const page = browser();
  const talk = await converse(page);
  const anonymous = page.jar.get('carrel_session') ?? '';
  await page.signIn(cards.ada);
  t.equal((await page.get(talk)).status, 200);
  const before = browser();
  before.jar.set('carrel_session', anonymous);
  t.equal((await before.get(talk)).status, 404, 'the id from before signing in opens it no more');
  t.equal((await page.send('POST', '/me/sign-out')).status, 204);
  t.equal(conversations.count(), 0);
  t.strictSame([...page.jar.keys()], [], 'and no cookie is left');
});

t.test('whichever way a session ends, what is under way in its visit ends with it', async (t) => {
  const { browser, visits, clock } = await openHouse(t);
  const ways: ((page: ReturnType<House['browser']>) => Promise<unknown>)[] = [
    (page) => page.send('POST', '/me/sign-out'),
    (page) => page.send('DELETE', '/session'),
    async (page) => {
      await clock.advance(600_000);
      await page.get('/me');
    },
    async () => {
      const other = browser();
      await other.signIn(cards.ada);
      await other.send('POST', '/me/sign-out-everywhere');
    },
  ];
  for (const end of ways) {
    const page = browser();
    await page.openForm();
    const before = visits.enter(page.jar.get('carrel_session') ?? '');
    await page.signIn(cards.ada);
    const during = visits.enter(page.jar.get('carrel_session') ?? '');
    t.notOk(before.over.aborted, 'signing in is no end');
    await end(page);
    t.ok(during.over.aborted);
    t.ok(before.over.aborted, 'what began before signing in ends too');
  }
});

t.test('the next patron in a browser gets nothing of the one before, who forgot to sign out', async (t) => {
  const { browser, library } = await openHouse(t);
  const page = browser();
  await page.signIn(cards.ada);
  const talk = await converse(page);
  await page.signIn(cards.ben);
  t.equal((await page.get(talk)).status, 404);
  t.ok(library.called.includes('endSession patron-number-1'));
});

t.test('nor when that one’s cookie is lost, but not the visit’s', async (t) => {
  const { browser, desk } = await openHouse(t);
  for (const [next, status] of [
    [cards.ada, 200],
    [cards.ben, 404],
  ] as const) {
    const page = browser();
    await page.signIn(cards.ada);
    const talk = await converse(page);
    page.jar.delete('carrel_patron');
    await page.signIn(next);
    t.equal((await page.get(talk)).status, status);
    t.equal(desk.sessions.count(), 1);
    await page.send('POST', '/me/sign-out');
  }
});

t.test('what a patron did before signing out is answered to nobody afterwards', async (t) => {
  const { browser, library } = await openHouse(t);
  const page = browser();
  await page.signIn(cards.ada);
  const placeHold = library.ils.placeHold.bind(library.ils);
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  library.ils.placeHold = async (...asked) => {
    const answer = await placeHold(...asked);
    await gate;
    return answer;
  };
  const hold = page.send('POST', '/me/holds', { record_id: 'l1', pickup_branch_id: 'HARB' });
  while (!library.called.includes('placeHold l1 HARB')) await new Promise(setImmediate);
  t.equal((await page.send('POST', '/me/sign-out')).status, 204);
  open();
  t.equal(await page.problem(await hold), '401 signed_out');
  t.equal(library.called.filter((verb) => verb.startsWith('placeHold')).length, 1, 'it was placed, once');
});

t.test('a cookie kept from before signing out opens nothing', async (t) => {
  const { browser, desk, library } = await openHouse(t);
  const page = browser();
  await page.signIn(cards.ada);
  const stolen = new Map(page.jar);
  const left = await page.send('POST', '/me/sign-out');
  t.equal(left.headers.get('clear-site-data'), '"cache"');
  const thief = browser();
  for (const [name, value] of stolen) thief.jar.set(name, value);
  t.equal(await thief.problem(await thief.get(account)), '401 signed_out');
  t.equal(desk.sessions.count(), 0);
  t.strictSame(library.called, ['authenticate', 'endSession patron-number-1'], 'and the system was told');
});

t.test('signing out everywhere ends the other browser’s visit too, and nobody else’s', async (t) => {
  const { browser, desk } = await openHouse(t);
  const [home, kiosk, other] = [browser(), browser(), browser()];
  await home.signIn(cards.ada);
  await kiosk.signIn(cards.ada);
  await other.signIn(cards.ben);
  const talk = await converse(kiosk);
  t.equal((await home.send('POST', '/me/sign-out-everywhere')).status, 204);
  t.equal((await kiosk.get(account)).status, 401);
  t.equal((await kiosk.get(talk)).status, 404);
  t.equal((await home.get(account)).status, 401);
  t.equal((await other.get(account)).status, 200);
  t.equal(desk.sessions.count(), 1);
});

t.test('one call ends a visit: session, conversations, cookies and the session at the system', async (t) => {
  const { browser, conversations, desk, library } = await openHouse(t);
  const page = browser();
  await page.signIn(cards.ada);
  await converse(page);
  const ended = await page.send('DELETE', '/session', undefined, { bare: true });
  t.equal(ended.status, 204);
  const cleared = ended.headers.get('clear-site-data');
  t.equal(cleared, '"cache", "storage"', 'and the library’s other sites keep their cookies');
  t.equal(page.jar.size, 0);
  t.equal(conversations.count(), 0);
  t.equal(desk.sessions.count(), 0);
  t.strictSame(library.called, ['authenticate', 'endSession patron-number-1']);
  const anonymous = await browser().send('DELETE', '/session');
  t.equal(anonymous.status, 204);
  t.notMatch(
    anonymous.headers.getSetCookie().join(),
    /carrel_session=[\w-]{22}/,
    'and gives nobody a cookie',
  );
});

t.test('the end of a visit finds who signed in during it, even without their cookie', async (t) => {
  const { browser, desk } = await openHouse(t);
  const page = browser();
  await page.signIn(cards.ada);
  const other = browser();
  await other.signIn(cards.ada);
  page.jar.delete('carrel_patron');
  await page.send('DELETE', '/session');
  t.equal(desk.sessions.count(), 1);
  t.equal((await other.get(account)).status, 200, 'and ends no other visit of theirs');
});

t.test(
  'a link on another site cannot open the form, which would put a new session in its place',
  async (t) => {
    const { browser } = await openHouse(t);
    const page = browser();
    for (const from of ['cross-site', 'same-site']) {
      const response = await page.send('GET', '/me/sign-in', undefined, {
        headers: { 'sec-fetch-site': from },
      });
      t.equal(await page.problem(response), '403 csrf_refused');
    }
    t.equal(page.jar.size, 0);
    const own = await page.send('GET', '/me/sign-in', undefined, {
      headers: { 'sec-fetch-site': 'same-origin' },
    });
    t.equal(own.status, 200);
  },
);

t.test(
  'a session ends after ten idle minutes, use or not after two hours, and the system is told',
  async (t) => {
    const { browser, clock, library, conversations } = await openHouse(t);
    const page = browser();
    await page.signIn(cards.ada);
    for (let i = 0; i < 13; i += 1) {
      await clock.advance(540_000);
      t.match(await page.me(), { signed_in: true }, 'used, it goes on');
    }
    await clock.advance(190_000);
    t.match(await page.me(), { signed_in: false }, 'two hours are over');
    await page.signIn(cards.ada);
    await converse(page);
    await clock.advance(600_000);
    t.equal((await page.get(account)).status, 401);
    t.equal(library.called.filter((verb) => verb.startsWith('endSession')).length, 2);
    t.equal(conversations.count(), 0);
  },
);

t.test('the cookie is for this server alone and says nothing about anybody', async (t) => {
  const { browser } = await openHouse(t, { secure: true });
  const page = browser();
  await page.openForm();
  const { card, pin } = cards.ada;
  const response = await page.send('POST', '/me/sign-in', { card, pin });
  const cookies = response.headers.getSetCookie();
  t.equal(cookies.length, 2);
  for (const cookie of cookies) {
    t.match(cookie, /^__Host-carrel_(session|patron)=/);
    t.match(cookie, /; Path=\/;.*HttpOnly; Secure; SameSite=Strict$/);
    t.notMatch(cookie, /Domain|Max-Age|Expires/);
  }
  const token = page.jar.get('__Host-carrel_patron') ?? '';
  const claims = decodeJwt(token);
  t.strictSame(Object.keys(claims).sort(), ['exp', 'iat', 'iss', 'sid']);
  t.match(claims['sid'], /^[\w-]{22}$/);
  const clear = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  for (const word of personal) t.notOk([token, ...clear].join().includes(word));
});

t.test('the token is short-lived, given anew while it is used, and taken only as it was made', async (t) => {
  const { browser, clock } = await openHouse(t);
  const page = browser();
  await page.signIn(cards.ada);
  const first = page.jar.get('carrel_patron') ?? '';
  const { iat = 0, exp = 0 } = decodeJwt(first);
  t.equal(exp - iat, 750);
  await page.get('/me');
  t.equal(page.jar.get('carrel_patron'), first, 'not with every request');
  await clock.advance(300_000);
  await page.get('/me');
  t.not(page.jar.get('carrel_patron'), first);
  const [head = '', body = '', signature = ''] = first.split('.');
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  const forged = [
    `${none}.${body}.`,
    `${head}.${body}.${signature.slice(0, -4)}AAAA`,
    'x',
    `${head}.${body}`,
  ];
  for (const token of forged) {
    const forger = browser();
    forger.jar.set('carrel_patron', token);
    t.equal((await forger.get(account)).status, 401);
  }
  const late = browser();
  late.jar.set('carrel_patron', first);
  t.equal((await late.get(account)).status, 200);
  await clock.advance(451_000);
  t.equal((await late.get(account)).status, 200, 'it was given anew');
  late.jar.set('carrel_patron', first);
  t.equal((await late.get(account)).status, 401, 'the first one has run out, though its session has not');
});

t.test('every write of a session wants its own token', async (t) => {
  const { browser, library } = await openHouse(t);
  const page = browser();
  await page.signIn(cards.ada);
  const other = browser();
  await other.signIn(cards.ben);
  const writes: [string, string, unknown?][] = [
    ['POST', '/me/sign-out'],
    ['POST', '/me/sign-out-everywhere'],
    ['POST', '/me/loans/loan-1/renewal'],
    ['POST', '/me/holds', { record_id: 'l1', pickup_branch_id: 'HARB' }],
    ['POST', '/me/holds/answers', { question_id: 'q', yes: true }],
    ['DELETE', '/me/holds/hold-1'],
    ['DELETE', '/me/data'],
    ['PUT', '/me/choices', { lists: true, history: true, keep_days: 30 }],
    ['POST', '/me/lists', { name: 'Mine' }],
    ['PUT', '/me/lists/1', { name: 'Mine' }],
    ['DELETE', '/me/lists/1'],
  ];
  library.called.length = 0;
  for (const [method, path, body] of writes) {
    const bare = await page.send(method, path, body, { bare: true });
    t.equal(await page.problem(bare), '403 csrf_refused', `${method} ${path} without`);
    const headers = { 'x-carrel-csrf': other.token() ?? '' };
    const foreign = await page.send(method, path, body, { bare: true, headers });
    t.equal(await page.problem(foreign), '403 csrf_refused', `${method} ${path} with another’s`);
  }
  t.strictSame(library.called, [], 'and the system heard of none of it');
  t.match(await page.me(), { signed_in: true });
});

t.test('neither log nor database knows who was here', async (t) => {
  const { browser, logged, dataDir } = await openHouse(t);
  const page = browser();
  await page.signIn({ card: cards.ada.card, pin: 'wrong' });
  await page.signIn(cards.ada);
  await page.get(`${account}?note=CARD-0001`);
  await page.send('POST', '/me/loans/CARD-0001/renewal');
  await page.send('DELETE', '/me/holds/patron-number-1');
  await page.send('POST', '/me/sign-out');
  const lines = logged.join('');
  t.match(lines, /"route":"\/me\/loans\/:id\/renewal"/);
  const bytes = bytesOf(dataDir);
  for (const word of [...personal, 'wrong', ...page.jar.values()]) {
    t.notOk(lines.includes(word), 'not in the log');
    t.notOk(bytes.includes(word), 'not in the database');
  }
});
