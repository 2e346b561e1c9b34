import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import {
  createPatronSessions,
  patronSessionShares,
  type PatronSession,
  type PatronSessionShares,
} from '../../../engine/sessions/patron-sessions.js';
import { createFakeClock } from '../../fakes/clock.js';

const patron = (id: string) => ({ id, homeBranchId: undefined });

function open({ shares, ...more }: { shares?: Partial<PatronSessionShares>; sweepMs?: number } = {}) {
  const clock = createFakeClock();
  const ended: PatronSession[] = [];
  const goesOn: boolean[] = [];
  const sessions = createPatronSessions({
    clock,
    onEnd(session, { visitGoesOn }) {
      ended.push(session);
      goesOn.push(visitGoesOn);
    },
    shares: { ...patronSessionShares, ...shares },
    ...more,
  });
  const begin = (name: string, visit: string, more: { formerVisit?: string; address?: string } = {}) =>
    sessions.begin(patron(name), { visit, address: '192.0.2.1', ...more });
  return { clock, ended, goesOn, sessions, begin };
}

t.test('ids and tokens are random, and no two sessions share one', (t) => {
  const { begin } = open();
  const made = Array.from({ length: 20 }, () => begin('p', 'v'));
  t.equal(new Set(made.flatMap(({ id, csrf }) => [id, csrf])).size, 40);
  for (const { id } of made) t.equal(Buffer.from(id, 'base64url').length, 16);
  t.end();
});

t.test('a session ends once, its signal with it, and is found no more', (t) => {
  const { sessions, ended, begin } = open();
  const session = begin('p', 'v');
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
  const { sessions, clock, ended, begin } = open({ sweepMs: 2 });
  begin('p', 'v');
  await clock.advance(600_000);
  while (sessions.count() > 0) await sleep(1);
  t.equal(ended.length, 1);
});

t.test('too many push out the longest unused', (t) => {
  const { sessions, ended, begin } = open({ shares: { all: 2 } });
  const first = begin('a', 'v');
  const second = begin('b', 'v');
  sessions.use(first.id);
  begin('c', 'v');
  t.strictSame(ended, [second]);
  t.ok(sessions.use(first.id));
  t.end();
});

t.test('closing ends them all', (t) => {
  const { sessions, ended, begin } = open();
  begin('a', 'v');
  begin('b', 'v');
  sessions.endAll();
  t.equal(ended.length, 2);
  t.equal(sessions.count(), 0);
  t.end();
});

t.test('a visit is known by its id from before the sign-in too, and by no other', (t) => {
  const { sessions, ended, begin } = open();
  const session = begin('a', 'after', { formerVisit: 'before' });
  const other = begin('a', 'elsewhere');
  t.strictSame(sessions.duringVisit('before'), [session]);
  t.strictSame(sessions.duringVisit('after'), [session]);
  sessions.endVisit('another');
  t.equal(sessions.count(), 2);
  sessions.endVisit('before');
  t.strictSame(ended, [session]);
  t.equal(sessions.use(other.id), other);
  t.end();
});

t.test(
  'one card signed in everywhere takes only its share: its own longest unused leaves, told as ended',
  (t) => {
    const { sessions, ended, begin } = open();
    const others = ['b', 'c', 'd'].map((name) => begin(name, `v-${name}`));
    const made = Array.from({ length: 20 }, (_one, n) => begin('a', `v${n}`, { address: `192.0.2.${n}` }));
    t.strictSame(ended, [], 'twenty are taken');
    const [first, second] = made;
    sessions.use(first?.id ?? '');
    for (let n = 20; n < 500; n += 1) begin('a', `v${n}`, { address: `198.51.100.${n}` });
    t.equal(sessions.count(), 23);
    t.equal(ended[0], second, 'the longest unused first');
    t.equal(ended.length, 480);
    t.ok(ended.every((one) => one.patron.id === 'a' && one.ended.aborted));
    for (const { id } of others) t.ok(sessions.use(id), 'and nobody else was pushed out');
    t.end();
  },
);

t.test('one address takes only its share, however many cards it has', (t) => {
  const { sessions, ended, begin } = open({ shares: { all: 10, perAddress: 3 } });
  const elsewhere = begin('a', 'v', { address: '192.0.2.1' });
  for (let n = 0; n < 50; n += 1) begin(`p${n}`, `v${n}`, { address: '192.0.2.2' });
  t.equal(sessions.count(), 4);
  t.ok(sessions.use(elsewhere.id));
  t.equal(ended.length, 47);
  t.notOk(ended.includes(elsewhere));
  t.end();
});

t.test('who signs in anew ends the session before, and not the visit', (t) => {
  const { sessions, goesOn, begin } = open();
  sessions.end(begin('a', 'v').id, { visitGoesOn: true });
  sessions.end(begin('a', 'v').id);
  t.strictSame(goesOn, [true, false]);
  t.end();
});
