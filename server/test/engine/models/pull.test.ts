import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { OnProgress } from '../../../engine/models/model-files.js';
import type { OfferedModel } from '../../../engine/models/offered.js';
import type { PullOptions } from '../../../engine/models/pull.js';
import { takeHold } from '../../../engine/models/holding.js';
import { openHubStandIn, sha256, type Faults } from './hub-stand-in.js';
import {
  chatBytes,
  embeddingOnStick,
  offeredChat,
  offeredEmbedding,
  lyingIn,
  somewhere,
} from './some-models.js';

const never = new AbortController().signal;

/** A hub with one chat model, and a Carrel that offers it. */
async function hubWithChat(t: Test, faults: Faults = {}, offered: OfferedModel = offeredChat()) {
  const places = somewhere(t, [offered]);
  const bytes = chatBytes(places.stick);
  const hub = await openHubStandIn(t, 'maker/chat');
  hub.files.set('weights.gguf', bytes);
  hub.faults.set('weights.gguf', faults);
  const pauses: number[] = [];
  const pull = (more: Partial<PullOptions> = {}) =>
    places.store().pull('offered-chat', {
      hub: hub.url,
      signal: never,
      pause: async (ms) => void pauses.push(ms),
      ...more,
    });
  const left = () => lyingIn(places.modelsDir);
  return {
    ...places,
    hub,
    bytes,
    pull,
    pauses,
    left,
    part: join(places.modelsDir, '.offered-chat.part/weights.gguf.part'),
  };
}

t.test('a pull fetches, checks and pins, and leaves no part behind', async (t) => {
  const { pull, bytes, left, hub, modelsDir, store } = await hubWithChat(t);
  const seen: number[] = [];
  const onProgress: OnProgress = ({ done, total }) => {
    seen.push(done);
    t.equal(total, bytes.length);
  };
  const { model, notes } = await pull({ onProgress });
  t.match(model, {
    id: 'offered-chat',
    sha256: sha256(bytes),
    source: { kind: 'pulled', repo: 'maker/chat', revision: 'c0ffee'.padEnd(40, '0'), hub_digests: true },
  });
  t.strictSame(notes, []);
  t.equal(seen.at(-1), bytes.length);
  t.strictSame(left().toSorted(), ['models.lock.json', 'offered-chat']);
  t.strictSame(readdirSync(join(modelsDir, 'offered-chat')), ['weights.gguf']);
  const requests = hub.asked.length;
  t.match((await pull()).notes, [/is here already/]);
  t.equal(hub.asked.length, requests, 'and the hub is not asked again');
  t.equal(store().chosen('chat'), undefined, 'nothing is chosen by fetching it');
});

t.test('a connection that breaks goes on where it stopped, after a pause', async (t) => {
  const { pull, bytes, hub, pauses } = await hubWithChat(t, { cutAfter: { bytes: 100_000, times: 3 } });
  const { model } = await pull();
  t.equal(model.sha256, sha256(bytes));
  t.strictSame(
    hub.asked.map((one) => one.status),
    [200, 206, 206, 206],
  );
  t.ok(hub.asked.slice(1).every((one) => /^bytes=[1-9]\d*-$/.test(one.range ?? '')));
  t.equal(pauses.length, 3);
});

t.test('a person who leaves keeps the part, and the next pull goes on', async (t) => {
  const { pull, bytes, part, left, hub } = await hubWithChat(t, { cutAfter: { bytes: 120_000, times: 1 } });
  const leave = new AbortController();
  await t.rejects(
    pull({
      signal: leave.signal,
      pause: (_ms, signal) => {
        leave.abort(new Error('left'));
        return Promise.reject(signal.reason as Error);
      },
    }),
    /left/,
  );
  t.strictSame(left(), ['.offered-chat.part']);
  const kept = readFileSync(part).length;
  t.ok(kept > 0 && kept <= 120_000, `${kept} bytes are kept`);
  t.equal((await pull()).model.sha256, sha256(bytes));
  t.equal(hub.asked.at(-1)?.range, `bytes=${kept}-`);
  t.notOk(left().includes('.offered-chat.part'));
});

t.test('a file that changed at the hub between two pulls is begun anew, never half of each', async (t) => {
  const { pull, bytes, part, hub, stick } = await hubWithChat(t);
  mkdirSync(join(part, '..'), { recursive: true });
  writeFileSync(part, bytes.subarray(0, 5000));
  writeFileSync(
    `${part}.json`,
    JSON.stringify({ etag: '"an-older-file"', sha256: 'cd'.repeat(32), bytes: 9999 }),
  );
  t.equal((await pull()).model.sha256, sha256(bytes));
  t.strictSame(
    hub.asked.map((one) => one.status),
    [200],
  );
  t.ok(stick);
});

