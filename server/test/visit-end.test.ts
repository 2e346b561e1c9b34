import { request } from 'node:http';
import t from 'tap';
import { ConversationCreated } from '../contract/conversation.js';
import { CSRF_HEADER } from '../contract/sign-in.js';
import { openApp } from './app-house.js';
import { turn, type Browser } from './desks/account/house.js';
import { cards } from './desks/account/library.js';

type App = Awaited<ReturnType<typeof openApp>>;
const events = { headers: { accept: 'text/event-stream' } };
const question = { text: 'books about lighthouses' };

async function begin(page: Browser): Promise<string> {
  return ConversationCreated.parse(await (await page.send('POST', '/conversations', {})).json()).id;
}

/** A question that the model is at work on; `response` has begun where events were asked for. */
async function asked({ llm }: App, page: Browser, more: object = events) {
  const path = `/conversations/${await begin(page)}/turns`;
  const before = llm.running;
  const response = page.send('POST', path, question, more);
  while (llm.running === before) await turn();
  return { response, path };
}

/** Names of a stream's events in order, and the code of its error. */
function told(text: string): { names: string[]; code: string | undefined } {
  const names = [...text.matchAll(/^event: (\w+)$/gm)].map(([, name = '']) => name);
  return { names, code: /"code":"(\w+)"/.exec(text)?.[1] };
}

async function hasStopped({ llm }: App): Promise<void> {
  while (llm.running > 0) await turn();
}

const endings: Record<string, (app: App, page: Browser) => Promise<Response>> = {
  'the visit’s end': (_app, page) => page.send('DELETE', '/session'),
  'signing out': (_app, page) => page.send('POST', '/me/sign-out'),
  'signing out everywhere, in another browser': async (app) => {
    const other = app.browser();
    await other.signIn(cards.ada);
    return other.send('POST', '/me/sign-out-everywhere');
  },
  'another patron’s signing in': async (_app, page) => {
    await page.signIn(cards.ben);
    return new Response(null, { status: 204 });
  },
};

for (const [name, end] of Object.entries(endings)) {
  t.test(`${name} stops the answer under way: its stream says so and is closed`, async (t) => {
    const app = await openApp(t);
    const page = app.browser();
    await page.signIn(cards.ada);
    const { response, path } = await asked(app, page);
    const stream = await response;
    t.equal((await end(app, page)).status, 204);
    const { names, code } = told(await stream.text());
    t.equal(names.at(-1), 'error');
    t.equal(code, 'signed_out');
    t.notOk(names.includes('done'));
    await hasStopped(app);
    t.equal(app.llm.aborted, 1, 'the model stops');
    t.notOk(app.counted.includes('turn'));
    t.notOk((await page.send('POST', path, question)).ok, 'and the conversation is gone');
    t.strictSame(app.faults, []);
    t.notMatch(app.logged.join(''), /fault|degraded/);
  });
}

t.test('who asked for one answer and no events is told so at once, too', async (t) => {
  const app = await openApp(t);
  const page = app.browser();
  const { response } = await asked(app, page, {});
  t.equal((await page.send('DELETE', '/session')).status, 204);
  t.equal(await page.problem(await response), '401 signed_out');
  await hasStopped(app);
  t.equal(app.llm.aborted, 1);
});

t.test('a model that hears of no end keeps nobody’s stream open', async (t) => {
  const app = await openApp(t);
  app.llm.behave.hangs = true;
  const page = app.browser();
  const stream = await (await asked(app, page)).response;
  await page.send('DELETE', '/session');
  t.equal(told(await stream.text()).code, 'signed_out');
});

t.test('what was asked in a visit that ended is remembered for nobody', async (t) => {
  const app = await openApp(t);
  const page = app.browser();
  const stream = await (await asked(app, page)).response;
  await page.send('DELETE', '/session');
  await stream.text();
  await hasStopped(app);
  const next = app.browser();
  await asked(app, next);
  t.equal(app.llm.asked.length, 2, 'the model is asked again for the next patron');
  t.notMatch(JSON.stringify(app.llm.asked[1]?.messages), app.llm.asked[0]?.client ?? 'no client');
});

t.test('an end is one browser’s alone: another’s answer goes on', async (t) => {
  const app = await openApp(t);
  const [ann, ben] = [app.browser(), app.browser()];
  const [mine, other] = [await (await asked(app, ann)).response, await (await asked(app, ben)).response];
  await ann.send('DELETE', '/session');
  t.equal(told(await mine.text()).code, 'signed_out');
  const text = other.text();
  const { names } = told(await ben.passing(text));
  t.equal(names.at(-1), 'done');
  t.notOk(names.includes('error'));
});

t.test(
  'an answer under way goes on through its own patron’s signing in, and ends with that visit',
  async (t) => {
    for (const isEnded of [false, true]) {
      const app = await openApp(t);
      const page = app.browser();
      const { response } = await asked(app, page);
      const stream = await response;
      await page.openForm();
      const { card, pin } = cards.ada;
      t.match(await (await page.send('POST', '/me/sign-in', { card, pin })).json(), { outcome: 'signed_in' });
      if (isEnded) await page.send('DELETE', '/session');
      const { names } = told(await page.passing(stream.text()));
      t.equal(names.at(-1), isEnded ? 'error' : 'done');
    }
  },
);

