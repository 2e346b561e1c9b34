import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { keptCommand, type KeptCommand } from '../../commands/kept.js';
import { programDir } from '../../config.js';
import { openKeptAccounts } from '../../engine/accounts/kept-accounts.js';
import { keptSystemOf } from '../../engine/accounts/kept-system.js';
import { openDatabase } from '../../engine/db/database.js';
import { patronNumberOf } from '../../engine/ils/patron-number.js';
import { readKeyFile } from '../../engine/settings/key-file.js';
import { createSeal, keyFor } from '../../engine/settings/seal.js';
import { sourceKinds } from '../../engine/settings/source-kinds.js';
import { createSources } from '../../engine/settings/sources.js';
import { createVisits } from '../../engine/ils/sip2/visits.js';
import { bytesOf } from '../desks/account/house.js';
import { createTerminal } from './terminal.js';

const systems = {
  koha: { url: 'https://koha.example.org/', client_id: 'carrel', client_secret: 'a-made-up-secret' },
  sip2: { host: 'sip.example.org', institution: 'TOWN' },
};

/** A library with a system, at which something is kept of each of these patrons. */
async function keep(t: Test, kind: keyof typeof systems | undefined, ids: readonly string[]) {
  const dataDir = t.testdir();
  const database = await openDatabase({ dataDir });
  const { db } = database;
  const fileKey = readKeyFile(dataDir);
  const sources = createSources({ db, seal: createSeal(keyFor('settings', fileKey)), kinds: sourceKinds });
  if (kind) await sources.put('ours', { kind, settings: systems[kind] });
  const system = keptSystemOf(kind && (await sources.open('ours')));
  const kept = openKeptAccounts({ db, fileKey, system, onFault: (error) => t.fail(String(error)) });
  for (const id of ids) {
    await kept.change(id, (before) => ({
      ...before,
      choices: { lists: true, history: false, keepDays: 30 },
      lists: [{ id: 'one', name: 'Summer', recordIds: [], changedOn: '2026-03-04' }],
    }));
  }
  t.teardown(async () => {
    await kept.close();
    await database.close();
  });
  const run = async (positionals: string[], values: KeptCommand['values'] = {}, typed: string[] = []) => {
    const screen = createTerminal();
    const asked: string[] = [];
    const status = await keptCommand({
      ...{ dataDir, positionals, values, output: screen.output, kinds: sourceKinds },
      signal: new AbortController().signal,
      numberOf: patronNumberOf,
      askSecret: (question) => Promise.resolve(typed[asked.push(question) - 1] ?? ''),
      isTyped: typed.length > 1,
    });
    return { status, asked, text: screen.text(), problems: screen.problems };
  };
  return { dataDir, kept, sources, run };
}
const patron = { patron: true };

t.test('staff erase what is kept of one patron, and of nobody else, while the server runs', async (t) => {
  const { run, kept } = await keep(t, 'koha', ['51', '52']);
  const { status, asked, text, problems } = await run(['erase'], patron, ['51 ', '51']);
  t.equal(status, 0);
  t.match(asked[0], 'borrowernumber');
  t.strictSame(problems, []);
  t.equal(await kept.find('51'), undefined);
  t.ok(await kept.find('52'));
  t.notMatch(text, '51');
  t.match(await run(['erase'], patron, ['51', '51']), { status: 1, problems: [/^Nothing is kept/] });
});

t.test('nothing of it is left in the files', async (t) => {
  const { run, dataDir } = await keep(t, 'koha', ['51']);
  const [row] = await rowsOf(dataDir);
  const traces = [row?.name ?? '', row?.sealed.slice(0, 200) ?? ''];
  for (const trace of traces) t.ok(trace !== '' && bytesOf(dataDir).includes(trace));
  t.equal((await run(['erase'], patron, ['51', '51'])).status, 0);
  for (const trace of traces) t.notOk(bytesOf(dataDir).includes(trace));
});

t.test('what is typed wrong, or not at all, changes nothing', async (t) => {
  const { run, kept } = await keep(t, 'koha', ['51']);
  t.equal((await run(['erase'], patron, ['51', '15'])).status, 2);
  t.equal((await run(['erase'], patron, [''])).status, 2);
  t.equal((await run(['erase'])).status, 2, 'without saying of whom');
  const inWords = await run(['erase', '51'], patron, ['51']);
  t.equal(inWords.status, 2, 'a number is no word of the command');
  t.strictSame(inWords.asked, []);
  t.equal((await run(['show'])).status, 2);
  t.ok(await kept.find('51'));
});

t.test('by SIP2, which tells no number, the card is asked for', async (t) => {
  const visits = createVisits({ name: 'SIP2', institution: 'TOWN', send_pin: 'always' });
  const { id } = visits.begin({ card: 'card-0001', pin: '0000' }, undefined);
  const { run, kept } = await keep(t, 'sip2', [id]);
  const { status, asked } = await run(['erase'], patron, [' CARD-0001', 'CARD-0001']);
  t.equal(status, 0);
  t.match(asked[0], 'Card number');
  t.equal(await kept.find(id), undefined);
});

t.test('a system that is switched off is named by the one who means it', async (t) => {
  const { run, kept, sources } = await keep(t, 'koha', ['51']);
  await sources.put('ours', { enabled: false });
  t.match(await run(['erase'], patron, ['51']), { status: 1, problems: [/--source \(ours\)/] });
  t.match(await run(['erase'], { ...patron, source: 'other' }, ['51']), { status: 1 });
  t.ok(await kept.find('51'));
  t.equal((await run(['erase'], { ...patron, source: 'ours' }, ['51'])).status, 0);
  t.equal(await kept.find('51'), undefined);
});

t.test('how much is kept is told as a number and a day, and of whom to nobody', async (t) => {
  const none = await keep(t, undefined, []);
  t.match(await none.run(['count']), { status: 0, text: 'Nothing is kept of anybody.\n', asked: [] });
  const { run } = await keep(t, 'koha', ['patron-51', 'patron-52']);
  const { text } = await run(['count']);
  t.match(text, /^Something is kept of 2 patrons; the next of it ends after \d{4}-\d\d-\d\d\.\n$/);
  const { text: json } = await run(['count'], { json: true });
  t.match(JSON.parse(json), { patrons: 2, next_end: /^\d{4}-\d\d-\d\d$/ });
  t.notMatch(text + json, /patron-5|Summer/);
});

t.test('from a terminal’s pipe the number is one line, and no word of any command', async (t) => {
  const { dataDir, kept } = await keep(t, undefined, ['demo-1']);
  const cli = join(programDir, 'dist/server/cli.js');
  const run = spawnSync(process.execPath, [cli, 'kept', 'erase', '--patron'], {
    env: { ...process.env, CARREL_DATA: dataDir },
    input: 'demo-1\n',
    encoding: 'utf8',
  });
  t.equal(run.status, 0, run.stderr);
  t.match(run.stdout, /^Erased/);
  t.equal(await kept.find('demo-1'), undefined);
});

async function rowsOf(dataDir: string) {
  const database = await openDatabase({ dataDir });
  const { db } = database;
  const rows = await db.selectFrom('kept_account').selectAll().execute();
  await database.close();
  return rows;
}