t.test('a part without a note of what it is, or with half a note, is begun anew', async (t) => {
  for (const note of [undefined, '{"etag":']) {
    const { pull, bytes, part } = await hubWithChat(t);
    mkdirSync(join(part, '..'), { recursive: true });
    writeFileSync(part, 'something else');
    if (note !== undefined) writeFileSync(`${part}.json`, note);
    t.equal((await pull()).model.sha256, sha256(bytes));
  }
});

t.test('a part that was whole already is only checked', async (t) => {
  const { pull, bytes, part, hub } = await hubWithChat(t);
  mkdirSync(join(part, '..'), { recursive: true });
  writeFileSync(part, bytes);
  writeFileSync(
    `${part}.json`,
    JSON.stringify({ etag: `"${sha256(bytes).slice(0, 16)}"`, sha256: sha256(bytes), bytes: bytes.length }),
  );
  t.equal((await pull()).model.sha256, sha256(bytes));
  t.strictSame(
    hub.asked.map((one) => one.status),
    [416],
    'no byte came again',
  );
});

t.test('a hub that ignores ranges still ends in the right file', async (t) => {
  const { pull, bytes } = await hubWithChat(t, { ignoresRange: true, cutAfter: { bytes: 50_000, times: 2 } });
  t.equal((await pull()).model.sha256, sha256(bytes));
});

t.test('a hub that always cuts is given up after six tries, with what to do', async (t) => {
  const { pull, pauses, left } = await hubWithChat(t, {
    ignoresRange: true,
    cutAfter: { bytes: 50_000, times: 99 },
  });
  await t.rejects(pull(), {
    name: 'ModelTrouble',
    message: /^The connection to 127\.0\.0\.1:\d+ failed 6 times while weights\.gguf came: /,
  });
  t.strictSame(pauses.slice(-5), [1000, 2000, 4000, 8000, 16_000], 'the pauses grow');
  t.strictSame(left(), ['.offered-chat.part']);
});

t.test('a silent connection counts as broken', async (t) => {
  const { pull, hub, bytes } = await hubWithChat(t, { silentAfter: 1000 });
  const pulling = pull({ stallMs: 100, pause: async () => void hub.faults.set('weights.gguf', {}) });
  t.equal((await pulling).model.sha256, sha256(bytes));
});

t.test('a busy hub is asked again when it says so', async (t) => {
  const statuses = [{ status: 429, retryAfter: '7' }, { status: 503 }, { status: 500 }];
  const { pull, bytes, pauses } = await hubWithChat(t, { statuses });
  t.equal((await pull()).model.sha256, sha256(bytes));
  t.strictSame(pauses, [7000, 2000, 4000]);
});

t.test('every no of the hub is one sentence that says what to do, and leaves nothing', async (t) => {
  const busy = Array.from({ length: 9 }, () => ({ status: 503 }));
  const cases: [Faults, RegExp][] = [
    [
      { statuses: [{ status: 401 }] },
      /only to people with an account \(401\): fetch it with a browser and bring it with carrel models add/,
    ],
    [{ statuses: [{ status: 403 }] }, /\(403\)/],
    [{ statuses: [{ status: 404 }] }, /has no weights\.gguf in maker\/chat: it was moved or renamed/],
    [{ statuses: [{ status: 418 }] }, /answered 418 for weights\.gguf/],
    [{ statuses: busy }, /is too busy to give weights\.gguf just now: run the same command again later/],
    [{ page: true }, /answered with a web page in place of weights\.gguf/],
    [{ redirectTo: 'ftp://elsewhere.example/weights.gguf' }, /sends us in circles or somewhere unsafe/],
    [{ redirectTo: '/maker/chat/resolve/main/weights.gguf' }, /sends us in circles or somewhere unsafe/],
    [{ wrongLength: 7 }, /weights\.gguf has \d+ bytes there and should have 7/],
    [{ wrongDigest: true }, /is not what the hub describes \(its digest differs\), so it was thrown away/],
  ];
  for (const [faults, sentence] of cases) {
    const { pull, left } = await hubWithChat(t, faults);
    await t.rejects(pull(), { name: 'ModelTrouble', message: sentence }, JSON.stringify(faults));
    t.strictSame(left(), [], JSON.stringify(faults));
  }
});

t.test('an address where nobody answers is one sentence', async (t) => {
  const { pull } = await hubWithChat(t);
  await t.rejects(pull({ hub: 'http://127.0.0.1:9' }), /^The connection to 127\.0\.0\.1:9 failed 6 times/);
});

