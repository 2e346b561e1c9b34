import {
  appendFileSync,
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
import t from 'tap';
import { ModelTrouble } from '../../../engine/models/trouble.js';
import type { ModelStore, Verified } from '../../../engine/models/model-store.js';
import { chatOnStick, embeddingOnStick, offeredChat, lyingIn, somewhere } from './some-models.js';

const signal = new AbortController().signal;

async function verified(store: ModelStore, id?: string): Promise<Verified[]> {
  const all: Verified[] = [];
  for await (const one of store.verify(id, { signal })) all.push(one);
  return all;
}

t.test('a GGUF from a stick is copied, pinned, chosen, read again and taken away', async (t) => {
  const { store: open, stick, modelsDir } = somewhere(t);
  const store = open();
  t.strictSame(store.chosen('chat'), undefined, 'nothing at first, and no folder is made by looking');
  t.notOk(existsSync(modelsDir));

  const path = chatOnStick(stick);
  const seen: number[] = [];
  const { model } = await store.add(path, { signal, onProgress: ({ done }) => seen.push(done) });
  t.match(model, {
    id: 'small-chat',
    role: 'chat',
    architecture: 'llama',
    source: { kind: 'added', from: 'small-chat.gguf' },
  });
  t.equal(seen.at(-1), statSync(path).size);
  t.equal(store.chosen('chat'), undefined, 'installed is not chosen');
  t.equal(statSync(join(modelsDir, 'models.lock.json')).mode & 0o777, 0o640);
  t.equal(statSync(join(modelsDir, 'small-chat/small-chat.gguf')).mode & 0o777, 0o640);
  t.notOk(
    readFileSync(join(modelsDir, 'models.lock.json'), 'utf8').includes(stick),
    'no place of this machine is kept',
  );

  store.use('small-chat');
  t.match(store.chosen('chat'), {
    id: 'small-chat',
    role: 'chat',
    path: join(modelsDir, 'small-chat/small-chat.gguf'),
    sha256: model.sha256,
    bytes: statSync(path).size,
  });
  t.equal(open().chosen('chat')?.id, 'small-chat', 'another process sees it');
  t.match(await verified(store), [{ id: 'small-chat', file: 'small-chat.gguf', state: 'ok' }]);

  await t.rejects(store.remove('small-chat'), /is the chat model in use: choose another or none first/);
  store.useNone('chat');
  t.equal(store.chosen('chat'), undefined);
  await store.remove('small-chat');
  t.strictSame(lyingIn(modelsDir), ['models.lock.json'], 'nothing is left');
  await t.rejects(store.remove('small-chat'), /There is no model "small-chat"/);
});

t.test('an ONNX folder brings its facts, and what it does not say is asked for', async (t) => {
  const { store: open, stick, modelsDir } = somewhere(t);
  const store = open();
  const unsaid = embeddingOnStick(stick, 'unsaid', 'unsaid');
  await t.rejects(store.add(unsaid, { signal }), /does not say how words become one vector: give --pooling/);
  t.strictSame(lyingIn(modelsDir), [], 'and nothing stays of it');

  const { model, notes } = await store.add(unsaid, {
    signal,
    pooling: 'cls',
    queryPrefix: 'ask: ',
    type: 'fp32',
  });
  t.match(model, {
    role: 'embedding',
    pooling: 'cls',
    query_prefix: 'ask: ',
    passage_prefix: '',
    dimensions: 64,
    onnx_type: 'fp32',
  });
  t.strictSame(notes, []);
  store.use('unsaid');
  t.match(store.chosen('embedding'), {
    path: join(modelsDir, 'unsaid'),
    queryPrefix: 'ask: ',
    onnxType: 'fp32',
    dimensions: 64,
  });
  t.equal(
    store.chosen('embedding')?.bytes,
    statSync(join(unsaid, 'onnx/model.onnx')).size,
    'bytes are of the weights',
  );
  t.equal(store.chosen('chat'), undefined);

  const said = await store.add(embeddingOnStick(stick, 'said'), { signal });
  t.match(said.notes, [/names no prefixes/], 'a missing prefix is not passed over in silence');
  t.match(said.model, { pooling: 'mean' });
});

t.test('a file by the name of an offered model takes its facts over, and must be it', async (t) => {
  const offered = offeredChat();
  const pinned = {
    ...offered,
    source: {
      ...offered.source,
      files: [
        { hub: 'weights.gguf', local: 'weights.gguf', bytes: null, sha256: '0'.repeat(64), optional: false },
      ],
    },
  };
  const first = somewhere(t, [offered]);
  const { model } = await first.store().add(chatOnStick(first.stick, 'weights.gguf'), { signal });
  t.match(model, { id: 'offered-chat', name: 'Offered chat', licence: { name: 'Apache-2.0' } });
  const second = somewhere(t, [pinned]);
  await t.rejects(
    second.store().add(chatOnStick(second.stick, 'weights.gguf'), { signal }),
    /goes by the name of "offered-chat" and is another file \(its digest differs\)/,
  );
  t.strictSame(lyingIn(second.modelsDir), []);
});

t.test('a licence that wants a yes gets one first, and the day is kept', async (t) => {
  const {
    store: open,
    stick,
    modelsDir,
  } = somewhere(t, [
    offeredChat({ licence: { name: 'Maker terms', url: 'https://maker.example/terms', accept: true } }),
  ]);
  const path = chatOnStick(stick, 'weights.gguf');
  await t.rejects(open().add(path, { signal }), {
    name: 'ModelTrouble',
    message:
      'Offered chat comes under the Maker terms: read https://maker.example/terms, and if the library agrees, say --accept-licence.',
  });
  t.notOk(existsSync(modelsDir), 'nothing was copied before');
  const { model } = await open().add(path, { signal, acceptLicence: true });
  t.strictSame(model.licence, {
    name: 'Maker terms',
    url: 'https://maker.example/terms',
    accepted_at: '2026-03-04T14:02:00.000Z',
  });
});

t.test('what cannot be taken in is one sentence, and leaves nothing', async (t) => {
  const { store: open, stick, modelsDir } = somewhere(t);
  const store = open();
  const cut = chatOnStick(stick, 'cut.gguf');
  truncateSync(cut, 3000);
  writeFileSync(join(stick, 'weights.onnx'), 'x');
  writeFileSync(join(stick, 'letter.gguf'), 'Dear library');
  const small = open({ memory: () => ({ totalBytes: 100_000, freeBytes: 50_000 }) });
  const big = chatOnStick(stick, 'big.gguf');
  const refused: [() => Promise<unknown>, RegExp][] = [
    [() => store.add(join(stick, 'absent.gguf'), { signal }), /^There is no absent\.gguf at that place/],
    [() => store.add(cut, { signal }), /ends before it should/],
    [() => store.add(join(stick, 'letter.gguf'), { signal }), /not a GGUF file/],
    [() => store.add(join(stick, 'weights.onnx'), { signal }), /Add the folder that this ONNX file lies in/],
    [() => store.add(big, { signal, role: 'embedding' }), /for the role embedding add an ONNX folder/],
    [() => store.add(stick, { signal, role: 'chat' }), /A chat model is one \.gguf file, not a folder/],
    [() => store.add(big, { signal, id: '../../etc' }), /An id is 2 to 63 small letters/],
    [
      () => small.add(big, { signal }),
      /needs about .+ of memory and this machine has 100 kB in all: take a smaller one/,
    ],
  ];
  for (const [attempt, sentence] of refused) {
    await t.rejects(attempt(), sentence);
    await t.rejects(attempt(), ModelTrouble);
  }
  t.strictSame(lyingIn(modelsDir), []);
  t.ok((await small.add(big, { signal, anyway: true })).model, 'a person may insist');
  await t.rejects(store.add(big, { signal }), /There is a model "big" already/);
});

t.test('a copy that is broken off leaves nothing', async (t) => {
  const { store: open, stick, modelsDir } = somewhere(t);
  const leave = new AbortController();
  const folder = embeddingOnStick(stick);
  await t.rejects(
    open().add(folder, { signal: leave.signal, onProgress: () => leave.abort(new Error('left')) }),
    /left/,
  );
  t.strictSame(lyingIn(modelsDir), []);
});

t.test('files that were changed or lost are told, and such a model is not loaded', async (t) => {
  const { store: open, stick, modelsDir } = somewhere(t);
  const store = open();
  await store.add(chatOnStick(stick), { signal });
  store.use('small-chat');
  const file = join(modelsDir, 'small-chat/small-chat.gguf');
  const bytes = readFileSync(file);
  bytes.writeUInt8((bytes.at(-1) ?? 0) ^ 1, bytes.length - 1);
  writeFileSync(file, bytes);
  t.match(await verified(store), [{ state: 'changed' }], 'one bit is enough');
  appendFileSync(file, 'x');
  t.equal(store.chosen('chat'), undefined);
  t.match(store.unusable('chat'), /small-chat\.gguf of "small-chat" is missing or was changed/);
  t.throws(() => store.use('small-chat'), /is missing or was changed/);
  rmSync(file);
  t.match(await verified(store, 'small-chat'), [{ state: 'missing' }]);
  await store.remove('small-chat', { anyway: true });
  t.equal(store.unusable('chat'), undefined);
});

t.test('a lock file that makes no sense is said so, and never written over', async (t) => {
  const { store: open, stick, modelsDir } = somewhere(t);
  await open().add(chatOnStick(stick), { signal });
  const lock = join(modelsDir, 'models.lock.json');
  writeFileSync(lock, '{"version":1');
  t.throws(() => open().list(), /The list of installed models \(models\.lock\.json\) cannot be read/);
  await t.rejects(open().add(chatOnStick(stick, 'other.gguf'), { signal }), ModelTrouble);
  t.equal(readFileSync(lock, 'utf8'), '{"version":1');
});

t.test('what a crash left half is not listed, and does not stand in the way', async (t) => {
  const { store: open, stick, modelsDir } = somewhere(t);
  const store = open();
  await store.add(chatOnStick(stick, 'kept.gguf'), { signal });
  const leftOver = join(modelsDir, 'small-chat');
  mkdirSync(leftOver);
  writeFileSync(join(leftOver, 'old'), 'half');
  mkdirSync(join(modelsDir, '.small-chat.part'));
  writeFileSync(join(modelsDir, '.small-chat.part/other.part'), 'half');
  t.strictSame(
    store
      .list()
      .filter((one) => one.installed)
      .map((one) => one.id),
    ['kept'],
  );
  await store.add(chatOnStick(stick), { signal });
  t.strictSame(readdirSync(leftOver), ['small-chat.gguf']);
});

t.test('a folder of models of another Carrel is taken over, its choices where there are none', async (t) => {
  const theirs = somewhere(t);
  const from = theirs.store();
  await from.add(chatOnStick(theirs.stick), { signal });
  await from.add(embeddingOnStick(theirs.stick), { signal });
  from.use('small-chat');
  from.use('small-meaning');
  await t.test('here', async (t) => {
    const here = somewhere(t);
    const store = here.store();
    await store.add(chatOnStick(here.stick, 'own.gguf'), { signal });
    store.use('own');
    const taken = await store.takeFolder(theirs.modelsDir, { signal });
    t.strictSame(
      taken.map(({ model }) => model.id),
      ['small-chat', 'small-meaning'],
    );
    t.equal(store.chosen('chat')?.id, 'own', 'a choice made here stays');
    t.equal(store.chosen('embedding')?.id, 'small-meaning');
    t.ok((await verified(store)).every(({ state }) => state === 'ok'));
    t.strictSame(await store.takeFolder(theirs.modelsDir, { signal }), [], 'twice changes nothing');
  });
  await t.test('tampered with', async (t) => {
    const here = somewhere(t);
    const file = join(theirs.modelsDir, 'small-chat/small-chat.gguf');
    const bytes = readFileSync(file);
    bytes.writeUInt8((bytes.at(-1) ?? 0) ^ 1, bytes.length - 1);
    writeFileSync(file, bytes);
    await t.rejects(here.store().takeFolder(theirs.modelsDir, { signal }), /is not as its list says/);
    t.strictSame(
      here
        .store()
        .list()
        .filter((one) => one.installed),
      [],
    );
  });
});
