import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import t, { type Test } from 'tap';
import { miniLmShape } from '../../../../scripts/made-models/onnx-model.js';
import { ModelThreadLost } from '../../../engine/embedding/model-threads.js';
import { ModelUnusable } from '../../../engine/embedding/model-unusable.js';
import { openTransformersEmbedding } from '../../../engine/embedding/transformers.js';
import type { LocalEmbeddingModel } from '../../../engine/models/model.js';
import { embeddingConforms } from './embedding.conformance.js';
import { dot, tinyModels } from './tiny-models.js';

const models = tinyModels();
t.teardown(() => models.remove());

const open = async (t: Pick<Test, 'teardown'>, model: LocalEmbeddingModel, workers = 1) => {
  const embedding = await openTransformersEmbedding({ model, workers, threadsPerWorker: 1 });
  t.teardown(() => embedding.close());
  return embedding;
};
const near: [string, string, string] = [
  'a storm at the lighthouse',
  'the lighthouse keeper',
  'bread and soup in the kitchen',
];

t.test('words', async (t) => {
  const embedding = await open(t, models.embedding('words'), 2);
  embeddingConforms(t, embedding, { near, unknown: '紅樓夢' });
  t.test('a text of spaces is a zero vector beside others that are not', async (t) => {
    const [empty, full] = await embedding.embed([' \n', 'lighthouse']);
    t.ok(empty?.every((value) => value === 0));
    t.ok(full?.some((value) => value !== 0));
  });
  t.test('many texts of many lengths come back in their own places', async (t) => {
    const texts = Array.from({ length: 64 }, (_, at) =>
      ['lighthouse', 'soup', 'dragon', 'garden'].slice(0, 1 + (at % 4)).join(' '.repeat(1 + at)),
    );
    const together = await embedding.embed(texts);
    for (const at of [0, 17, 38, 63]) {
      const [alone] = await embedding.embed([texts[at] ?? '']);
      t.ok(dot(alone, together[at]) > 0.999);
    }
  });
  t.test('its event loop is free while it works', async (t) => {
    const delay = monitorEventLoopDelay({ resolution: 5 });
    const texts = Array.from({ length: 64 }, () => 'the lighthouse keeper and the sea '.repeat(15));
    delay.enable();
    await Promise.all(Array.from({ length: 20 }, () => embedding.embed(texts)));
    delay.disable();
    t.ok(delay.percentile(99) / 1e6 < 100, `p99 ${delay.percentile(99) / 1e6} ms`);
  });
});

t.test('a whole encoder: eight bits give nearly what 32 give, alone and among others', async (t) => {
  const model = models.embedding('encoder', { body: 'bert' });
  const full = await open(t, model);
  const small = await open(t, { ...model, onnxType: 'q8' });
  t.not(full.id, small.id, 'and yet they are not taken for one another');
  const [[a], [b], [c]] = await Promise.all([
    full.embed([near[0]]),
    small.embed([near[0]]),
    full.embed([near[2], near[0].repeat(3), near[0]]).then((all) => all.slice(2)),
  ]);
  t.ok(dot(a, b) > 0.98 && dot(a, b) < 1 - 1e-7);
  t.ok(dot(a, c) > 0.9999, 'padding changes nothing');
});

t.test('each pooling reads the meaning in another place', async (t) => {
  const model = models.embedding('pooled', { body: 'bert' });
  const [mean, cls, last] = await Promise.all(
    (['mean', 'cls', 'last_token'] as const).map(async (pooling) => {
      const embedding = await open(t, { ...model, pooling });
      const [vector] = await embedding.embed([near[0], near[1].repeat(2)]);
      return { id: embedding.id, vector };
    }),
  );
  t.equal(new Set([mean?.id, cls?.id, last?.id]).size, 3);
  t.ok(dot(mean?.vector, cls?.vector) < 0.99);
  t.ok(dot(cls?.vector, last?.vector) < 0.99);
});

t.test('prefixes are left to those who ask, and are part of what the vectors are known by', async (t) => {
  const model = models.embedding('prefixed');
  const plain = await open(t, model);
  const prefixed = await open(t, { ...model, queryPrefix: 'query: ', passagePrefix: 'passage: ' });
  t.strictSame([prefixed.queryPrefix, prefixed.passagePrefix], ['query: ', 'passage: ']);
  t.not(plain.id, prefixed.id);
  t.strictSame(await plain.embed(['lighthouse']), await prefixed.embed(['lighthouse']));
});

