import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { makeScriptedGguf } from '../../scripts/made-models/scripted-gguf.js';
import { programDir } from '../config.js';
import { carrel, openHouse } from './e2e/house.js';

const KEYS = {
  CARREL_STAFF_KEY: 'the-key-of-the-staff-door',
  CARREL_EMBED_KEY: 'the-key-of-an-engine',
};

t.test('a server with a model at work', { timeout: 120_000 }, async (t) => {
  const dataDir = t.testdir();
  const file = join(dataDir, 'from-a-stick.gguf');
  makeScriptedGguf(file, ['{"picks": [1], "reply": "Here.", "whys": []}']);
  for (const args of [
    ['import', join(programDir, 'data/sample.mrc'), '--quiet', '--no-vectors'],
    ['models', 'add', file, '--id', 'scripted', '--role', 'chat'],
    ['models', 'use', 'scripted'],
  ]) {
    const { code, text } = await carrel(dataDir, ...args);
    t.equal(code, 0, text);
  }
  const house = await openHouse(t, dataDir, KEYS);
  const state = async () => {
    const answer = await fetch(`${house.base}/health/ready`);
    return ((await answer.json()) as { llm: { state: string } }).llm.state;
  };
  while ((await state()) !== 'ready') await new Promise((resolve) => setTimeout(resolve, 100));

  await t.test(
    'hands its keys to no process of its own',
    { skip: process.platform !== 'linux' && 'read from /proc' },
    async (t) => {
      const children = readFileSync(`/proc/${house.pid}/task/${house.pid}/children`, 'utf8').trim();
      t.not(children, '');
      for (const child of children.split(' ')) {
        const environment = readFileSync(`/proc/${child}/environ`, 'utf8');
        t.match(environment, /CARREL_DATA/, 'what is no secret is there');
        for (const key of Object.values(KEYS)) t.notOk(environment.includes(key));
      }
    },
  );

  await t.test('told to stop, finishes the answer under way and ends in order', async (t) => {
    const headers = { 'content-type': 'application/json' };
    const begun = await fetch(`${house.base}/api/v1/conversations`, { method: 'POST', headers });
    const { id } = (await begun.json()) as { id: string };
    const cookie = begun.headers.get('set-cookie')?.split(';')[0] ?? '';
    const asking = fetch(`${house.base}/api/v1/conversations/${id}/turns`, {
      method: 'POST',
      headers: { ...headers, cookie },
      body: JSON.stringify({ text: 'quiet village mysteries', ai: true }),
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const stoppedAt = performance.now();
    const [answer, code] = await Promise.all([asking, house.stop()]);
    t.equal(answer.status, 200);
    t.match(await answer.json(), { recommendations: [{}, {}, {}, {}, {}] });
    t.equal(code, 0, 'no signal ended it');
    t.ok(performance.now() - stoppedAt < 9_000, 'nor did it wait for a connection without a question');
    t.match(house.written(), /"closing"/);
    t.notMatch(house.written(), /"fault"|unforeseen|closing took too long/);
  });
});

t.test(
  'a policy with a slip in it ends the start with one sentence, and nothing goes on running',
  async (t) => {
    const dataDir = t.testdir({ policy: { 'topics.yaml': 'medical: [unclosed\n' } });
    await t.rejects(openHouse(t, dataDir), /the server ended with 1: .*topics\.yaml/s);
  },
);

t.test('a port that is taken ends the start with one sentence', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.teardown(() => taken.close());
  const { port } = taken.address() as AddressInfo;
  await t.rejects(
    openHouse(t, t.testdir(), { CARREL_PORT: String(port) }),
    /the server ended with 1: .*EADDRINUSE/s,
  );
});
