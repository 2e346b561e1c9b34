import t, { type Test } from 'tap';
import { systemClock, type Clock } from '../../../engine/cache/clock.js';
import { LlmDeclined, type ChatRequest, type DeclineReason, type Llm } from '../../../engine/llm/llm.js';
import { openRemoteLlm, type RemoteLlmOptions } from '../../../engine/llm/remote.js';
import { answering, openOpenAiServer, type Conduct } from '../../fakes/openai-server.js';

const key = 'sk-never-to-be-seen';
const question = 'books about my illness';
const schema = {
  type: 'object',
  properties: { pick: { type: 'integer' } },
  required: ['pick'],
  additionalProperties: false,
} as const;

/** Real waits, and a time of day that a test may put forward. */
function shiftedClock(): Clock & { forward(ms: number): void } {
  let shift = 0;
  return {
    now: () => Date.now() + shift,
    after: (ms, signal) => systemClock.after(ms, signal),
    forward(ms) {
      shift += ms;
    },
  };
}

async function opened(t: Test, conduct: Conduct, more: Partial<RemoteLlmOptions> = {}) {
  const server = await openOpenAiServer(conduct);
  const clock = shiftedClock();
  const engine = { url: server.url, model: 'small-one', key };
  const llm = openRemoteLlm({ engine, clock, random: () => 0, ...more });
  t.teardown(async () => {
    await llm.close();
    await server.close();
  });
  return { server, llm, clock };
}

const request = (more: Partial<ChatRequest> = {}): ChatRequest => ({
  messages: [
    { role: 'system', text: 'You help.' },
    { role: 'user', text: question },
  ],
  maxTokens: 50,
  client: 'kiosk',
  budgetMs: 20_000,
  signal: new AbortController().signal,
  ...more,
});

async function textOf(llm: Llm, more: Partial<ChatRequest> = {}): Promise<string> {
  let text = '';
  for await (const piece of llm.chat(request(more))) text += piece;
  return text;
}

/** Expects to be declined for `reason`, and that neither key nor question is in what is thrown or shown. */
async function declines(t: Test, llm: Llm, reason: DeclineReason, more: Partial<ChatRequest> = {}) {
  const error = await textOf(llm, more).then(
    (text) => t.fail(`it answered ${text}`),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof LlmDeclined)) throw error;
  t.equal(error.reason, reason);
  let told = JSON.stringify(llm.state());
  for (let one: unknown = error; one instanceof Error; one = one.cause)
    told += `${one.stack} ${JSON.stringify(one)}`;
  t.notMatch(told, key);
  t.notMatch(told, question);
  return error;
}

t.test('an answer is streamed piece by piece, asked for as the protocol says', async (t) => {
  const { server, llm } = await opened(t, answering('Good ', 'day', '.'));
  const pieces: string[] = [];
  for await (const piece of llm.chat(request())) pieces.push(piece);
  t.strictSame(pieces, ['Good ', 'day', '.']);
  const [seen] = server.seen;
  t.equal(seen?.path, '/v1/chat/completions');
  t.equal(seen?.authorization, `Bearer ${key}`);
  t.strictSame(seen?.body, {
    model: 'small-one',
    messages: [
      { role: 'system', content: 'You help.' },
      { role: 'user', content: question },
    ],
    stream: true,
    stream_options: { include_usage: true },
    temperature: 0,
    max_tokens: 50,
  });
  t.equal(llm.id, `remote:${server.host}:small-one`);
  t.match(llm.state(), {
    state: 'ready',
    engine: 'remote',
    model: 'small-one',
    detail: `It runs at ${server.host}.`,
  });
  t.ok(
    (llm.estimate({ messages: [], maxTokens: 10 })?.wholeMs ?? -1) >= 0,
    'and its speed is known afterwards',
  );
});

t.test('bytes may be cut anywhere, with comments and other fields between', async (t) => {
  const said = { choices: [{ delta: { role: 'assistant', content: 'Ümlaut, 書' } }] };
  const thought = { choices: [{ delta: { content: null, reasoning_content: 'hm' } }] };
  const end = { choices: [{ delta: {}, finish_reason: 'stop' }] };
  const text =
    `: keep-alive\r\n\r\nevent: message\r\nid: 7\r\ndata: ${JSON.stringify(thought)}\r\n\r\n: ping\r\n\r\n` +
    `data:${JSON.stringify(said)}\r\n\r\ndata: ${JSON.stringify(end)}\n\ndata: [DONE]\n\n`;
  const { llm } = await opened(t, async ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    for (const byte of Buffer.from(text)) {
      response.write(Buffer.of(byte));
      if (byte > 127 || byte === 13) await new Promise((resolve) => setImmediate(resolve));
    }
    response.end();
  });
  t.equal(await textOf(llm), 'Ümlaut, 書');
});