t.test('a full disk is said before, and during', async (t) => {
  const before = await hubWithChat(t);
  await t.rejects(before.pull({ freeBytes: async () => 1000 }), {
    name: 'ModelTrouble',
    message:
      /^The disk has not room enough: .+ are needed and 1 kB are free, and 268 MB must stay so for the catalogue: free \d+ MB and run this again\.$/,
  });
  t.strictSame(before.left(), []);
  if (!existsSync('/dev/full')) return;
  const during = await hubWithChat(t);
  mkdirSync(join(during.part, '..'), { recursive: true });
  symlinkSync('/dev/full', during.part);
  await t.rejects(during.pull(), {
    message: 'The disk is full: free some room and run the same command again.',
  });
});

t.test('what came whole and is no model is thrown away with the file’s own sentence', async (t) => {
  const { pull, hub, left } = await hubWithChat(t);
  hub.files.set('weights.gguf', Buffer.from('not a model at all'.repeat(1000)));
  await t.rejects(pull(), { name: 'ModelTrouble', message: /^This is not a GGUF file/ });
  t.strictSame(left(), []);
});

t.test(
  'a plain mirror without digests works, and it is said that nothing vouches for the file',
  async (t) => {
    const { pull, bytes } = await hubWithChat(t, { plain: true });
    const { model, notes } = await pull();
    t.match(model, { sha256: sha256(bytes), source: { hub_digests: false, revision: 'main' } });
    t.match(notes, [/gave no digest for every file: what came is pinned as it came/]);
  },
);

t.test('a pinned digest is held against a mirror that gives none', async (t) => {
  const offered = offeredChat();
  offered.source.files = offered.source.files.map((file) => ({ ...file, sha256: 'ef'.repeat(32) }));
  const { pull, left } = await hubWithChat(t, { plain: true }, offered);
  await t.rejects(pull(), /its digest differs/);
  t.strictSame(left(), []);
});

t.test('a licence is asked about before the first byte', async (t) => {
  const { pull, hub, left } = await hubWithChat(
    t,
    {},
    offeredChat({ licence: { name: 'Maker terms', url: 'https://maker.example/terms', accept: true } }),
  );
  await t.rejects(pull(), /comes under the Maker terms: read https:\/\/maker\.example\/terms/);
  t.equal(hub.asked.length, 0);
  t.strictSame(left(), []);
  t.equal((await pull({ acceptLicence: true })).model.licence.accepted_at, '2026-03-04T14:02:00.000Z');
});

t.test('two commands at once on one model: the second is told, and harms nothing', async (t) => {
  const { pull, modelsDir, bytes } = await hubWithChat(t);
  const first = takeHold(modelsDir, 'offered-chat');
  await t.rejects(pull(), /is being fetched or added by another command just now/);
  first?.release();
  t.equal((await pull()).model.sha256, sha256(bytes));
});

t.test('a model of many files comes from one state of the hub, each under its place here', async (t) => {
  const { store, stick, modelsDir } = somewhere(t, [offeredEmbedding()]);
  const folder = embeddingOnStick(stick, 'at-the-hub', 'unsaid');
  const hub = await openHubStandIn(t, 'maker/meaning');
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) {
    hub.files.set(name, readFileSync(join(folder, name)));
  }
  hub.files.set('onnx/model_int8.onnx', readFileSync(join(folder, 'onnx/model_quantized.onnx')));
  const { model } = await store().pull('offered-meaning', { hub: hub.url, signal: never });
  t.match(model, { pooling: 'mean', query_prefix: 'query: ', dimensions: 64, source: { hub_digests: true } });
  t.strictSame(readdirSync(join(modelsDir, 'offered-meaning', 'onnx')), ['model_quantized.onnx']);
  t.notOk(
    model.files.some((file) => file.path.startsWith('1_Pooling')),
    'what is optional may be absent',
  );
});

t.test('a small file whose git digest differs is noticed too', async (t) => {
  const { store, stick, modelsDir } = somewhere(t, [offeredEmbedding()]);
  const folder = embeddingOnStick(stick, 'at-the-hub', 'unsaid');
  const hub = await openHubStandIn(t, 'maker/meaning', 1_000_000);
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) {
    hub.files.set(name, readFileSync(join(folder, name)));
  }
  hub.files.set('onnx/model_int8.onnx', readFileSync(join(folder, 'onnx/model_quantized.onnx')));
  const { model } = await store().pull('offered-meaning', { hub: hub.url, signal: never });
  t.match(model.source, { hub_digests: true });
  t.strictSame(lyingIn(modelsDir), ['models.lock.json', 'offered-meaning']);
});

t.test('what Carrel does not offer is not fetched', async (t) => {
  const { store, left } = await hubWithChat(t);
  await t.rejects(
    store().pull('gpt-17', { hub: 'http://127.0.0.1:9', signal: never }),
    /^Carrel offers no model "gpt-17"; carrel models list shows those it does, and carrel models add takes any file\.$/,
  );
  t.strictSame(left(), []);
});
