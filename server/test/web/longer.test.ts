import t from 'tap';
import type { Recommendation, TurnAnswer, TurnEvent } from '../../contract/conversation.js';
import {
  emptyConversation,
  hasModel,
  isThinking,
  isWaiting,
  stepped,
  type Conversation,
  type ConversationStep,
} from '../../web/src/conversation/conversation.js';
import type { Turn } from '../../web/src/conversation/turn.js';
import { isOtherBooks } from '../../web/src/conversation/shelving.js';
import { signOf } from '../../web/src/conversation/sign.js';
import { toldOf } from '../../web/src/conversation/told.js';
import { hasModelPart } from '../../web/src/conversation/words-of.js';
import { en } from '../../web/src/phrases/en.js';
import { es } from '../../web/src/phrases/es.js';
import { away, mixed, mysteries } from '../e2e/fake-books.js';

const COMPOSED = 'Five mysteries.';
const LONGER = 'Begin with the quietest.';
const asked: ConversationStep = { step: 'asked', asked: { kind: 'words', text: 'quiet mysteries' } };
const event = (e: TurnEvent): ConversationStep => ({ step: 'event', event: e });
const books = (recommendations: Recommendation[]): ConversationStep =>
  event({ event: 'recommendations', data: { recommendations, total: 9 } });
const text = (delta: string): ConversationStep => event({ event: 'text', data: { delta } });
const thinking = event({
  event: 'thinking',
  data: { first_ms: 2000, whole_ms: 8000, suggestions: ['Something shorter'] },
});
const composed = [asked, books(mysteries), text('Five '), text('mysteries.')];
const worded = mysteries
  .toReversed()
  .map((book) => ({ ...book, why: `Why ${book.record_id}`, why_from: 'model' as const }));
const after = (...steps: ConversationStep[]): Conversation => steps.reduce(stepped, emptyConversation);
const newest = (...steps: ConversationStep[]): Turn => {
  const turn = after(...steps).turns.at(-1);
  if (!turn) throw new Error('no turn');
  return turn;
};
const ids = (turn: Turn): string[] => (turn.recommendations ?? []).map((book) => book.record_id);
const done = (some: Partial<TurnAnswer>): ConversationStep =>
  event({
    event: 'done',
    data: {
      turn: 1,
      text: 'quiet mysteries',
      intent: { text: '', topic: '' },
      understood: [],
      recommendations: worded,
      response_text: `${COMPOSED} ${LONGER}`,
      suggestions: [],
      confidence: 1,
      handoff_to_librarian: false,
      referral: null,
      model: { used: true, absence: null, wait_ms: null },
      path: 'full',
      total: 9,
      cache_hit: false,
      response_time_ms: 1,
      ...some,
    },
  });

t.test('words that come after a model has begun stand apart from the composed ones', (t) => {
  const half = newest(...composed, thinking, text(' Begin'), text(' with'));
  t.match(half, { text: COMPOSED, longer: 'Begin with' });
  t.ok(isThinking(half) && !isWaiting(half), 'what is there can be used');
  t.match(newest(...composed, thinking, done({})), { text: COMPOSED, longer: LONGER });
  t.end();
});

t.test('the words of an answer from the cache are parted at the empty line', (t) => {
  t.match(newest(asked, done({ response_text: `${COMPOSED}\n\n${LONGER}` })), {
    text: COMPOSED,
    longer: LONGER,
  });
  const whole = newest(asked, done({}));
  t.match(whole, { text: `${COMPOSED} ${LONGER}`, longer: '' });
  t.ok(hasModelPart(whole), 'and is called a model’s all the same');
  t.end();
});

t.test('a model that fails after all leaves the composed answer and no trace', (t) => {
  const model = { used: false, absence: 'failed', wait_ms: null } as const;
  const turn = newest(
    ...composed,
    thinking,
    done({ model, response_text: COMPOSED, recommendations: mysteries }),
  );
  t.match(turn, { text: COMPOSED, longer: '', moved: false, heldBack: undefined });
  t.notOk(hasModelPart(turn));
  t.equal(toldOf(turn, en), 'That is the whole answer.', 'who waits by ear is told');
  t.end();
});

t.test('books take their new order while nobody has them in hand', (t) => {
  const turn = newest(...composed, thinking, books(worded));
  t.strictSame(ids(turn), ['m5', 'm4', 'm3', 'm2', 'm1']);
  t.match(turn, { moved: true, heldBack: undefined });
  t.end();
});

