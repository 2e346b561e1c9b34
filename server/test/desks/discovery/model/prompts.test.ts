import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readJsonPieces } from '../../../../desks/discovery/model/json-pieces.js';
import { estimatedTokens, readPrompts, systemPromptsOf } from '../../../../desks/discovery/model/prompts.js';
import { chooseText, understandText } from '../../../../desks/discovery/model/table.js';
import { bibOf, about, writtenBy } from '../../../fakes/bibs.js';
import { createTestDesk, prompts } from '../../../fakes/desk.js';
import { createFakeLlm, offeredIn } from '../../../fakes/llm.js';

t.test('prompts are files with a version and a fixed text that an engine can keep ready', async (t) => {
  t.same(systemPromptsOf(prompts), [prompts.choose.system, prompts.understand.system]);
  for (const { version, system } of [prompts.choose, prompts.understand]) {
    t.ok(version >= 1);
    t.ok(estimatedTokens(system) < 330);
    t.notMatch(system, /\{|---/u);
  }
  const dir = t.testdir();
  const folder = join(dir, 'prompts', 'discovery');
  mkdirSync(folder, { recursive: true });
  for (const text of [
    'No version at all',
    '---\nversion: x\n---\nText',
    '---\nversion: 1\n---\n',
    '---\nother: 1\n---\nText',
  ]) {
    writeFileSync(join(folder, 'understand.md'), text);
    t.throws(() => readPrompts(dir), /understand\.md does not begin with/);
  }
});

t.test('the longest question about the longest records stays under 800 tokens on a processor', async (t) => {
  const long = (word: string, letters: number): string => `${word} `.repeat(letters / (word.length + 1));
  for (const word of ['lighthouse', 'faro', '灯塔', 'маяк']) {
    const bibs = Array.from({ length: 30 }, (_, at) =>
      bibOf(`b${at}`, `${at} ${long(word, 220)}`, {
        contributors: writtenBy(long(word, 120)),
        subjects: about('lighthouse', long(word, 200)),
        genres: [long(word, 90)],
        summary: long(word, 3_000),
        year: 1999,
      }),
    );
    const llm = createFakeLlm(() => ({ picks: [1], reply: '', whys: [] }));
    const { talk } = createTestDesk(bibs, { llm });
    const visitor = talk();
    await visitor.say(`lighthouse ${long(word, 900)}`);
    await visitor.say(`lighthouse ${long(word, 950)}`);
    await visitor.say(`lighthouse ${long(word, 980)}`);
    for (const request of llm.asked) {
      const tokens = estimatedTokens(request.messages.map((one) => one.text).join('\n'));
      t.ok(tokens <= 800, `${word}: ${tokens}`);
    }
    llm.behave.state = { device: 'cuda' };
    await visitor.say(`lighthouses ${long(word, 300)}`);
    const more = estimatedTokens(
      llm.asked
        .at(-1)
        ?.messages.map((one) => one.text)
        .join('\n') ?? '',
    );
    t.ok(more <= 2_400 && more > 800, `with more where it is read quickly: ${more}`);
  }
});

t.test('short records are all offered, twenty at most, with their summaries', async (t) => {
  const bibs = Array.from({ length: 30 }, (_, at) =>
    bibOf(`b${at}`, `Lighthouse ${at}`, { summary: 'Quiet.' }),
  );
  const llm = createFakeLlm(() => ({ picks: [20], reply: '', whys: [] }));
  const { talk } = createTestDesk(bibs, { llm });
  const answer = await talk().say('lighthouse stories');
  const offered = offeredIn(llm.asked[0] as never);
  t.equal(offered.length, 20);
  t.equal(offered[0], '1. Lighthouse 0 / Quiet.');
  t.equal(answer.recommendations[0]?.title.text, 'Lighthouse 19');
  t.same(llm.asked[0]?.schema, JSON.parse(JSON.stringify(llm.asked[0]?.schema)), 'a schema is plain data');
  t.match(JSON.stringify(llm.asked[0]?.schema), /"enum":\[1,2,3/u);
});

t.test('the fixed part comes first, the question last, and the language is named there', async (t) => {
  const asking = {
    language: 'Spanish',
    question: '¿faros?',
    earlier: { questions: ['a', 'b', 'c'], titles: ['T'] },
  };
  const cards = [{ bib: bibOf('a', 'Lighthouse'), evidence: [] }];
  const { text } = chooseText(cards, asking, { maxTokens: 500, least: 1, speech: prompts.speech });
  t.match(
    text,
    /^Books:\n<<<\n1\. Lighthouse\n>>>\nAsked before:\n<<<\nb\nc\n>>>\nShown before:\n<<<\nT\n>>>\nQuestion:/u,
  );
  t.match(text, /<<<\n¿faros\?\n>>>\nAnswer in Spanish\.$/u);
  t.notMatch(understandText(asking), 'T\n', 'no title stands where a question is read');
});

t.test('JSON is read member by member while it is written, whatever the pieces', async (t) => {
  const value = {
    picks: [2, 1],
    reply: 'A “quote”, a \\ and\na [1] {2}: é 灯 \u2028',
    whys: [{ book: 1, why: 'x,}' }],
  };
  const json = JSON.stringify(value);
  for (const size of [1, 2, 3, 7, json.length]) {
    const values: Record<string, unknown> = {};
    let reply = '';
    let isGrowing = true;
    const pieces = readJsonPieces({
      onValue: (key, text) => void (values[key] = JSON.parse(text) as unknown),
      onText: (key, soFar) => {
        isGrowing &&= key === 'reply' && soFar.startsWith(reply);
        reply = soFar;
      },
    });
    for (let at = 0; at < json.length; at += size) pieces.push(json.slice(at, at + size));
    t.same(values, value, `pieces of ${size}`);
    t.ok(isGrowing && value.reply.startsWith(reply));
    t.equal(pieces.whole(), json);
  }
});
