import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { makeScriptedGguf } from '../../../scripts/made-models/scripted-gguf.js';
import { programDir } from '../../config.js';
import type { TurnAnswer } from '../../contract/conversation.js';
import { readPrompts, systemPromptsOf } from '../../desks/discovery/model/prompts.js';
import { openChromium, skipWithoutChromium } from './chromium.js';
import { carrel, openHouse, type House } from './house.js';

const QUESTION = 'quiet village mysteries';
const CHOSEN = 'Still life';

/** What the model writes whenever it is asked to choose: numbers, words of the records, and titles nobody holds. */
const choice = {
  picks: [4, 2],
  reply: '[2] is a light, witty mystery. You will love The Secret Book by Nobody.',
  whys: [
    { book: 4, why: 'Gamache listens more than he speaks in the autumn woods.' },
    { book: 2, why: 'A prize-winning thriller by J. K. Rowling.' },
  ],
};
const reading = {
  ...{ asks_for: 'books', goes_on: false, topic: '', formats: [], languages: [], audience: null, age: null },
  ...{ max_pages: null, year_from: null, year_to: null, without: [] },
};

/** A data folder with the sample catalogue and a model that plays its script, chosen as a librarian would choose it. */
async function libraryWithModel(t: Test): Promise<string> {
  const dataDir = t.testdir();
  const file = join(dataDir, 'from-a-stick.gguf');
  const data = join(programDir, 'data');
  const learnFrom =
    systemPromptsOf(readPrompts(data)).join('\n').repeat(2) +
    readFileSync(join(data, 'sample/mysteries.yaml'), 'utf8').slice(0, 30_000);
  makeScriptedGguf(file, [JSON.stringify(choice), JSON.stringify(reading)], { learnFrom });
  for (const args of [
    ['import', join(data, 'sample.mrc'), '--quiet'],
    ['models', 'add', file, '--id', 'scripted', '--role', 'chat'],
    ['models', 'use', 'scripted'],
  ]) {
    const { code, text } = await carrel(dataDir, ...args);
    t.equal(code, 0, text);
  }
  return dataDir;
}

async function untilModelIs(house: House, state: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${house.base}/health/ready`);
    const { llm } = (await answer.json()) as { llm: { state: string } };
    if (llm.state === state) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Asks as a program does; answers the whole answer and how long it took. */
async function ask(house: House, text: string, ai = true): Promise<{ answer: TurnAnswer; ms: number }> {
  const headers = { 'content-type': 'application/json' };
  const begun = await fetch(`${house.base}/api/v1/conversations`, { method: 'POST', headers });
  const { id } = (await begun.json()) as { id: string };
  const cookie = begun.headers.get('set-cookie')?.split(';')[0] ?? '';
  const startedAt = performance.now();
  const turn = await fetch(`${house.base}/api/v1/conversations/${id}/turns`, {
    method: 'POST',
    headers: { ...headers, cookie },
    body: JSON.stringify({ text, ai }),
  });
  const answer = (await turn.json()) as TurnAnswer;
  return { answer, ms: performance.now() - startedAt };
}

/** The model's process, found among the server's children (Linux). */
function modelProcess({ pid }: House): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  const found = children.find((child) =>
    readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('llama-process'),
  );
  if (found === undefined) throw new Error('the server has no model process');
  return found;
}

t.test(
  'a question in a browser, a real engine on a scripted model, an answer that names what is held',
  { skip: skipWithoutChromium, timeout: 120_000 },
  async (t) => {
    const dataDir = await libraryWithModel(t);
    const house = await openHouse(t, dataDir);
    await untilModelIs(house, 'ready');
    const browser = await openChromium();
    t.teardown(() => browser.close());
    const page = await (await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })).newPage();
    const elsewhere: string[] = [];
    page.on('request', (request) => !request.url().startsWith(house.base) && elsewhere.push(request.url()));
    await page.goto(house.base);
    await page.getByRole('textbox').fill(QUESTION);
    await page.getByRole('textbox').press('Enter');
    const answer = page.locator('.answer').first();
    await answer.getByText('is a light, witty mystery').waitFor();
    const titles = answer.getByRole('article').locator('.book-title');
    await titles.first().getByText(CHOSEN).waitFor();
    t.match(await answer.innerText(), /Worded by a language model from the records shown/);
    t.match(
      await answer.innerText(),
      /“The moving finger” is a light, witty mystery\./,
      'the number became its title',
    );
    t.notMatch(
      await page.content(),
      /Secret Book|Nobody|Rowling|prize-winning/,
      'what was made up is nowhere',
    );
    const reason = /Gamache listens more than he speaks in the autumn woods/;
    // Reasons come after the order.
    await answer.getByRole('article').filter({ hasText: reason }).waitFor();
    t.match(await answer.getByRole('article').first().innerText(), reason);
    t.equal(await titles.count(), 5, 'the other books stay');
    t.strictSame(elsewhere, [], 'and nothing was asked of anybody else');
    t.notMatch(house.written(), /village|Gamache/i, 'no word of it is in the log');
    await page.close();
  },
);

t.test(
  'a killed model costs one longer answer; nobody waits and it comes back',
  { timeout: 120_000 },
  async (t) => {
    const house = await openHouse(t, await libraryWithModel(t));
    await untilModelIs(house, 'ready');
    t.match((await ask(house, QUESTION)).answer, { model: { used: true, absence: null } });
    process.kill(modelProcess(house), 'SIGKILL');
    const { answer, ms } = await ask(house, 'mysteries set in a village');
    t.match(answer, { model: { used: false, absence: 'away' } });
    t.equal(answer.recommendations.length, 5, 'the books are there');
    t.ok(answer.response_text.length > 0);
    t.ok(ms < 3000, `within ${Math.round(ms)} ms`);
    await untilModelIs(house, 'ready');
    const later = await ask(house, 'a cosy mystery in a small village');
    t.match(later.answer, { model: { used: true, absence: null } });
    t.equal((await ask(house, QUESTION, false)).answer.model.absence, 'off', 'who wants no model gets none');
    const health = (await (await fetch(`${house.base}/health/ready`)).json()) as object;
    t.match(health, { status: 'ok', llm: { state: 'ready', engine: 'local', restarts: 1 } });
  },
);

t.test('CARREL_AI=false leaves the model file where it is and starts no process', async (t) => {
  const house = await openHouse(t, await libraryWithModel(t), { CARREL_AI: 'false' });
  const { answer } = await ask(house, QUESTION);
  t.match(answer, { model: { used: false, absence: 'off', wait_ms: null } });
  t.ok(answer.recommendations.every((book) => book.why_from === 'record'));
  t.throws(() => modelProcess(house));
});
