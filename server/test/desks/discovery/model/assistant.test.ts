import t from 'tap';
import type { Recommendation, TurnEvent } from '../../../../contract/conversation.js';
import { TurnEvents } from '../../../../contract/conversation.js';
import { LlmDeclined } from '../../../../engine/llm/llm.js';
import { bibOf, about, lighthouseBooks } from '../../../fakes/bibs.js';
import { createTestDesk, phrases, type TestDesk } from '../../../fakes/desk.js';
import { createFakeLlm, offeredIn, type FakeLlm } from '../../../fakes/llm.js';

const first = 'books about lighthouses';
const choice = (picks: number[], reply: string, whys: { book: number; why: string }[] = []): object => ({
  picks,
  reply,
  whys,
});
const good = choice(
  [2, 1],
  'For a history of lighthouse builders, [2]. [1] is about a quiet year on a rock.',
  [
    { book: 2, why: 'A history of the lighthouse builders.' },
    { book: 1, why: 'One quiet year on a lighthouse rock.' },
  ],
);

function deskWith(script: () => string | object, more: object = {}): TestDesk & { llm: FakeLlm } {
  const llm = createFakeLlm(script);
  return { ...createTestDesk(undefined, { llm, ...more }), llm };
}
const names = (events: TurnEvent[]): string[] =>
  events.map((one) => one.event).filter((name, n, all) => name !== all[n - 1]);
const words = (events: TurnEvent[]): string =>
  events.map((one) => (one.event === 'text' ? one.data.delta : '')).join('');
const lists = (events: TurnEvent[]): Recommendation[][] =>
  events.flatMap((one) => (one.event === 'recommendations' ? [one.data.recommendations] : []));
const ids = (cards: readonly Recommendation[]): string[] => cards.map((card) => card.record_id);
const composedOf = async (text: string): Promise<string> =>
  (await createTestDesk().talk().say(text)).response_text;

t.test('a model orders the cards, says which is which, and why, in words of the records', async (t) => {
  const { talk, llm } = deskWith(() => good);
  llm.behave.estimate = { firstMs: 2_100.4, wholeMs: 7_000 };
  const visitor = talk();
  const answer = await visitor.say(first);
  t.same(ids(answer.recommendations).slice(0, 3), ['l2', 'l1', 'l3']);
  t.match(answer.recommendations[0], {
    why: 'A history of the lighthouse builders.',
    why_from: 'model',
    quotes: ['history of the lighthouse builders'],
  });
  t.match(answer.recommendations[2], { why: 'Subject: Lighthouses', why_from: 'record' });
  t.match(answer.model, { used: true, absence: null, wait_ms: null });
  t.match(
    answer.response_text,
    /For a history of lighthouse builders, “Lamps of the Northern Coast”\. “The Keeper’s Year” is about a quiet year on a rock\.$/,
  );
  t.equal(words(visitor.events), answer.response_text, 'what was said is what is answered');
  for (const { event, data } of visitor.events) t.ok(TurnEvents[event].safeParse(data).success, event);
  t.match(
    visitor.events.find((one) => one.event === 'thinking'),
    { data: { first_ms: 2100, whole_ms: 7000, suggestions: answer.suggestions } },
  );
  t.same(visitor.events.at(-1)?.data, answer);
  const { response_text } = await visitor.say('who wrote the first one?');
  t.equal(
    response_text,
    '“Lamps of the Northern Coast” is by Daniel Okafor.',
    'the first is the one that stands first',
  );
});

t.test('cards and composed words are out before a model is asked', async (t) => {
  const llm = createFakeLlm(() => good);
  const { talk } = createTestDesk(undefined, { llm });
  const visitor = talk();
  let before: string[] = [];
  llm.behave.script = () => {
    before = names(visitor.events);
    return good;
  };
  await visitor.say(first);
  t.same(before.slice(0, 4), ['understood', 'recommendations', 'text', 'availability']);
  t.notOk(before.includes('done'));
  const alone = createTestDesk().talk();
  const composed = await alone.say(first);
  t.same(ids(lists(visitor.events)[0] ?? []), ids(composed.recommendations), 'the same cards as without');
  t.ok(words(visitor.events).startsWith(composed.response_text), 'and the same words');
});

