import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import t, { type Test } from 'tap';
import type { Embedding } from '../../../engine/embedding/embedding.js';
import { openQuestionVectors } from '../../../engine/embedding/question-vectors.js';
import { openTransformersEmbedding } from '../../../engine/embedding/transformers.js';
import { openSearch, type SearchOptions } from '../../../engine/retrieval/open-search.js';
import { respelt } from '../../../engine/retrieval/question-vector.js';
import type { Question } from '../../../engine/retrieval/search.js';
import { tinyModels } from '../embedding/tiny-models.js';
import { embedRecords, meaningModel } from './model-space.js';
import { shelves, writeCatalogue } from './small-catalogue.js';

const { signal } = new AbortController();
const catalogueOf = async (t: Test, embedding: Embedding, modelId?: string) => {
  const cataloguePath = await writeCatalogue(t.testdir(), shelves, { vectors: false });
  await embedRecords(cataloguePath, embedding, modelId);
  return cataloguePath;
};
const open = async (t: Test, options: Omit<SearchOptions, 'workers' | 'maxQueue'>) => {
  const search = await openSearch({ workers: 1, maxQueue: 10, vectorBudgetMs: 10_000, ...options });
  t.teardown(() => search.close());
  const ask = (text: string, more: Partial<Question> = {}) =>
    search.search({ text, locale: 'en', offset: 0, limit: 5, ...more }, { signal });
  return { search, ask };
};

t.test('a file whose records a model embedded', async (t) => {
  const { embedding, asked } = meaningModel();
  const cataloguePath = await catalogueOf(t, embedding);
  let current: Embedding | undefined = embedding;
  const { ask } = await open(t, {
    cataloguePath,
    embeddings: (id) => (id === embedding.id ? current : undefined),
  });
  t.beforeEach(() => {
    current = embedding;
    asked.length = 0;
  });

  t.test('a question in other words than the record’s is found', async (t) => {
    const found = await ask('ropework');
    t.match(found.hits[0]?.id, /branchy/);
    t.equal(found.path, 'full');
    t.equal(found.vectorMissed, undefined);
    t.strictSame(asked, [{ text: 'query: ropework', urgent: true }], 'asked once, with its prefix');
  });
  t.test('the model reads what was asked for as one writes it, without the limits', async (t) => {
    await ask('a Large Print story of the lighthuose');
    t.match(asked, [{ text: /^query: .*lighthouse$/ }]);
    t.notMatch(asked[0]?.text, /print/i);
  });
  t.test('words alone need no model, nor do books like a held one', async (t) => {
    t.equal((await ask('ropework', { wordsOnly: true })).path, 'words_only');
    const like = [{ record_id: 'lighthouse', title: 'The Lighthouse Keeper' }];
    const found = await ask('', { intent: { text: 'more like this', topic: '', like } });
    t.equal(found.path, 'full');
    t.ok(['lighthouse-lp', 'faro'].includes(found.hits[0]?.id ?? ''));
    t.strictSame(asked, []);
  });
  t.test('a model that fails, is another one, or is not there leaves words to answer', async (t) => {
    const failures: unknown[] = [];
    const hear = (message: unknown) => failures.push(message);
    subscribe('carrel:retrieval:vector-failed', hear);
    t.teardown(() => unsubscribe('carrel:retrieval:vector-failed', hear));
    const failing: Embedding = { ...embedding, embed: () => Promise.reject(new Error('away')) };
    const other = meaningModel('another');
    for (const [name, one, told] of [
      ['failing', failing, 1],
      ['another', other.embedding, 0],
      ['none', undefined, 0],
    ] as const) {
      failures.length = 0;
      current = one;
      const found = await ask('lighthouse');
      t.match(found.hits[0]?.id, /lighthouse|faro/, name);
      t.equal(found.path, 'words_only', name);
      t.equal(found.vectorMissed, true, name);
      t.equal(failures.length, told, name);
      t.notMatch(JSON.stringify(failures), /lighthouse/, 'the question is told to nobody');
    }
    t.strictSame(other.asked, [], 'vectors of another model are not even asked for');
  });
});

t.test('a model that is slow costs its time and no more, and the next who asks has its vector', async (t) => {
  const { embedding, asked } = meaningModel();
  const cataloguePath = await catalogueOf(t, embedding);
  asked.length = 0;
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  const slow: Embedding = {
    ...embedding,
    async embed(texts, options) {
      await answered;
      return embedding.embed(texts, options);
    },
  };
  const memory = openQuestionVectors({});
  t.teardown(() => memory.close());
  const remembered = memory.around(slow);
  const { ask } = await open(t, { cataloguePath, embeddings: () => remembered, vectorBudgetMs: 20 });
  const first = await ask('lighthouse ropework');
  t.equal(first.path, 'words_only');
  t.equal(first.vectorMissed, true);
  t.match(first.hits[0]?.id, /lighthouse|faro/, 'words answered');
  answer();
  await remembered.embed(['query: lighthouse ropework']);
  const second = await ask('lighthouse ropework');
  t.equal(second.path, 'full');
  t.ok(second.hits.some(({ id }) => /branchy/.test(id)));
});

t.test('vectors of a catalogue’s own training are not mixed up with a model’s', async (t) => {
  const { embedding, asked } = meaningModel();
  const cataloguePath = await writeCatalogue(t.testdir(), shelves);
  const { search, ask } = await open(t, { cataloguePath, embeddings: () => embedding });
  t.equal((await ask('lighthouse')).path, 'full');
  t.strictSame(asked, [], 'its own vectors need no model');
  await embedRecords(cataloguePath, embedding);
  asked.length = 0;
  await search.switchTo(cataloguePath);
  t.match((await ask('ropework')).hits[0]?.id, /branchy/);
  t.equal(asked.length, 1);
});

t.test('a model of transformers.js finds by what records and question have in common', async (t) => {
  const models = tinyModels();
  t.teardown(() => models.remove());
  const words = 'lighthouse keeper dragon knots sea query passage coast brother'.split(' ');
  const model = models.embedding('words', { words }, { queryPrefix: 'query: ', passagePrefix: 'passage: ' });
  const embedding = await openTransformersEmbedding({ model, workers: 1, threadsPerWorker: 1 });
  t.teardown(() => embedding.close());
  const cataloguePath = await catalogueOf(t, embedding);
  const { ask } = await open(t, { cataloguePath, embeddings: () => embedding });
  const found = await ask('lighthouse keeper');
  t.equal(found.path, 'full');
  t.match(found.hits[0]?.id, /lighthouse/);
});

t.test('a topic is put right where its words were read as others, and else left as it is', (t) => {
  const corrected = [{ from: 'lighthuose', to: 'lighthouse' }];
  t.equal(respelt('Lighthuose keepers’ tales', corrected), 'lighthouse keepers’ tales');
  t.equal(respelt('Los Faros', []), 'Los Faros');
  t.end();
});
