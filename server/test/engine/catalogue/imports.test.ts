import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { Problem } from '../../../contract/problems.js';
import { openCatalogue } from '../../../engine/catalogue/catalogue.js';
import {
  explained,
  ImportStopped,
  receivedError,
  sentError,
} from '../../../engine/catalogue/import-failures.js';
import { createImports, type ImportDeps } from '../../../engine/catalogue/imports.js';
import { openRecords } from '../../../engine/catalogue/records.js';
import { takeUp, uploadsFolder } from '../../../engine/catalogue/take-up.js';
import { createTrainings } from '../../../engine/catalogue/trainings.js';
import { openDatabase } from '../../../engine/db/database.js';
import { catalogueState } from './catalogue-state.js';
import { marcFile, someRecords } from './some-marc.js';

const child = fileURLToPath(new URL('./import-child.js', import.meta.url));

async function office(t: Test, options: Partial<ImportDeps> = {}, held = 20) {
  const dir = t.testdir();
  const dataDir = join(dir, 'var');
  const database = await openDatabase({ dataDir });
  const plain = createImports({ database });
  const imports = createImports({ database, ...options });
  const catalogue = await openCatalogue({ dataDir });
  t.teardown(async () => {
    await imports.close();
    catalogue.close();
    await database.close();
  });
  if (held > 0) {
    const path = marcFile(dir, 'held.mrc', someRecords(held));
    await (
      await plain.start({ files: [{ path }] })
    ).done;
    catalogue.refresh();
  }
  const big = marcFile(dir, 'big.mrc', someRecords(3000));
  const start = () => imports.start({ files: [{ path: big }] });
  const staged = () => readdirSync(dataDir).filter((name) => /^catalogue-\d+\.db$/.test(name));
  return { dir, dataDir, database, imports, catalogue, big, start, staged };
}

t.test('a cancelled import leaves the catalogue and nothing else behind', async (t) => {
  const { imports, catalogue, start, staged, database } = await office(t);
  const live = catalogue.current();
  const { job, done } = await start();
  await sleep(150);
  t.match(await imports.cancel(job.id), {
    state: 'cancelled',
    message: 'Cancelled; the catalogue is as it was.',
  });
  t.match(await done, { state: 'cancelled' });
  catalogue.refresh();
  t.strictSame(catalogue.current(), live);
  t.strictSame(staged(), ['catalogue-1.db']);
  t.strictSame(await database.db.selectFrom('lease').selectAll().execute(), []);
  t.match(await imports.cancel(job.id), { state: 'cancelled' }, 'cancelling twice is no error');
  await t.rejects(imports.cancel('nobody'), { code: 'job_not_found' });
  await t.rejects(imports.resume(job.id), { code: 'job_not_found' }, 'what was cancelled is over');
});

