import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { createPatronSessions, type PatronSession } from '../../../engine/sessions/patron-sessions.js';
import { createFakeClock } from '../../fakes/clock.js';

const patron = (id: string) => ({ id, homeBranchId: undefined });

function open(more: { maxSessions?: number; sweepMs?: number } = {}) {
  const clock = createFakeClock();
  const ended: PatronSession[] = [];
  const sessions = createPatronSessions({ clock, onEnd: (session) => ended.push(session), ...more });
  return { clock, ended, sessions };
}

t.test('ids and tokens are random, and no two sessions share one', (t) => {
  const { sessions } = open();
  const made = Array.from({ length: 20 }, () => sessions.begin(patron('p'), 'v'));
  t.equal(new Set(made.flatMap(({ id, csrf }) => [id, csrf])).size, 40);
  for (const { id } of made) t.equal(Buffer.from(id, 'base64url').length, 16);
  t.end();
});

t.test('a session ends once, its signal with it, and is found no more', (t) => {
  const { sessions, ended } = open();
  const session = sessions.begin(patron('p'), 'v');
  t.equal(sessions.use(session.id), session);
  t.notOk(session.ended.aborted);
  sessions.end(session.id);
  sessions.end(session.id);
  sessions.endAllOf('p');
  t.strictSame(ended, [session]);
  t.ok(session.ended.aborted);
  t.equal(sessions.use(session.id), undefined);
  t.end();
});

t.test('sessions nobody uses any more are ended although nobody comes', async (t) => {
  const { sessions, clock, ended } = open({ sweepMs: 2 });
  sessions.begin(patron('p'), 'v');
  await clock.advance(600_000);
  while (sessions.count() > 0) await sleep(1);
  t.equal(ended.length, 1);
});

t.test('too many push out the longest unused', (t) => {
  const { sessions, ended } = open({ maxSessions: 2 });
  const first = sessions.begin(patron('a'), 'v');
  const second = sessions.begin(patron('b'), 'v');
  sessions.use(first.id);
  sessions.begin(patron('c'), 'v');
  t.strictSame(ended, [second]);
  t.ok(sessions.use(first.id));
  t.end();
});

t.test('closing ends them all', (t) => {
  const { sessions, ended } = open();
  sessions.begin(patron('a'), 'v');
  sessions.begin(patron('b'), 'v');
  sessions.endAll();
  t.equal(ended.length, 2);
  t.equal(sessions.count(), 0);
  t.end();
});

t.test('a visit is known by its id from before the sign-in too, and by no other', (t) => {
  const { sessions, ended } = open();
  const session = sessions.begin(patron('a'), 'after', 'before');
  const other = sessions.begin(patron('a'), 'elsewhere');
  t.strictSame(sessions.duringVisit('before'), [session]);
  t.strictSame(sessions.duringVisit('after'), [session]);
  sessions.endVisit('another');
  t.equal(sessions.count(), 2);
  sessions.endVisit('before');
  t.strictSame(ended, [session]);
  t.equal(sessions.use(other.id), other);
  t.end();
});