t.test(
  'a book from further down may be chosen: its shelf is asked, and what became untrue is said again',
  async (t) => {
    const { talk } = deskWith(() => choice([9, 8], 'Both are short.', []));
    const visitor = talk();
    const answer = await visitor.say(first);
    t.same(ids(answer.recommendations), ['l9', 'l8', 'l1', 'l2', 'l3', 'l4']);
    t.match(answer.recommendations[0]?.availability, { source: 'demo' });
    t.not(answer.recommendations[0]?.availability.asOf, null);
    t.match(answer.response_text, phrases.en.model.chosen);
    t.equal(words(visitor.events), answer.response_text);
  },
);

t.test('what does not meet the limits is never lifted over what does', async (t) => {
  const bibs = lighthouseBooks();
  const { talk, search, llm } = deskWith(() => choice([3, 2, 1], '', []));
  const real = search.search.bind(search);
  // Retrieval ranks a near miss last, as it may.
  search.search = async (question, options) => {
    const found = await real(question, options);
    return { ...found, hits: [...found.hits.slice(0, 2), { id: 'l6', score: 0, evidence: [] }] };
  };
  const answer = await talk().say('lighthouses in English');
  t.equal(bibs.find((bib) => bib.id === 'l6')?.languages[0], 'spa');
  t.same(ids(answer.recommendations), ['l2', 'l1', 'l6']);
  t.equal(offeredIn(llm.asked[0] as never).length, 3);
});

t.test('when a model dies in the middle, the answer is the composed one', async (t) => {
  const composed = await composedOf(first);
  for (const letters of [0, 5, 9]) {
    const { talk, llm } = deskWith(() => good);
    llm.behave.diesAfter = { letters, error: new LlmDeclined('away') };
    const visitor = talk();
    const answer = await visitor.say(first);
    t.equal(lists(visitor.events).length, 1, 'no card moved');
    t.match(answer, {
      model: { used: false, absence: 'away' },
      response_text: `${composed} ${phrases.en.model.gone}`,
    });
    t.ok(answer.recommendations.every((one) => one.why_from === 'record'));
  }
  const { talk, llm } = deskWith(() => good);
  llm.behave.diesAfter = { letters: 100, error: new LlmDeclined('away') };
  const answer = await talk().say(first);
  t.same(ids(answer.recommendations).slice(0, 2), ['l2', 'l1'], 'what was chosen before stands');
  t.match(answer.response_text, /builders, “Lamps of the Northern Coast”\.$/, 'and no half sentence');
  t.equal(answer.model.used, true);
});

t.test('a fault in a model is no patron’s trouble', async (t) => {
  const { talk, llm } = deskWith(() => good);
  llm.behave.diesAfter = { letters: 0, error: new TypeError('private words of the engine') };
  const answer = await talk().say(first);
  t.match(answer.model, { used: false, absence: 'failed' });
  t.notMatch(JSON.stringify(answer), 'private words');
});

t.test('garbage, half JSON, numbers that were not offered, and rambling change nothing', async (t) => {
  const composed = await composedOf(first);
  const outputs: (string | object)[] = [
    'I would recommend The Secret Book by Nobody.',
    '',
    '{"picks":[2,1],"reply":',
    '[]',
    'null',
    '{"picks":"2","reply":"","whys":[]}',
    choice([99], 'x'),
    choice([0], 'x'),
    choice([1, 2, 3, 4, 5, 6], 'x'),
    { picks: [1.5], reply: '', whys: [] },
    { picks: [{ title: 'The Secret Book' }], reply: '', whys: [] },
  ];
  for (const output of outputs) {
    const { talk } = deskWith(() => output);
    const answer = await talk().say(first);
    const text = answer.response_text
      .replace(` ${phrases.en.model.gone}`, '')
      .replace(/ Those that fit.*/u, '');
    t.equal(text, composed, JSON.stringify(output));
    t.equal(answer.recommendations.length, 6);
    t.notMatch(JSON.stringify(answer), 'Secret');
  }
  const { talk } = deskWith(() => choice([1], 'A quiet lighthouse. '.repeat(500)));
  const rambling = await talk().say(first);
  t.ok(rambling.response_text.length < 600, 'an overlong reply is cut');
});

t.test('busy: the books are here, and the patron is told how long a longer answer would take', async (t) => {
  const composed = await composedOf(first);
  const { talk, llm } = deskWith(() => good);
  llm.behave.estimate = { firstMs: 13_400, wholeMs: 20_000 };
  llm.behave.decline = new LlmDeclined('busy', { waitMs: 13_400 });
  const visitor = talk();
  const answer = await visitor.say(first);
  t.equal(
    answer.response_text,
    `${composed} The books are here already; a longer answer would take about 14 seconds just now.`,
  );
  t.match(answer.model, { used: false, absence: 'busy', wait_ms: 13_400 });
  t.notOk(names(visitor.events).includes('thinking'), 'nobody is told to wait for what is declined');
  t.equal(llm.asked[0]?.budgetMs, 6_000);
});

