import t from 'tap';
import { LlmDeclined } from '../../../../engine/llm/llm.js';
import { createTestDesk } from '../../../fakes/desk.js';
import { createFakeLlm, type FakeLlm } from '../../../fakes/llm.js';

/** Says back whatever it saw of these words. */
const parrot = (): FakeLlm =>
  createFakeLlm((request) => {
    const [seen = 'lighthouse'] = /zebra|aunt/u.exec(request.messages[1]?.text ?? '') ?? [];
    const why = `One quiet year on a lighthouse rock, ${seen}`;
    const reply = `[1] is about a quiet year of a keeper on a lighthouse rock for a ${seen}. [1] is quiet.`;
    return { picks: [1], reply, whys: [{ book: 1, why }] };
  });

t.test(
  'what one patron typed reaches no later one: not by memory, likeness, figures or events',
  async (t) => {
    const counted: string[] = [];
    const figures = { count: (kind: string, name: string) => void counted.push(kind, name) };
    const llm = parrot();
    const { talk } = createTestDesk(undefined, { llm, figures });
    const earlier = talk('en', undefined, 'a');
    await earlier.say('quiet lighthouses history for my aunt zebra');
    await earlier.say('lighthouses quiet history');
    t.match(llm.asked.at(-1)?.messages[1]?.text, 'zebra', 'her own talk goes on');
    const before = llm.asked.length;
    const later = talk('en', undefined, 'b');
    await later.say('lighthouses quiet history');
    t.equal(llm.asked.length, before + 1, 'an answer that her talk had a part in is not his');
    t.notMatch(llm.asked.at(-1)?.messages[1]?.text, /zebra|aunt/u);
    const seen = [JSON.stringify(later.events)];
    llm.behave.decline = new LlmDeclined('busy', { waitMs: 9_000 });
    for (const text of ['lighthouses quiet history nice', 'lighthouses history', 'quiet lighthouses']) {
      const visitor = talk('en', undefined, text);
      await visitor.say(text);
      seen.push(JSON.stringify(visitor.events));
    }
    t.notMatch(seen.join(' '), /zebra|aunt/u);
    t.notMatch(counted.join(' '), /zebra|aunt|quiet/u);
  },
);

t.test('not even to the same patron are words said back that no record has', async (t) => {
  const { talk } = createTestDesk(undefined, { llm: parrot() });
  const answer = await talk().say('quiet lighthouses history for my aunt zebra');
  t.ok(answer.model.used);
  t.notMatch(answer.response_text, /zebra|aunt/u);
});
