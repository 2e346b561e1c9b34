import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { openCatalogue } from '../../../engine/catalogue/catalogue.js';
import { createImports } from '../../../engine/imports/imports.js';
import { openRecords } from '../../../engine/catalogue/records.js';
import { takeUp, uploadsFolder } from '../../../engine/imports/take-up.js';
import { createTrainings } from '../../../engine/imports/trainings.js';
import { openSearch } from '../../../engine/retrieval/open-search.js';
import { databasePath, openDatabase } from '../../../engine/db/database.js';
import { openSqlite } from '../../../engine/db/sqlite.js';
import { openQuarantineWriter } from '../../../engine/imports/quarantine-writer.js';
import { catalogueState } from './catalogue-state.js';
import { office } from './import-office.js';
import { marcFile, someRecords } from '../../fakes/some-marc.js';

const child = fileURLToPath(new URL('./import-child.js', import.meta.url));

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

t.test('a process that lost its lease touches nothing, and another one can go on', async (t) => {
  const { imports, database, start, catalogue, staged } = await office(t);
  const live = catalogue.current();
  const { job, done } = await start();
  while (!staged().includes('catalogue-2.db')) await sleep(5);
  await database.db.updateTable('lease').set({ holder: 'another process' }).execute();
  t.match(await done, { state: /running|finishing/ }, 'it does not say how the job ends');
  catalogue.refresh();
  t.strictSame(catalogue.current(), live, 'and does not switch');
  t.strictSame(
    staged(),
    ['catalogue-1.db', 'catalogue-2.db'],
    'nor throw away what the other may go on with',
  );
  await database.db.updateTable('lease').set({ heartbeat_ms: 0 }).execute();
  const interrupted = await imports.findInterrupted();
  t.equal(interrupted?.id, job.id);
  t.match(await (await imports.resume(job.id)).done, { state: 'done', progress: { added: 2980 } });
  catalogue.refresh();
  t.equal(catalogue.current()?.records, 3000);
});

t.test('patrons search on while an import runs, and find the new records after it', async (t) => {
  const { catalogue, start, dir, imports } = await office(t);
  const search = await openSearch({ cataloguePath: catalogue.current()?.path, workers: 1, maxQueue: 10 });
  t.teardown(() => search.close());
  const { signal } = new AbortController();
  const ask = (text: string) => search.search({ text, locale: 'en', offset: 0, limit: 10 }, { signal });
  const stop = catalogue.onSwitch((now) => void search.switchTo(now?.path));
  t.ok((await ask('lighthouse')).total < 10);
  const { done } = await start();
  let over = false;
  void done.then(() => (over = true));
  let asked = 0;
  while (!over) {
    const found = await ask(['lighthouse', 'quiet harbour', 'ada writer'][asked++ % 3] ?? '');
    if (found.total === 0) t.fail('an answer was empty');
  }
  t.ok(asked > 5, `asked ${asked} times`);
  catalogue.refresh();
  while ((await ask('lighthouse')).total < 300) await sleep(10);
  const next = marcFile(dir, 'next.mrc', [...someRecords(3000), { id: 'new', title: 'Zanzibar by steamer' }]);
  await (
    await imports.start({ files: [{ path: next }] })
  ).done;
  catalogue.refresh();
  while ((await ask('zanzibar')).hits[0]?.id !== 'new') await sleep(10);
  t.pass('what was added is found');
  stop();
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
  const { imports, database, start, staged } = await office(t);
  const { job } = await start();
  await sleep(200);
  await imports.close();
  const db = openSqlite(databasePath(database.dataDir));
  t.teardown(() => db.close());
  const write = openQuarantineWriter(db, {
    id: job.id,
    source: 'main',
    files: ['big.mrc'],
  });
  write(0, [{ kind: 'refused', index: 3, offset: 0, length: 1, notices: [] }]);
  t.match(await imports.cancel(job.id), { state: 'cancelled' });
  t.equal((await imports.quarantine.list({ jobId: job.id, offset: 0, limit: 1 })).total, 0);
  t.strictSame(staged(), ['catalogue-1.db']);
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
