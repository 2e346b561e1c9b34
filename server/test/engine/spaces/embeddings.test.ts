import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { Problem } from '../../../contract/problems.js';
import { EngineFault } from '../../../engine/remote/engine-fault.js';
import { createFakeClock } from '../../fakes/clock.js';
import { fakeEmbedding } from '../../fakes/embedding.js';
import { someRecords } from '../../fakes/some-marc.js';
import { library, until } from './embedding-office.js';

t.test(
  'a model reads the whole catalogue; its space is there and not yet the one that is searched',
  async (t) => {
    const { embeddingsOf, catalogue } = await library(t);
    const before = catalogue.current()?.version;
    const model = fakeEmbedding();
    const embeddings = embeddingsOf(model);
    const { job, done } = await embeddings.start();
    t.match(job, { kind: 'embedding', state: 'queued' });
    t.match(await done, {
      state: 'done',
      message: 'fake has read 120 records; carrel embed --switch puts its vectors to use.',
      progress: { records: 120, total: 120, seconds_left: 0 },
    });
    t.equal(model.seen.length, 120, 'each record once');
    t.ok(
      model.seen.every((text) => text.startsWith('passage: ')),
      'with the prefix for passages',
    );
    const { spaces, records } = await embeddings.status();
    t.equal(records, 120);
    t.match(spaces, [
      { model: null, live: true },
      { model: 'fake', live: false, vectors: 120, dimensions: 64, rescored: null },
    ]);
    t.ok((spaces[1]?.recall ?? 0) >= 0.98, 'and what eight bits lose is measured');
    catalogue.refresh();
    t.equal(catalogue.current()?.version, before, 'search goes on as it was');
    const again = embeddingsOf(model);
    t.equal(await again.startIfNeeded(), undefined, 'once is enough');
  },
);

t.test('without a model or a catalogue nothing is read, and start says why', async (t) => {
  const { embeddingsOf } = await library(t, { empty: true });
  await t.rejects(embeddingsOf(fakeEmbedding()).start(), { code: 'not_ready', message: /no catalogue/ });
  const { embeddingsOf: withBooks } = await library(t);
  await t.rejects(withBooks(undefined).start(), { code: 'not_ready', message: /No embedding model/ });
  t.equal(await withBooks(undefined).startIfNeeded(), undefined);
  t.equal(await withBooks(fakeEmbedding()).startIfNeeded(), undefined, 'nobody has asked for this model');
  t.strictSame((await withBooks(undefined).status()).job, undefined);
});

t.test('after an import only what changed is read, and the rest is there at once', async (t) => {
  const { embeddingsOf, put, train, imports } = await library(t);
  const model = fakeEmbedding();
  await (
    await embeddingsOf(model).start()
  ).done;
  model.seen.length = 0;
  const changed = someRecords(125, (record, at) => {
    if (at === 7) record.title = 'Quite another matter';
    if (at === 8) record.branches = ['nowhere'];
  });
  t.match(await put(changed.slice(1)), { state: 'done' });
  const embeddings = embeddingsOf(model);
  const [, carried] = (await embeddings.status()).spaces;
  t.match(carried, { model: 'fake', vectors: 117 }, 'all but the changed and the removed');
  await train();
  t.match(
    (await embeddings.status()).spaces[1],
    { model: 'fake', vectors: 117 },
    'a training leaves it alone',
  );
  const running = await embeddings.startIfNeeded();
  t.match(await running?.done, { state: 'done' });
  t.equal(
    model.seen.length,
    6,
    'five new records and one whose passage changed; not the one with other copies',
  );
  t.match((await embeddings.status()).spaces[1], { model: 'fake', vectors: 124 });
  t.equal(await embeddings.startIfNeeded(), undefined);
  t.equal((await imports.jobs.list({ limit: 9, kind: 'embedding' })).length, 2);
});

