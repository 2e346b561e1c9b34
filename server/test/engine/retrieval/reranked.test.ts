import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import t, { type Test } from 'tap';
import type { Reranker } from '../../../engine/embedding/reranker.js';
import { openTransformersReranker } from '../../../engine/embedding/transformers-reranker.js';
import { measureReranker } from '../../../engine/retrieval/admit-reranker.js';
import { createReranked } from '../../../engine/retrieval/reranked.js';
import type { Found, Question, Search } from '../../../engine/retrieval/search.js';
import { about, bibOf } from '../../fakes/bibs.js';
import { createFakeClock } from '../../fakes/clock.js';
import { tinyModels } from '../embedding/tiny-models.js';

const bibs = [
  bibOf('soup', 'Bread and soup in the kitchen'),
  bibOf('storm', 'A storm at sea'),
  bibOf('keeper', 'The lighthouse keeper', { subjects: about('Lighthouse keeper') }),
  bibOf('gone', 'Gone from the shelf'),
];
const listRecords = (ids: readonly string[]) =>
  Promise.resolve(bibs.filter(({ id }) => ids.includes(id) && id !== 'gone').reverse());
const { signal } = new AbortController();
const question = (text: string, more: Partial<Question> = {}): Question => ({
  text,
  locale: 'en',
  offset: 0,
  limit: 10,
  ...more,
});

/** A search that always finds the same four, in the order of `bibs`, by nearly the same score. */
function sameSearch(change: (found: Found) => Found = (found) => found): Search {
  return {
    search: ({ text }) =>
      Promise.resolve(
        change({
          intent: { text, topic: text },
          chips: [],
          hits: bibs.map(({ id }, at) => ({ id, score: 1 - at / 100, evidence: [] })),
          total: 4,
          facets: [],
          corrected: [],
          relaxed: [],
          confidence: 0.5,
          path: 'full',
          catalogueVersion: 'v1',
        }),
      ),
    similar: () => Promise.resolve([]),
    nextInSeries: () => Promise.resolve(undefined),
    status: () => ({ ready: true, catalogueVersion: 'v1', queued: 0, workers: 1, vectors: true }),
    close: () => Promise.resolve(),
  };
}
/** Scores a text by how many words of the question stand in it. */
function countingReranker(asked: string[] = []): Reranker {
  return {
    id: 'counting',
    maxBatch: 20,
    rerank(words, texts) {
      asked.push(words);
      const hits = (text: string) =>
        words.split(' ').filter((word) => text.toLowerCase().includes(word)).length;
      return Promise.resolve(Float32Array.from(texts, hits));
    },
  };
}
const order = (found: Found) => found.hits.map(({ id }) => id);
const failuresIn = (t: Test) => {
  const failures: unknown[] = [];
  const hear = (message: unknown) => failures.push(message);
  subscribe('carrel:retrieval:rerank-failed', hear);
  t.teardown(() => unsubscribe('carrel:retrieval:rerank-failed', hear));
  return failures;
};
const unmoved = ['soup', 'storm', 'keeper', 'gone'];

t.test('what answers the question comes first, and nothing is added or lost', async (t) => {
  const asked: string[] = [];
  const search = createReranked(sameSearch(), { reranker: countingReranker(asked), listRecords });
  const found = await search.search(question('lighthouse keeper'), { signal });
  t.equal(order(found)[0], 'keeper');
  t.strictSame(order(found).sort(), [...unmoved].sort());
  t.strictSame(
    found.hits.map(({ score }) => score),
    [1, 0.99, 0.98, 0.97],
    'scores fall as before',
  );
  t.strictSame(asked, ['lighthouse keeper']);
  t.equal(search.status().workers, 1, 'all else is the search’s own');
});