t.test('away, too long or cut: one short sentence when something was announced, none else', async (t) => {
  const composed = await composedOf(first);
  for (const reason of ['away', 'too_long', 'cut'] as const) {
    const { talk, llm } = deskWith(() => good);
    llm.behave.decline = new LlmDeclined(reason);
    const told = await talk().say(first);
    t.equal(told.response_text, `${composed} ${phrases.en.model.gone}`);
    llm.behave.state = { state: 'restarting' };
    const quiet = await talk().say(first);
    t.equal(quiet.response_text, composed);
    t.equal(quiet.model.absence, reason === 'away' ? 'away' : 'failed');
  }
});

t.test(
  'no model, switched off by the library, or for this turn: exactly what there was before',
  async (t) => {
    const composed = await composedOf(first);
    const offs: [object, object][] = [
      [{ ai: { on: false, budgetMs: 6_000 } }, {}],
      [{}, { ai: false }],
    ];
    for (const [deps, request] of offs) {
      const { talk, llm } = deskWith(() => good, deps);
      const visitor = talk();
      const answer = await visitor.say(first, request);
      t.equal(answer.response_text, composed);
      t.match(answer.model, { used: false, absence: 'off', wait_ms: null });
      t.equal(llm.asked.length, 0);
      t.same(names(visitor.events), ['understood', 'recommendations', 'text', 'availability', 'done']);
    }
    const { talk, llm } = deskWith(() => good);
    llm.behave.state = { state: 'off' };
    t.match((await talk().say(first)).model, { used: false, absence: 'off' });
    t.equal(llm.asked.length, 0);
  },
);

t.test('small talk, one book, a book by name and going back need no model', async (t) => {
  const { talk, llm } = deskWith(() => good);
  const visitor = talk();
  for (const text of ['hello', 'Storm Glass', 'who wrote it?', 'in Spanish please', 'go back'])
    t.match((await visitor.say(text)).model, { used: false, absence: 'unasked' }, text);
  t.equal(llm.asked.length, 0);
});

t.test('stop ends the model’s work with the turn, and the next turn is answered', async (t) => {
  const llm = createFakeLlm(() => good);
  const desk = createTestDesk(undefined, { llm });
  const slow = createFakeLlm(() => good, desk.clock);
  llm.chat = slow.chat.bind(slow);
  slow.behave.pieceMs = 400;
  const visitor = desk.talk();
  const stop = new AbortController();
  const turn = visitor.say(first, {}, stop.signal);
  await desk.clock.advance(1_000);
  t.equal(slow.running, 1);
  const events = visitor.events.length;
  stop.abort(new Error('left'));
  await t.rejects(turn, /left/);
  await desk.clock.settle();
  t.match(slow, { running: 0, aborted: 1 });
  t.equal(visitor.events.length, events, 'nothing more is said to nobody');
  slow.behave.pieceMs = 0;
  const next = await visitor.say('shorter than the second');
  t.match(next, { turn: 2, model: { used: true }, intent: { topic: 'lighthouses', pages: { max: 319 } } });
});

t.test('a model that hangs is left after its time, though it hears nothing', async (t) => {
  const { talk, llm, clock } = deskWith(() => good);
  llm.behave.hangs = true;
  const visitor = talk();
  const turn = visitor.say(first);
  await clock.advance(35_000);
  t.ok(names(visitor.events).includes('thinking'));
  t.notOk(names(visitor.events).includes('done'));
  await clock.advance(1_500);
  t.match(await turn, { model: { used: false, absence: 'away' } });
});

t.test('an equal question is answered from memory, and the model is not asked again', async (t) => {
  const { talk, llm, search } = deskWith(() => good);
  const fresh = await talk().say(first);
  const visitor = talk('en', undefined, 'another');
  const again = await visitor.say('Books  about LIGHTHOUSES?');
  t.equal(llm.asked.length, 1);
  t.equal(again.response_text, fresh.response_text);
  t.same(
    again.recommendations.map((one) => one.why),
    fresh.recommendations.map((one) => one.why),
  );
  t.match(
    visitor.events.find((one) => one.event === 'thinking'),
    { data: { first_ms: 0 } },
  );
  search.version = 'v2';
  await talk().say(first);
  t.equal(llm.asked.length, 2, 'another catalogue is another question');
  Object.assign(llm, { id: 'fake-2' });
  await talk().say(first);
  t.equal(llm.asked.length, 3, 'and so is another model');
  await talk('es').say(first);
  t.equal(llm.asked.length, 4, 'and another language');
});

