import { readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { nothingKept, type KeptAccount } from '../../../engine/accounts/kept-account.js';
import { openKeptAccounts } from '../../../engine/accounts/kept-accounts.js';
import { databasePath, openDatabase } from '../../../engine/db/database.js';
import { openSqlite } from '../../../engine/db/sqlite.js';
import { createFakeClock } from '../../fakes/clock.js';

const choices = { lists: true, history: true, keepDays: 30 };
const withList = (name: string) => (before: KeptAccount) => ({
  ...before,
  choices,
  lists: [...before.lists, { id: name, name, recordIds: [], changedOn: '2026-03-04' }],
});

async function open(t: Test, options: { dataDir?: string; key?: number; system?: string } = {}) {
  const dataDir = options.dataDir ?? t.testdir();
  const clock = createFakeClock();
  const database = await openDatabase({ dataDir });
  const faults: unknown[] = [];
  const kept = openKeptAccounts({
    db: database.db,
    fileKey: Buffer.alloc(32, options.key ?? 1),
    system: options.system ?? 'Koha',
    onFault: (error) => faults.push(error),
    clock,
  });
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await kept.close();
    await database.close();
  };
  t.teardown(close);
  return { kept, clock, dataDir, faults, close, db: database.db };
}

t.test('what was kept is there after a restart', async (t) => {
  const first = await open(t);
  await first.kept.change('p1', withList('Summer'));
  await first.close();
  const again = await open(t, { dataDir: first.dataDir });
  t.match(await again.kept.find('p1'), { until: '2026-04-03', account: { lists: [{ name: 'Summer' }] } });
  t.equal(await again.kept.find('p2'), undefined);
});

t.test('the same number in another system is somebody else, and with another key nobody', async (t) => {
  const first = await open(t);
  await first.kept.change('p1', withList('Summer'));
  await first.close();
  for (const other of [{ system: 'Polaris' }, { key: 2 }]) {
    const opened = await open(t, { dataDir: first.dataDir, ...other });
    t.equal(await opened.kept.find('p1'), undefined);
    await opened.close();
  }
});

t.test('a sealed text that is put under another’s name does not open', async (t) => {
  const { kept, db } = await open(t);
  await kept.change('p1', withList('Summer'));
  await kept.change('p2', (before) => ({ ...before, choices }));
  const [one, other] = await db.selectFrom('kept_account').selectAll().execute();
  for (const [name, sealed] of [
    [one?.name, other?.sealed],
    [other?.name, one?.sealed],
  ]) {
    await db
      .updateTable('kept_account')
      .set({ sealed: sealed ?? '' })
      .where('name', '=', name ?? '')
      .execute();
  }
  await t.rejects(kept.find('p1'), { name: 'SealBroken' });
});

t.test('changes at the same time all count', async (t) => {
  const { kept } = await open(t);
  await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => kept.change('p1', withList(name))));
  t.equal((await kept.find('p1'))?.account.lists.length, 5);
});

t.test('a change that is refused changes nothing', async (t) => {
  const { kept } = await open(t);
  await t.rejects(
    kept.change('p1', () => {
      throw new Error('no');
    }),
    { message: 'no' },
  );
  t.equal(await kept.find('p1'), undefined);
});

t.test('how much is kept does not show in the length of the text', async (t) => {
  const { kept, db } = await open(t);
  await kept.change('p1', () => ({ ...nothingKept, choices }));
  await kept.change('p2', withList('Ein böses Märchen: 山の音、古都、雪国'.repeat(10)));
  const rows = await db.selectFrom('kept_account').select(['sealed', 'until', 'name']).execute();
  t.equal(rows.length, 2);
  t.equal(rows[0]?.sealed.length, rows[1]?.sealed.length);
  for (const { name } of rows) t.match(name, /^[\w-]{43}$/);
});

t.test('what is past its day begins anew, and nothing of before comes back', async (t) => {
  const { kept, clock } = await open(t);
  await kept.change('p1', withList('Summer'));
  await clock.advance(31 * 86_400_000);
  await kept.change('p1', withList('Winter'));
  t.strictSame(
    (await kept.find('p1'))?.account.lists.map(({ name }) => name),
    ['Winter'],
  );
});

t.test('while another process reads, the log is cleaned as soon as that lets go', async (t) => {
  const { kept, clock, dataDir, faults } = await open(t);
  await kept.change('p1', withList('Summer'));
  const reader = openSqlite(databasePath(dataDir), { readonly: true });
  t.teardown(() => reader.close());
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM kept_account').get();
  await kept.erase('p1');
  t.equal(await kept.find('p1'), undefined, 'erasing waits for nobody');
  t.match(reader.prepare('SELECT count(*) AS n FROM kept_account').get(), { n: 1 }, 'it still sees it');
  reader.exec('COMMIT');
  const log = () => readFileSync(`${databasePath(dataDir)}-wal`).length;
  t.not(log(), 0);
  while (log() > 0) await clock.advance(1_000);
  t.notOk(readFileSync(databasePath(dataDir)).includes('v1.'));
  t.strictSame(faults, []);
});

t.test('a row that was erased and chosen anew is not written over by who read the old one', async (t) => {
  const { kept, db } = await open(t);
  const revision = async () =>
    (await db.selectFrom('kept_account').select('revision').executeTakeFirstOrThrow()).revision;
  await kept.change('p1', withList('Summer'));
  const old = await revision();
  await kept.erase('p1');
  await kept.change('p1', withList('Winter'));
  t.not(await revision(), old);
});

t.test('a loan that another one takes the place of is gone from the files', async (t) => {
  const { kept, dataDir } = await open(t);
  const seen = (loanId: string) => (before: KeptAccount) => ({
    ...before,
    choices,
    history: [{ loanId, recordId: null, title: 'Storm Glass', author: null, seenOn: '2026-03-04' }],
  });
  await kept.change('p1', seen('1'));
  t.not(readFileSync(`${databasePath(dataDir)}-wal`).length, 0);
  await kept.change('p1', seen('2'));
  t.equal(readFileSync(`${databasePath(dataDir)}-wal`).length, 0);
});
