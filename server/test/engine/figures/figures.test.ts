import t from 'tap';
import { openDatabase } from '../../../engine/db/database.js';
import { openFigures } from '../../../engine/figures/figures.js';
import { createFakeClock } from '../../fakes/clock.js';

const always = { from: '2000-01-01', to: '2999-01-01' };

t.test('what happened is counted by day, kind and name, over restarts', async (t) => {
  const dataDir = t.testdir();
  const clock = createFakeClock();
  const onFault = (error: unknown): void => void t.fail('no fault', { error });
  const first = await openDatabase({ dataDir });
  const figures = openFigures({ db: first.db, onFault, clock });
  figures.count('referral', 'medical');
  figures.count('referral', 'medical');
  figures.count('turn', 'full');
  t.same(await figures.list(always), [
    { day: '2026-03-04', kind: 'referral', name: 'medical', count: 2 },
    { day: '2026-03-04', kind: 'turn', name: 'full', count: 1 },
  ]);
  figures.count('turn', 'full');
  await clock.advance(86_400_000);
  figures.count('turn', 'full');
  await figures.close();
  await first.close();
  const again = await openDatabase({ dataDir });
  t.teardown(() => again.close());
  const later = openFigures({ db: again.db, onFault, clock });
  t.same(await later.list({ from: '2026-03-05', to: '2026-03-05' }), [
    { day: '2026-03-05', kind: 'turn', name: 'full', count: 1 },
  ]);
  t.match(
    (await later.list(always)).find((one) => one.kind === 'turn'),
    { count: 2 },
  );
  await later.close();
});

t.test('counts are written together after a while, and kept when they could not be', async (t) => {
  const database = await openDatabase({ dataDir: t.testdir() });
  t.teardown(() => database.close());
  const clock = createFakeClock();
  const faults: unknown[] = [];
  const figures = openFigures({ db: database.db, onFault: (error) => faults.push(error), clock });
  const stored = (): Promise<{ count: number }[]> =>
    database.db.selectFrom('figure').select('count').execute();
  figures.count('model', 'used');
  figures.count('model', 'used');
  t.same(await stored(), [], 'not at once: a patron waits for no disk');
  await clock.advance(10_000);
  await figures.list(always);
  t.same(await stored(), [{ count: 2 }]);
  await database.db.schema.alterTable('figure').renameTo('gone').execute();
  figures.count('model', 'used');
  await t.rejects(figures.list(always));
  t.equal(faults.length, 1);
  await database.db.schema.alterTable('gone').renameTo('figure').execute();
  t.match(await figures.list(always), [{ count: 3 }]);
  await figures.close();
});
