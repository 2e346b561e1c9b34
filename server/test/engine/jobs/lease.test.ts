import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { openDatabase } from '../../../engine/db/database.js';
import { holdLease } from '../../../engine/jobs/lease-holder.js';
import { createLease, STALE_MS } from '../../../engine/jobs/lease.js';

async function open(t: Test) {
  const dataDir = t.testdir();
  const database = await openDatabase({ dataDir });
  t.teardown(() => database.close());
  const { db } = database;
  let clock = 1_000_000;
  const lease = createLease({ db, now: () => clock });
  return { db, lease, wait: (ms: number) => (clock += ms) };
}

t.test('one holder at a time; the next one gets it when it is given back', async (t) => {
  const { lease } = await open(t);
  t.equal(await lease.take({ holder: 'a', jobId: 'job-a' }), true);
  t.equal(await lease.take({ holder: 'b', jobId: 'job-b' }), false);
  t.match(await lease.find(), { holder: 'a', jobId: 'job-a' });
  await lease.release('b');
  t.match(await lease.find(), { holder: 'a' }, 'nobody gives back what is not theirs');
  await lease.release('a');
  t.equal(await lease.find(), undefined);
  t.equal(await lease.take({ holder: 'b', jobId: 'job-b' }), true);
});

t.test('a holder whose heart has stopped loses it after 15 seconds, not before', async (t) => {
  const { lease, wait } = await open(t);
  await lease.take({ holder: 'a', jobId: null });
  wait(STALE_MS - 1);
  t.match(await lease.beat('a'), { holder: 'a' });
  wait(STALE_MS);
  t.equal(await lease.take({ holder: 'b', jobId: null }), false, 'still fresh');
  wait(1);
  t.equal(await lease.find(), undefined);
  t.equal(await lease.take({ holder: 'b', jobId: null }), true);
  t.equal(await lease.beat('a'), undefined, 'the old holder is told');
});

t.test('a holder that died on this machine is buried at once', async (t) => {
  const { db, lease } = await open(t);
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  await lease.take({ holder: 'a', jobId: null });
  await db
    .updateTable('lease')
    .set({ pid: child.pid ?? 0 })
    .execute();
  t.equal(await lease.find(), undefined);
  t.equal(await lease.take({ holder: 'b', jobId: null }), true);
});

t.test('a dead-looking process number of another machine means nothing here', async (t) => {
  const { db, lease } = await open(t);
  await lease.take({ holder: 'a', jobId: null });
  await db.updateTable('lease').set({ pid: 999_999_999, host: 'elsewhere' }).execute();
  t.equal(await lease.take({ holder: 'b', jobId: null }), false);
});

t.test('a training steps aside for an import, an import for nobody', async (t) => {
  const { db } = await open(t);
  const lease = createLease({ db });
  const training = await holdLease({ lease, jobId: 'training', yields: true, beatMs: 20 });
  t.ok(training);
  training?.lost.addEventListener('abort', () => void training.release());
  const importing = await holdLease({ lease, jobId: 'import', beatMs: 20 });
  t.ok(importing, 'the import gets the lease');
  t.equal(training?.lost.aborted, true);
  t.equal(await holdLease({ lease, jobId: 'another', beatMs: 20 }), undefined);
  t.equal(await holdLease({ lease, jobId: 'training', yields: true }), undefined, 'a training does not wait');
  t.equal(importing?.lost.aborted, false);
  await importing?.release();
  t.equal(await lease.find(), undefined);
});

t.test('a holder that was robbed hears of it', async (t) => {
  const { db } = await open(t);
  const lease = createLease({ db });
  const held = await holdLease({ lease, jobId: null, beatMs: 20 });
  await db.updateTable('lease').set({ holder: 'robber' }).execute();
  while (!held?.lost.aborted) await sleep(10);
  t.pass('the signal fired');
  await held?.release();
  t.match(await lease.find(), { holder: 'robber' });
});