t.test('progress tells how many, how fast and how long, and a rate is kept to', async (t) => {
  const { embeddingsOf } = await library(t);
  const embeddings = embeddingsOf(fakeEmbedding({ maxBatch: 5 }));
  const { job, done } = await embeddings.start({ textsPerSecond: 20 });
  await until(async () => ((await embeddings.status()).job?.progress.per_second ?? 0) > 0);
  const now = (await embeddings.status()).job;
  t.match(now, { state: 'running', progress: { total: 120 } });
  t.ok((now?.progress.records ?? 0) < 120 && (now?.progress.seconds_left ?? 0) > 0);
  t.ok((now?.progress.per_second ?? 99) <= 22, 'no more than asked for');
  await embeddings.cancel(job.id);
  t.match(await done, { state: 'cancelled' });
  t.equal(await embeddings.startIfNeeded(), undefined, 'what staff cancelled stays cancelled');
});

t.test('a pause lasts until somebody says go on, and nothing is read twice', async (t) => {
  const { embeddingsOf } = await library(t);
  const model = fakeEmbedding({ before: () => sleep(20) });
  const embeddings = embeddingsOf(model);
  const { job, done } = await embeddings.start();
  await until(() => model.seen.length >= 32);
  t.match(await embeddings.pause(job.id), { state: 'paused', message: /Paused/ });
  await done;
  const read = model.seen.length;
  t.ok(read < 120);
  t.equal(await embeddingsOf(model).startIfNeeded(), undefined, 'a server that starts leaves it paused');
  const resumed = await embeddings.resume(job.id);
  t.equal(resumed.job.id, job.id, 'the same job');
  t.match(await resumed.done, { state: 'done' });
  t.ok(model.seen.length <= 120 + 32, 'at most what was under way is read again');
  await t.rejects(embeddings.resume(job.id), { code: 'job_not_found' });
});

t.test('another process pauses, and this one stops within its second', async (t) => {
  const { embeddingsOf } = await library(t);
  const model = fakeEmbedding({
    before: (_, signal) => sleep(100_000, undefined, signal ? { signal } : {}),
  });
  const here = embeddingsOf(model);
  const { job, done } = await here.start();
  await until(async () => (await here.status()).job?.state === 'running');
  await embeddingsOf(undefined).pause(job.id);
  t.match(await done, { state: 'paused' });
});

t.test('it steps aside for an import at once and goes on by itself afterwards', async (t) => {
  const { embeddingsOf, put, train } = await library(t);
  let slow = true;
  const model = fakeEmbedding({
    before: (_, signal) => (slow ? sleep(600_000, undefined, signal ? { signal } : {}) : undefined),
  });
  const embeddings = embeddingsOf(model);
  const { done } = await embeddings.start();
  await until(async () => (await embeddings.status()).job?.state === 'running');
  t.match(await put(someRecords(130)), { state: 'done' });
  t.match(await done, { state: 'interrupted', message: /goes on later/ });
  slow = false;
  await train();
  await until(async () => (await embeddings.status()).job?.state === 'done');
  t.match((await embeddings.status()).spaces, [
    { model: null, live: true, vectors: 130 },
    { model: 'fake', vectors: 130 },
  ]);
});

t.test(
  'a model that fails ends the job with a sentence; what is done is kept and resume goes on',
  async (t) => {
    const { embeddingsOf, faults } = await library(t);
    let broken = true;
    let batches = 0;
    const model = fakeEmbedding({
      before() {
        if (broken && ++batches > 3) throw new Error('the tensor is gone');
      },
    });
    const embeddings = embeddingsOf(model);
    const { job, done } = await embeddings.start();
    const failed = await done;
    t.match(failed, {
      state: 'failed',
      message: 'The model failed; what it has read is kept, and search goes on as before.',
    });
    t.notMatch(failed.message, /tensor/, 'the fault is for the log');
    t.match(faults, [{ message: 'the tensor is gone' }]);
    t.equal(await embeddings.startIfNeeded(), undefined, 'it is not tried for ever');
    broken = false;
    const read = model.seen.length;
    t.match(await (await embeddings.resume(job.id)).done, { state: 'done' });
    t.ok(read >= 48 && model.seen.length <= 120 + 16, 'only what was not kept is read again');

    const { embeddingsOf: elsewhere, faults: none } = await library(t);
    const saying = fakeEmbedding({
      before() {
        throw new Problem('busy', { detail: 'The embedding engine is full.' });
      },
    });
    t.match(await (await elsewhere(saying).start()).done, {
      state: 'failed',
      message: 'The embedding engine is full.',
    });
    t.strictSame(none, []);
  },
);