t.test(
  'while the model is busy, the answer to a like question over the same books may stand in',
  async (t) => {
    const { talk, llm } = deskWith(() => good);
    await talk().say('lighthouses history quiet');
    llm.behave.decline = new LlmDeclined('busy', { waitMs: 9_000 });
    const near = await talk().say('quiet nice lighthouses history');
    t.match(near.response_text, phrases.en.model.similar);
    t.match(near.response_text, 'For a history of lighthouse builders');
    t.match(near.model, { used: true, absence: null });
    const other = await talk().say('lighthouses');
    t.match(
      other.model,
      { used: false, absence: 'busy' },
      'a question that lacks a word of it is not like it',
    );
  },
);

t.test('two patrons at once never see each other’s words', async (t) => {
  const llm = createFakeLlm((request) => {
    const text = request.messages[1]?.text ?? '';
    const secret = /zebra|walrus/u.exec(text)?.[0] ?? '';
    return choice([1], `A quiet year for a ${secret} on a lighthouse rock. [1] is about a quiet year.`, [
      { book: 1, why: `${secret} year` },
    ]);
  });
  const { talk } = createTestDesk(undefined, { llm });
  const [one, two] = await Promise.all([
    talk('en', undefined, 'a').say('lighthouses zebra'),
    talk('en', undefined, 'b').say('lighthouses walrus'),
  ]);
  t.notMatch(JSON.stringify(one), 'walrus');
  t.notMatch(JSON.stringify(two), 'zebra');
  t.match(one?.response_text, '“The Keeper’s Year” is about a quiet year.');
  t.notMatch(one?.response_text, 'zebra', 'nor is a word given back that no record has');
  t.same(new Set(llm.asked.map((request) => request.client)), new Set(['a', 'b']));
});

t.test(
  'agreement makes an answer surer; a model that finds nothing fitting makes it less sure',
  async (t) => {
    const confidenceWith = async (picks: number[], found: number): Promise<[number, boolean]> => {
      const { talk, search } = deskWith(() => choice(picks, ''));
      search.confidence = found;
      const { confidence, handoff_to_librarian } = await talk().say(first);
      return [confidence, handoff_to_librarian];
    };
    const [agreed] = await confidenceWith([1], 0.8);
    const [unmoved] = await confidenceWith([3], 0.8);
    const [doubted] = await confidenceWith([9], 0.8);
    t.ok(agreed > 0.8 && agreed < 1);
    t.equal(unmoved, 0.8);
    t.ok(doubted < 0.8);
    t.same(await confidenceWith([], 0.41), [0.41 * 0.7, true], 'below the line a librarian is offered');
  },
);

t.test('the next question is read with the last two, and start over forgets them', async (t) => {
  const { talk, llm } = deskWith(() => choice([1], ''));
  const visitor = talk();
  await visitor.say(first);
  await visitor.say('lighthouses for adults');
  await visitor.say('stories of lighthouses');
  const last = llm.asked.at(-1)?.messages[1]?.text ?? '';
  t.match(last, 'Asked before:\n<<<\nbooks about lighthouses\nlighthouses for adults\n>>>');
  t.match(last, 'The Keeper’s Year;');
  await visitor.say('start over');
  await visitor.say('lighthouse cats');
  t.notMatch(llm.asked.at(-1)?.messages[1]?.text, 'Asked before');
});

t.test('with a slow library system, words about the shelves still come before the model’s', async (t) => {
  const llm = createFakeLlm(() => good);
  const { talk, ils, clock } = createTestDesk(undefined, { llm });
  ils.misbehave({ slowMs: 1_500 });
  const visitor = talk();
  const waiting = visitor.say(first);
  await clock.advance(1_000);
  t.equal(llm.asked.length, 1, 'the model does not wait for the library system');
  t.notOk(names(visitor.events).includes('thinking'));
  await clock.advance(1_000);
  const answer = await waiting;
  t.match(answer.response_text, /on the shelf now.*For a history of lighthouse builders/u);
  t.equal(words(visitor.events), answer.response_text);
});

t.test('a list of one, or with nothing on its topic, is left as it is', async (t) => {
  const llm = createFakeLlm(() => good);
  const { talk } = createTestDesk([bibOf('a', 'Bees', { subjects: about('Bees') })], { llm });
  t.match((await talk().say('bees')).model, { used: false, absence: 'unasked' });
  t.equal(llm.asked.length, 0);
});
