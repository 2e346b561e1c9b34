import t from 'tap';
import { ConversationCreated, TurnAnswer } from '../../../contract/conversation.js';
import { discoveryRoutes, type RouteRow } from '../../../contract/routes.js';
import { createDiscoveryRoutes, streamFailed } from '../../../desks/discovery/routes.js';
import { knownOpenSessionOf, openSessionOf, sessionOf } from '../../../http/session.js';
import { lighthouseBooks } from '../../fakes/bibs.js';
import { createTestDesk } from '../../fakes/desk.js';
import { busy } from '../../fakes/search.js';
import { begin, first, problem, serve } from './serve-desk.js';

t.test('a conversation over HTTP: begin, ask, go on, end', async (t) => {
  const { browser } = await serve(t);
  const visitor = browser();
  const begun = await visitor.send('POST', '/conversations');
  t.equal(begun.status, 201);
  const { id } = ConversationCreated.parse(await begun.json());
  const response = await visitor.send('POST', `/conversations/${id}/turns`, first);
  t.equal(response.status, 200);
  t.equal(TurnAnswer.parse(await response.json()).recommendations.length, 6);
  const next = TurnAnswer.parse(
    await (await visitor.send('POST', `/conversations/${id}/turns`, { text: 'in Spanish' })).json(),
  );
  t.match(next, { turn: 2, intent: { languages: ['spa'] } });
  t.equal((await visitor.send('DELETE', `/conversations/${id}`)).status, 204);
  t.match(await problem(await visitor.send('POST', `/conversations/${id}/turns`, first)), {
    status: 404,
    code: 'conversation_not_found',
  });
});

t.test('another browser cannot speak in it, see it or end it', async (t) => {
  const { browser } = await serve(t);
  const [ann, ben] = [browser(), browser()];
  const id = await begin(ann);
  await begin(ben);
  for (const response of [
    await ben.send('POST', `/conversations/${id}/turns`, first),
    await ben.send('DELETE', `/conversations/${id}`),
    await ben.send('POST', `/conversations/${id}/turns`, first, { accept: 'text/event-stream' }),
  ]) {
    t.match(await problem(response), { status: 404, code: 'conversation_not_found' });
    t.match(response.headers.get('content-type'), 'application/problem+json');
  }
  await ben.send('DELETE', '/session');
  t.equal((await ann.send('POST', `/conversations/${id}/turns`, first)).status, 200);
});

t.test('ending the visit forgets every conversation of this browser', async (t) => {
  const { browser } = await serve(t);
  const visitor = browser();
  const ids = [await begin(visitor), await begin(visitor)];
  t.equal((await visitor.send('DELETE', '/session')).status, 204);
  for (const id of ids) {
    const late = await visitor.send('POST', `/conversations/${id}/turns`, first);
    t.match(await problem(late), { status: 401, code: 'signed_out' });
    t.equal(late.headers.get('set-cookie'), null, 'and what comes late takes no other session’s place');
  }
});

t.test('asked for events, a turn streams them in order', async (t) => {
  const { browser } = await serve(t);
  const visitor = browser();
  const id = await begin(visitor);
  const response = await visitor.send('POST', `/conversations/${id}/turns`, first, {
    accept: 'text/event-stream',
  });
  t.match(response.headers.get('content-type'), 'text/event-stream');
  t.equal(response.headers.get('cache-control'), 'no-store');
  const blocks = (await response.text()).split('\n\n').filter((block) => block.startsWith('event: '));
  const events = blocks.map((block) => /^event: (\w+)\ndata: (.*)$/.exec(block)?.slice(1) ?? []);
  t.same(
    [...new Set(events.map(([name]) => name))],
    ['understood', 'recommendations', 'text', 'availability', 'done'],
  );
  t.ok(TurnAnswer.safeParse(JSON.parse(events.at(-1)?.[1] ?? '')).success);
});

