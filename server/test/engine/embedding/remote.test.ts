import t, { type Test } from 'tap';
import { systemClock, type Clock } from '../../../engine/cache/clock.js';
import { openRemoteEmbedding, type RemoteEmbeddingOptions } from '../../../engine/embedding/remote.js';
import { EngineFault, type FaultKind } from '../../../engine/remote/engine-fault.js';
import { embeddingWith, openOpenAiServer, vectorOf, type Conduct } from '../../fakes/openai-server.js';
import { embeddingConforms } from './embedding.conformance.js';

const key = 'sk-never-to-be-seen';
const patronsWords = 'books about my illness';

async function serverWith(t: Test, conduct: Conduct) {
  const server = await openOpenAiServer(conduct);
  t.teardown(() => server.close());
  let shift = 0;
  // Waits between attempts are made short; a request keeps its thirty seconds.
  const clock: Clock & { forward(ms: number): void } = {
    now: () => Date.now() + shift,
    after: (ms, signal) => systemClock.after(ms < 5000 ? Math.min(ms, 20) : ms, signal),
    forward: (ms) => void (shift += ms),
  };
  const open = async (more: Partial<RemoteEmbeddingOptions> = {}) => {
    const engine = {
      url: `${server.url}/`,
      model: 'm',
      key,
      queryPrefix: 'query: ',
      passagePrefix: 'passage: ',
    };
    const embedding = await openRemoteEmbedding({ engine, clock, random: () => 0, ...more });
    t.teardown(() => embedding.close());
    return embedding;
  };
  return { server, clock, open };
}

async function faults(t: Test, work: Promise<unknown>, kind: FaultKind) {
  const error = await work.then(
    () => t.fail('it worked'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof EngineFault)) throw error;
  t.equal(error.kind, kind);
  t.notMatch(`${error.stack} ${JSON.stringify(error)}`, key);
  t.notMatch(`${error.stack} ${JSON.stringify(error)}`, patronsWords);
}

t.test('a remote embedding keeps what every embedding keeps', async (t) => {
  for (const [name, conduct] of [
    ['base64', embeddingWith(64)],
    ['an engine that sends numbers all the same', embeddingWith(64, { base64: false })],
  ] as const) {
    const { server, open } = await serverWith(t, conduct);
    const embedding = await open();
    t.match(embedding.id, new RegExp(`^remote:${server.host}:m:64:[0-9a-f]{8}$`));
    t.match(embedding, { dimensions: 64, maxBatch: 32, queryPrefix: 'query: ', passagePrefix: 'passage: ' });
    t.equal(server.seen[0]?.path, '/v1/embeddings');
    t.equal(server.seen[0]?.authorization, `Bearer ${key}`);
    t.test(name, (t) => {
      embeddingConforms(t, embedding, {
        near: ['lighthouse keepers', 'lighthouse lamps', 'bread'],
        unknown: '  ',
      });
      t.end();
    });
  }
});

t.test('an id tells records’ prefixes apart, for their vectors differ', async (t) => {
  const { server, open } = await serverWith(t, embeddingWith(8));
  const engine = { url: server.url, model: 'm', key: undefined, queryPrefix: 'query: ', passagePrefix: '' };
  const plain = await open({ engine });
  t.equal(plain.id, `remote:${server.host}:m:8`);
  t.equal((await open({ engine: { ...engine, queryPrefix: '' } })).id, plain.id);
  t.not((await open({ engine: { ...engine, passagePrefix: 'passage: ' } })).id, plain.id);
});

t.test('closing ends what nobody waits for, and later questions are refused', async (t) => {
  const { server, open } = await serverWith(t, embeddingWith(8));
  const embedding = await open();
  server.always = () => undefined;
  const asked = faults(t, embedding.embed([patronsWords]), 'unreachable');
  await server.requests(2);
  await embedding.close();
  await asked;
  await server.leavings(1);
  await faults(t, embedding.embed(['tea']), 'unreachable');
  t.equal(server.seen.length, 2, 'and not asked');
});

t.test('vectors come in the order of the texts, with empty texts between', async (t) => {
  const { server, open } = await serverWith(t, embeddingWith(8));
  const embedding = await open();
  const [one, none, two] = await embedding.embed(['tea', '', 'coffee']);
  const unit = (text: string) => {
    const vector = vectorOf(text, 8);
    return vector.map((value) => value / Math.hypot(...vector));
  };
  for (const [vector, wanted] of [
    [one, unit('tea')],
    [two, unit('coffee')],
  ] as const)
    t.ok(vector?.every((value, at) => Math.abs(value - (wanted[at] ?? 0)) < 1e-6));
  t.ok(none?.every((value) => value === 0));
  t.strictSame(server.seen[1]?.body.input, ['tea', 'coffee'], 'engines refuse empty texts');
});

t.test('an engine that knows no base64 is asked for numbers', async (t) => {
  const { server, open } = await serverWith(t, (exchange) => {
    if (exchange.seen.body.encoding_format === 'base64') exchange.error(422, { type: 'validation' });
    else return embeddingWith(8)(exchange);
  });
  const embedding = await open();
  await embedding.embed(['tea']);
  t.strictSame(
    server.seen.map(({ body }) => body.encoding_format),
    ['base64', 'float', 'float'],
  );
});