t.test(
  'an engine that is away for a while is waited for, longer each time, and goes on by itself',
  async (t) => {
    const { embeddingsOf, faults } = await library(t);
    const clock = createFakeClock();
    const asked: number[] = [];
    let away: EngineFault | undefined = new EngineFault('unreachable', 'engine.example:8080');
    const model = fakeEmbedding({
      before() {
        asked.push(clock.now());
        if (away && asked.length > 2) throw away;
      },
    });
    const embeddings = embeddingsOf(model, { clock });
    const { job, done } = await embeddings.start();
    const now = async () => (await embeddings.status()).job;
    await until(async () => (await now())?.message.startsWith('It waits') === true);
    t.match(await now(), {
      state: 'running',
      message: /^It waits: the engine at engine\.example:8080 cannot be reached; it is asked again/,
    });
    for (let hour = 0; hour < 3; hour += 1) await clock.advance(3_600_000);
    const gaps = asked.slice(3).map((at, i) => (at - (asked[i + 2] ?? 0)) / 1000);
    t.strictSame(gaps.slice(0, 9), [2, 4, 8, 16, 32, 64, 128, 256, 300]);
    t.ok(gaps.slice(9).every((gap) => gap === 300) && gaps.length > 30, 'and never gives up by itself');
    away = new EngineFault('busy', 'engine.example:8080', { retryAfterMs: 20_000 });
    await clock.advance(300_000);
    away = undefined;
    await clock.advance(300_000);
    t.match(await done, { state: 'done', message: /has read 120 records/ });
    t.equal((await now())?.id, job.id, 'the same job');
    t.ok(model.seen.length <= 120 + 32, 'what had been read was kept');
    t.strictSame(faults, []);

    const refused = new EngineFault('refused', 'engine.example:8080', { status: 401 });
    const { embeddingsOf: elsewhere } = await library(t);
    const locked = fakeEmbedding({
      before() {
        throw refused;
      },
    });
    t.match(
      await (
        await elsewhere(locked).start()
      ).done,
      { state: 'failed' },
      'a wrong key does not get right by waiting',
    );
  },
);

t.test('vectors of another length than promised are refused in one sentence and never stored', async (t) => {
  const { embeddingsOf } = await library(t);
  const wrong = embeddingsOf(fakeEmbedding({ answers: 32 }));
  const message =
    'The model answers 32 numbers for a text where 64 were promised; check that it is the right one.';
  t.match(await (await wrong.start()).done, { state: 'failed', message });
  t.match((await wrong.status()).spaces, [{ model: null }]);
  const right = fakeEmbedding();
  t.match(await (await embeddingsOf(right).start()).done, { state: 'done' });
  t.equal(right.seen.length, 120);
  const other = embeddingsOf(fakeEmbedding({ dimensions: 48, id: 'fake' }));
  const running = await other.start();
  t.match(await running.done, { state: 'failed', message: /answers 48 numbers .+ 64 were promised/ });
});

t.test('one more model takes the place of the last but one, in the file and on the disk', async (t) => {
  const { embeddingsOf, dataDir } = await library(t);
  for (const id of ['a', 'b', 'c'])
    t.match(await (await embeddingsOf(fakeEmbedding({ id })).start()).done, { state: 'done' });
  const { spaces } = await embeddingsOf(undefined).status();
  t.strictSame(
    spaces.map(({ model }) => model),
    [null, 'b', 'c'],
  );
  t.equal(readdirSync(dataDir).filter((name) => /^passages-.+\.db$/.test(name)).length, 2);
});
