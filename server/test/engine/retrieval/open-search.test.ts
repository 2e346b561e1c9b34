import t from 'tap';
import { openSearch, type OpenSearch } from '../../../engine/retrieval/open-search.js';
import { trainVectors } from '../../../engine/retrieval/train-vectors.js';
import { embedRecords, meaningModel } from './model-space.js';
import { shelves, writeCatalogue } from './small-catalogue.js';

const never = new AbortController().signal;
const ask = (search: OpenSearch, text: string, signal = never) =>
  search.search({ text, locale: 'en', offset: 0, limit: 5 }, { signal });

t.test('searches are answered in threads from the catalogue that is live', async (t) => {
  const dir = t.testdir();
  const cataloguePath = await writeCatalogue(dir, shelves);
  const search = await openSearch({ cataloguePath, workers: 2, maxQueue: 10 });
  t.teardown(() => search.close());
  t.match((await ask(search, 'the tempest')).hits[0]?.id, 'shakespeare');
  t.equal((await search.similar('lighthouse', { limit: 2, signal: never })).length, 2);
  t.equal((await search.nextInSeries('dragon-teen', { signal: never }))?.id, 'dragon-teen-2');
  t.match(search.status(), { ready: true, workers: 2, queued: 0, vectors: true });

  const before = search.status().catalogueVersion;
  const next = await writeCatalogue(dir, [{ id: 'new', title: 'The Tempest Returns' }], {
    name: 'next.sqlite',
    vectors: false,
  });
  const during = Promise.all(Array.from({ length: 8 }, () => ask(search, 'tempest')));
  await search.switchTo(next);
  t.equal((await during).length, 8, 'no search failed while the catalogue changed');
  const found = await ask(search, 'tempest');
  t.strictSame(
    found.hits.map(({ id }) => id),
    ['new'],
  );
  t.not(found.catalogueVersion, before);
  t.equal(found.catalogueVersion, search.status().catalogueVersion);

  await t.rejects(search.switchTo(`${dir}/missing.sqlite`));
  t.strictSame(
    (await ask(search, 'tempest')).hits.map(({ id }) => id),
    ['new'],
    'stays with what it has',
  );

  t.equal(search.status().vectors, false);
  await search.switchTo(cataloguePath);
  await trainVectors({ cataloguePath, signal: never, dimensions: 8 });
  await search.switchTo(cataloguePath);
  t.equal((await ask(search, 'lighthouse')).path, 'full', 'vectors trained meanwhile are used');
});

t.test(
  'a thread that opens the file after others were made live still answers from the vectors it was told',
  async (t) => {
    const dir = t.testdir();
    const cataloguePath = await writeCatalogue(dir, shelves);
    const search = await openSearch({ cataloguePath, version: 'first', workers: 2, maxQueue: 20 });
    t.teardown(() => search.close());
    const alone = await ask(search, 'lighthouse');
    await embedRecords(cataloguePath, meaningModel().embedding);
    const all = await Promise.all(Array.from({ length: 12 }, () => ask(search, 'lighthouse')));
    for (const { path, hits, catalogueVersion, vectorMissed } of all) {
      t.strictSame([path, hits, catalogueVersion], [alone.path, alone.hits, 'first']);
      t.notOk(vectorMissed);
    }
    await search.switchTo(cataloguePath, 'second');
    t.match(
      await ask(search, 'lighthouse'),
      { vectorMissed: true, catalogueVersion: 'second' },
      'once told, the others',
    );
  },
);

t.test(
  'of switches asked for at once the last one stays, and one that fails holds up no other',
  async (t) => {
    const dir = t.testdir();
    const first = await writeCatalogue(dir, shelves, { vectors: false });
    const last = await writeCatalogue(dir, [{ id: 'last', title: 'Last' }], {
      name: 'last.sqlite',
      vectors: false,
    });
    const search = await openSearch({ workers: 1, maxQueue: 2 });
    t.teardown(() => search.close());
    const [, failed] = await Promise.allSettled([
      search.switchTo(first),
      search.switchTo(`${dir}/missing.sqlite`),
      search.switchTo(last),
    ]);
    t.equal(failed?.status, 'rejected');
    t.strictSame(
      (await ask(search, 'last')).hits.map(({ id }) => id),
      ['last'],
    );
  },
);

t.test('a full queue is a problem with a time to come back, and nothing is lost of what waits', async (t) => {
  const cataloguePath = await writeCatalogue(t.testdir(), shelves, { vectors: false });
  const search = await openSearch({ cataloguePath, workers: 1, maxQueue: 2 });
  t.teardown(() => search.close());
  const [one, two, three, refused] = await Promise.allSettled([1, 2, 3, 4].map(() => ask(search, 'dragons')));
  t.strictSame([one?.status, two?.status, three?.status], ['fulfilled', 'fulfilled', 'fulfilled']);
  t.match(refused, { status: 'rejected', reason: { code: 'busy', details: { retryAfterSeconds: Number } } });
  t.equal((await ask(search, 'dragons')).path, 'words_only');
});

t.test('words alone, asked for when the whole came too late, go before all that waits', async (t) => {
  const cataloguePath = await writeCatalogue(t.testdir(), shelves, { vectors: false });
  const search = await openSearch({ cataloguePath, workers: 1, maxQueue: 2 });
  t.teardown(() => search.close());
  const order: string[] = [];
  const note = async (name: string, wordsOnly: boolean) => {
    await search.search({ text: name, locale: 'en', offset: 0, limit: 5, wordsOnly }, { signal: never });
    order.push(name);
  };
  const asked = [note('under way', false), note('dragons', false), note('bread', false), note('late', true)];
  await Promise.all(asked);
  t.strictSame(order, ['under way', 'late', 'dragons', 'bread'], 'and a full line does not turn them away');
});

t.test('a patron who walks away is let go, waiting or being served, and the thread goes on', async (t) => {
  const cataloguePath = await writeCatalogue(t.testdir(), shelves, { vectors: false });
  const search = await openSearch({ cataloguePath, workers: 1, maxQueue: 5 });
  t.teardown(() => search.close());
  const leaving = new AbortController();
  const served = ask(search, 'dragons', leaving.signal);
  const waiting = ask(search, 'dragons', leaving.signal);
  const staying = ask(search, 'dragons');
  leaving.abort(new Error('left'));
  await t.rejects(served, { message: 'left' });
  await t.rejects(waiting, { message: 'left' });
  t.ok((await staying).hits.length > 0);
  await t.rejects(ask(search, 'dragons', AbortSignal.abort(new Error('gone'))), { message: 'gone' });
  t.equal(search.status().queued, 0);
});

t.test('without a catalogue answers are empty until there is one', async (t) => {
  const search = await openSearch({ workers: 1, maxQueue: 1 });
  t.teardown(() => search.close());
  t.match(await ask(search, 'dragons'), { hits: [], total: 0, confidence: 0 });
  t.match(search.status(), { ready: false, catalogueVersion: 'none' });
  await search.switchTo(await writeCatalogue(t.testdir(), shelves, { vectors: false }));
  t.ok((await ask(search, 'dragons')).hits.length > 0);
  await search.switchTo(undefined);
  t.equal(search.status().ready, false);
});

t.test('a catalogue that is not there is told at once', async (t) => {
  await t.rejects(openSearch({ cataloguePath: `${t.testdir()}/none.sqlite`, workers: 1, maxQueue: 1 }));
});
