import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { retryRecord } from '../../../engine/imports/retry.js';
import { createImports } from '../../../engine/imports/imports.js';
import { openCatalogue } from '../../../engine/catalogue/catalogue.js';
import { openRecords } from '../../../engine/catalogue/records.js';
import { databasePath, openDatabase } from '../../../engine/db/database.js';
import { openSqlite } from '../../../engine/db/sqlite.js';
import { openQuarantineWriter } from '../../../engine/imports/quarantine-writer.js';
import { marc, marcFile, someRecords } from '../../fakes/some-marc.js';

async function office(t: Test) {
  const dir = t.testdir();
  const dataDir = join(dir, 'var');
  const database = await openDatabase({ dataDir });
  const imports = createImports({ database });
  const catalogue = await openCatalogue({ dataDir });
  const records = openRecords({ catalogue });
  t.teardown(async () => {
    await records.close();
    catalogue.close();
    await database.close();
  });
  const put = async (name: string, ...changed: Parameters<typeof someRecords>) => {
    const path = marcFile(dir, name, someRecords(...changed));
    const job = await (await imports.start({ files: [{ path }] })).done;
    catalogue.refresh();
    return job;
  };
  return { dir, dataDir, database, imports, quarantine: imports.quarantine, catalogue, records, put };
}

t.test('every refused or repaired record is listed with its place, its reason and its bytes', async (t) => {
  const { put, quarantine } = await office(t);
  const job = await put('export.mrc', 30, (record, at) => {
    record.authority = at === 4;
    record.wrongLength = at === 7;
  });
  t.match(job, { progress: { refused: 1, repaired: 1, added: 29 } });
  t.match(job.message, / 1 refused and 1 repaired; each is listed in the quarantine with its reason\.$/);
  const { total, entries } = await quarantine.list({ jobId: job.id, offset: 0, limit: 10 });
  t.equal(total, 2);
  const before = someRecords(30).slice(0, 4).map(marc);
  t.match(entries, [
    {
      file: 'export.mrc',
      index: 4,
      offset: Buffer.concat(before).length,
      kind: 'refused',
      code: 'authority_record',
      has_raw: true,
    },
    { index: 7, kind: 'repaired', code: 'length_wrong', record_id: 'r8', title: 'The wild railway number 8' },
  ]);
  t.ok(entries.every(({ reason, notices }) => reason.endsWith('.') && notices[0]?.message === reason));
  const refused = await quarantine.list({ jobId: job.id, kind: 'refused', offset: 0, limit: 10 });
  t.equal(refused.total, 1);
  const page = await quarantine.list({ offset: 1, limit: 1 });
  t.match(page, { total: 2, entries: [{ index: 7 }] });
  const [first] = entries;
  const [authority] = someRecords(5, (record) => (record.authority = true)).slice(4);
  t.strictSame(await quarantine.raw(first?.id ?? ''), authority && marc(authority));
  t.match(await quarantine.get(first?.id ?? ''), { index: 4 });
  for (const unknown of ['999', 'x', '1e9', '-1', '']) {
    await t.rejects(quarantine.get(unknown), { code: 'quarantine_not_found' });
    await t.rejects(quarantine.raw(unknown), { code: 'quarantine_not_found' });
  }
});

t.test('two files of one import may share a name', async (t) => {
  const { imports, quarantine, dir } = await office(t);
  const files = ['north', 'south'].map((branch) => {
    mkdirSync(join(dir, branch));
    const list = someRecords(10, (record, at) => {
      record.id = `${branch}${at}`;
      record.authority = at === 4;
    });
    return { path: marcFile(join(dir, branch), 'export.mrc', list) };
  });
  const job = await (await imports.start({ files })).done;
  t.match(job, { state: 'done', progress: { refused: 2 } });
  const { entries } = await quarantine.list({ jobId: job.id, offset: 0, limit: 10 });
  t.equal(entries.length, 2);
  t.match(entries, [
    { file: 'export.mrc', index: 4 },
    { file: 'export.mrc', index: 4 },
  ]);
});

t.test('only the newest whole import of a source is current', async (t) => {
  const { put, quarantine } = await office(t);
  await put('monday.mrc', 30, (record, at) => (record.authority = at === 4));
  const job = await put('tuesday.mrc', 30, (record, at) => (record.wrongLength = at === 9));
  const { entries } = await quarantine.list({ offset: 0, limit: 10 });
  t.match(entries, [{ job_id: job.id, file: 'tuesday.mrc', index: 9 }]);
  t.equal(entries.length, 1);
});

