import t from 'tap';
import type { Recommendation, TurnAnswer, TurnEvent } from '../../contract/conversation.js';
import type { Refusal } from '../../web/src/api/refusal.js';
import {
  emptyConversation,
  runningTurn,
  stepped,
  type Conversation,
  type ConversationStep,
} from '../../web/src/conversation/conversation.js';
import { away, mysteries } from '../e2e/fake-books.js';

const asked: ConversationStep = { step: 'asked', asked: { kind: 'words', text: 'quiet mysteries' } };
const event = (e: TurnEvent): ConversationStep => ({ step: 'event', event: e });
const books = event({ event: 'recommendations', data: { recommendations: mysteries, total: 9 } });
const text = (delta: string): ConversationStep => event({ event: 'text', data: { delta } });
const why: Refusal = { kind: 'unreachable' };
const after = (...steps: ConversationStep[]): Conversation => steps.reduce(stepped, emptyConversation);
const answer: TurnAnswer = {
  turn: 1,
  text: 'quiet mysteries',
  intent: { text: '', topic: '' },
  understood: [],
  recommendations: mysteries.slice(0, 1),
  response_text: 'One.',
  suggestions: [],
  confidence: 1,
  handoff_to_librarian: false,
  referral: null,
  model: { used: false, absence: 'off', wait_ms: null },
  path: 'full',
  total: 1,
  cache_hit: false,
  response_time_ms: 1,
};

t.test('a turn grows with its events and ends with the whole answer', (t) => {
  const arriving = after(asked, books, text('Five '), text('mysteries.'));
  t.match(arriving.turns, [{ phase: 'arriving', text: 'Five mysteries.', total: 9 }]);
  t.ok(runningTurn(arriving));
  const done = stepped(arriving, event({ event: 'done', data: answer }));
  t.match(done.turns, [{ phase: 'done', text: 'One.', total: 1 }], 'what is done replaces what was streamed');
  t.equal(runningTurn(done), undefined);
  t.equal(stepped(done, text('late')), done, 'and nothing is added afterwards');
  t.end();
});

t.test('fresh availability goes to its own card only', (t) => {
  const seen = after(
    asked,
    books,
    event({ event: 'availability', data: { record_id: 'm2', availability: away } }),
  );
  const states = seen.turns[0]?.recommendations?.map((book: Recommendation) => book.availability.state);
  t.strictSame(states?.slice(0, 3), ['available', 'unknown', 'unavailable']);
  t.end();
});

t.test('a question that is refused leaves no empty turn, and is kept', (t) => {
  const refused = after(asked, { step: 'refused', why, atMs: 5 });
  t.strictSame(refused.turns, []);
  t.match(refused.refusal, { why, asked: { kind: 'words', text: 'quiet mysteries' } });
  t.equal(stepped(refused, asked).refusal, undefined, 'asking again clears the notice');
  t.end();
});

t.test('what has arrived stays when the rest is refused or stopped', (t) => {
  t.match(after(asked, books, { step: 'refused', why, atMs: 5 }).turns, [{ phase: 'stopped', total: 9 }]);
  t.match(after(asked, books, { step: 'stopped' }).turns, [{ phase: 'stopped', total: 9 }]);
  t.strictSame(after(asked, { step: 'stopped' }).turns, []);
  t.equal(after({ step: 'refused', why, atMs: 5 }).refusal, undefined, 'a refusal of nothing is nothing');
  t.end();
});

t.test('starting over forgets everything but never reuses a key', (t) => {
  const fresh = after(asked, books, { step: 'started_over' }, asked);
  t.match(fresh.turns, [{ key: 2 }]);
  t.equal(fresh.turns.length, 1);
  t.end();
});
