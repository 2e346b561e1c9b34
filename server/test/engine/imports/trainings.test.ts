import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { openCatalogue } from '../../../engine/catalogue/catalogue.js';
import {
  openGenerationForReading,
  openGenerationForWriting,
} from '../../../engine/catalogue/generation-file.js';
import { createImports } from '../../../engine/imports/imports.js';
import { trainAfter } from '../../../engine/imports/take-up.js';
import { createTrainings, type TrainingDeps } from '../../../engine/imports/trainings.js';
import { openDatabase } from '../../../engine/db/database.js';
import { countVectors, spacesOf } from '../../../engine/retrieval/vector-spaces.js';
import { marcFile, someRecords } from '../../fakes/some-marc.js';

async function office(t: Test, train?: TrainingDeps['train'], held = 60) {
  const dir = t.testdir();
  const dataDir = join(dir, 'var');
  const database = await openDatabase({ dataDir });
  const faults: unknown[] = [];
  const imports = createImports({ database });
  const onFault = (error: unknown) => void faults.push(error);
  const trainings = createTrainings({ database, onFault, ...(train && { train }) });
  const catalogue = await openCatalogue({ dataDir });
  t.teardown(async () => {
    await trainings.close();
    catalogue.close();
    await database.close();
  });
  let files = 0;
  const put = async (count: number, vectors = true) => {
    const path = marcFile(dir, `${++files}.mrc`, someRecords(count));
    const running = await imports.start({ files: [{ path }], vectors });
    const job = await running.done;
    catalogue.refresh();
    return { running, job };
  };
  const first = held > 0 ? await put(held) : undefined;
  return { dir, database, imports, trainings, catalogue, put, first, faults };
}

/** A training that goes on until it is stopped. */
const endless: TrainingDeps['train'] = ({ signal, onProgress }) =>
  new Promise((_, reject) => {
    onProgress?.(0.25);
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });

t.test('after an import the catalogue learns its own vectors, and readers hear of it', async (t) => {
  const { trainings, catalogue } = await office(t);
  const before = catalogue.current();
  const { done } = (await trainings.startIfNeeded()) ?? {};
  t.match(await done, {
    kind: 'training',
    state: 'done',
    message: 'Learned from 60 records; searching by meaning works now.',
  });
  catalogue.refresh();
  t.equal(catalogue.current()?.path, before?.path, 'the same records');
  t.equal(catalogue.current()?.version, '1.1', 'that answer differently');
  const file = openGenerationForReading(before?.path ?? '');
  t.equal(file.prepare('SELECT count(*) FROM vector_space WHERE live = 1').pluck().get(), 1);
  file.close();
  t.equal(await trainings.startIfNeeded(), undefined, 'once is enough');
});

t.test('there is nothing to learn without records, or when staff said no', async (t) => {
  const { trainings, put } = await office(t, endless, 0);
  t.equal(await trainings.startIfNeeded(), undefined);
  const { job } = await put(10, false);
  t.equal(await trainings.startIfNeeded(job), undefined);
});

t.test('a few changes within a day call for no training; more of them, or a day, do', async (t) => {
  const { dir, database, imports, trainings, catalogue, first } = await office(t, undefined, 300);
  await (
    await trainings.startIfNeeded(first?.job)
  )?.done;
  const change = async (count: number) => {
    const path = marcFile(
      dir,
      `changes-${count}.mrc`,
      someRecords(count, (record) => (record.title += ` once more ${count}`)),
    );
    const { done } = await imports.start({ files: [{ path }], mode: 'changes' });
    const job = await done;
    catalogue.refresh();
    return job;
  };
  const vectors = () => {
    const file = openGenerationForReading(catalogue.current()?.path ?? '');
    const [space] = spacesOf(file);
    const count = space === undefined ? 0 : countVectors(file, space);
    file.close();
    return count;
  };
  t.equal(vectors(), 300);
  t.equal(await trainings.startIfNeeded(await change(2)), undefined, 'two of three hundred');
  t.equal(vectors(), 298, 'the others are still found by what they mean');
  const wanted = await trainings.start();
  t.match(await wanted?.done, { state: 'done' }, 'who asks for it gets it all the same');
  t.equal(vectors(), 300);
  const more = await trainings.startIfNeeded(await change(5));
  t.match(await more?.done, { state: 'done' }, 'five of three hundred');
  t.equal(vectors(), 300);

  t.equal(await trainings.startIfNeeded(await change(1)), undefined);
  const live = openGenerationForWriting(catalogue.current()?.path ?? '');
  live.prepare('UPDATE vector_space SET trained_at = ?').run(new Date(Date.now() - 86_400_000).toISOString());
  live.close();
  const later = await trainings.startIfNeeded(await change(3));
  t.match(await later?.done, { state: 'done' }, 'the next change after a day');
  const { trained } = await database.db
    .selectFrom('catalogue_generation')
    .select('trained')
    .where('state', '=', 'live')
    .executeTakeFirstOrThrow();
  t.equal(trained, 1);
});

t.test('a training steps aside for an import', async (t) => {
  const { trainings, imports, put, first } = await office(t, endless);
  const { job, done } = (await trainings.startIfNeeded(first?.job)) ?? {};
  t.match((await put(61)).job, { state: 'done' });
  t.match(await done, { state: 'interrupted', message: 'Set aside; it begins again later.' });
  t.equal(job?.kind, 'training');
  const { job: importing } = await put(62);
  t.equal(importing.state, 'done');
  t.equal(await imports.findInterrupted(), undefined, 'an interrupted training is no import to resume');
});

t.test('a training can be cancelled, here or from another process, and told to stop', async (t) => {
  const { trainings, database, imports } = await office(t, endless);
  const first = await trainings.startIfNeeded();
  while ((await imports.get(first?.job.id ?? '')).progress.total !== 60) await sleep(50);
  t.match((await imports.get(first?.job.id ?? '')).progress, { records: 15, total: 60 });
  t.match(await trainings.cancel(first?.job.id ?? ''), { state: 'cancelled' });
  const second = await trainings.startIfNeeded();
  const elsewhere = createTrainings({ database });
  await elsewhere.cancel(second?.job.id ?? '');
  t.match(await second?.done, {
    state: 'cancelled',
    message: 'Cancelled; searching by words goes on working.',
  });
  const third = await trainings.startIfNeeded();
  await trainings.close();
  t.match(await third?.done, { state: 'interrupted' });
});

t.test('a training that fails is a fault, and searching by words goes on', async (t) => {
  const failing = () => Promise.reject(new Error('out of memory'));
  const { trainings, faults, catalogue, first, imports } = await office(t, failing);
  if (first) trainAfter(trainings, first.running);
  while ((await imports.jobs.list({ limit: 1 }))[0]?.state !== 'failed') await sleep(20);
  t.match(faults, [{ message: 'out of memory' }]);
  catalogue.refresh();
  t.equal(catalogue.current()?.version, '1.0');
});

t.test('a training waits for nobody', async (t) => {
  const { trainings, imports, first } = await office(t, endless);
  const path = first?.job.request.files[0]?.path ?? '';
  const { done } = await imports.start({ files: [{ path }] });
  t.equal(await trainings.startIfNeeded(), undefined);
  await done;
});
