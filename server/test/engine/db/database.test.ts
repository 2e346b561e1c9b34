import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Kysely, Migrator, sql, SqliteDialect } from 'kysely';
import t from 'tap';
import { DataFolderError, freeBytes, prepareDataFolder } from '../../../engine/db/data-folder.js';
import { databasePath, openDatabase } from '../../../engine/db/database.js';
import { migrations } from '../../../engine/db/migrations.js';
import { openSqlite } from '../../../engine/db/sqlite.js';

t.test('a new data folder gets every table, and opening it again changes nothing', async (t) => {
  const dataDir = join(t.testdir(), 'deep', 'var');
  const first = await openDatabase({ dataDir });
  const tables = await first.db.introspection.getTables();
  await first.close();
  const again = await openDatabase({ dataDir });
  t.strictSame(await again.db.introspection.getTables(), tables);
  await again.close();
  const names = tables.map(({ name }) => name).sort();
  t.strictSame(names, [
    'catalogue_generation',
    'figure',
    'harvest',
    'harvest_key',
    'harvest_left',
    'job',
    'kept_account',
    'lease',
    'quarantine',
    'source',
    'source_settings',
  ]);
});

t.test('carrel.db is written ahead and flushed on every commit', async (t) => {
  const dataDir = t.testdir();
  await (await openDatabase({ dataDir })).close();
  const db = openSqlite(databasePath(dataDir));
  t.teardown(() => db.close());
  t.equal(db.pragma('journal_mode', { simple: true }), 'wal');
  t.equal(db.pragma('synchronous', { simple: true }), 2, 'FULL');
});

t.test('nobody but the service’s own user may read carrel.db and its log, whatever the umask', async (t) => {
  const before = process.umask();
  t.teardown(() => process.umask(before));
  for (const umask of [0, 0o022, 0o777]) {
    const dataDir = join(t.testdir({ [umask]: {} }), String(umask));
    const modes = () =>
      ['carrel.db', 'carrel.db-wal', 'carrel.db-shm'].map(
        (name) => statSync(join(dataDir, name)).mode & 0o777,
      );
    process.umask(umask);
    const first = await openDatabase({ dataDir });
    process.umask(before);
    await first.db.deleteFrom('job').execute();
    t.strictSame(modes(), [0o600, 0o600, 0o600], `umask ${umask.toString(8)}`);
    for (const name of readdirSync(dataDir)) chmodSync(join(dataDir, name), 0o666);
    const again = await openDatabase({ dataDir });
    t.strictSame(modes(), [0o640, 0o640, 0o640], 'what others had of an older file is taken away');
    await again.close();
    await first.close();
    chmodSync(join(dataDir, 'carrel.db'), 0o640);
    await (await openDatabase({ dataDir })).close();
    t.equal(statSync(join(dataDir, 'carrel.db')).mode & 0o777, 0o640, 'a group that may read goes on');
  }
});

t.test('processes that start at once bring carrel.db up to date one after the other', async (t) => {
  const dataDir = t.testdir();
  const url = new URL('../../../engine/db/database.js', import.meta.url).href;
  const script = `import(${JSON.stringify(url)}).then(async ({ openDatabase }) => {
    const { close } = await openDatabase({ dataDir: ${JSON.stringify(dataDir)} });
    await close();
  })`;
  const starts = Array.from({ length: 4 }, () => {
    const worker = new Worker(script, { eval: true });
    return new Promise<number>((resolve, reject) => worker.on('error', reject).on('exit', resolve));
  });
  t.strictSame(await Promise.all(starts), [0, 0, 0, 0]);
});

t.test('a step that fails half way leaves nothing behind', async (t) => {
  const dataDir = t.testdir();
  const sqlite = openSqlite(databasePath(dataDir));
  sqlite.exec('CREATE TABLE quarantine (something_else TEXT)');
  sqlite.close();
  await t.rejects(openDatabase({ dataDir }), /already exists/);
  const after = openSqlite(databasePath(dataDir));
  t.teardown(() => after.close());
  const names = after.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  t.notOk(names.includes('job'), 'the tables before the failing one are gone too');
});