t.test('a refused batch is asked for in parts, and a text too long by its beginning', async (t) => {
  const { server, open } = await serverWith(t, (exchange) => {
    const input = exchange.seen.body.input as string[];
    const longest = Math.max(...input.map((text) => text.length));
    if (longest > 500) exchange.error(413, { error_type: 'validation' });
    else if (input.length > 2) exchange.error(422, { error_type: 'validation' });
    else return embeddingWith(8)(exchange);
  });
  const embedding = await open();
  const texts = ['tea', 'word '.repeat(300), 'coffee', 'milk', 'water'];
  const vectors = await embedding.embed(texts);
  t.equal(vectors.length, 5);
  const [tea, , coffee] = await Promise.all(
    ['tea', 'x', 'coffee'].map(async (text) => (await embedding.embed([text]))[0]),
  );
  t.strictSame(vectors[0], tea);
  t.strictSame(vectors[2], coffee);
  t.ok(server.seen.some(({ body }) => (body.input as string[])[0]?.startsWith('word word')));
});

t.test('what fails in passing is tried again, and given up after three attempts', async (t) => {
  const { server, open } = await serverWith(t, embeddingWith(8));
  const embedding = await open({ failures: 99 });
  server.script = [
    (exchange) => exchange.error(500, {}),
    ({ response }) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 });
      response.write('{"data": [');
      setTimeout(() => response.destroy(), 10);
    },
  ];
  t.equal((await embedding.embed(['tea'])).length, 1);
  server.script = [(exchange) => exchange.error(429, { error_type: 'overloaded' }, { 'retry-after': '1' })];
  t.equal((await embedding.embed(['tea'])).length, 1);
  const before = server.seen.length;
  server.always = (exchange) => exchange.error(500, {});
  await faults(t, embedding.embed([patronsWords]), 'broken');
  t.equal(server.seen.length, before + 3);
});

t.test('an answer that is not what was asked for is none', async (t) => {
  const { server, open } = await serverWith(t, embeddingWith(8));
  const embedding = await open({ failures: 99 });
  const answer = (value: unknown): Conduct => {
    return ({ response }) => {
      response.setHeader('content-type', 'application/json');
      response.end(typeof value === 'string' ? value : JSON.stringify(value));
    };
  };
  const vector = vectorOf('tea', 8);
  const nan = Buffer.from(Float32Array.from([NaN, ...vector.slice(1)]).buffer).toString('base64');
  for (const value of [
    { data: [{ index: 0, embedding: vector }] },
    { data: [] },
    { data: [0, 0].map((index) => ({ index, embedding: vector })) },
    { data: [0, 1].map((index) => ({ index, embedding: vector.slice(1) })) },
    { data: [0, 1].map((index) => ({ index, embedding: nan })) },
    { data: [0, 1].map((index) => ({ index, embedding: [null, ...vector.slice(1)] })) },
    '<html>sign in</html>',
    'x'.repeat(1_000_000),
    { error: 'no' },
  ]) {
    server.script = [answer(value)];
    await faults(t, embedding.embed(['tea', patronsWords]), 'foreign');
  }
  await faults(t, open({ dimensions: 9 }), 'foreign');
});

t.test('after three failures in a row nothing is asked for ten seconds', async (t) => {
  const { server, clock, open } = await serverWith(t, embeddingWith(8));
  const embedding = await open();
  server.always = (exchange) => exchange.error(401, {});
  for (let i = 0; i < 3; i++) await faults(t, embedding.embed(['tea']), 'refused');
  const before = server.seen.length;
  await faults(t, embedding.embed(['tea']), 'unreachable');
  t.equal(server.seen.length, before);
  clock.forward(10_001);
  server.always = embeddingWith(8);
  t.equal((await embedding.embed(['tea'])).length, 1);
});

t.test('an engine that never answers is given up, and who leaves closes the connection', async (t) => {
  const { server, open } = await serverWith(t, embeddingWith(8));
  const embedding = await open({ timeoutMs: 4000 });
  server.always = () => undefined;
  await faults(t, embedding.embed(['tea']), 'silent');
  await server.leavings(1);
  const other = await serverWith(t, embeddingWith(8));
  const slow = await other.open({ clock: systemClock });
  other.server.always = () => undefined;
  const leaving = new AbortController();
  const asked = slow.embed(['tea'], { signal: leaving.signal });
  await other.server.requests(2);
  leaving.abort(new Error('left'));
  await t.rejects(asked, { message: 'left' });
  await other.server.leavings(1);
});

t.test('an engine that is not there, or no engine, is not opened', async (t) => {
  const { server, open } = await serverWith(t, (exchange) => exchange.error(404, {}));
  await faults(t, open(), 'refused');
  await server.close();
  await faults(t, open(), 'unreachable');
  await t.rejects(open({ signal: AbortSignal.abort(new Error('stopped')) }), { message: 'stopped' });
});
