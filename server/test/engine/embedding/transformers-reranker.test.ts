import t from 'tap';
import { openTransformersReranker } from '../../../engine/embedding/transformers-reranker.js';
import type { LocalReranker } from '../../../engine/models/model.js';
import { tinyModels } from './tiny-models.js';

const models = tinyModels();
t.teardown(() => models.remove());
const opening = (model: LocalReranker) =>
  openTransformersReranker({ model, workers: 1, threadsPerWorker: 1 });

t.test('texts that answer a question score higher, each in its own place', async (t) => {
  const reranker = await opening(models.reranker('overlap'));
  t.teardown(() => reranker.close());
  const texts = [
    'soup and bread in the kitchen',
    'the lighthouse keeper in a storm, and the sea about the island with its ships and lamps',
    'lighthouse keeper',
  ];
  const [soup = 0, long = 0, exact = 0] = await reranker.rerank('lighthouse keeper', texts);
  t.ok(exact > 4.9 && exact > long && long > soup, `${exact} ${long} ${soup}`);
  const many = await reranker.rerank(
    'lighthouse keeper',
    Array.from({ length: 64 }, (_, at) => texts[at % 3] ?? ''),
  );
  t.strictSame([...many.slice(0, 3)].map(Math.round), [soup, long, exact].map(Math.round));
  t.strictSame(await reranker.rerank('lighthouse', []), new Float32Array());
  await t.rejects(reranker.rerank('x', new Array<string>(65).fill('x')), RangeError);
  await t.rejects(reranker.rerank('x', ['x'], { signal: AbortSignal.abort(new Error('left')) }), {
    message: 'left',
  });
});

t.test('a whole encoder scores pairs too', async (t) => {
  const reranker = await opening(models.reranker('encoder', { body: 'bert', head: 'label' }));
  t.teardown(() => reranker.close());
  const scores = await reranker.rerank('lighthouse', ['the lighthouse keeper', 'soup']);
  t.equal(new Set(scores).size, 2);
  t.ok(scores.every(Number.isFinite));
});

t.test('an embedding model is no reranker', async (t) => {
  await t.rejects(opening(models.reranker('vectors', { head: 'embedding' })), {
    message: 'vectors gives no scores: it is no reranking model.',
  });
});
