import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { systemClock } from '../../../engine/cache/clock.js';
import { openCatalogue } from '../../../engine/catalogue/catalogue.js';
import { openRecords } from '../../../engine/catalogue/records.js';
import { openDatabase } from '../../../engine/db/database.js';
import { createHarvests } from '../../../engine/harvest/harvests.js';
import { OaiSettings } from '../../../engine/harvest/oai-settings.js';
import { openOaiFeed } from '../../../engine/harvest/oai.js';
import { createImports } from '../../../engine/imports/imports.js';
import { identifierOf } from '../../simulators/oai/state.js';
import { openOaiSimulator, type OaiOptions } from '../../simulators/oai/oai.js';
import { thrownBy } from './followed.js';
import { book, scriptedFeed } from './library.js';

const child = fileURLToPath(new URL('./harvest-child.js', import.meta.url));
const signal = new AbortController().signal;

/** A library with a real catalogue, beside a repository of a few books. */
async function catalogued(t: Test, options: OaiOptions) {
  const dataDir = t.testdir();
  const database = await openDatabase({ dataDir });
  const imports = createImports({ database });
  const harvests = createHarvests({ database, imports });
  const server = await openOaiSimulator(options);
  const feed = openOaiFeed(OaiSettings.parse({ url: server.url }), { clock: systemClock });
  const source = { source: 'main', feedId: server.url, feed, everyMinutes: 60, sweepEveryHours: 168 };
  const catalogue = await openCatalogue({ dataDir });
  const records = openRecords({ catalogue });
  t.teardown(async () => {
    feed.close();
    await harvests.close();
    await imports.close();
    await records.close();
    catalogue.close();
    await database.close();
    await server.close();
  });
  const titles = async (ids: string[]) => {
    catalogue.refresh();
    const found = await records.listRecords(ids);
    return ids.map((id) => found.find((bib) => bib.id === id)?.title.text);
  };
  return { dataDir, database, imports, harvests, server, source, records, catalogue, titles };
}

t.test('a repository fills the catalogue, and changes and deletions follow', async (t) => {
  const { harvests, server, source, titles, imports, dataDir } = await catalogued(t, {
    count: 4,
    pageSize: 2,
  });
  t.match(await harvests.once(source, { signal }), { message: /holds 4 records: 4 added/ });
  t.strictSame(await titles(['1', '4']), ['Book 1', 'Book 4']);

  server.state.remove('1');
  server.state.put('2', 'Book 2, revised');
  server.state.put('3', 'An authority');
  const authority = server.state.records.get(identifierOf('3'));
  if (authority) authority.marc.leader = '00000nz  a2200000n  4500';
  t.match(await harvests.once(source, { signal }), { mode: 'changes', deleted: 1 });
  t.strictSame(
    await titles(['1', '2', '3']),
    [undefined, 'Book 2, revised', 'Book 3'],
    'a broken one stays as it was',
  );
  const { entries } = await imports.quarantine.list({ offset: 0, limit: 10 });
  t.match(entries, [{ record_id: '3', code: 'authority_record' }]);
  t.strictSame(readdirSync(join(dataDir, 'harvests')), [], 'spools are gone');
});

t.test(
  'the brake stops a full harvest that lost half of its records, and the number of the system is kept',
  async (t) => {
    const { harvests, records, catalogue, titles, source } = await catalogued(t, { count: 1 });
    const all = ['1', '2', '3', '4', '5', '6'].map((key) => book(key));
    const feed = scriptedFeed([all]);
    Object.assign(feed, { deletions: 'lost', changes: false, keysAreIlsIds: true });
    const koha = { ...source, feedId: 'scripted', feed };
    await harvests.once(koha, { signal });
    catalogue.refresh();
    t.match(await records.listRecords(['6']), [{ keys: { ilsId: '6' } }]);
    feed.pages = [all.slice(0, 3)];
    t.match(await thrownBy(harvests.once(koha, { signal })), { message: /lacks 3 of the 6 records/ });
    t.strictSame(await titles(['6']), ['Book 6'], 'the catalogue is as it was');
    t.match(await harvests.state('main'), { failures: 1, failure: /lacks 3 of the 6/ });
    feed.pages = [all.slice(0, 5)];
    t.match(await harvests.once(koha, { signal }), { message: /1 removed/ });
    t.strictSame(await titles(['6', '5']), [undefined, 'Book 5']);
  },
);

t.test('a process that is killed between two pages leaves the rest to the next one', async (t) => {
  const { dataDir, harvests, server, source, titles } = await catalogued(t, { count: 6, pageSize: 2 });
  const dying = spawn(process.execPath, [child, dataDir, server.url], { stdio: 'inherit' });
  const exited = once(dying, 'exit');
  // Identify, formats, the first page; the second one hangs, and by then the first is on disk.
  await server.heard(3);
  server.faults.slowMs = 3_600_000;
  await server.heard(4);
  dying.kill('SIGKILL');
  await exited;
  server.faults.slowMs = 0;
  const before = server.asked.length;
  t.match(await harvests.once(source, { signal }), { message: /holds 6 records: 6 added/ });
  t.strictSame(await titles(['1', '6']), ['Book 1', 'Book 6']);
  const after = server.asked.slice(before);
  t.ok(
    after.length > 0 && after.every(({ parameters }) => parameters.has('resumptionToken')),
    'no page twice',
  );
});