t.test('a refusal before the stream keeps its status; one within it is an error event', async (t) => {
  const { browser, search, desk } = await serve(t);
  const visitor = browser();
  const id = await begin(visitor);
  const events = { accept: 'text/event-stream' };
  search.failWith = { full: busy(), wordsOnly: busy() };
  const refused = await visitor.send('POST', `/conversations/${id}/turns`, first, events);
  t.equal(refused.status, 503);
  t.equal(refused.headers.get('retry-after'), '1');
  t.match(await problem(refused), { code: 'busy' });
  search.failWith = {};
  const faults: unknown[] = [];
  const listen = (message: unknown): void => void faults.push(message);
  streamFailed.subscribe(listen);
  const original = desk.turn.bind(desk);
  desk.turn = async (session, conversation, request, delivery) => {
    await original(session, conversation, request, delivery);
    throw new Error('lost halfway: secret words');
  };
  const broken = await (await visitor.send('POST', `/conversations/${id}/turns`, first, events)).text();
  t.match(broken, /event: error\ndata: \{.*"code":"internal"/);
  t.notMatch(broken, 'secret words');
  t.equal(faults.length, 1);
  desk.turn = async (session, conversation, request, delivery) => {
    await original(session, conversation, request, delivery);
    throw busy();
  };
  t.match(
    await (await visitor.send('POST', `/conversations/${id}/turns`, first, events)).text(),
    '"code":"busy"',
  );
  t.equal(faults.length, 1, 'a problem that is meant is no fault');
  streamFailed.unsubscribe(listen);
});

t.test('what is not in the form asked for is refused, field by field', async (t) => {
  const { browser } = await serve(t);
  const visitor = browser();
  const id = await begin(visitor);
  const cases: [unknown, string][] = [
    [{}, 'text'],
    [{ text: '   ' }, 'text'],
    [{ text: 'x'.repeat(1001) }, 'text'],
    [{ text: 'x', locale: 'tlh' }, 'locale'],
    [{ text: 5 }, 'text'],
    [{ text: 'x', remove: Array.from({ length: 21 }, () => 'a') }, 'remove'],
  ];
  for (const [body, path] of cases) {
    const response = await visitor.send('POST', `/conversations/${id}/turns`, body);
    t.match(await problem(response), { status: 400, code: 'bad_request', errors: [{ path }] });
  }
  t.equal((await visitor.send('POST', `/conversations/${id}/turns`)).status, 400);
  t.equal((await visitor.get('/search?limit=1000')).status, 400);
  t.equal((await visitor.get('/search?language=spanish')).status, 400);
});

t.test('search, records, copies, neighbours, branches and the start page are answered', async (t) => {
  const { browser, search } = await serve(t);
  const visitor = browser();
  const json = async (path: string): Promise<unknown> => {
    const response = await visitor.get(path);
    t.equal(response.status, 200, path);
    return response.json();
  };
  const row = (path: string) =>
    discoveryRoutes.find((one) => one.method === 'get' && one.path === path) as RouteRow;
  const found = await json(
    '/search?q=lighthouse&language=eng&format=book&format=film&audience=adult&pages_min=100&pages_max=400&year_from=1990&branch=HARB&sort=newest&locale=en',
  );
  t.ok(row('/search').response?.safeParse(found).success);
  t.match(search.asked.at(-1)?.explicit, {
    languages: ['eng'],
    formats: ['book', 'film'],
    audiences: ['adult'],
    pages: { min: 100, max: 400 },
    years: { min: 1990 },
    branch: 'HARB',
    sort: 'newest',
  });
  t.match(found, {
    records: [{ record_id: 'l2', why: 'Subject: Lighthouses' }, { record_id: 'l1' }],
    limit: 20,
    offset: 0,
  });
  await json('/search?q=x&plain=true&offset=20');
  t.match(search.asked.at(-1), { plain: true, offset: 20, explicit: {}, facets: true });
  const detail = await json('/records/l3');
  t.ok(row('/records/{id}').response?.safeParse(detail).success);
  t.match(detail, {
    record: {
      title: { text: 'Storm Glass' },
      series: [{ name: 'Rock Stations', volume: '1' }],
      call_number: '387.155 L3',
    },
    availability: { source: 'demo' },
  });
  t.ok(row('/records/{id}/availability').response?.safeParse(await json('/records/l3/availability')).success);
  const similar = await json('/records/l3/similar?locale=es');
  t.ok(row('/records/{id}/similar').response?.safeParse(similar).success);
  t.match(similar, { records: [{ why: 'Catalogado como Lighthouses' }] });
  t.ok(
    (similar as { records: { record_id: string; why: string }[] }).records.some(
      (one) => one.why === 'De la misma serie que «Storm Glass»',
    ),
  );
  t.match(await json('/branches'), { branches: [{ id: 'MAIN' }, {}, {}] });
  t.ok(row('/welcome').response?.safeParse(await json('/welcome?locale=es')).success);
  for (const path of ['/records/none', '/records/none/availability', '/records/none/similar']) {
    t.match(await problem(await visitor.get(path)), { code: 'record_not_found' });
  }
});

t.test('suppressed and deleted records are not found', async (t) => {
  const bibs = lighthouseBooks();
  Object.assign(bibs[0] ?? {}, { suppressed: true });
  Object.assign(bibs[1] ?? {}, { deleted: true });
  const { browser } = await serve(t, createTestDesk(bibs));
  t.equal((await browser().get('/records/l1')).status, 404);
  t.equal((await browser().get('/records/l2')).status, 404);
});

t.test(
  'with the library’s system down, a record is still a 200 that says what it does not know',
  async (t) => {
    const { browser, ils } = await serve(t);
    ils.misbehave({ offline: true });
    t.match(await (await browser().get('/records/l1')).json(), {
      availability: { state: 'unknown', asOf: null },
    });
    t.match(await (await browser().get('/branches')).json(), {
      branches: [{ name: 'Central Library' }, {}, {}],
    });
  },
);

t.test('a reader who leaves stops the work, with events or without', async (t) => {
  const { browser, search, clock, logged } = await serve(t);
  const visitor = browser();
  const id = await begin(visitor);
  search.slowMs = 60_000;
  for (const [n, headers] of [{}, { accept: 'text/event-stream' }].entries()) {
    const leaving = new AbortController();
    const asking = visitor.send(
      'POST',
      `/conversations/${id}/turns`,
      { text: `lighthouses ${n}` },
      headers,
      leaving.signal,
    );
    while (search.running === 0) await clock.settle();
    leaving.abort();
    await t.rejects(asking);
    while (search.running > 0) await clock.settle();
    t.equal(search.aborted, n + 1);
  }
  const leaving = new AbortController();
  const searching = visitor.send('GET', '/search?q=lighthouse', undefined, {}, leaving.signal);
  while (search.running === 0) await clock.settle();
  leaving.abort();
  await t.rejects(searching);
  while (search.running > 0) await clock.settle();
  t.same(logged, [], 'and nobody is told of a fault');
});

t.test('a question right after "Stop" is answered, and the stopped one leaves no trace', async (t) => {
  const { browser, search, clock, logged } = await serve(t);
  const visitor = browser();
  for (const headers of [{}, { accept: 'text/event-stream' }]) {
    search.slowMs = 60_000;
    const stopping = new AbortController();
    const path = `/conversations/${await begin(visitor)}/turns`;
    const stopped = visitor.send('POST', path, { text: 'dragons' }, headers, stopping.signal);
    while (search.running === 0) await clock.settle();
    search.slowMs = 0;
    stopping.abort();
    // Sent at once: the server need not have noticed yet that nobody waits for the first any more.
    const next = visitor.send('POST', path, first);
    await t.rejects(stopped);
    const response = await next;
    t.equal(response.status, 200);
    const answer = TurnAnswer.parse(await response.json());
    t.match(answer, { turn: 1, intent: { topic: 'lighthouses' } });
    search.version = 'v2';
  }
  t.same(logged, []);
});

t.test('no question is ever logged, whatever goes wrong', async (t) => {
  const { browser, search, logged } = await serve(t);
  const visitor = browser();
  const id = await begin(visitor);
  search.failWith = {
    full: new Error('near "divorce": syntax error'),
    wordsOnly: new Error('near "divorce": syntax error'),
  };
  const response = await visitor.send('POST', `/conversations/${id}/turns`, { text: 'books about divorce' });
  t.equal(response.status, 500);
  t.notMatch(await response.text(), 'divorce');
  t.equal(logged.length, 1);
  t.notMatch(logged.join(''), 'divorce');
});

t.test('the route table says what is mounted, and nothing else is', (t) => {
  const { desk } = createTestDesk();
  const router = createDiscoveryRoutes(desk, { sessionOf, openSessionOf, knownOpenSessionOf }) as unknown as {
    stack: { route?: { path: string; methods: Record<string, boolean> } }[];
  };
  const mounted = router.stack.flatMap(({ route }) =>
    route
      ? Object.keys(route.methods).map((method) => `${method} ${route.path.replace(/:(\w+)/g, '{$1}')}`)
      : [],
  );
  t.same([...mounted].sort(), discoveryRoutes.map((row) => `${row.method} ${row.path}`).sort());
  for (const row of discoveryRoutes as readonly RouteRow[]) {
    t.equal(row.path.includes('{'), row.params !== undefined, `${row.path} says its parameters`);
    t.equal(row.status === 204, row.response === undefined, `${row.path} says its answer`);
  }
  t.end();
});

t.test('a crawler and a browser that fetches ahead are answered without asking the system', async (t) => {
  const test = createTestDesk();
  let asked = 0;
  const original = test.ils.availability.bind(test.ils);
  test.ils.availability = (records, options) => {
    asked += 1;
    return original(records, options);
  };
  const { browser } = await serve(t, test);
  const availability = async (path: string, headers: Record<string, string>): Promise<unknown> =>
    await (await browser().get(path, headers)).json();
  const crawler = { 'user-agent': 'Mozilla/5.0 (compatible; SomeBot/1.0; +https://bot.example/)' };
  t.match(await availability('/records/l1', crawler), { availability: { state: 'unknown' } });
  t.match(await availability('/records/l1/availability', { 'sec-purpose': 'prefetch' }), {
    state: 'unknown',
  });
  t.match(await availability('/branches', crawler), { branches: [{}, {}, {}] });
  t.equal(asked, 0);
  t.match(await availability('/records/l1', { 'user-agent': 'Mozilla/5.0 (X11) Firefox/140.0' }), {
    availability: { source: 'demo', asOf: String },
  });
  t.equal(asked, 1);
});
