import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { bundleCommand, bundleOptions } from '../../commands/bundle.js';
import { moduleFiles, programFiles } from '../../commands/bundle-files.js';
import { programDir } from '../../config.js';
import { chatOnStick, somewhere } from '../engine/models/some-models.js';
import { createTerminal, readArgs } from './terminal.js';

const signal = new AbortController().signal;
const isRoot = process.getuid?.() === 0;

/** Packs this checkout with a made chat model and no package but zod, which listing models needs. */
async function packed(t: Test) {
  const places = somewhere(t);
  const store = places.store();
  await store.add(chatOnStick(places.stick), { signal });
  store.use('small-chat');
  const out = join(places.dataDir, 'carrel.tar.gz');
  const run = async (...args: string[]) => {
    const terminal = createTerminal();
    const status = await bundleCommand({
      config: { dataDir: places.dataDir, programDir },
      values: readArgs(args, bundleOptions).values,
      output: terminal.output,
      signal,
      modules: (dir, gpu) => moduleFiles(dir, gpu).filter((name) => name.startsWith('node_modules/zod/')),
    });
    return { status, text: terminal.text(), problems: terminal.problems };
  };
  return { ...places, out, run };
}

/** A command without what tap puts into its children's environment, in which no address of a network can be reached. */
function shell(cwd: string, line: string, env: NodeJS.ProcessEnv = {}) {
  const bare = { PATH: process.env.PATH, ...env };
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line], { cwd, env: bare, encoding: 'utf8' });
  return { status, text: stdout + stderr };
}

t.test(
  'a bundle holds program and models, runs where it is unpacked, and is compared before it installs',
  async (t) => {
    const { run, out, dataDir } = await packed(t);
    const done = await run('--out', out);
    t.equal(done.status, 0, done.problems.join());
    t.match(done.text, /holds Carrel with small-chat: .+ run sudo \.\/install\.sh --offline/);
    t.notOk(existsSync(`${out}.part`));
    const unpack = (archive: string, to: string) => {
      mkdirSync(join(dataDir, to));
      const { status } = shell(dataDir, `tar -xzf ${archive} -C ${to}`);
      return { status, home: join(dataDir, to, readdirSync(join(dataDir, to))[0] ?? '') };
    };
    const { status, home } = unpack(out, 'whole');
    t.equal(status, 0);
    t.ok(existsSync(join(home, 'offline/models/small-chat/small-chat.gguf')));
    t.notOk(existsSync(join(home, 'dist/server/test')), 'tests are not packed');
    t.equal(shell(home, 'sha256sum -c MANIFEST.sha256').status, 0);
    const cli = (line: string) =>
      shell(home, `node dist/server/cli.js ${line}`, { CARREL_DATA: join(dataDir, 'there') });
    t.match(cli('--help').text, 'carrel models');
    t.match(cli('models list'), { status: 0, text: /None is installed/ });

    await t.test('installing', { skip: !isRoot && 'only root can install' }, async (t) => {
      const places = ['PREFIX', 'STATE', 'ETC', 'UNIT_DIR', 'BIN_DIR'];
      const env: NodeJS.ProcessEnv = { CARREL_USER: 'nobody' };
      for (const place of places) env[`CARREL_${place}`] = join(dataDir, 'system', place);
      const install = (folder: string) => shell(folder, 'sh ./install.sh --offline', env);
      const refused = (name: string, sentence: RegExp) => {
        const { status: code, text } = install(home);
        t.equal(code, 1, name);
        t.match(text, sentence, name);
        t.equal(text.trim().split('\n').length, 1, `${name}: one sentence`);
        t.notOk(existsSync(join(dataDir, 'system')), `${name}: nothing was written`);
      };
      const weights = join(home, 'offline/models/small-chat/small-chat.gguf');
      copyFileSync(weights, join(dataDir, 'kept'));
      appendFileSync(weights, 'x');
      refused('changed', /small-chat\.gguf is missing or not as it was packed; copy the bundle again/);
      rmSync(weights);
      refused('missing', /small-chat\.gguf is missing or not as it was packed/);
      copyFileSync(join(dataDir, 'kept'), weights);
      writeFileSync(join(home, 'dist/server/extra.js'), '');
      refused('more', /the folder and the bundle's list differ/);
      rmSync(join(home, 'dist/server/extra.js'));
      const made = readFileSync(join(home, 'BUNDLE'), 'utf8');
      writeFileSync(join(home, 'BUNDLE'), 'linux s390x 115\n');
      refused(
        'another machine',
        /is for another kind of machine or another version of Node\.js \(linux s390x 115\)/,
      );
      writeFileSync(join(home, 'BUNDLE'), made);

      const half = join(dataDir, 'half.tar.gz');
      copyFileSync(out, half);
      truncateSync(half, Math.floor(statSync(out).size * 0.9));
      const part = unpack(half, 'half');
      t.not(part.status, 0, 'tar says that the archive is not whole');
      t.match(install(part.home), {
        status: 1,
        text: /is missing or not as it was packed|is no whole bundle/,
      });
      t.notOk(existsSync(join(dataDir, 'system')));
    });
  },
);

t.test('what cannot be packed is one sentence, and leaves nothing', async (t) => {
  const { run, out, dataDir, stick } = await packed(t);
  t.match(await run('--out', out, '--models', 'nobody'), {
    status: 1,
    problems: [/^There is no model "nobody" here/],
  });
  t.match(await run('--out', join(dataDir, 'no/such/place.tar.gz')), {
    status: 1,
    problems: [/^There is no such folder/],
  });
  t.match(await run(), { status: 2 });
  t.match(await run('--out', out, '--gpu', 'abacus'), { status: 2 });
  const terminal = createTerminal();
  const installed = {
    config: { dataDir, programDir: stick },
    values: { out },
    output: terminal.output,
    signal,
  };
  t.equal(await bundleCommand(installed), 1);
  t.match(terminal.problems, [/^An installed Carrel cannot be packed/]);
  t.notOk(existsSync(out));
  t.notOk(existsSync(`${out}.part`));
});

t.test('of the packages only those go in that run on a machine like this', async (t) => {
  const files = moduleFiles(programDir, 'none');
  const packages = new Set(files.map((name) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(name)?.[1]));
  for (const name of [
    'zod',
    'express',
    'better-sqlite3',
    'node-llama-cpp',
    'onnxruntime-node',
    '@huggingface/transformers',
  ]) {
    t.ok(packages.has(name), name);
  }
  for (const name of ['typescript', 'tap', 'react', 'onnxruntime-web', 'eslint'])
    t.notOk(packages.has(name), name);
  const engines = [...packages].filter((name) => name?.startsWith('@node-llama-cpp/'));
  t.ok(engines.length <= 1, 'no engine for a GPU or another machine');
  t.notOk(
    files.some((name) => /onnxruntime-node\/bin\/.*\/(darwin|win32)\//.test(name)) &&
      process.platform === 'linux',
  );
  t.ok(files.includes('node_modules/better-sqlite3/build/Release/better_sqlite3.node'));
  t.notOk(files.some((name) => name.startsWith('node_modules/better-sqlite3/deps/')));
  t.notOk(programFiles(programDir).some((name) => name.startsWith('dist/server/test/')));
});
