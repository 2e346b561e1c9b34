import { fork } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { answerOf, ask, declines, folderFor, hostFor, madeModel, soon, until } from './made.js';

const sentence = 'Two are on the shelf here.';

t.test('a process that is killed or hangs costs the answers under way, and comes back', async (t) => {
  const model = madeModel(t, { scripts: [sentence], endless: true });
  const host = hostFor(t, model, { firstWaitMs: 50, sequences: 1, beatMs: 250, hungMs: 6_000 });
  await host.ready(soon());
  const first = host.pid() ?? 0;
  let killedAt = 0;
  const underWay = (async () => {
    for await (const piece of host.chat(ask('A long story?', { maxTokens: 1_900 }))) {
      if (killedAt > 0) continue;
      t.ok(sentence.startsWith(piece));
      killedAt = performance.now();
      process.kill(first, 'SIGKILL');
    }
  })();
  const queued = answerOf(host, ask('And I?', { client: 'two' }));
  await Promise.all([declines(t, underWay, 'away'), declines(t, queued, 'away')]);
  t.ok(performance.now() - killedAt < 1_000, 'within a second');
  t.match(host.state(), { state: 'restarting', detail: /SIGKILL/ });
  await declines(t, answerOf(host, ask('Now?')), 'away', 'no waiting for what is not there');

  await host.ready(soon());
  const second = host.pid() ?? 0;
  t.not(second, first);
  t.match(host.state(), { state: 'ready', restarts: 1 });
  t.ok(sentence.startsWith(await answerOf(host, ask('And now?', { maxTokens: 3 }))));

  process.kill(second, 'SIGSTOP');
  await declines(t, answerOf(host, ask('Hello?')), 'away');
  t.match(host.state(), { state: 'restarting', detail: /no longer answered/ });
  await until(() => !alive(second), 'the end of what hangs');
  await host.ready(soon());
  t.ok(sentence.startsWith(await answerOf(host, ask('And now?', { maxTokens: 3 }))));
});

t.test('a model that falls again where a GPU was tried runs on the processor, and says so', async (t) => {
  const host = hostFor(t, madeModel(t, { scripts: [sentence] }), { gpu: 'auto', firstWaitMs: 50 });
  for (const restarts of [0, 1]) {
    const facts = await host.ready(soon());
    t.notMatch(facts.why, /fell/);
    t.equal(host.state().restarts, restarts);
    const pid = host.pid() ?? 0;
    process.kill(pid, 'SIGKILL');
    await until(() => host.state().state !== 'ready', 'the fall');
  }
  t.match((await host.ready(soon())).why, /processor.* because its process fell again and again/);
  t.equal(await answerOf(host, ask('And now?')), sentence);
});

t.test('a file that aborts native code fells its own process and no other', async (t) => {
  for (const key of ['llama.attention.head_count', 'llama.feed_forward_length']) {
    const host = hostFor(t, madeModel(t, { without: [key, `${key}_kv`] }), { failures: 1 });
    await declines(t, host.ready(soon()), 'away');
    t.match(host.state(), { state: 'failing', restarts: 0, detail: /SIG(ABRT|SEGV|FPE)/ });
    await declines(t, answerOf(host, ask('Hello?')), 'away');
    t.equal(host.estimate({ messages: [], maxTokens: 1 }), undefined);
  }
});

t.test('files that are cut short, foreign or damaged are refused with a reason', async (t) => {
  const whole = madeModel(t, { scripts: [sentence] });
  const folder = folderFor(t);
  const short = join(folder, 'short.gguf');
  copyFileSync(whole.path, short);
  truncateSync(short, Math.round(whole.bytes * 0.7));
  const foreign = join(folder, 'foreign.gguf');
  writeFileSync(foreign, 'This is a shopping list, not a model.\n'.repeat(50));
  const damaged = madeModel(t, { damaged: true });
  for (const path of [short, foreign, damaged.path]) {
    const host = hostFor(t, { ...whole, path }, { checkTensors: true });
    await declines(t, host.ready(soon()), 'away', path);
    t.match(host.state(), { state: 'failing', restarts: 0, detail: /^The model cannot be used \(.+\)\./ });
    await host.close();
  }
});

t.test('a check may refuse the file before native code sees it', async (t) => {
  const checkFile = async (path: string): Promise<string> => `${path.slice(-10)} is cut short`;
  const host = hostFor(t, madeModel(t), { checkFile });
  await declines(t, host.ready(soon()), 'away');
  t.match(host.state(), { state: 'failing', detail: /model\.gguf is cut short/ });
  t.equal(host.pid(), undefined);
});

t.test('the model ends with the server, however the server ends', async (t) => {
  const model = madeModel(t);
  const temporary = mkdtempSync(join(tmpdir(), 'carrel-parent-'));
  t.teardown(() => rmSync(temporary, { recursive: true, force: true }));
  const parent = fork(new URL('./parent.js', import.meta.url), [JSON.stringify(model)], {
    execArgv: [],
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const child = await new Promise<number>((resolve) => parent.once('message', resolve));
  t.doesNotThrow(() => process.kill(child, 0));
  parent.kill('SIGKILL');
  await until(() => !alive(child), 'the end of the model', 5_000);
  await until(() => readdirSync(temporary).length === 0, 'the end of its folder', 5_000);
  t.ok(existsSync(model.path));
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
