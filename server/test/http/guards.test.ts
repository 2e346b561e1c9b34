import express, { type Express, type RequestHandler } from 'express';
import { pino } from 'pino';
import t from 'tap';
import { requestLimit, sameSiteWrites, securityHeaders, staffOnly } from '../../http/guards.js';
import { sendProblems } from '../../http/problems.js';
import { anonymousSession, sessionOf } from '../../http/session.js';
import { serve } from './serve.js';

function behind(...guards: RequestHandler[]): Express {
  const app = express();
  app.use(...guards);
  app.all('/thing', (_req, res) => {
    res.json({ reached: true });
  });
  app.use(sendProblems(pino({ level: 'silent' })));
  return app;
}

t.test('the policy lets the page load from this server only', async (t) => {
  const base = await serve(t, behind(securityHeaders({ secure: false })));
  const policy = (await fetch(`${base}/thing`)).headers.get('content-security-policy') ?? '';
  t.match(policy, /default-src 'none'/);
  t.match(policy, /script-src 'self'(;|$)/);
  t.match(policy, /connect-src 'self'(;|$)/);
  t.notMatch(policy, /unsafe|https?:|\*/);
});

t.test('the request after the last allowed one is a 429 that says when to come back', async (t) => {
  const base = await serve(t, behind(requestLimit(3)));
  const statuses: number[] = [];
  for (let i = 0; i < 3; i++) statuses.push((await fetch(`${base}/thing`)).status);
  t.strictSame(statuses, [200, 200, 200]);
  const refused = await fetch(`${base}/thing`);
  t.equal(refused.status, 429);
  t.match(refused.headers.get('content-type'), 'application/problem+json');
  const seconds = Number(refused.headers.get('retry-after'));
  t.ok(seconds >= 1 && seconds <= 60, `retry-after ${seconds}`);
  t.match(await refused.json(), { code: 'too_many_requests' });
});

t.test('a limit of nought is no limit', async (t) => {
  const base = await serve(t, behind(requestLimit(0)));
  const answers = await Promise.all(Array.from({ length: 150 }, () => fetch(`${base}/thing`)));
  t.ok(answers.every((answer) => answer.status === 200));
});

t.test('a write sent by another site is refused; reads and programs pass', async (t) => {
  const base = await serve(t, behind(sameSiteWrites()));
  const post = async (headers: Record<string, string>) =>
    (await fetch(`${base}/thing`, { method: 'POST', headers })).status;
  t.equal(await post({ 'sec-fetch-site': 'cross-site' }), 403);
  t.equal(await post({ 'sec-fetch-site': 'same-site' }), 403);
  t.equal(await post({ origin: 'https://elsewhere.example' }), 403);
  t.equal(await post({ origin: 'null' }), 403);
  t.equal(await post({ 'sec-fetch-site': 'same-origin' }), 200);
  t.equal(await post({ origin: base }), 200);
  t.equal(await post({}), 200);
  t.equal((await fetch(`${base}/thing`, { headers: { 'sec-fetch-site': 'cross-site' } })).status, 200);
});

t.test('the staff door opens to its key alone, and stays shut when there is none', async (t) => {
  const keyed = await serve(t, behind(staffOnly('a-long-enough-staff-key')));
  const ask = (base: string, authorization?: string) =>
    fetch(`${base}/thing`, authorization === undefined ? {} : { headers: { authorization } });
  t.equal((await ask(keyed)).status, 401);
  t.equal((await ask(keyed, 'Bearer wrong')).status, 401);
  t.equal((await ask(keyed, 'Bearer a-long-enough-staff-key')).status, 200);
  const unkeyed = await serve(t, behind(staffOnly(undefined)));
  t.equal((await ask(unkeyed, 'Bearer undefined')).status, 401);
  t.equal((await ask(unkeyed, 'Bearer ')).status, 401);
});

t.test('a browser keeps one anonymous session, which scripts cannot read', async (t) => {
  const app = express();
  app.use(anonymousSession({ secure: false }));
  app.get('/who', (req, res) => {
    res.json({ id: sessionOf(req) });
  });
  const base = await serve(t, app);
  const first = await fetch(`${base}/who`);
  const cookie = first.headers.get('set-cookie') ?? '';
  const { id } = (await first.json()) as { id: string };
  t.match(cookie, /HttpOnly/);
  t.match(cookie, /SameSite=Strict/);
  t.notMatch(cookie, /Expires|Max-Age/);
  t.match(id, /^[A-Za-z0-9_-]{22}$/);
  const again = await fetch(`${base}/who`, { headers: { cookie: `other=1; carrel_session=${id}` } });
  t.equal(((await again.json()) as { id: string }).id, id);
  t.equal(again.headers.get('set-cookie'), null);
  const forged = await fetch(`${base}/who`, { headers: { cookie: 'carrel_session=../../etc' } });
  t.not(((await forged.json()) as { id: string }).id, '../../etc');
});

t.test('an answer that needs no session gives none, so that it cannot take the place of one', async (t) => {
  const app = express();
  app.use(anonymousSession({ secure: false }));
  app.get('/welcome', (_req, res) => {
    res.json({});
  });
  const base = await serve(t, app);
  t.equal((await fetch(`${base}/welcome`)).headers.get('set-cookie'), null);
});
