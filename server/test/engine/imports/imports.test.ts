import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, openSync, writeSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { Problem } from '../../../contract/problems.js';
import { explained, ImportStopped, receivedError, sentError } from '../../../engine/imports/failures.js';
import { createImports } from '../../../engine/imports/imports.js';
import { openRecords } from '../../../engine/catalogue/records.js';
import { office } from './import-office.js';
import { marcFile, someRecords } from '../../fakes/some-marc.js';

const child = fileURLToPath(new URL('./import-child.js', import.meta.url));

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
  // The first page stays, so that the file still looks like a catalogue; everything below it is lost.
  const file = openSync(live?.path ?? '', 'r+');
  const { size } = fstatSync(file);
  writeSync(file, Buffer.alloc(size - 8192, 7), 0, size - 8192, 8192);
  closeSync(file);
  rmSync(`${live?.path}-wal`, { force: true });
  const job = await (await start()).done;
  t.match(job, { state: 'failed', message: 'Something went wrong on our side; the catalogue is as it was.' });
  t.equal(faults.length, 1);
  t.notOk(existsSync(join(dataDir, 'catalogue-2.db')));
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