t.test('what is too long counts by its beginning, and the mark at its end is kept', async (t) => {
  const model = models.embedding('short', {}, { contextTokens: 6 });
  const embedding = await open(t, model);
  const [cut, same, other] = await embedding.embed([
    'lighthouse storm sea keeper dragon castle king',
    'lighthouse storm sea keeper',
    'lighthouse storm sea dragon',
  ]);
  t.ok(dot(cut, same) > 0.9999);
  t.ok(dot(cut, other) < 0.99);
  const last = await open(t, { ...models.embedding('marked', { body: 'bert' }), pooling: 'last_token', contextTokens: 6 }); // prettier-ignore
  const [long, whole] = await last.embed([
    'lighthouse storm sea keeper dragon',
    'lighthouse storm sea keeper',
  ]);
  t.ok(dot(long, whole) > 0.9999);
});

t.test('a thread that dies costs one call; the next has the same vectors from another', async (t) => {
  const model = models.embedding('mortal');
  const embedding = await openTransformersEmbedding(
    { model, workers: 1, threadsPerWorker: 1 },
    (workerData) => new Worker(new URL('./dying-worker.js', import.meta.url), { workerData }),
  );
  t.teardown(() => embedding.close());
  const before = await embedding.embed(['lighthouse']);
  await t.rejects(embedding.embed(['lighthouse', 'die now']), ModelThreadLost);
  t.strictSame(await embedding.embed(['lighthouse'], { urgent: true }), before);
});

t.test('opening is given up whatever native code is doing, and the process lives', async (t) => {
  const shape = { ...miniLmShape, vocabularySize: 500, types: ['q8'] as const };
  const model = models.embedding('large', { body: 'bert', ...shape }, { onnxType: 'q8' });
  for (const afterMs of [0, 150, 300, 450]) {
    const stop = new AbortController();
    const opening = openTransformersEmbedding({
      model,
      workers: 1,
      threadsPerWorker: 1,
      signal: stop.signal,
    }).then((opened) => opened.close());
    setTimeout(() => stop.abort(new Error('given up')), afterMs);
    await opening.catch((error: Error) => t.equal(error.message, 'given up', `after ${afterMs} ms`));
  }
});

const broken: [string, string, (model: LocalEmbeddingModel) => LocalEmbeddingModel][] = [
  [
    'no-tokenizer',
    'The folder of no-tokenizer has no tokenizer.json that can be read.',
    (model) => (rmSync(join(model.path, 'tokenizer.json')), model),
  ],
  [
    'no-weights',
    'The folder of no-weights has no onnx/model_quantized.onnx that can be read.',
    (model) => (rmSync(join(model.path, 'onnx/model_quantized.onnx')), { ...model, onnxType: 'q8' }),
  ],
  [
    'cut-weights',
    'onnx/model.onnx of cut-weights cannot be loaded: it is damaged, incomplete or not of a kind that Carrel knows.',
    (model) => (truncateSync(join(model.path, 'onnx/model.onnx'), 5000), model),
  ],
  [
    'foreign-weights',
    'onnx/model.onnx of foreign-weights cannot be loaded: it is damaged, incomplete or not of a kind that Carrel knows.',
    (model) => (writeFileSync(join(model.path, 'onnx/model.onnx'), 'a letter to the library'), model),
  ],
  [
    'bad-tokenizer',
    'The tokenizer of bad-tokenizer cannot be read: tokenizer.json or tokenizer_config.json is damaged.',
    (model) => (writeFileSync(join(model.path, 'tokenizer.json'), '{"version":'), model),
  ],
  [
    'bad-config',
    'config.json of bad-config cannot be read or names no model_type.',
    (model) => (writeFileSync(join(model.path, 'config.json'), '[]'), model),
  ],
  [
    'other-size',
    'other-size gives vectors of 64 numbers, not the expected 384.',
    (model) => ({ ...model, dimensions: 384 }),
  ],
];
for (const [name, sentence, breakIt] of broken) {
  t.test(`${name}: one sentence, and no thread left behind`, async (t) => {
    const model = breakIt(models.embedding(name));
    const error = await openTransformersEmbedding({ model, workers: 1, threadsPerWorker: 1 }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    t.ok(error instanceof ModelUnusable);
    t.equal((error as Error | undefined)?.message, sentence);
  });
}

t.test('a reranker, and texts longer than a model was made for, are no embedding', async (t) => {
  const scorer = models.embedding('scorer', { head: 'overlap' });
  await t.rejects(openTransformersEmbedding({ model: scorer, workers: 1, threadsPerWorker: 1 }), {
    message: 'scorer gives no vectors of tokens: it is no embedding model.',
  });
  const narrow = models.embedding('narrow', { body: 'bert', longest: 16 }, { contextTokens: 64 });
  await t.rejects(openTransformersEmbedding({ model: narrow, workers: 1, threadsPerWorker: 1 }), {
    message: 'narrow cannot take a text of 64 tokens.',
  });
});
