import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { byteLine, createByteProgress } from '../../commands/byte-progress.js';
import { modelsCommand, modelsHelp, modelsOptions, type ModelsCommand } from '../../commands/models.js';
import { openHubStandIn } from '../engine/models/hub-stand-in.js';
import {
  chatBytes,
  chatOnStick,
  embeddingOnStick,
  offeredChat,
  somewhere,
  lyingIn,
} from '../engine/models/some-models.js';
import { createTerminal, readArgs } from './terminal.js';

const GiB = 1024 ** 3;

/** `carrel models` in a folder of its own: each run answers its exit status and all that it wrote. */
function library(t: Test) {
  const places = somewhere(t, [offeredChat()]);
  const run = async (args: string[], more: Partial<ModelsCommand> = {}) => {
    const terminal = createTerminal();
    const status = await modelsCommand({
      config: { ...places, modelHub: 'http://127.0.0.1:9' },
      ...readArgs(args, modelsOptions),
      output: terminal.output,
      signal: new AbortController().signal,
      store: { memory: () => ({ totalBytes: 16 * GiB, freeBytes: 12 * GiB }) },
      ...more,
    });
    return { status, text: terminal.text(), problems: terminal.problems };
  };
  return { ...places, run };
}

t.test('a librarian lists, adds, uses, verifies and removes', async (t) => {
  const { run, stick, modelsDir } = library(t);
  const empty = await run([]);
  t.match(empty.text, 'offered-chat');
  t.match(empty.text, 'None is installed, and none is needed');
  t.match(await run(['add', chatOnStick(stick)]), {
    status: 0,
    problems: [],
    text: /is here \(from small-chat\.gguf, .+\)\. carrel models use small-chat lets it work\./,
  });
  t.match((await run(['list'])).text, ' + small-chat (installed)');
  t.match(await run(['use', 'small-chat']), {
    status: 0,
    text: /is chosen\. It writes from the next start of the server on/,
  });
  t.match((await run(['list'])).text, ' * small-chat (in use)');
  t.match(JSON.parse((await run(['list', '--json'])).text), {
    models: [
      { id: 'small-chat', state: 'in_use', trouble: null },
      { id: 'offered-chat', state: 'offered' },
    ],
  });
  t.match(await run(['verify']), {
    status: 0,
    text: /^ok +small-chat: small-chat\.gguf\nEvery file is as it was\.\n$/,
  });
  t.match(await run(['remove', 'small-chat']), { status: 1, problems: [/is the chat model in use/] });
  t.match(await run(['use', 'none', '--role', 'chat']), {
    status: 0,
    text: /answers are composed from records/,
  });
  t.match(await run(['remove', 'small-chat']), { status: 0, text: 'small-chat is off the disk.\n' });
  t.strictSame(lyingIn(modelsDir), ['models.lock.json']);
});

t.test('an embedding model is told to need vectors first', async (t) => {
  const { run, stick } = library(t);
  await run([
    'add',
    embeddingOnStick(stick),
    '--id',
    'ours',
    '--query-prefix',
    'q: ',
    '--passage-prefix',
    'p: ',
  ]);
  t.match(await run(['use', 'ours', '--role', 'chat']), {
    status: 2,
    problems: ['"ours" is here as embedding and cannot be used as chat.'],
  });
  t.match((await run(['use', 'ours'])).text, /Its vectors must be made first: carrel embed does that/);
});

t.test('a changed file ends verify with status 1, as text and as JSON', async (t) => {
  const { run, stick, modelsDir } = library(t);
  await run(['add', chatOnStick(stick)]);
  appendFileSync(join(modelsDir, 'small-chat/small-chat.gguf'), 'x');
  t.match(await run(['verify', 'small-chat']), {
    status: 1,
    text: /^changed +small-chat/,
    problems: [
      '"small-chat" is not as it was: carrel models remove small-chat --anyway, then pull or add it again.',
    ],
  });
  const asJson = await run(['verify', '--json']);
  t.strictSame(JSON.parse(asJson.text), [{ id: 'small-chat', file: 'small-chat.gguf', state: 'changed' }]);
  t.equal(asJson.status, 1);
});

t.test('pull goes to the hub of the settings, or where --from says, and nowhere else', async (t) => {
  const { run, stick, dataDir, programDir } = library(t);
  const hub = await openHubStandIn(t, 'maker/chat');
  hub.files.set('weights.gguf', chatBytes(stick));
  const config = { dataDir, programDir, modelHub: hub.url };
  const pause = async () => undefined;
  t.match(await run(['pull', 'offered-chat'], { pulling: { pause } }), {
    status: 1,
    problems: [/^The connection to 127\.0\.0\.1:9 failed/],
  });
  t.match(await run(['pull', 'offered-chat'], { config }), {
    status: 0,
    text: /Offered chat is here \(from maker\/chat, Apache-2\.0\)/,
  });
  const asked = hub.asked.length;
  for (const args of [
    ['list'],
    ['use', 'offered-chat'],
    ['verify'],
    ['remove', 'offered-chat', '--anyway'],
  ]) {
    t.equal((await run(args, { config })).status, 0);
  }
  t.equal(hub.asked.length, asked, 'only a pull asks anything of the hub');
  t.match(await run(['pull', 'offered-chat', '--from', `${hub.url}/`]), { status: 0 });
});

t.test('a person who stops it is told that nothing is lost', async (t) => {
  const { run } = library(t);
  const stopped = AbortSignal.abort(new Error('stopped'));
  t.match(await run(['pull', 'offered-chat'], { signal: stopped }), {
    status: 1,
    problems: [/^Stopped\. What came so far is kept/],
  });
});

t.test('what is not understood is one sentence and a status of 2', async (t) => {
  const { run } = library(t);
  for (const args of [
    ['fetch'],
    ['pull'],
    ['pull', 'a', 'b'],
    ['list', 'x'],
    ['use', 'none'],
    ['add', 'x', '--pooling', 'max'],
    ['pull', 'x', '--from', 'ftp://x'],
  ]) {
    const { status, problems, text } = await run(args);
    t.equal(status, 2, args.join(' '));
    t.equal(problems.length, 1);
    t.equal(text, '');
  }
  t.match(await run(['use', 'nobody']), {
    status: 1,
    problems: [/^There is no model "nobody"; carrel models list shows those there are\.$/],
  });
  t.match(await run(['use', 'offered-chat']), {
    status: 1,
    problems: [/is not installed yet: carrel models pull offered-chat fetches it/],
  });
  for (const verb of ['list', 'pull', 'add', 'use', 'verify', 'remove'])
    t.match(modelsHelp, `carrel models ${verb}`);
});

t.test('progress tells bytes, share, pace and time left, and counts no pace of what lay here', async (t) => {
  t.equal(
    byteLine({ file: 'w.gguf', done: 1.2e9, total: 2.5e9 }, 11.3e6),
    'w.gguf: 1.2 of 2.5 GB, 48 %, 11.3 MB a second, 1 min 55 s left',
  );
  t.equal(byteLine({ file: 'w', done: 0, total: 5e6 }, 0), 'w: 0.0 of 5.0 MB, 0 %');
  let now = 0;
  const terminal = createTerminal(true);
  const progress = createByteProgress(terminal.output, { quiet: false, now: () => now });
  progress.show({ file: 'w', done: 90e6, total: 100e6 });
  now = 1000;
  progress.show({ file: 'w', done: 91e6, total: 100e6 });
  progress.end();
  t.match(terminal.text(), 'w: 91.0 of 100.0 MB, 91 %, 1.0 MB a second, 9 s left');
  t.ok(terminal.text().endsWith('\r\u001b[K'));
});
