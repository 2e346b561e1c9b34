import {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ggufShapes } from '../../../../scripts/made-models/gguf-model.js';
import type { JsonSchema } from '../../../engine/llm/json-schema.js';
import type { AnswerEnd, AnswerFigures } from '../../../engine/llm/llama-messages.js';
import { measureSpeed } from '../../../engine/llm/measure-speed.js';
import { createFakeClock } from '../../fakes/clock.js';
import { answerOf, ask, declines, folderFor, hostFor, madeModel, piecesOf, soon, until } from './made.js';

const sentence = 'Five quiet mysteries set in villages. Zwei stehen hier; 两本在架上。';
const choice =
  '{"choices":[{"n":2,"why":"A village and a quiet murder."},{"n":1,"why":"Also \\"quiet\\"."}]}';
const choiceSchema: JsonSchema = {
  type: 'object',
  properties: {
    choices: {
      type: 'array',
      maxItems: 5,
      items: {
        type: 'object',
        properties: { n: { enum: [1, 2, 3] }, why: { type: 'string', maxLength: 60 } },
        required: ['n', 'why'],
        additionalProperties: false,
      },
    },
  },
  required: ['choices'],
  additionalProperties: false,
};

t.test('a scripted model answers through the whole of real inference', async (t) => {
  const ended: (AnswerFigures & { how: AnswerEnd })[] = [];
  const model = madeModel(t, { scripts: [sentence, choice] });
  const host = hostFor(t, model, { sequences: 2, onAnswer: (figures) => ended.push(figures) });
  t.match(host.state(), { state: 'starting', engine: 'local', model: 'Made for a test', device: null });
  await declines(t, answerOf(host, ask('Too early?')), 'away');
  const facts = await host.ready(soon());
  t.match(facts, { device: 'cpu', threads: 1, sequences: 2, contextTokens: 2048 });
  t.match(host.id, /^made@abababababababab\+node-llama-cpp-\d/);

  await t.test('in order, in pieces', async (t) => {
    const pieces = await piecesOf(host, ask('Something quiet, please.'));
    t.equal(pieces.join(''), sentence);
    t.ok(pieces.length > 5, 'as it is written, not at the end');
    t.notOk(pieces.includes(''));
  });

  await t.test('as JSON, when a schema asks for it, and nothing behind it', async (t) => {
    t.equal(await answerOf(host, ask('Which ones?', { schema: choiceSchema, maxTokens: 100 })), choice);
  });

  await t.test('JSON that was not finished is declined as cut; prose just ends', async (t) => {
    await declines(t, answerOf(host, ask('Which ones?', { schema: choiceSchema, maxTokens: 5 })), 'cut');
    const prose = await answerOf(host, ask('Something quiet?', { maxTokens: 3 }));
    t.ok(prose.length > 3 && sentence.startsWith(prose));
  });

  await t.test('equal questions get equal answers, whoever asks, and several at once', async (t) => {
    const asked = Array.from({ length: 7 }, (_, i) =>
      answerOf(host, ask(`Question ${i}`, { client: `c${i % 3}` })),
    );
    t.ok(host.state().waiting <= 7);
    t.same(await Promise.all(asked), Array(7).fill(sentence));
    t.equal(host.state().waiting, 0);
  });

  await t.test('a conversation longer than the context is declined before anything is read', async (t) => {
    await declines(t, answerOf(host, ask('a quiet book '.repeat(900))), 'too_long');
    t.match(ended.at(-1), { how: 'too_long', readTokens: 0 });
    t.equal(await answerOf(host, ask('And now?')), sentence, 'the next is answered as before');
  });

  await t.test(
    'the fixed prompt is read once for each sequence, the question alone after that',
    async (t) => {
      const long = 'You are the front desk of a library. '.repeat(20);
      const messages = (text: string) => [
        { role: 'system' as const, text: long },
        { role: 'user' as const, text },
      ];
      await answerOf(host, ask('', { messages: messages('First?') }));
      const first = ended.at(-1);
      await answerOf(host, ask('', { messages: messages('Next?') }));
      const next = ended.at(-1);
      t.ok((first?.readTokens ?? 0) > 150);
      t.ok((next?.readTokens ?? 99) < 30);
      t.ok((next?.promptTokens ?? 0) > 150);
    },
  );

  await t.test('speed is told once it was measured, and estimates follow', async (t) => {
    const state = host.state();
    t.ok((state.reading ?? 0) > 0 && (state.writing ?? 0) > 0);
    t.match(state.detail, /^Runs on the processor with 1 thread, because GPUs are switched off\.$/);
    const { messages } = ask('Something quiet?');
    const estimate = host.estimate({ messages, maxTokens: 40 });
    t.ok(estimate && estimate.firstMs >= 0 && estimate.wholeMs > estimate.firstMs);
    await declines(t, answerOf(host, ask('Something quiet?', { budgetMs: -1 })), 'busy');
  });

  await t.test('it listens to nobody and calls nobody', { skip: !existsSync('/proc/self/fd') }, async (t) => {
    const pid = host.pid() ?? 0;
    const folder = `/proc/${pid}/fd`;
    const open = readdirSync(folder).map((name) => readlinkSync(`${folder}/${name}`));
    const sockets = open.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);
    const inet = ['tcp', 'tcp6', 'udp', 'udp6'].map((name) =>
      readFileSync(`/proc/${pid}/net/${name}`, 'utf8'),
    );
    const inodes = new Set(
      inet.flatMap((table) => table.split('\n').map((line) => line.trim().split(/\s+/)[9] ?? '')),
    );
    t.same(
      sockets.filter((inode) => inodes.has(inode)),
      [],
    );
  });

  const filter = `/proc/${host.pid()}/coredump_filter`;
  await t.test('should it fall, no file shows its memory', { skip: !existsSync(filter) }, async (t) => {
    t.match(readFileSync(filter, 'utf8'), /^0+\n$/);
  });

  await t.test('after closing there is no model, and no process', async (t) => {
    const pid = host.pid() ?? 0;
    await host.close();
    t.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
    await declines(t, answerOf(host, ask('Anybody there?')), 'away');
  });
});

