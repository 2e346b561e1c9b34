import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { harvestCommand, type HarvestCommand } from '../../commands/harvest.js';
import { openDatabase } from '../../engine/db/database.js';
import { readKeyFile } from '../../engine/settings/key-file.js';
import { createSeal, keyFor } from '../../engine/settings/seal.js';
import { sourceKinds } from '../../engine/settings/source-kinds.js';
import { createSources } from '../../engine/settings/sources.js';
import { createFakeClock } from '../fakes/clock.js';
import { openOaiSimulator } from '../simulators/oai/oai.js';
import { createTerminal } from './terminal.js';

async function setUp(t: Test) {
  const dataDir = t.testdir();
  const server = await openOaiSimulator({ count: 4, pageSize: 3 });
  const database = await openDatabase({ dataDir });
  const seal = createSeal(keyFor('settings', readKeyFile(dataDir)));
  const sources = createSources({ db: database.db, seal, kinds: sourceKinds });
  await sources.put('city', { kind: 'oai', settings: { url: server.url } });
  await sources.put('till', { kind: 'sip2', settings: { host: 'sip.example.org' } });
  await database.close();
  t.teardown(() => server.close());
  const run = async (
    positionals: string[],
    values: HarvestCommand['values'] = {},
    more: Partial<HarvestCommand> = {},
  ) => {
    const terminal = createTerminal();
    const status = await harvestCommand({
      dataDir,
      positionals,
      values,
      output: terminal.output,
      signal: new AbortController().signal,
      kinds: sourceKinds,
      ...more,
    });
    return { status, said: terminal.text(), problems: terminal.problems };
  };
  return { server, run, dataDir };
}

t.test('looks at a feed, fetches it, and says how it is followed', async (t) => {
  const { server, run } = await setUp(t);
  t.match(await run([]), { status: 0, said: /city: records as main, never harvested/ });
  t.match(await run(['city'], { check: true }), {
    status: 0,
    said: /tells what has changed, and what was deleted\.\n.*first page holds 3 records/,
  });
  t.match(await run(['city']), { status: 0, said: /4 records fetched\. The catalogue holds 4 records/ });
  t.match(await run([]), { said: /last success .*, 4 records\n {2}last full harvest .*\n {2}next due / });
  await server.goAway();
  t.match(await run(['city']), { status: 1, problems: [/cannot be reached; the catalogue is as it was/] });
  t.match(await run([], { json: true }), { said: /"failures": 1/ });
});

t.test('says what it cannot do', async (t) => {
  const { run } = await setUp(t);
  t.match(await run(['nowhere']), { status: 1, problems: [/no source "nowhere"/] });
  t.match(await run(['till']), { status: 1, problems: [/"till" brings no records/] });
  t.match(await run(['city', 'more']), { status: 2 });
});

t.test('a look at a system that never answers is given up', async (t) => {
  const { run, dataDir } = await setUp(t);
  const mute = http.createServer(() => undefined);
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    mute.closeAllConnections();
    mute.close();
  });
  const url = `http://127.0.0.1:${(mute.address() as AddressInfo).port}`;
  const database = await openDatabase({ dataDir });
  const seal = createSeal(keyFor('settings', readKeyFile(dataDir)));
  const settings = { url, auth: 'basic', user: 'carrel', password: 'x', harvest: true, records_as: 'books' };
  const sources = createSources({ db: database.db, seal, kinds: sourceKinds });
  await sources.put('till', { enabled: false });
  await sources.put('koha', { kind: 'koha', settings });
  await database.close();
  const clock = createFakeClock();
  const asked = once(mute, 'request');
  const looking = run(['koha'], { check: true }, { clock });
  await asked;
  await clock.advance(10 * 60_000);
  t.match(await looking, { status: 1, problems: [/The feed gave no answer in the time it had/] });
});
