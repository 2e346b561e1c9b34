import t from 'tap';
import { openSqlite } from '../../../engine/db/sqlite.js';
import { openSearch } from '../../../engine/retrieval/open-search.js';
import { createSpaceSwitch } from '../../../engine/spaces/space-switch.js';
import { spacesOf } from '../../../engine/retrieval/vector-spaces.js';
import { fakeEmbedding } from '../../fakes/embedding.js';
import { someRecords } from '../../fakes/some-marc.js';
import { library } from './embedding-office.js';

const never = new AbortController().signal;

t.test('switching under load: no question fails, and every answer is wholly of one space', async (t) => {
  const { database, catalogue, embeddingsOf } = await library(t);
  const model = fakeEmbedding();
  await (
    await embeddingsOf(model).start()
  ).done;
  const live = catalogue.current();
  const search = await openSearch({
    cataloguePath: live?.path,
    version: live?.version,
    workers: 2,
    maxQueue: 100,
    embeddings: (id) => (id === model.id ? model : undefined),
    vectorBudgetMs: 60_000,
  });
  t.teardown(() => search.close());
  const ask = async (text: string, wordsOnly = false) => {
    const question = { text, locale: 'en', offset: 0, limit: 10, wordsOnly } as const;
    const found = await search.search(question, { signal: never });
    const scores = found.hits.map(({ id, score }) => `${id} ${score.toFixed(6)}`).join(',');
    return { version: found.catalogueVersion, path: found.path, text, scores };
  };
  const texts = ['lighthouses', 'a quiet harbour', 'winter railway', 'island gardens in the north'];
  /** Asks every question of every thread; answers what came, by question. */
  const reference = async (wordsOnly = false) => {
    const all = await Promise.all([...texts, ...texts, ...texts].map((text) => ask(text, wordsOnly)));
    return new Map(all.map(({ text, scores }) => [text, scores]));
  };
  const words = await reference(true);
  const trained = await reference();
  const answers: Awaited<ReturnType<typeof ask>>[] = [];
  let asking = true;
  const load = Array.from({ length: 4 }, async (_, client) => {
    for (let at = client; asking; at++) answers.push(await ask(texts[at % texts.length] ?? ''));
  });
  const spaces = createSpaceSwitch({ database });
  const follow = async () => {
    catalogue.refresh();
    await search.switchTo(catalogue.current()?.path, catalogue.current()?.version);
    return reference();
  };
  t.match(await spaces.switchTo('fake'), { model: 'fake', live: true });
  const embedded = await follow();
  const second = catalogue.current()?.version;
  t.match(await spaces.back(), { model: null, live: true });
  t.strictSame(await follow(), trained, 'switched back, it is as it was');
  asking = false;
  await Promise.all(load);

  t.not(second, live?.version, 'each switch is another version of the catalogue');
  t.not(catalogue.current()?.version, second);
  t.ok(answers.length > 8);
  for (const text of texts) {
    t.not(embedded.get(text), trained.get(text), 'the spaces do differ');
    t.not(embedded.get(text), words.get(text), 'and vectors take part');
  }
  const mixed = answers.filter(
    ({ text, scores }) => ![words, trained, embedded].some((one) => one.get(text) === scores),
  );
  t.strictSame(mixed, [], 'no answer is of two spaces');
});

t.test(
  'an import keeps the space that was chosen live, and a training does not take its place',
  async (t) => {
    const { database, put, train, embeddingsOf, catalogue } = await library(t);
    const embeddings = embeddingsOf(fakeEmbedding());
    await (
      await embeddings.start()
    ).done;
    await createSpaceSwitch({ database }).switchTo();
    await put(someRecords(122));
    await train();
    t.match((await embeddings.status()).spaces, [
      { model: 'fake', live: true, vectors: 120 },
      { model: null, live: false, vectors: 122 },
    ]);
    const before = catalogue.current()?.version;
    await (
      await embeddings.startIfNeeded()
    )?.done;
    catalogue.refresh();
    t.not(catalogue.current()?.version, before, 'search threads hear of the vectors that came');
    t.match((await embeddings.status()).spaces[0], { model: 'fake', live: true, vectors: 122 });
  },
);

t.test('where there is nothing to switch to, the file stays as it is and one sentence says so', async (t) => {
  const { database, embeddingsOf, catalogue, imports } = await library(t);
  const spaces = createSpaceSwitch({ database });
  const version = catalogue.current()?.version;
  await t.rejects(spaces.switchTo(), { code: 'not_ready', message: /No model has read/ });
  await t.rejects(spaces.switchTo('other'), { code: 'not_ready', message: /other has not read/ });
  await t.rejects(spaces.back(), { code: 'not_ready', message: /no other vectors/ });
  catalogue.refresh();
  t.equal(catalogue.current()?.version, version);
  await (
    await embeddingsOf(fakeEmbedding()).start()
  ).done;
  await database.db
    .insertInto('lease')
    .values({
      name: 'catalogue',
      holder: 'x',
      pid: process.pid,
      host: '',
      job_id: null,
      yields: 0,
      heartbeat_ms: Date.now(),
    })
    .execute();
  const path = catalogue.current()?.path ?? '';
  const importing = spaces.switchTo();
  await t.rejects(
    importing,
    { code: 'import_running' },
    'a copy that is being made would know nothing of it',
  );
  const file = openSqlite(path, { readonly: true });
  t.match(spacesOf(file)[0], { model: null, live: true });
  file.close();
  t.ok(imports);
});