t.test(
  'a look at a record’s copies ends with the visit, and nobody waits for the system any more',
  async (t) => {
    const app = await openApp(t);
    const page = app.browser();
    await begin(page);
    let signal: AbortSignal | undefined;
    app.library.ils.availability = (_records, options) => {
      signal = options.signal;
      return new Promise(() => undefined);
    };
    const looking = page.get('/records/l1/availability');
    while (!signal) await turn();
    t.equal((await page.send('DELETE', '/session')).status, 204);
    t.equal(await page.problem(await looking), '401 signed_out');
    t.ok(signal.aborted);
  },
);

t.test('a question that comes late in a visit that has ended comes to nothing', async (t) => {
  const app = await openApp(t);
  const page = app.browser();
  const id = await begin(page);
  const kept = new Map(page.jar);
  await page.send('DELETE', '/session');
  const late = app.browser();
  for (const [name, value] of kept) late.jar.set(name, value);
  for (const response of [
    await late.send('POST', `/conversations/${id}/turns`, question),
    await late.send('POST', `/conversations/${id}/turns`, question, events),
  ]) {
    t.equal(response.headers.getSetCookie().length, 0);
    t.equal(await late.problem(response), '401 signed_out');
  }
  t.equal(app.llm.asked.length, 0);
  await begin(late);
  t.not(late.jar.get('carrel_session'), kept.get('carrel_session'), 'and what begins, begins anew');
  t.equal((await late.get('/search?q=lighthouse')).status, 200);
});

t.test('a browser whose visit ended elsewhere may go on looking into the catalogue', async (t) => {
  const app = await openApp(t);
  const page = app.browser();
  await page.signIn(cards.ada);
  const other = app.browser();
  await other.signIn(cards.ada);
  await other.send('POST', '/me/sign-out-everywhere');
  for (const path of ['/search?q=lighthouse', '/records/l1', '/records/l1/availability', '/branches']) {
    const response = await page.get(path);
    t.equal(response.status, 200, path);
    t.equal(response.headers.getSetCookie().length, 0, 'and is given no session for it');
  }
  t.equal(await page.problem(await page.get('/me/account')), '401 signed_out', 'but nothing of a patron’s');
});

t.test(
  'a page beside the one that signs in looks up records as before, whichever cookie it has',
  async (t) => {
    const app = await openApp(t);
    const page = app.browser();
    await page.openForm();
    const beside = app.browser();
    for (const [name, value] of page.jar) beside.jar.set(name, value);
    const { card, pin } = cards.ada;
    await page.send('POST', '/me/sign-in', { card, pin });
    t.not(page.jar.get('carrel_session'), beside.jar.get('carrel_session'));
    t.equal((await beside.get('/search?q=lighthouse')).status, 200);
    t.equal((await page.get('/search?q=lighthouse')).status, 200);
  },
);

/** A POST whose body is not sent until `finish` is called; resolves once the server has its head. */
async function half(app: App, page: Browser, path: string, body: object) {
  const text = JSON.stringify(body);
  const sent = request(app.base + path, {
    method: 'POST',
    headers: {
      expect: '100-continue',
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      cookie: [...page.jar].map((pair) => pair.join('=')).join('; '),
      [CSRF_HEADER]: page.token() ?? '',
    },
  });
  const answered = new Promise<{ status: number | undefined; cookies: string[]; text: string }>(
    (resolve, reject) => {
      sent.on('error', reject);
      sent.on('response', (response) => {
        let answer = '';
        response.setEncoding('utf8').on('data', (piece: string) => (answer += piece));
        response.on('end', () =>
          resolve({
            status: response.statusCode,
            cookies: response.headers['set-cookie'] ?? [],
            text: answer,
          }),
        );
      });
    },
  );
  sent.flushHeaders();
  await new Promise((resolve) => sent.once('continue', resolve));
  return {
    finish: () => {
      sent.end(text);
      return answered;
    },
  };
}

t.test(
  'a sign-in whose body arrives after the end signs nobody in, and asks the system nothing',
  async (t) => {
    const app = await openApp(t);
    const page = app.browser();
    await page.openForm();
    const { card, pin } = cards.ada;
    const signingIn = await half(app, page, '/me/sign-in', { card, pin });
    t.equal((await page.send('DELETE', '/session')).status, 204);
    const { status, cookies, text } = await signingIn.finish();
    t.equal(status, 401);
    t.match(text, '"signed_out"');
    t.strictSame(cookies, []);
    t.strictSame(app.library.called, []);
  },
);

t.test('a question whose body arrives after the end is not answered', async (t) => {
  const app = await openApp(t);
  const page = app.browser();
  const id = await begin(page);
  const asking = await half(app, page, `/conversations/${id}/turns`, question);
  await page.send('DELETE', '/session');
  const { status, cookies } = await asking.finish();
  t.equal(status, 401);
  t.strictSame(cookies, []);
  t.equal(app.llm.asked.length, 0);
});
