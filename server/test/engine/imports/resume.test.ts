import t from 'tap';
import { createImports } from '../../../engine/imports/imports.js';
import { office } from './import-office.js';

t.test('two who resume one import at once: one goes on with it, and the other changes nothing', async (t) => {
  const { imports, database, start } = await office(t, {}, 0);
  const { job, done } = await start();
  await imports.close();
  t.match(await done, { state: 'interrupted' });
  const everyone = [imports, createImports({ database }), createImports({ database })];
  const tries = await Promise.allSettled(everyone.map((one) => one.resume(job.id)));
  t.not((await imports.get(job.id)).state, 'interrupted', 'who was refused did not write over who goes on');
  const [running, ...more] = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  t.equal(more.length, 0, 'nobody else was let in');
  for (const one of tries) if (one.status === 'rejected') t.match(one.reason, { code: 'import_running' });
  t.match(await running?.done, { state: 'done' });
  await t.rejects(imports.resume(job.id), { code: 'job_not_found' }, 'and it is over, once');
  t.equal((await database.db.selectFrom('job').select('id').execute()).length, 1);
});

t.test('who comes when the other is done finds nothing to resume', async (t) => {
  const { imports, start } = await office(t, {}, 0);
  const { job, done } = await start();
  await imports.close();
  await done;
  await (
    await imports.resume(job.id)
  ).done;
  await t.rejects(imports.resume(job.id), { code: 'job_not_found' });
  await t.rejects(imports.resume('nobody'), { code: 'job_not_found' });
  t.equal(await imports.lease(), undefined, 'and keeps nobody else out');
});