t.test('later pages, plain searches, orders and named books are left as they are', async (t) => {
  const asked: string[] = [];
  const given = (more: Partial<Found['intent']>) =>
    createReranked(
      sameSearch((found) => ({ ...found, intent: { ...found.intent, ...more } })),
      { reranker: countingReranker(asked), listRecords },
    );
  const words = 'lighthouse keeper';
  for (const more of [{ offset: 10 }, { plain: true }, { wordsOnly: true }])
    t.strictSame(order(await given({}).search(question(words, more), { signal })), unmoved);
  for (const intent of [
    { topic: '' },
    { sort: 'newest' as const },
    { isbn: '9780000000019' },
    { title: words },
  ])
    t.strictSame(order(await given(intent).search(question(words), { signal })), unmoved);
  t.strictSame(asked, [], 'the model is not asked');
});

t.test('a reranker that is late is cut off, and the order stays', async (t) => {
  const failures = failuresIn(t);
  const clock = createFakeClock();
  let stopped = false;
  const reranker: Reranker = {
    ...countingReranker(),
    rerank: (_, __, options) =>
      new Promise((_resolve, reject) => {
        options?.signal?.addEventListener('abort', () => {
          stopped = true;
          reject(options.signal?.reason as Error);
        });
      }),
  };
  const search = createReranked(sameSearch(), { reranker, listRecords, clock, budgetMs: 400 });
  const asking = search.search(question('lighthouse keeper'), { signal });
  await clock.advance(399);
  t.notOk(stopped);
  await clock.advance(1);
  t.strictSame(order(await asking), unmoved);
  t.ok(stopped, 'its work ends');
  t.equal(failures.length, 1);

  const leaving = new AbortController();
  const left = search.search(question('lighthouse keeper'), { signal: leaving.signal });
  await clock.settle();
  leaving.abort(new Error('left'));
  await t.rejects(left, { message: 'left' });
  t.equal(failures.length, 1, 'who leaves is no failure');
});

t.test('a reranker that fails costs nobody an answer, and is told without the words', async (t) => {
  const failures = failuresIn(t);
  const reranker = { ...countingReranker(), rerank: () => Promise.reject(new Error('gone')) };
  const search = createReranked(sameSearch(), { reranker, listRecords });
  t.strictSame(order(await search.search(question('lighthouse keeper'), { signal })), unmoved);
  t.equal(failures.length, 1);
  t.notMatch(JSON.stringify(failures), /lighthouse/);
});

t.test('only a reranker that improves the judged questions is admitted', async (t) => {
  const judged = ['lighthouse keeper', 'keeper', 'keeper lighthouse', 'lighthouse'].map((text) => ({
    question: question(text),
    grades: new Map([['keeper', 3]]),
  }));
  const search = sameSearch();
  const good = createReranked(search, { reranker: countingReranker(), listRecords });
  const measured = await measureReranker(judged, { search, reranked: good, signal });
  t.match(measured, { questions: 4, with: 1, better: 4, worse: 0, admitted: true });
  t.ok(measured.without < 0.6);

  const weak: Reranker = { ...countingReranker(), rerank: (_, texts) => Promise.resolve(Float32Array.from(texts, (text) => (text.startsWith('Bread') ? 1 : 0))) }; // prettier-ignore
  const bad = createReranked(search, { reranker: weak, listRecords });
  const worse = await measureReranker(judged, { search, reranked: bad, signal });
  t.equal(worse.admitted, false);
  const same = await measureReranker(judged, { search, reranked: search, signal });
  t.match(same, { better: 0, worse: 0, admitted: false });
  t.equal((await measureReranker([], { search, reranked: good, signal })).admitted, false);
});

t.test('a model of transformers.js puts the book asked for first', async (t) => {
  const models = tinyModels();
  t.teardown(() => models.remove());
  const reranker = await openTransformersReranker({
    model: models.reranker('overlap'),
    workers: 1,
    threadsPerWorker: 1,
  });
  t.teardown(() => reranker.close());
  const search = createReranked(sameSearch(), { reranker, listRecords, budgetMs: 30_000 });
  t.equal(order(await search.search(question('the lighthouse keeper'), { signal }))[0], 'keeper');
});