t.test('books in hand stay where they are, with their new reasons', (t) => {
  const touched = [...composed, thinking, { step: 'touched' } as const, books(worded)];
  const turn = newest(...touched);
  t.strictSame(ids(turn), ['m1', 'm2', 'm3', 'm4', 'm5']);
  t.match(turn.recommendations?.[0], { why: 'Why m1', why_from: 'model' });
  t.match(turn, { moved: false });
  t.notOk(isOtherBooks(turn));
  const whole = newest(...touched, done({}));
  t.strictSame(ids(whole), ['m1', 'm2', 'm3', 'm4', 'm5'], 'also once the answer is whole');
  const asWished = newest(...touched, done({}), { step: 'rearranged', key: whole.key });
  t.strictSame(ids(asWished), ['m5', 'm4', 'm3', 'm2', 'm1'], 'until the patron asks for it');
  t.equal(asWished.heldBack, undefined);
  t.end();
});

t.test('other books wait too, and fresh availability reaches them', (t) => {
  const others = [...mixed.slice(0, 2), ...worded.slice(0, 1)];
  const turn = newest(
    ...composed,
    thinking,
    { step: 'touched' },
    books(others),
    event({ event: 'availability', data: { record_id: 'p0', availability: away } }),
  );
  t.strictSame(ids(turn), ['m1', 'm2', 'm3', 'm4', 'm5']);
  t.ok(isOtherBooks(turn));
  t.equal(turn.heldBack?.[0]?.availability.state, 'unknown');
  t.end();
});

t.test('nothing is touched before the books are there', (t) => {
  const turn = newest(asked, { step: 'touched' }, books(mysteries), thinking, books(worded));
  t.ok(turn.moved);
  t.end();
});

t.test('the next question ends a model’s words and keeps what was said', (t) => {
  const next = after(...composed, thinking, text(' Begin'), asked);
  t.match(next.turns, [{ phase: 'stopped', text: COMPOSED, longer: 'Begin' }, { phase: 'asking' }]);
  const empty = after(asked, asked);
  t.equal(empty.turns.length, 1, 'a question without any answer leaves no empty turn');
  t.end();
});

t.test('stopping a model keeps the composed answer whole', (t) => {
  const turn = newest(...composed, thinking, { step: 'stopped' });
  t.match(turn, { phase: 'stopped', text: COMPOSED, longer: '' });
  t.notOk(isThinking(turn) || isWaiting(turn));
  t.equal(toldOf(turn, en), 'Stopped here.');
  t.end();
});

t.test('the sign says how long, as exactly as is known', (t) => {
  const sign = (first_ms: number | null, whole_ms: number | null) => signOf({ first_ms, whole_ms }, en);
  t.equal(sign(2000, 8200), 'The longer answer takes about 8 seconds.');
  t.equal(sign(2000, 23_400), 'The longer answer takes about 25 seconds.');
  t.equal(sign(200, 300), 'The longer answer takes about a second.');
  t.equal(sign(null, 130_000), 'The longer answer takes about 2 minutes.');
  t.equal(sign(3000, null), 'A longer answer begins in about 3 seconds.');
  t.equal(sign(null, null), 'A longer answer is on its way.');
  t.equal(signOf({ first_ms: null, whole_ms: 8200 }, es), 'La respuesta más larga tarda unos 8 segundos.');
  t.notMatch(sign(null, null), /\d/);
  t.end();
});

t.test('a listener is told twice at most: that the answer is here, and what was added', (t) => {
  const steps = [
    ...composed,
    thinking,
    books(worded),
    text(' Begin'),
    text(' with'),
    text(' the quietest.'),
    done({}),
  ];
  const told = steps.map((_, i) => toldOf(newest(...steps.slice(0, i + 1)), en));
  t.strictSame(
    [...new Set(told)],
    [
      '',
      'The answer is here. Five titles. The longer answer takes about 8 seconds.',
      `The books stand in a new order. ${LONGER}`,
    ],
  );
  t.end();
});

t.test('a library shows that it has a model once an answer does', (t) => {
  t.notOk(hasModel(after(...composed)));
  t.ok(hasModel(after(...composed, thinking)));
  t.ok(hasModel(after(asked, done({ model: { used: false, absence: 'busy', wait_ms: 9000 } }))));
  t.notOk(hasModel(after(asked, done({ model: { used: false, absence: 'off', wait_ms: null } }))));
  t.end();
});