t.test('a model of noise, held by a grammar, names only what it was given', async (t) => {
  const host = hostFor(t, madeModel(t, { seed: 7 }), { sequences: 4 });
  await host.ready(soon());
  const ids = ['rec-001', 'rec-017', 'rec-230'];
  const schema: JsonSchema = {
    type: 'object',
    properties: { id: { enum: ids }, sure: { type: 'boolean' } },
    required: ['id', 'sure'],
    additionalProperties: false,
  };
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, i) => answerOf(host, ask(`Question ${i}?`, { schema, maxTokens: 60 }))),
  );
  for (const answer of answers) {
    const { id, sure, ...more } = JSON.parse(answer) as Record<string, unknown>;
    t.ok(ids.includes(id as string) && typeof sure === 'boolean');
    t.same(more, {});
  }
  const short: JsonSchema = { type: 'array', maxItems: 2, items: { type: 'string', maxLength: 5 } };
  const strings = JSON.parse(
    await answerOf(host, ask('Words?', { schema: short, maxTokens: 200 })),
  ) as string[];
  t.ok(strings.length <= 2 && strings.every((text) => [...text].length <= 5));
});

t.test('leaving ends the work', async (t) => {
  const ended: (AnswerFigures & { how: AnswerEnd })[] = [];
  const model = madeModel(t, { scripts: [sentence], endless: true, shape: ggufShapes.slow });
  const host = hostFor(t, model, {
    sequences: 1,
    contextTokens: 4096,
    onAnswer: (figures) => ended.push(figures),
  });
  await host.ready(soon());
  const text = 'Which books about the history of the town does the library have? '.repeat(90);
  const before = await answerOf(host, ask('What is a carrel?', { maxTokens: 12 }));
  ended.length = 0;

  await t.test('while the prompt is read', async (t) => {
    const leaving = new AbortController();
    const request = ask(text, { signal: leaving.signal });
    const answer = answerOf(host, request);
    const rejected = t.rejects(answer, { message: 'walked away' });
    await new Promise((resolve) => setTimeout(resolve, 400));
    const leftAt = performance.now();
    leaving.abort(new Error('walked away'));
    await rejected;
    t.ok(performance.now() - leftAt < 100, 'the asker is free at once');
    await until(() => ended.length === 1, 'the end of the reading');
    t.ok(performance.now() - leftAt < 2_000, 'and the hand soon after');
    t.match(ended[0], { how: 'stopped', writtenTokens: 0 });
  });

  await t.test('while the answer is written, by leaving or by no longer listening', async (t) => {
    const leaving = new AbortController();
    const listen = async (stop: () => void): Promise<void> => {
      for await (const piece of host.chat(ask('A story?', { maxTokens: 2_000, signal: leaving.signal }))) {
        t.type(piece, 'string');
        return stop();
      }
    };
    await listen(() => undefined);
    await until(() => ended.length === 2, 'the end after listening no more');
    t.match(ended[1], { how: 'stopped' });
    t.ok((ended[1]?.writtenTokens ?? 999) < 200);

    let leftAt = 0;
    const waiting = (async () => {
      for await (const piece of host.chat(ask('A story?', { maxTokens: 2_000, signal: leaving.signal }))) {
        if (leftAt > 0) t.fail(`a piece after leaving: ${piece}`);
        leftAt = performance.now();
        leaving.abort(new Error('walked away'));
      }
    })();
    await t.rejects(waiting, { message: 'walked away' });
    await until(() => ended.length === 3, 'the end of the writing');
    t.ok(performance.now() - leftAt < 2_000);
  });

  await t.test('and the next is answered as if nothing had been', async (t) => {
    t.equal(await answerOf(host, ask('What is a carrel?', { maxTokens: 12 })), before);
  });

  await t.test('what cannot begin within the budget is not begun, and what is late is stopped', async (t) => {
    const error = await declines(t, answerOf(host, ask(text, { budgetMs: 300 })), 'busy');
    t.ok((error?.waitMs ?? 0) >= 300);
    t.equal(ended.length, 4, 'the process was not even asked');

    // Characters that are three tokens each are not foreseen, so this one begins and is found late on the way.
    const unforeseen = ask('書'.repeat(1_250));
    const budgetMs = 3 * (host.estimate(unforeseen)?.firstMs ?? 0);
    const late = await declines(t, answerOf(host, { ...unforeseen, budgetMs }), 'busy');
    t.ok((late?.waitMs ?? 0) >= budgetMs - 5);
    await until(() => ended.length === 5, 'the end of what was late');
    t.match(ended[4], { how: 'stopped', writtenTokens: 0 });
    t.ok((ended[4]?.readTokens ?? 0) > 0 && (ended[4]?.readMs ?? 0) > 0, 'what was read by then is counted');
  });
});

