import { spawnSync } from 'node:child_process';
import {
  ftruncateSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { embeddingFor } from '../../../engine/embedding/open-embedding.js';
import { ModelUnusable } from '../../../engine/embedding/model-unusable.js';
import { checkGguf } from '../../../engine/models/gguf-check.js';
import type { Installed } from '../../../engine/models/store-deps.js';
import { ModelTrouble } from '../../../engine/models/trouble.js';
import { makeGgufModel } from '../../../../scripts/made-models/gguf-model.js';
import { chatOnStick, embeddingOnStick, lyingIn, somewhere } from './some-models.js';

const signal = new AbortController().signal;

t.test('a stick’s list of models leads nowhere outside the folder of models', async (t) => {
  const theirs = somewhere(t);
  await theirs.store().add(chatOnStick(theirs.stick), { signal });
  const list = join(theirs.modelsDir, 'models.lock.json');
  interface Listed {
    models: { id: string; entry: string; files: { path: string }[]; context_tokens: number }[];
  }
  const honest = readFileSync(list, 'utf8');
  const changed = (change: (model: Listed['models'][number]) => object): string => {
    const lock = JSON.parse(honest) as Listed;
    return JSON.stringify({ ...lock, models: lock.models.map((model) => ({ ...model, ...change(model) })) });
  };
  const taking = (text: string, check: (taken: Promise<Installed[]>, modelsDir: string) => Promise<void>) => {
    writeFileSync(list, text);
    return t.test('taken here', async (t) => {
      const here = somewhere(t);
      await check(here.store().takeFolder(theirs.modelsDir, { signal }), here.modelsDir);
    });
  };
  chatOnStick(theirs.modelsDir);
  const paths = [
    '../small-chat.gguf',
    'a\n/../../small-chat.gguf',
    '/etc/passwd',
    './/x',
    'a\\..\\b',
    '\u001b[2J',
  ];
  for (const wrong of [
    ...paths.map((path) => changed(({ files }) => ({ entry: path, files: [{ ...files[0], path }] }))),
    ...['../../../etc/passwd', ''].map((entry) => changed(() => ({ entry }))),
    ...['..', 'models.lock.json', 'x/../../y'].map((id) => changed(() => ({ id }))),
  ]) {
    await taking(wrong, async (taken, modelsDir) => {
      await t.rejects(taken, ModelTrouble, wrong);
      t.notOk(existsSync(modelsDir), 'nothing was written');
    });
  }
  await taking(
    changed(() => ({ context_tokens: 999_999_999 })),
    async (taken) => {
      const [first] = await taken;
      t.ok(
        (first?.model.context_tokens ?? 0) < 999_999,
        'what the files say counts, not what the list says of them',
      );
    },
  );
});

t.test('no model gets the name of a file beside it', async (t) => {
  const { store, stick, modelsDir } = somewhere(t);
  await store().add(chatOnStick(stick, 'kept.gguf'), { signal });
  const before = readFileSync(join(modelsDir, 'models.lock.json'), 'utf8');
  const taken = /An id is 2 to 63 small letters, .+ and not the name of a \.json file/;
  await t.rejects(store().add(chatOnStick(stick), { signal, id: 'models.lock.json' }), taken);
  await t.rejects(store().add(chatOnStick(stick, 'models.lock.json.gguf'), { signal }), taken);
  await t.rejects(store().add(chatOnStick(stick, 'reranker-measured.json.gguf'), { signal }), taken);
  await t.rejects(store().add(chatOnStick(stick, 'line\nbreak.gguf'), { signal }), /give it a plain name/);
  t.equal(readFileSync(join(modelsDir, 'models.lock.json'), 'utf8'), before);
  t.strictSame(lyingIn(modelsDir), ['kept', 'models.lock.json']);
});

t.test('what has no end is not read: pipes, devices, links to them', async (t) => {
  const { store, stick, modelsDir } = somewhere(t);
  spawnSync('mkfifo', [join(stick, 'pipe.gguf')]);
  await t.rejects(store().add(join(stick, 'pipe.gguf'), { signal }), /no file that holds a model/);
  await t.rejects(store().add('/dev/zero', { signal }), ModelTrouble);
  const folder = embeddingOnStick(stick);
  symlinkSync('/dev/zero', join(folder, 'README.md'));
  await t.rejects(store().add(folder, { signal }), /README\.md is no file that can be copied/);
  rmSync(join(folder, 'README.md'));
  rmSync(join(folder, 'config.json'));
  mkdirSync(join(folder, 'config.json'));
  await t.rejects(store().add(folder, { signal }), /config\.json cannot be read/);
  t.strictSame(lyingIn(modelsDir), []);
});

t.test(
  'a header full of text is refused before it fills memory, and what is shown obeys no terminal',
  async (t) => {
    const dir = t.testdir();
    const path = join(dir, 'long.gguf');
    const file = openSync(path, 'w');
    const number = (value: bigint) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(value);
      return bytes;
    };
    const start = Buffer.concat([Buffer.from('GGUF'), Buffer.from([3, 0, 0, 0]), number(0n), number(3n)]);
    const one = 40 * 1024 * 1024;
    const key = Buffer.concat([number(1n), Buffer.from('k'), Buffer.from([8, 0, 0, 0]), number(BigInt(one))]);
    writeSync(file, start);
    for (let i = 0; i < 3; i += 1) writeSync(file, key, 0, key.length, start.length + i * (key.length + one));
    ftruncateSync(file, start.length + 3 * (key.length + one));
    closeSync(file);
    await t.rejects(checkGguf(path), /head of this GGUF file makes no sense/);

    const loud = join(dir, 'loud.gguf');
    makeGgufModel(loud);
    const bytes = readFileSync(loud);
    const name = bytes.indexOf('general.architecture') + 'general.architecture'.length + 12;
    bytes.write('\u001b[2Ja', name, 'latin1');
    writeFileSync(loud, bytes);
    const refused = await checkGguf(loud).catch((error: unknown) => error);
    t.ok(refused instanceof ModelTrouble);
    t.notMatch(String(refused), '\u001b');
  },
);

t.test(
  'a list of models that makes no sense, or is of a later version, leaves the server its start',
  async (t) => {
    const { store, stick, modelsDir } = somewhere(t);
    await store().add(embeddingOnStick(stick), { signal });
    store().use('small-meaning');
    const list = join(modelsDir, 'models.lock.json');
    for (const [text, sentence] of [
      ['{"version":1,"chosen', /cannot be read: put it back from a copy/],
      ['{"version":2,"models":{}}', /was written by a newer Carrel: install that one again/],
    ] as const) {
      writeFileSync(list, text);
      const models = store();
      t.equal(models.chosen('embedding'), undefined);
      t.match(models.unusable('embedding'), sentence);
      const open = embeddingFor({ remoteEmbedding: undefined, models });
      await t.rejects(
        async () => open?.(signal),
        ModelUnusable,
        'it is told, where nothing would look like a choice',
      );
      t.throws(() => models.useNone('chat'), sentence, 'and never written over');
      t.equal(readFileSync(list, 'utf8'), text);
    }
  },
);