t.test('a schema goes along, and JSON that the limit cut off is declined', async (t) => {
  const { server, llm } = await opened(t, answering('{"pick":', '2}'));
  t.equal(await textOf(llm, { schema }), '{"pick":2}');
  t.strictSame(server.seen[0]?.body.response_format, {
    type: 'json_schema',
    json_schema: { name: 'answer', schema, strict: true },
  });
  server.always = ({ say, finish }) => {
    say('{"pick":');
    finish('length');
  };
  await declines(t, llm, 'cut', { schema });
  t.equal(await textOf(llm), '{"pick":', 'prose that the limit cut off is an answer');
  t.equal(llm.state().state, 'ready');
});

t.test(
  'an engine that refuses one form of schema is asked in another, and only once to find out',
  async (t) => {
    const { server, llm } = await opened(t, (exchange) => {
      const format = exchange.seen.body.response_format as { type: string } | undefined;
      if (format?.type === 'json_schema') exchange.error(400, { message: 'unknown', code: null });
      else answering('{"pick":1}')(exchange);
    });
    t.equal(await textOf(llm, { schema }), '{"pick":1}');
    t.equal(await textOf(llm, { schema }), '{"pick":1}');
    const forms = server.seen.map(({ body }) => (body.response_format as { type: string } | undefined)?.type);
    t.strictSame(forms, ['json_schema', 'json_object', 'json_object']);
  },
);

t.test('an engine that knows no form of schema is told of it in words, below the fixed part', async (t) => {
  const { server, llm } = await opened(t, (exchange) => {
    if (exchange.seen.body.response_format !== undefined) exchange.error(422, { type: 'invalid' });
    else answering('{"pick":1}')(exchange);
  });
  t.equal(await textOf(llm, { schema }), '{"pick":1}');
  const [system, user] = server.seen[2]?.body.messages as { content: string }[];
  t.ok(system?.content.startsWith('You help.') && system.content.includes(JSON.stringify(schema)));
  t.equal(user?.content, question);
});

t.test('a prompt too long is told by codes, whatever the engine', async (t) => {
  const { server, llm } = await opened(t, answering('ok'));
  for (const error of [
    { code: 400, type: 'exceed_context_size_error', n_prompt_tokens: 9000, n_ctx: 4096, message: 'x' },
    { code: 'context_length_exceeded', type: 'invalid_request_error', message: 'x' },
    { code: 400, type: 'BadRequestError', param: 'input_tokens', message: 'x' },
  ]) {
    server.script = [(exchange) => exchange.error(400, error)];
    await declines(t, llm, 'too_long', { schema });
  }
  server.script = [
    ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(
        `data: ${JSON.stringify({ error: { code: 400, type: 'exceed_context_size_error' } })}\n\n`,
      );
    },
  ];
  await declines(t, llm, 'too_long');
  t.equal(await textOf(llm), 'ok', 'the engine is well');
  t.equal(server.seen.length, 5, 'and nothing was asked twice');
});

t.test('a busy engine is left alone for as long as it says', async (t) => {
  const { server, llm, clock } = await opened(t, answering('ok'));
  server.script = [(exchange) => exchange.error(429, { message: 'slow down' }, { 'retry-after': '7' })];
  t.equal((await declines(t, llm, 'busy')).waitMs, 7000);
  const again = await declines(t, llm, 'busy');
  t.ok((again.waitMs ?? 0) > 0 && (again.waitMs ?? 0) <= 7000);
  t.equal(server.seen.length, 1, 'it is not asked meanwhile');
  clock.forward(7001);
  t.equal(await textOf(llm), 'ok');
  server.script = [(exchange) => exchange.error(503, { type: 'unavailable_error' })];
  await declines(t, llm, 'busy');
  t.equal(await textOf(llm), 'ok');
});

t.test('what fails before the first byte is tried once more', async (t) => {
  const { server, llm } = await opened(t, answering('ok'));
  server.script = [(exchange) => exchange.error(500, {})];
  t.equal(await textOf(llm), 'ok');
  server.script = [({ response }) => void response.destroy()];
  t.equal(await textOf(llm), 'ok');
  const asked = server.seen.length;
  server.script = [(exchange) => exchange.error(500, {}), (exchange) => exchange.error(502, {})];
  await declines(t, llm, 'away');
  t.equal(server.seen.length, asked + 2, 'once more, not twice');
});

t.test('what breaks in the middle is not tried again', async (t) => {
  const { server, llm } = await opened(t, answering('ok'));
  server.script = [
    ({ say, response }) => {
      say('Half an ');
      setTimeout(() => response.destroy(), 20);
    },
  ];
  const pieces: string[] = [];
  const whole = (async () => {
    for await (const piece of llm.chat(request())) pieces.push(piece);
  })();
  await t.rejects(whole, new LlmDeclined('away'));
  t.strictSame(pieces, ['Half an ']);
  t.equal(server.seen.length, 1);
  server.script = [
    ({ say, response }) => {
      say('an end that is none');
      response.end();
    },
  ];
  await declines(t, llm, 'away');
});

t.test('silence in the middle ends the answer', async (t) => {
  const { server, llm } = await opened(t, ({ say }) => say('Half '), { stallMs: 60 });
  await declines(t, llm, 'away');
  await server.leavings(1);
});

