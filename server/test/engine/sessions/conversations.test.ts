import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { createConversations } from '../../../engine/sessions/conversations.js';
import { createFakeClock } from '../../fakes/clock.js';

t.test('a conversation opens only to the session it began in', (t) => {
  const conversations = createConversations({ clock: createFakeClock() });
  const id = conversations.begin('ann', { word: 'hers' });
  t.same(conversations.get('ann', id), { word: 'hers' });
  t.throws(() => conversations.get('ben', id), { code: 'conversation_not_found' });
  t.throws(() => conversations.end('ben', id), { code: 'conversation_not_found' });
  t.same(conversations.get('ann', id), { word: 'hers' }, 'and a stranger’s try ends nothing');
  t.end();
});

t.test('ids are 128 random bits', (t) => {
  const conversations = createConversations({ clock: createFakeClock() });
  const ids = new Set(Array.from({ length: 20 }, (_, n) => conversations.begin(`s${n}`, {})));
  t.equal(ids.size, 20);
  for (const id of ids) t.equal(Buffer.from(id, 'base64url').length, 16);
  t.end();
});

t.test('after a day without a word a conversation is gone; each word keeps it for another day', async (t) => {
  const clock = createFakeClock();
  const conversations = createConversations({ clock });
  const id = conversations.begin('ann', {});
  await clock.advance(86_000_000);
  conversations.get('ann', id);
  await clock.advance(86_000_000);
  t.ok(conversations.get('ann', id));
  await clock.advance(86_400_001);
  t.throws(() => conversations.get('ann', id), { code: 'conversation_not_found' });
});

t.test('a stranger’s tries keep no conversation alive', async (t) => {
  const clock = createFakeClock();
  const conversations = createConversations({ clock });
  const id = conversations.begin('ann', {});
  await clock.advance(86_000_000);
  t.throws(() => conversations.get('ben', id));
  await clock.advance(500_000);
  t.throws(() => conversations.get('ann', id), { code: 'conversation_not_found' });
});

t.test('what has expired is wiped from memory even when nobody comes any more', async (t) => {
  const clock = createFakeClock();
  const conversations = createConversations({ clock, sweepMs: 2 });
  conversations.begin('ann', {});
  await clock.advance(80_000_000);
  conversations.begin('ben', {});
  await clock.advance(6_400_001);
  while (conversations.count() > 1) await sleep(1);
  await clock.advance(80_000_000);
  while (conversations.count() > 0) await sleep(1);
  t.equal(conversations.count(), 0);
});

t.test('ending a visit forgets everything of this session and nothing of others', (t) => {
  const conversations = createConversations({ clock: createFakeClock() });
  const hers = [conversations.begin('ann', {}), conversations.begin('ann', {})];
  const his = conversations.begin('ben', {});
  conversations.endVisit('ann');
  for (const id of hers) t.throws(() => conversations.get('ann', id), { code: 'conversation_not_found' });
  t.ok(conversations.get('ben', his));
  conversations.endVisit('nobody');
  conversations.end('ben', his);
  t.equal(conversations.count(), 0);
  t.end();
});

t.test('one visitor cannot push out the others', (t) => {
  const conversations = createConversations({ clock: createFakeClock(), maxPerSession: 2 });
  const his = conversations.begin('ben', {});
  const hers = Array.from({ length: 5 }, () => conversations.begin('ann', {}));
  t.ok(conversations.get('ben', his));
  t.throws(() => conversations.get('ann', hers[0] ?? ''), { code: 'conversation_not_found' });
  t.ok(conversations.get('ann', hers[4] ?? ''));
  t.equal(conversations.count(), 3);
  t.end();
});

t.test('conversations carried over to a new session id open to it alone', (t) => {
  const conversations = createConversations({ clock: createFakeClock() });
  const hers = conversations.begin('before', { word: 'hers' });
  const his = conversations.begin('ben', {});
  conversations.carryOver('before', 'now');
  conversations.carryOver('nobody', 'now');
  t.same(conversations.get('now', hers), { word: 'hers' });
  t.throws(() => conversations.get('before', hers), { code: 'conversation_not_found' });
  t.throws(() => conversations.get('now', his), { code: 'conversation_not_found' });
  conversations.endVisit('before');
  t.ok(conversations.get('now', hers), 'the old id ends nothing any more');
  conversations.endVisit('now');
  t.equal(conversations.count(), 1);
  t.end();
});