t.test('a corrected record takes the road of any import', async (t) => {
  const { put, quarantine, imports, records, catalogue } = await office(t);
  const job = await put('export.mrc', 30, (record, at) => (record.authority = at === 4));
  const [entry] = (await quarantine.list({ jobId: job.id, offset: 0, limit: 1 })).entries;
  const id = entry?.id ?? '';
  await t.rejects(retryRecord({ imports }, id), { code: 'file_unreadable' }, 'as it is it is refused again');
  await t.rejects(retryRecord({ imports }, id, Buffer.from('nonsense')), { code: 'file_unreadable' });
  t.equal((await quarantine.list({ offset: 0, limit: 1 })).total, 1, 'and stays listed');
  const version = catalogue.current()?.version;
  const { done } = await retryRecord({ imports }, id, marc({ id: 'r5', title: 'Corrected by hand' }));
  t.match(await done, { state: 'done', mode: 'changes', progress: { records: 1, added: 1 } });
  catalogue.refresh();
  t.not(catalogue.current()?.version, version);
  t.match(await records.findRecord('r5'), { title: { text: 'Corrected by hand' } });
  t.equal(records.count(), 30);
  t.equal((await quarantine.list({ offset: 0, limit: 1 })).total, 0);
  await t.rejects(retryRecord({ imports }, id), { code: 'quarantine_not_found' });
});

t.test('a repaired record can be replaced, too', async (t) => {
  const { put, quarantine, imports, records, catalogue } = await office(t);
  await put('export.mrc', 10, (record, at) => (record.wrongLength = at === 2));
  const [entry] = (await quarantine.list({ offset: 0, limit: 1 })).entries;
  const { done } = await retryRecord({ imports }, entry?.id ?? '');
  t.match(await done, { message: /^Nothing changed: 10 records are as they were\./ });
  const corrected = marc({ id: 'r3', title: 'In order now' });
  const again = (await quarantine.list({ offset: 0, limit: 1 })).entries[0];
  t.match(again, { index: 2, kind: 'repaired' }, 'read the same way, it is listed for the retry');
  await (
    await retryRecord({ imports }, again?.id ?? '', corrected)
  ).done;
  catalogue.refresh();
  t.match(await records.findRecord('r3'), { title: { text: 'In order now' } });
  t.equal((await quarantine.list({ offset: 0, limit: 1 })).total, 0);
});

t.test('a row of a table is retried with the columns that its import was given', async (t) => {
  const { imports, quarantine, records, catalogue, dir } = await office(t);
  const path = join(dir, 'list.csv');
  writeFileSync(path, 'nummer,buch\n1,Erstes\n,\n3,Drittes\n');
  const csvMapping = { nummer: 'id', buch: 'title' };
  const job = await (await imports.start({ files: [{ path }], csvMapping })).done;
  t.match(job, { state: 'done', progress: { added: 2, refused: 1 } });
  const [entry] = (await quarantine.list({ offset: 0, limit: 1 })).entries;
  t.match(entry, { code: 'row_empty', index: 1 });
  const corrected = Buffer.from('nummer,buch\n2,Zweites\n');
  const retried = await (await retryRecord({ imports }, entry?.id ?? '', corrected)).done;
  t.match(retried, { state: 'done', progress: { added: 1 } });
  catalogue.refresh();
  t.match(await records.findRecord('2'), { title: { text: 'Zweites' } });
});

t.test('bytes are kept up to a limit, places and reasons always', async (t) => {
  const { dataDir, quarantine } = await office(t);
  const db = openSqlite(databasePath(dataDir));
  t.teardown(() => db.close());
  const outcome = (index: number, size: number) => ({
    kind: 'refused' as const,
    index,
    offset: index * 100,
    length: size,
    notices: [],
    raw: Buffer.alloc(size, 1),
  });
  const job = (id: string) =>
    openQuarantineWriter(db, { id, source: 'main', files: ['a.mrc'] }, { jobRawBytes: 1000 });
  job('older')(0, [outcome(0, 600), outcome(1, 600), outcome(2, 300)]);
  job('older')(0, [outcome(0, 600), outcome(1, 600), outcome(3, 200)]);
  const older = await quarantine.list({ jobId: 'older', offset: 0, limit: 10 });
  t.strictSame(
    older.entries.map(({ index, has_raw }) => [index, has_raw]),
    [
      [0, true],
      [1, false],
      [2, true],
      [3, false],
    ],
    'a limit for each job, over interruptions',
  );
  t.match(older.entries[0], { code: 'unreadable', reason: 'The record could not be read.' });
  await t.rejects(quarantine.raw(older.entries[1]?.id ?? ''), {
    message: 'The bytes of this record were not kept.',
  });
  job('newer')(0, [outcome(0, 500)]);
  await quarantine.trim(1000);
  const all = await quarantine.list({ offset: 0, limit: 10 });
  t.strictSame(
    all.entries.map(({ job_id, has_raw }) => `${job_id} ${has_raw}`),
    ['older false', 'older false', 'older false', 'older false', 'newer true'],
    'and the oldest job’s bytes go first',
  );
});
