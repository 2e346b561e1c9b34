import t from 'tap';
import type { TurnEvent } from '../../../contract/conversation.js';
import { Problem } from '../../../contract/problems.js';
import { degraded, keyOf } from '../../../desks/discovery/find.js';
import { createTestDesk, phrases } from '../../fakes/desk.js';
import { busy } from '../../fakes/search.js';

const first = 'books about lighthouses';
const HOUR = 3_600_000;

t.test('an equal question is answered from memory for an hour, however it is spelt', async (t) => {
  const { talk, search, clock } = createTestDesk();
  const fresh = await talk().say(first);
  t.match(fresh, { cache_hit: false, path: 'full' });
  const again = await talk().say('  Books about LIGHTHOUSES? ');
  t.match(again, { cache_hit: true, path: 'cached' });
  t.equal(again.intent.text, 'Books about LIGHTHOUSES?', 'in the words of the one who asks');
  t.same(
    again.recommendations.map((one) => one.record_id),
    fresh.recommendations.map((one) => one.record_id),
  );
  t.equal(search.asked.length, 1);
  await clock.advance(HOUR + 1);
  t.match(await talk().say(first), { cache_hit: false });
});

t.test('an answer without the vectors it wanted says so, and is nobody else’s answer later', async (t) => {
  const { talk, search } = createTestDesk();
  search.missesVectors = true;
  const without = await talk().say(first);
  t.match(without, { cache_hit: false, path: 'words_only' });
  t.ok(without.response_text.startsWith(phrases.en.words_only), 'the patron is told');
  t.ok(without.recommendations.length > 0);
  search.missesVectors = false;
  t.match(await talk().say(first), { cache_hit: false, path: 'full' }, 'a whole one is looked for again');
  search.missesVectors = true;
  t.match(await talk().say(first), { cache_hit: true, path: 'cached' }, 'and kept');
});

t.test('another language, branch, limit, exclusion or catalogue is another question', async (t) => {
  const { talk, search } = createTestDesk();
  await talk().say(first);
  t.equal((await talk('es').say(first)).cache_hit, false);
  t.equal((await talk('en', 'HARB').say(first)).cache_hit, false);
  search.version = 'v2';
  t.equal((await talk().say(first)).cache_hit, false);
  const base = { text: 'x', locale: 'en', remove: [], exclude: [], branch: undefined, limit: 5 } as const;
  const intent = { text: 'a', topic: 'x', pages: { max: 5, min: 1 } };
  t.not(keyOf({ ...base, exclude: ['1'] }), keyOf(base));
  t.equal(keyOf({ ...base, exclude: ['2', '1'] }), keyOf({ ...base, exclude: ['1', '2'] }));
  t.equal(
    keyOf({ ...base, intent }),
    keyOf({ ...base, intent: { topic: 'x', pages: { min: 1, max: 5 }, text: 'b' } }),
  );
  t.not(keyOf({ ...base, intent }), keyOf({ ...base, intent: { ...intent, branch: 'MAIN' } }));
  t.end();
});

t.test('equal questions in flight are searched once, and each keeps its own conversation', async (t) => {
  const { desk, search, clock } = createTestDesk();
  search.slowMs = 50;
  const signal = new AbortController().signal;
  const [ann, ben] = [desk.createConversation('ann'), desk.createConversation('ben')];
  const ask = (session: string, id: string, text: string) =>
    desk.turn(session, id, { text }, { signal, emit: () => undefined });
  const both = Promise.all([ask('ann', ann, first), ask('ben', ben, first)]);
  await clock.advance(50);
  const [hers, his] = await both;
  t.equal(search.asked.length, 1);
  t.same(hers.recommendations, his.recommendations);
  const hersNext = ask('ann', ann, 'something shorter');
  await clock.advance(200);
  t.equal((await hersNext).turn, 2);
  const hisNext = ask('ben', ben, 'thanks');
  t.equal((await hisNext).turn, 2);
  t.equal((await hisNext).intent.pages, undefined, 'what she did is nothing to him');
  await t.rejects(ask('ben', ann, first), { code: 'conversation_not_found' });
});

t.test('availability is never remembered inside an answer', async (t) => {
  const { talk, clock, ils } = createTestDesk();
  await talk().say(first);
  await clock.advance(61_000);
  ils.misbehave({ offline: true });
  const later = await talk().say(first);
  t.equal(later.cache_hit, true);
  for (const card of later.recommendations) t.equal(card.availability.stale, true);
  t.match(later.response_text, /As of 14:02, \w+ (was|were) on the shelf\.$/);
});

t.test('busy search: the answer of yesterday, if this question has one', async (t) => {
  const { talk, search, clock } = createTestDesk();
  await talk().say(first);
  await clock.advance(2 * HOUR);
  search.failWith = { full: busy(), wordsOnly: busy() };
  t.match(await talk().say(first), { path: 'cached', cache_hit: true });
  await clock.advance(23 * HOUR);
  await t.rejects(talk().say(first), { code: 'busy' });
});