t.test('a quarantine from before is kept, each file at its place among those of its import', async (t) => {
  const dataDir = t.testdir();
  const sqlite = openSqlite(databasePath(dataDir));
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: sqlite }) });
  const [first] = Object.entries(migrations);
  const steps = Object.fromEntries(first ? [first] : []);
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(steps) } });
  t.notOk((await migrator.migrateToLatest()).error);
  sqlite.pragma('user_version = 1');
  sqlite.exec(`INSERT INTO job (id, kind, state, request, progress, message, created_at) VALUES
    ('a', 'import', 'interrupted', '{"files":[{"name":"z.mrc"},{"name":"b.mrc"}]}', '{}', '', '')`);
  const insert =
    sqlite.prepare(`INSERT INTO quarantine (job_id, source, file, record_index, byte_offset, length, kind,
    code, reason, notices, created_at) VALUES (?, 'main', ?, 4, 0, 1, 'refused', 'x', 'x', '[]', '')`);
  for (const [job, file] of [
    ['a', 'b.mrc'],
    ['a', 'z.mrc'],
    ['gone', 'p.mrc'],
    ['gone', 'q.mrc'],
  ])
    insert.run(job, file);
  await db.destroy();
  const database = await openDatabase({ dataDir });
  t.teardown(() => database.close());
  const kept = await database.db.selectFrom('quarantine').select(['id', 'file', 'file_index']).execute();
  t.strictSame(kept, [
    { id: 1, file: 'b.mrc', file_index: 1 },
    { id: 2, file: 'z.mrc', file_index: 0 },
    { id: 3, file: 'p.mrc', file_index: -1 },
    { id: 4, file: 'q.mrc', file_index: -2 },
  ]);
});

t.test('a folder that a newer Carrel wrote is left alone', async (t) => {
  const dataDir = t.testdir();
  await (await openDatabase({ dataDir })).close();
  const sqlite = openSqlite(databasePath(dataDir));
  sqlite.pragma('user_version = 999');
  sqlite.close();
  await t.rejects(openDatabase({ dataDir }), {
    name: 'DataFolderError',
    message: 'The data folder was written by a newer Carrel; please start that version.',
  });
});

t.test('only one generation can be live', async (t) => {
  const database = await openDatabase({ dataDir: t.testdir() });
  t.teardown(() => database.close());
  const { db } = database;
  const live = (file: string) =>
    sql`INSERT INTO catalogue_generation (file, state, records, created_at) VALUES (${file}, 'live', 0, '')`.execute(
      db,
    );
  await live('a');
  await t.rejects(live('b'), { code: 'SQLITE_CONSTRAINT_UNIQUE' });
});

t.test('a data folder on a network share is refused in one sentence', async (t) => {
  for (const [type, name] of [
    [0x6969, 'NFS'],
    [0x517b, 'SMB'],
    [0xfe534d42, 'SMB'],
    [-11317950, 'CIFS'],
  ] as const) {
    const dataDir = t.testdir();
    const statfs = () => Promise.resolve({ type, bavail: 1, bsize: 4096 });
    await t.rejects(openDatabase({ dataDir, statfs }), {
      name: 'DataFolderError',
      message: `The data folder ${dataDir} is on a network share (${name}), where a database can be damaged; choose a local disk.`,
    });
    t.strictSame(readdirSync(dataDir), [], 'nothing was written');
  }
});

t.test('a data folder that cannot be made is refused in one sentence', async (t) => {
  const dir = t.testdir({ file: 'not a folder' });
  const dataDir = join(dir, 'file', 'var');
  const error = await prepareDataFolder(dataDir).catch((e: unknown) => e);
  t.ok(error instanceof DataFolderError);
  t.match(error, { message: `Carrel cannot write to its data folder ${dataDir}.` });
});

t.test('free space is counted for an ordinary user', async (t) => {
  const statfs = () => Promise.resolve({ type: 0, bavail: 3, bsize: 4096 });
  t.equal(await freeBytes('/', { statfs }), 12_288);
  t.ok((await freeBytes(t.testdir())) > 0);
});
