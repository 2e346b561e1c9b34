import t from 'tap';
import type { ChatRequest } from '../../../../engine/llm/llm.js';
import { mergedIntent, readingOf } from '../../../../desks/discovery/model/reading.js';
import { LlmDeclined } from '../../../../engine/llm/llm.js';
import { createTestDesk, phrases } from '../../../fakes/desk.js';
import { createFakeLlm, isReading } from '../../../fakes/llm.js';

const nothing = {
  ...{ asks_for: 'books', goes_on: false, topic: '', formats: [], languages: [], audience: null, age: null },
  ...{ max_pages: null, year_from: '', year_to: '', without: [] },
};
const first = 'towers for ships with lamps on top';

function deskReading(reading: object | string, confidence = 0.2) {
  const llm = createFakeLlm((request: ChatRequest) =>
    isReading(request) ? reading : { picks: [1], reply: '', whys: [] },
  );
  const desk = createTestDesk(undefined, { llm });
  desk.search.confidence = confidence;
  return { ...desk, llm };
}

t.test(
  'a question that the rules are unsure of is read again; the list that it finds takes the place',
  async (t) => {
    const { talk, llm, search } = deskReading({ ...nothing, topic: 'lighthouse keeper', audience: 'adult' });
    const visitor = talk();
    const composed = await createTestDesk().talk().say(first);
    const answer = await visitor.say(first);
    t.equal(composed.recommendations.length, 1, 'the rules find one by chance');
    t.same(answer.intent.topic, 'lighthouse keeper');
    t.same(answer.intent.audiences, ['adult']);
    t.match(answer.response_text, phrases.en.model.reread);
    t.ok(answer.recommendations.length > 1);
    t.match(answer.model, { used: true });
    const events = visitor.events.map((one) => one.event);
    t.ok(events.lastIndexOf('understood') > events.indexOf('thinking'), 'chips are sent anew');
    const chip = answer.understood.find((one) => one.kind === 'audience');
    t.ok(chip);
    const without = await visitor.say('', { remove: [chip?.id ?? ''], ai: false });
    t.equal(without.intent.audiences, undefined, 'and can be taken out like others');
    t.equal(without.intent.topic, 'lighthouse keeper');
    t.equal(llm.asked.filter(isReading).length, 1);
    t.ok(search.asked.length > 0);
  },
);

t.test('a sure question is not read by a model', async (t) => {
  const { talk, llm } = deskReading(nothing, 0.8);
  await talk().say('books about lighthouses');
  t.equal(llm.asked.filter(isReading).length, 0);
  t.equal(llm.asked.length, 1);
});

t.test('a reading that finds nothing, or is less sure, or is none, changes nothing', async (t) => {
  const composed = await createTestDesk().talk().say(first);
  const readings: (object | string)[] = [
    { ...nothing, topic: 'qwertz' },
    { ...nothing, languages: ['wel'] },
    { ...nothing, topic: 'call 555 0199' },
    { ...nothing, asks_for: 'talk', topic: 'lighthouse' },
    { ...nothing, languages: ['klingon'] },
    { ...nothing, extra: 'field' },
    'no JSON',
    '{"asks_for":"books","goes_on":',
  ];
  for (const reading of readings) {
    const { talk } = deskReading(reading);
    const answer = await talk().say(first);
    t.same(answer.intent, composed.intent, JSON.stringify(reading));
    t.same(
      answer.recommendations.map((one) => one.record_id),
      composed.recommendations.map((one) => one.record_id),
    );
  }
});

t.test('words left over in a follow-up are read with the question before', async (t) => {
  const { talk, llm } = deskReading(
    { ...nothing, goes_on: true, topic: 'lighthouses', audience: 'children' },
    0.8,
  );
  const visitor = talk();
  await visitor.say('books about lighthouses');
  const answer = await visitor.say('shorter ones that a lighthouse fox would like');
  const reading = llm.asked.filter(isReading).at(-1);
  t.match(reading?.messages[1]?.text, 'Asked before:\n<<<\nbooks about lighthouses\n>>>');
  t.notMatch(reading?.messages[1]?.text, 'Keeper', 'no words of records in it');
  t.same(answer.intent.audiences, ['children']);
});

t.test('a busy model is not asked a second time in the turn', async (t) => {
  const { talk, llm } = deskReading(nothing);
  llm.behave.decline = new LlmDeclined('busy', { waitMs: 8_000 });
  t.match(await talk().say('books about lighthouses'), { model: { absence: 'busy', wait_ms: 8_000 } });
  t.equal(llm.asked.length, 1);
});

t.test('what the rules read stands; numbers and what is not wanted must be in the question', async (t) => {
  const reading = readingOf(
    JSON.stringify({
      ...nothing,
      ...{
        topic: 'sea stories',
        formats: ['film'],
        languages: ['spa'],
        audience: 'teen',
        age: 12,
        max_pages: 200,
      },
      ...{ year_from: '1990', year_to: '1999', without: ['war', 'boats'] },
    }),
  );
  t.ok(reading);
  if (!reading) return;
  const question = 'something of the sea but no war, under 200 pages, from 1990';
  const bare = mergedIntent({ text: question, topic: 'sea' }, reading, { question, before: undefined });
  t.same(bare, {
    ...{ text: question, topic: 'sea stories', formats: ['film'], languages: ['spa'], audiences: ['teen'] },
    ...{ pages: { max: 200 }, years: { min: 1990 }, without: ['war'] },
  });
  const ruled = {
    ...{
      text: question,
      topic: 'sea',
      formats: ['book' as const],
      languages: ['eng'],
      audiences: ['adult' as const],
    },
    ...{ pages: { max: 90 }, years: { max: 1980 }, without: ['ghosts'], author: 'Marsh, Edith' },
  };
  t.same(mergedIntent(ruled, reading, { question, before: undefined }), ruled);
});