t.test('busy search: then the answer to a question much like it, and the words say so', async (t) => {
  const { talk, search } = createTestDesk();
  await talk().say('lighthouse history');
  search.failWith = { full: busy(), wordsOnly: busy() };
  const steps: string[] = [];
  const listen = (message: unknown): void => void steps.push((message as { step: string }).step);
  degraded.subscribe(listen);
  const answer = await talk().say('quiet lighthouse history');
  degraded.unsubscribe(listen);
  t.match(answer, { path: 'similar_question', cache_hit: true });
  t.match(
    answer.response_text,
    /^Many people are asking just now, so this answers a question much like yours\./,
  );
  t.same(steps, ['similar_question']);
});

t.test('a remembered question with a word nobody here typed never stands in', async (t) => {
  const { talk, search } = createTestDesk();
  await talk().say('lighthouse history of my divorce');
  await talk().say('lighthouse');
  search.failWith = { full: busy(), wordsOnly: busy() };
  await t.rejects(
    talk().say('lighthouse history of'),
    { code: 'busy' },
    'two thirds are not enough when one word is hers alone',
  );
  await t.rejects(
    talk().say('lighthouse keepers in winter storms'),
    { code: 'busy' },
    'and a sixth is not a likeness',
  );
});

t.test('slow or broken search: words only, and the words say so', async (t) => {
  const { talk, search, clock } = createTestDesk();
  search.slowMs = 60_000;
  const waiting = talk().say(first);
  await clock.advance(2_000);
  const answer = await waiting;
  t.match(answer, { path: 'words_only', cache_hit: false });
  t.match(
    answer.response_text,
    /^Many people are asking just now, so I looked for your words only, not their meaning\./,
  );
  t.equal(search.aborted, 1, 'the slow search is stopped');
  search.slowMs = 0;
  search.failWith = { full: new Error('broken index') };
  t.match(await talk().say('lighthouses in English'), { path: 'words_only' });
});

t.test('a makeshift answer is not remembered as the answer', async (t) => {
  const { talk, search } = createTestDesk();
  search.failWith = { full: busy() };
  await talk().say(first);
  search.failWith = {};
  t.match(await talk().say(first), { path: 'full', cache_hit: false });
});

t.test('at the end of the ladder stands an honest no', async (t) => {
  const { talk, search, clock } = createTestDesk();
  search.failWith = { full: busy(), wordsOnly: busy() };
  await t.rejects(talk().say(first), { code: 'busy', details: { retryAfterSeconds: 1 } });
  search.failWith = { full: new Error('one'), wordsOnly: new Error('two') };
  await t.rejects(talk().say(first), { message: 'two' }, 'a fault is not dressed up as being busy');
  search.failWith = { full: new Problem('not_ready') };
  await t.rejects(talk().say(first), { code: 'not_ready' });
  search.failWith = {};
  search.slowMs = 60_000;
  const hanging = createHanging(search);
  const refused = t.rejects(talk().say(first), { code: 'busy' });
  await clock.advance(2_000);
  await clock.advance(2_000);
  await refused;
  hanging.restore();
});

t.test('a problem on the way leaves the conversation as it was', async (t) => {
  const { talk, search } = createTestDesk();
  const visitor = talk();
  await visitor.say(first);
  const titles = visitor.titles();
  search.failWith = { full: busy(), wordsOnly: busy() };
  await t.rejects(visitor.say('something shorter'), { code: 'busy' });
  search.failWith = {};
  const answer = await visitor.say('who wrote the second');
  t.equal(answer.turn, 2);
  t.same(visitor.titles(), [titles[1]]);
});

t.test('a patron who walks away stops the search, and nothing is remembered of the turn', async (t) => {
  const { desk, search, clock } = createTestDesk();
  search.slowMs = 1_000;
  const id = desk.createConversation('ann');
  const leaving = new AbortController();
  const events: TurnEvent[] = [];
  const turn = desk.turn(
    'ann',
    id,
    { text: first },
    { signal: leaving.signal, emit: (event) => void events.push(event) },
  );
  await clock.settle();
  t.equal(search.running, 1);
  leaving.abort(new Error('gone'));
  await t.rejects(turn, { message: 'gone' });
  await clock.settle();
  t.equal(search.running, 0);
  t.equal(search.aborted, 1);
  t.equal(search.asked.length, 1, 'and the ladder is not gone down for nobody');
  t.same(events, []);
  search.slowMs = 0;
  const answer = await desk.turn(
    'ann',
    id,
    { text: first },
    { signal: new AbortController().signal, emit: () => undefined },
  );
  t.equal(answer.turn, 1);
});

/** Makes words-only searches hang too. */
function createHanging(search: ReturnType<typeof createTestDesk>['search']) {
  const original = search.search.bind(search);
  search.search = (question, options) => original({ ...question, wordsOnly: false }, options);
  return { restore: () => (search.search = original) };
}
