import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import express from 'express';
import { pino } from 'pino';
import t from 'tap';
import { z } from 'zod';
import { Problem } from '../../contract/problems.js';
import { nothingHere, sendProblems } from '../../http/problems.js';
import { requestLog } from '../../http/request-log.js';
import { openEventStream, wantsEvents } from '../../http/sse.js';
import { serve } from './serve.js';

function house(lines: string[]) {
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  const app = express();
  app.use(requestLog(log));
  app.use(express.json({ limit: '1kb' }));
  app.get('/problem', () => {
    throw new Problem('busy', { retryAfterSeconds: 2.2 }, { cause: new Error('secret cause') });
  });
  app.get('/fault', () => {
    throw Object.assign(new Error('near "my private question": syntax error'), { code: 'SQLITE_ERROR' });
  });
  app.get('/fault/lines', () => {
    throw new Error('near "my question\n    at home": syntax error');
  });
  app.get('/fault/text', () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- libraries do throw such things
    throw 'a bare string';
  });
  app.post('/parsed', (req, res) => {
    res.json(z.object({ name: z.string() }).parse(req.body));
  });
  app.get('/stream', (req, res) => {
    if (!wantsEvents(req)) return void res.json({ events: false });
    const stream = openEventStream(req, res);
    stream.send('text', { delta: 'one\ntwo' });
    stream.fail(new Problem('record_not_found'));
    stream.close();
    stream.send('late', {});
  });
  app.use(nothingHere);
  app.use(sendProblems(log));
  return app;
}

t.test('a meant no is sent as RFC 9457, with its retry time and without its cause', async (t) => {
  const lines: string[] = [];
  const base = await serve(t, house(lines));
  const answer = await fetch(`${base}/problem`);
  const text = await answer.text();
  t.equal(answer.status, 503);
  t.match(answer.headers.get('content-type'), 'application/problem+json');
  t.equal(answer.headers.get('retry-after'), '3');
  t.match(JSON.parse(text), {
    code: 'busy',
    status: 503,
    type: '/problems/busy',
    request_id: answer.headers.get('x-request-id'),
  });
  t.notMatch(text, 'secret cause');
});

t.test(
  'a fault is one neutral sentence outside; inside it has its kind and place, never what was asked',
  async (t) => {
    const lines: string[] = [];
    const base = await serve(t, house(lines));
    const answer = await fetch(`${base}/fault?q=my+private+question`);
    t.equal(answer.status, 500);
    t.notMatch(await answer.text(), /syntax|SQLITE|private/);
    const log = lines.join('');
    t.match(log, 'SQLITE_ERROR');
    t.match(log, answer.headers.get('x-request-id') ?? 'no id');
    t.notMatch(log, /private|question/);
    t.equal((await fetch(`${base}/fault/text`)).status, 500);
    lines.length = 0;
    t.equal((await fetch(`${base}/fault/lines`)).status, 500);
    t.match(lines.join(''), /"stack":\["at /);
    t.notMatch(lines.join(''), /home/, 'not even where it looks like a place');
  },
);

t.test(
  'a request that failed is logged under its whole pattern, and never with what stood in it',
  async (t) => {
    const lines: string[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(line) });
    const inner = express.Router();
    inner.get('/records/:id', (req, res) => {
      if (req.params.id === 'secret-gone') throw new Problem('record_not_found');
      res.json({});
    });
    inner.get('/', () => {
      throw new Error('broken');
    });
    const app = express();
    app.use(requestLog(log));
    app.use('/api/v1', express.Router().use('/desk', inner));
    app.use(nothingHere);
    app.use(sendProblems(log));
    const base = await serve(t, app);
    for (const path of [
      '/desk/records/secret-held',
      '/desk/records/secret-gone?q=secret',
      '/desk/',
      '/secret',
    ])
      await fetch(`${base}/api/v1${path}`);
    const logged = lines.map((line) => JSON.parse(line) as { route?: string; status?: number });
    t.strictSame(
      logged.filter(({ status }) => status !== undefined).map(({ route, status }) => [route, status]),
      [
        ['/api/v1/desk/records/:id', 200],
        ['/api/v1/desk/records/:id', 404],
        ['/api/v1/desk', 500],
        [undefined, 404],
      ],
    );
    t.notMatch(lines.join(''), 'secret');
    lines.length = 0;
    const { port } = new URL(base);
    const whole = request({ port, path: 'http://secret.example/api/v1/desk/records/1', agent: false }).end();
    const [answer] = (await once(whole, 'response')) as [IncomingMessage];
    answer.resume();
    await once(answer, 'close');
    while (lines.length === 0) await new Promise(setImmediate);
    t.match(lines.join(''), '"route":"/api/v1/desk/records/:id"');
    t.notMatch(lines.join(''), 'secret', 'nor with a host that somebody made up');
  },
);

t.test('wrong input names the field; unreadable and oversized bodies are told apart', async (t) => {
  const base = await serve(t, house([]));
  const post = (body: string) =>
    fetch(`${base}/parsed`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  const wrong = await post('{"name":7}');
  t.equal(wrong.status, 400);
  t.match(await wrong.json(), { code: 'bad_request', errors: [{ path: 'name' }] });
  t.match(await (await post('{')).json(), { code: 'bad_request', detail: 'The request could not be read.' });
  t.match(await (await post(JSON.stringify({ name: 'x'.repeat(2000) }))).json(), {
    code: 'payload_too_large',
    status: 413,
  });
  t.match(await (await fetch(`${base}/nowhere`)).json(), { code: 'not_found', status: 404 });
});

t.test('once a stream has begun a problem goes out as an error event', async (t) => {
  const base = await serve(t, house([]));
  const answer = await fetch(`${base}/stream`, { headers: { accept: 'text/event-stream' } });
  t.equal(answer.status, 200);
  const text = await answer.text();
  t.match(text, 'event: text\ndata: {"delta":"one\\ntwo"}\n\n');
  const body = /event: error\ndata: (\{.*\})\n/.exec(text)?.[1] ?? '{}';
  t.match(JSON.parse(body), { code: 'record_not_found', request_id: answer.headers.get('x-request-id') });
  t.notMatch(text, 'late');
  t.match(await (await fetch(`${base}/stream`)).json(), { events: false });
});

t.test('an address of the API names the methods it takes when it is asked with another', async (t) => {
  const base = await serve(t, house([]));
  const put = await fetch(`${base}/api/v1/search?q=x`, { method: 'PUT' });
  t.equal(put.status, 405);
  t.equal(put.headers.get('allow'), 'GET, HEAD');
  t.match(await put.json(), { code: 'method_not_allowed', status: 405 });
  const imports = await fetch(`${base}/api/v1/office/imports`, { method: 'DELETE' });
  t.equal(imports.headers.get('allow'), 'POST, GET, HEAD');
  t.equal((await fetch(`${base}/api/v1/conversations/abc/turns`)).headers.get('allow'), 'POST');
  const nowhere = await fetch(`${base}/api/v1/nowhere`, { method: 'PUT' });
  t.equal(nowhere.status, 404);
  t.equal(nowhere.headers.get('allow'), null);
});