t.test('a speed that keeps everybody away is measured anew when nobody is served', async (t) => {
  const clock = createFakeClock();
  const host = hostFor(t, madeModel(t), { clock, hungMs: 1e9 });
  await host.ready(soon());
  const speedNow = (): number | null => host.state().reading;
  const before = speedNow();
  const text = 'Which books about the town are there? '.repeat(30);
  await clock.advance(29_000);
  await declines(t, answerOf(host, ask(text, { budgetMs: 0 })), 'busy');
  await new Promise((resolve) => setTimeout(resolve, 300));
  t.equal(speedNow(), before, 'a fresh estimate is believed');
  await clock.advance(1_000);
  await declines(t, answerOf(host, ask(text, { budgetMs: 0 })), 'busy');
  await until(() => speedNow() !== before, 'another measurement');
});

t.test('a prompt that comes while the model is loaded is kept too', async (t) => {
  const ended: AnswerFigures[] = [];
  const prefixFolder = folderFor(t);
  const onAnswer = (figures: AnswerFigures): number => ended.push(figures);
  const host = hostFor(t, madeModel(t, { scripts: [sentence] }), { prefixFolder, onAnswer });
  await until(() => host.pid() !== undefined, 'the process');
  const system = 'You are the front desk of a library. '.repeat(20);
  host.preload([system]);
  await host.ready(soon());
  await until(() => readdirSync(prefixFolder).some((name) => name.endsWith('.state')), 'its state');
  const messages = [
    { role: 'system' as const, text: system },
    { role: 'user' as const, text: 'Something quiet?' },
  ];
  t.equal(await answerOf(host, ask('', { messages })), sentence);
  t.ok((ended[0]?.readTokens ?? 999) < 30);
});

t.test('prompts given at the start are ready for the first patron, and after a restart', async (t) => {
  const ended: AnswerFigures[] = [];
  const prefixFolder = folderFor(t);
  const system = 'You are the front desk of a library. '.repeat(20);
  const model = madeModel(t, { scripts: [sentence] });
  const options = { prefixFolder, systemPrompts: [system], onAnswer: (f: AnswerFigures) => ended.push(f) };
  const messages = [
    { role: 'system' as const, text: system },
    { role: 'user' as const, text: 'Something quiet?' },
  ];
  const old = join(prefixFolder, `${'0'.repeat(32)}.state`);
  writeFileSync(old, 'of a model that was here last year');
  utimesSync(old, 0, 0);
  for (const run of ['first start', 'second start', 'start with a state that is cut short']) {
    const host = hostFor(t, model, options);
    await host.ready(soon());
    t.equal(await answerOf(host, ask('', { messages })), sentence);
    t.ok((ended.at(-1)?.readTokens ?? 999) < 30, run);
    await host.close();
    const [state] = readdirSync(prefixFolder);
    if (run === 'second start') truncateSync(join(prefixFolder, state ?? ''), 1_000);
  }
  const kept = readdirSync(prefixFolder);
  t.match(kept, [/^[0-9a-f]{32}\.state$/]);
  t.notMatch(readFileSync(`${prefixFolder}/${kept[0]}`, 'latin1'), /quiet/);
});

t.test('a model is measured within its time', async (t) => {
  const speed = await measureSpeed(madeModel(t), { gpu: 'off', threads: 1, signal: soon() });
  t.ok((speed.readingPerSecond ?? 0) > 0 && (speed.writingPerSecond ?? 0) > 0);
  t.match(speed, { device: 'cpu', gpuLayers: 0, layers: 3, threads: 1 });
  await t.rejects(
    measureSpeed(madeModel(t), { gpu: 'off', threads: 1, signal: AbortSignal.abort(new Error('enough')) }),
    { message: 'enough' },
  );
});