t.test('a first word that comes too late is not waited for', async (t) => {
  const { server, llm, clock } = await opened(t, () => undefined);
  await declines(t, llm, 'busy', { budgetMs: 80 });
  await server.leavings(1);
  t.pass('and the engine is told by the closed connection');
  const before = server.seen.length;
  const second = await declines(t, llm, 'busy', { budgetMs: 70 });
  t.ok((second.waitMs ?? 0) >= 70, 'the next is told at once how long it would have been');
  t.equal(server.seen.length, before);
  clock.forward(31_000);
  server.always = answering('well again');
  t.equal(await textOf(llm), 'well again', 'and old measurements do not count');
});

t.test('who leaves closes the connection at once', async (t) => {
  const { server, llm } = await opened(t, () => undefined);
  const leaving = new AbortController();
  const unread = textOf(llm, { signal: leaving.signal });
  await server.requests(1);
  leaving.abort(new Error('left the kiosk'));
  await t.rejects(unread, { message: 'left the kiosk' });
  await server.leavings(1);

  server.always = ({ say }) => say('Once upon ');
  for await (const piece of llm.chat(request())) if (piece !== '') break;
  await server.leavings(2);

  const inTheMiddle = new AbortController();
  await t.rejects(
    (async () => {
      for await (const piece of llm.chat(request({ signal: inTheMiddle.signal }))) {
        t.equal(piece, 'Once upon ');
        inTheMiddle.abort(new Error('stop'));
      }
    })(),
    { message: 'stop' },
  );
  await server.leavings(3);
  t.equal(llm.state().state, 'ready', 'a patron who leaves says nothing about the engine');
});

t.test('after three failures in a row nothing is asked for ten seconds, then once', async (t) => {
  const { server, llm, clock } = await opened(t, (exchange) =>
    exchange.error(401, { code: 'invalid_api_key' }),
  );
  for (let i = 0; i < 3; i++) await declines(t, llm, 'away');
  t.equal(server.seen.length, 3, 'a wrong key is not tried again');
  t.match(llm.state(), {
    state: 'failing',
    detail: `The last request failed: the engine at ${server.host} refused the key (401).`,
  });
  await declines(t, llm, 'away');
  t.equal(server.seen.length, 3);
  clock.forward(10_001);
  await declines(t, llm, 'away');
  t.equal(server.seen.length, 4);
  await declines(t, llm, 'away');
  t.equal(server.seen.length, 4, 'the probe failed');
  clock.forward(10_001);
  server.always = answering('back');
  t.equal(await textOf(llm), 'back');
  t.equal(await textOf(llm), 'back');
  t.equal(llm.state().state, 'ready');
});

t.test('an engine that is not there is away', async (t) => {
  const { server, llm } = await opened(t, answering('ok'));
  await server.close();
  await declines(t, llm, 'away');
});

t.test('what is not the protocol is not an answer', async (t) => {
  const { server, llm } = await opened(t, answering('ok'), { failures: 99 });
  const elsewhere = await openOpenAiServer(answering('from elsewhere'));
  t.teardown(() => elsewhere.close());
  const as = (type: string, body: string, status = 200, headers = {}): Conduct => {
    return ({ response }) => {
      response.writeHead(status, { 'content-type': type, ...headers });
      response.end(body);
    };
  };
  for (const conduct of [
    as('text/html', '<html>sign in</html>'),
    as('text/event-stream', 'data: <html>\n\n'),
    as('text/event-stream', 'data: {"choices": 7}\n\n'),
    as('text/event-stream', `: ${'x'.repeat(2_000_000)}\n\n`),
    as('text/html', '<html>gone</html>', 404),
    as('text/html', '', 307, { location: `${elsewhere.url}/chat/completions` }),
  ]) {
    server.script = [conduct];
    await declines(t, llm, 'away');
  }
  t.equal(elsewhere.seen.length, 0, 'the question does not follow to another host');
});

t.test('closing ends what runs, and later questions are declined', async (t) => {
  const { server, llm } = await opened(t, ({ say }) => say('Half '));
  const running = textOf(llm);
  await server.requests(1);
  await llm.close();
  await t.rejects(running, new LlmDeclined('away'));
  await declines(t, llm, 'away');
  t.equal(llm.state().state, 'off');
});

t.test('only http and https lead to an engine', (t) => {
  t.throws(
    () => openRemoteLlm({ engine: { url: 'file:///etc/passwd', model: 'm', key: undefined } }),
    TypeError,
  );
  t.end();
});

t.test('what waits for its turn longer than it may is busy, and the others go on', async (t) => {
  const hold: (() => void)[] = [];
  const { server, llm } = await opened(
    t,
    async (exchange) => {
      await new Promise<void>((resolve) => hold.push(resolve));
      answering('ok')(exchange);
    },
    { concurrent: 1 },
  );
  const first = textOf(llm);
  await server.requests(1);
  const second = textOf(llm);
  t.equal(llm.state().waiting, 1);
  await declines(t, llm, 'busy', { budgetMs: 40 });
  t.equal(llm.state().waiting, 1);
  hold.shift()?.();
  t.equal(await first, 'ok');
  await server.requests(2);
  hold.shift()?.();
  t.equal(await second, 'ok');
  t.equal(server.seen.length, 2, 'the engine never heard of the third');
});
