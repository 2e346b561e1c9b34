import { join } from 'node:path';
import express from 'express';
import { pino } from 'pino';
import t, { type Test } from 'tap';
import { HarvestList } from '../../contract/harvests.js';
import { openDatabase } from '../../engine/db/database.js';
import type { Feed, HarvestPage } from '../../engine/harvest/feed.js';
import { createHarvests } from '../../engine/harvest/harvests.js';
import { IlsFault } from '../../engine/ils/ils-fault.js';
import { createImports } from '../../engine/imports/imports.js';
import { listen } from '../../http/listen.js';
import { sendProblems } from '../../http/problems.js';
import { createHarvestRoutes } from '../../office/harvests/routes.js';
import { createFakeClock } from '../fakes/clock.js';

/** The staff door for harvests on a port of its own, and one feed whose pages the test gives. */
async function door(t: Test) {
  const database = await openDatabase({ dataDir: join(t.testdir(), 'var') });
  const imports = createImports({ database });
  const clock = createFakeClock();
  const harvests = createHarvests({ database, imports, clock });
  const app = express();
  app.use('/harvests', createHarvestRoutes({ harvests }));
  app.use(sendProblems(pino({ level: 'silent' })));
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  t.teardown(async () => {
    await server.close(100);
    await harvests.close();
    await imports.close();
    await database.close();
  });
  const shown = async () =>
    HarvestList.parse(await (await fetch(`http://127.0.0.1:${server.port}/harvests`)).json()).harvests;
  return { harvests, shown };
}

const page = (key: string): HarvestPage => ({
  records: [
    {
      key,
      deleted: false,
      marcxml:
        `<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000nam a22000007a 4500</leader>` +
        `<controlfield tag="001">${key}</controlfield><datafield tag="245" ind1="1" ind2="0">` +
        `<subfield code="a">The tide tables ${key}</subfield></datafield></record>`,
    },
  ],
  resume: key,
});

t.test('staff see a harvest while it runs, what it brought, and what stopped the next one', async (t) => {
  const { harvests, shown } = await door(t);
  t.same(await shown(), [], 'nothing was ever followed');
  let goOn = (): void => undefined;
  const held = new Promise<void>((resolve) => (goOn = resolve));
  let isAway = false;
  const feed: Feed = {
    describe: () =>
      isAway
        ? Promise.reject(new IlsFault('unreachable', 'The feed'))
        : Promise.resolve({ deletions: 'lost', changes: true }),
    async *harvest() {
      yield page('1');
      await held;
      yield page('2');
      return '2026-03-04T14:02:00.000Z';
    },
  };
  const source = { source: 'city', feedId: 'f1', feed, everyMinutes: 60, sweepEveryHours: 168 };
  const { signal } = new AbortController();
  const harvesting = harvests.once(source, { signal });
  for (;;) {
    const [one] = await shown();
    if (one?.under_way?.records === 1) break;
  }
  t.match(await shown(), [
    {
      source: 'city',
      running: true,
      under_way: { mode: 'full', records: 1, importing: false },
      last_success_at: null,
      failure: null,
    },
  ]);
  goOn();
  await harvesting;
  t.match(await shown(), [
    { running: false, under_way: null, records: 2, failures: 0, last_success_at: /Z$/, due_at: /Z$/ },
  ]);
  isAway = true;
  await t.rejects(harvests.once(source, { signal }), { name: 'IlsFault', kind: 'unreachable' });
  const [failed] = await shown();
  t.match(failed, { running: false, failures: 1, records: 2, failure: /cannot be reached/ });
  t.notMatch(JSON.stringify(failed), /\/var|fixtures/, 'no path of the server');
});