t.test('two imports at once: the second is refused, whichever process runs the first', async (t) => {
  const { imports, start, dataDir, big, database } = await office(t, {}, 0);
  const { done } = await start();
  await t.rejects(start(), { code: 'import_running' });
  await t.rejects(imports.rollback(), { code: 'import_running' });
  t.match(await done, { state: 'done' });
  const other = spawn(process.execPath, [child, dataDir, big], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(other.stdout, 'data');
  await t.rejects(start(), { code: 'import_running' });
  const [active] = await imports.jobs.list({ limit: 1 });
  await imports.cancel(active?.id ?? '');
  await once(other, 'exit');
  t.match(await imports.get(active?.id ?? ''), { state: 'cancelled' }, 'from another process');
  t.equal((await database.db.selectFrom('job').select('id').execute()).length, 2, 'refused ones left no job');
});

t.test('a cancel that comes from another process is heeded', async (t) => {
  const { imports, database, start } = await office(t, {}, 0);
  const { job, done } = await start();
  const elsewhere = createImports({ database });
  await elsewhere.cancel(job.id);
  t.match(await imports.get(job.id), { cancelRequested: true });
  t.match(await done, { state: 'cancelled' });
});

t.test('an import that is stopped with its process goes on at the next start', async (t) => {
  const { imports, dataDir, database, catalogue, start, dir } = await office(t);
  const live = catalogue.current();
  const { job, done } = await start();
  await sleep(200);
  await imports.close();
  t.match(await done, { state: 'interrupted', message: /the work so far is kept and can be resumed/ });
  catalogue.refresh();
  t.strictSame(catalogue.current(), live);
  mkdirSync(uploadsFolder(dataDir));
  writeFileSync(join(uploadsFolder(dataDir), 'forgotten.mrc'), 'no job reads this');

  const again = createImports({ database });
  const trainings = createTrainings({ database, train: () => Promise.resolve({ records: 3000, id: 'v' }) });
  const resumed = await takeUp({ dataDir, imports: again, trainings });
  t.equal(resumed?.id, job.id);
  t.strictSame(readdirSync(uploadsFolder(dataDir)), []);
  while ((await again.get(job.id)).state !== 'done') await sleep(50);
  const calm = join(dir, 'calm');
  const other = await openDatabase({ dataDir: calm });
  const undisturbed = createImports({ database: other });
  for (const name of ['held.mrc', 'big.mrc']) {
    await (
      await undisturbed.start({ files: [{ path: join(dir, name) }] })
    ).done;
  }
  await other.close();
  t.strictSame((await catalogueState(dataDir)).records, (await catalogueState(calm)).records);
  while ((await again.lease()) !== undefined) await sleep(50);
  await trainings.close();
  catalogue.refresh();
  t.match(catalogue.current(), { records: 3000, version: /\.1$/ }, 'vectors were trained after it');
});

t.test('an interrupted import does not go on with another file of the same name', async (t) => {
  const { imports, dataDir, database, start, big, staged } = await office(t);
  const { job } = await start();
  await sleep(200);
  await imports.close();
  appendFileSync(big, '\n');
  await t.rejects(imports.resume(job.id), {
    code: 'file_unreadable',
    message: 'big.mrc has changed since the import began; start a new import.',
  });
  const trainings = createTrainings({ database, train: () => Promise.resolve({ records: 0, id: 'v' }) });
  t.equal(await takeUp({ dataDir, imports, trainings }), undefined);
  t.match(await imports.get(job.id), {
    state: 'failed',
    message:
      'The import was interrupted and cannot go on: big.mrc has changed since the import began; start a new import.',
  });
  await trainings.close();
  t.strictSame(staged(), ['catalogue-1.db'], 'what was built is thrown away');
});

t.test('a later import takes the place of an interrupted one', async (t) => {
  const { imports, database, dir, start } = await office(t);
  const { job } = await start();
  await sleep(200);
  await imports.close();
  const path = marcFile(dir, 'later.mrc', someRecords(25));
  const later = createImports({ database });
  t.match(await (await later.start({ files: [{ path }] })).done, { state: 'done' });
  t.match(await later.get(job.id), { state: 'failed', message: /a later import took its place/ });
  t.equal(await later.findInterrupted(), undefined);
});

t.test('an interrupted import can be given up', async (t) => {
  const { imports, start, staged } = await office(t);
  const { job } = await start();
  await sleep(200);
  await imports.close();
  t.match(await imports.cancel(job.id), { state: 'cancelled' });
  t.strictSame(staged(), ['catalogue-1.db']);
});

t.test('a full disk is one sentence, and the catalogue stays', async (t) => {
  const { catalogue, start, staged } = await office(t, { maxPages: 90 });
  const live = catalogue.current();
  t.match(await (await start()).done, {
    state: 'failed',
    message: 'The disk of the data folder is full; the catalogue is as it was.',
  });
  catalogue.refresh();
  t.strictSame(catalogue.current(), live);
  t.strictSame(staged(), ['catalogue-1.db'], 'the space is given back');
});

t.test('errors of the machine become sentences, on either side of a thread', async (t) => {
  const coded = (code: string) => Object.assign(new Error(code), { code });
  for (const [code, reason] of [
    ['ENOSPC', 'no_space'],
    ['SQLITE_FULL', 'no_space'],
    ['EROFS', 'read_only'],
    ['SQLITE_READONLY_DBMOVED', 'read_only'],
  ] as const) {
    t.match(receivedError(sentError(coded(code))), { name: 'ImportStopped', reason });
  }
  const problem = receivedError(sentError(new Problem('file_unreadable', { detail: 'No.' })));
  t.match(problem, { code: 'file_unreadable', message: 'No.' });
  t.ok(problem instanceof Problem);
  t.match(receivedError(sentError(new RangeError('odd'))), { name: 'RangeError', message: 'odd' });
  t.match(receivedError(sentError('a string')), { name: 'Error', message: 'a string' });
  const own = new ImportStopped('shrink', 'Too small.');
  t.equal(explained(own), own);
  const unknown = coded('SQLITE_CORRUPT');
  t.equal(explained(unknown), unknown, 'what has no sentence stays what it is');
});

t.test('a fault is told to whoever listens, and to staff in a neutral sentence', async (t) => {
  const faults: unknown[] = [];
  const { dataDir, catalogue, start } = await office(t, { onFault: (error) => faults.push(error) });
  const live = catalogue.current();
  writeFileSync(live?.path ?? '', 'this is no database any more');
  rmSync(`${live?.path}-wal`, { force: true });
  const job = await (await start()).done;
  t.match(job, { state: 'failed', message: 'Something went wrong on our side; the catalogue is as it was.' });
  t.equal(faults.length, 1);
  t.notOk(existsSync(join(dataDir, 'catalogue-2.db')));
});

t.test('an import by another process reaches a reader here, which never fails meanwhile', async (t) => {
  const { dataDir, catalogue, big } = await office(t);
  catalogue.close();
  const polling = await openCatalogue({ dataDir, pollMs: 20 });
  const records = openRecords({ catalogue: polling });
  const seen: number[] = [];
  const forget = polling.onSwitch((live) => void seen.push(live?.records ?? 0));
  const other = spawn(process.execPath, [child, dataDir, big], { stdio: 'ignore' });
  let exited = false;
  const exit = once(other, 'exit').then(() => (exited = true));
  let asked = 0;
  while (!exited || seen.length === 0) {
    const [found, listed, branches] = await Promise.all([
      records.findRecord('r1'),
      records.listRecords(['r2', 'r3']),
      records.branches(),
    ]);
    if (found?.id !== 'r1' || listed.length !== 2 || branches.length !== 2) t.fail('an answer was wrong');
    asked++;
    await sleep(1);
  }
  await exit;
  t.ok(asked > 20, `asked ${asked} times`);
  t.strictSame(seen, [3000]);
  t.equal(records.count(), 3000);
  t.match(await records.findRecord('r3000'), { id: 'r3000' });
  forget();
  await records.close();
  polling.close();
});

t.test('going back to the catalogue before, and forth again', async (t) => {
  const { imports, catalogue, start } = await office(t);
  await t.rejects(imports.rollback(), {
    code: 'not_found',
    message: 'There is no earlier catalogue to go back to.',
  });
  await (
    await start()
  ).done;
  t.strictSame(await imports.rollback(), { records: 20 });
  catalogue.refresh();
  t.match(catalogue.current(), { number: 1, records: 20 });
  t.strictSame(await imports.rollback(), { records: 3000 });
  catalogue.refresh();
  t.match(catalogue.current(), { number: 2, records: 3000 });
});

t.test('files that nobody knows are cleared away, readers of retired ones are not disturbed', async (t) => {
  const { dataDir, imports, catalogue, dir, staged } = await office(t);
  const records = openRecords({ catalogue });
  writeFileSync(join(dataDir, 'catalogue-77.db'), 'left by a crash');
  writeFileSync(join(dataDir, 'catalogue-78.db.part'), 'left by a crash');
  const reading = records.findRecord('r1');
  for (const step of [1, 2]) {
    const path = marcFile(dir, `step-${step}.mrc`, someRecords(20 + step));
    await (
      await imports.start({ files: [{ path }] })
    ).done;
  }
  t.match(await records.findRecord('r1'), { id: 'r1' }, 'its file has gone, but it still reads it');
  t.match(await reading, { id: 'r1' });
  t.strictSame(staged(), ['catalogue-1.db', 'catalogue-2.db', 'catalogue-3.db']);
  await imports.generations.sweep([]);
  t.strictSame(staged(), ['catalogue-2.db', 'catalogue-3.db']);
  t.match(await records.findRecord('r1'), { id: 'r1' });
  await records.close();
});
