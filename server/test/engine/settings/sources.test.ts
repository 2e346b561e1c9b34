import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { z } from 'zod';
import { databasePath, openDatabase } from '../../../engine/db/database.js';
import { readKeyFile } from '../../../engine/settings/key-file.js';
import { createSeal, keyFor, SealBroken } from '../../../engine/settings/seal.js';
import { createSources, SettingsTrouble, type SourceKinds } from '../../../engine/settings/sources.js';

const SECRET = 'correct-horse-battery';
const kinds: SourceKinds = {
  koha: {
    title: 'Koha',
    role: 'ils',
    schema: z.object({
      base_url: z.url().describe('Address of the staff API.'),
      client_secret: z.string().min(8).optional().describe('Secret of the API key.').meta({ secret: true }),
      concurrency: z.int().min(1).default(4).describe('Requests at a time.'),
    }),
  },
  sip2: { title: 'SIP2', role: 'ils', schema: z.object({ host: z.string().describe('Host.') }) },
  oai: {
    title: 'OAI-PMH',
    role: 'feed',
    schema: z.object({
      base_url: z.url().describe('Address.'),
      records_as: z.string().optional().describe('Name.'),
    }),
  },
};
const address = 'https://ils.example.org';

async function setUp(t: Test, dataDir = t.testdir()) {
  const database = await openDatabase({ dataDir });
  t.teardown(() => database.close());
  const seal = createSeal(keyFor('settings', readKeyFile(dataDir)));
  return { dataDir, sources: createSources({ db: database.db, seal, kinds }) };
}

t.test('the key file is made once, for the service alone, and never replaced', (t) => {
  const dataDir = t.testdir();
  const path = join(dataDir, 'secret.key');
  const key = readKeyFile(dataDir);
  t.equal(key.length, 32);
  t.same(readKeyFile(dataDir), key);
  t.equal(statSync(path).mode & 0o777, 0o600);
  chmodSync(path, 0o644);
  readKeyFile(dataDir);
  t.equal(statSync(path).mode & 0o777, 0o600, 'rights that others were given are taken away');
  writeFileSync(path, 'short');
  t.throws(() => readKeyFile(dataDir), /is not a key of Carrel/);
  t.equal(readFileSync(path, 'utf8'), 'short');
  rmSync(path);
  mkdirSync(path);
  t.throws(() => readKeyFile(dataDir), {
    name: 'KeyFileTrouble',
    message: /cannot be read \(EISDIR\): it must be a file that belongs to the user/,
  });
  t.end();
});

t.test('a seal opens in its own place, with its own key, unchanged', (t) => {
  const key = readKeyFile(t.testdir());
  const seal = createSeal(keyFor('settings', key));
  const sealed = seal.close(SECRET, 'here');
  t.notMatch(sealed, SECRET);
  t.not(sealed, seal.close(SECRET, 'here'), 'the same text never looks the same');
  t.equal(seal.open(sealed, 'here'), SECRET);
  t.throws(() => seal.open(sealed, 'there'), SealBroken);
  t.throws(() => createSeal(keyFor('accounts', key)).open(sealed, 'here'), SealBroken);
  t.throws(() => seal.open(`${sealed.slice(0, -2)}AA`, 'here'), SealBroken);
  for (const broken of ['', 'v1', 'v1.', 'v2.AAAA', SECRET])
    t.throws(() => seal.open(broken, 'here'), SealBroken);
  t.end();
});

t.test('a source is kept with its secrets sealed, and shown without them', async (t) => {
  const { sources, dataDir } = await setUp(t);
  await sources.put('koha', { kind: 'koha', settings: { base_url: address, client_secret: SECRET } });
  t.match(await sources.list(), [
    {
      name: 'koha',
      kind: 'koha',
      enabled: true,
      settings: {
        base_url: { value: address },
        client_secret: { secret: true, isSet: true },
        concurrency: { value: 4 },
      },
    },
  ]);
  t.notMatch(JSON.stringify(await sources.list()), SECRET);
  t.same((await sources.open('koha')).settings, { base_url: address, client_secret: SECRET, concurrency: 4 });
  for (const file of [databasePath(dataDir), `${databasePath(dataDir)}-wal`]) {
    t.notMatch(readFileSync(file, 'latin1'), SECRET, 'not on disk');
  }
});

t.test('a change keeps what it does not name, secrets too', async (t) => {
  const { sources } = await setUp(t);
  await sources.put('koha', { kind: 'koha', settings: { base_url: address, client_secret: SECRET } });
  await sources.put('koha', { settings: { concurrency: 2 } });
  t.match((await sources.open('koha')).settings, {
    base_url: address,
    client_secret: SECRET,
    concurrency: 2,
  });
  await sources.put('koha', { settings: { client_secret: undefined } });
  t.notOk('client_secret' in (await sources.open('koha')).settings);
});

t.test('all that is wrong is named at once, no value repeated, nothing changed', async (t) => {
  const { sources } = await setUp(t);
  const wrong = { base_url: 'nowhere', client_secret: 'short', colour: 'x' };
  const error = await sources.put('koha', { kind: 'koha', settings: wrong }).then(
    () => new SettingsTrouble('it was taken'),
    (thrown: unknown) => thrown as SettingsTrouble,
  );
  t.ok(error instanceof SettingsTrouble);
  t.same(error.fields.map(({ path }) => path).toSorted(), ['base_url', 'client_secret', 'colour']);
  t.match(
    error.message,
    /base_url is not usable: it takes an address that begins with http.* \(Address of the staff API\)/,
  );
  t.notMatch(error.message, /nowhere|short/);
  await t.rejects(sources.put('koha', { kind: 'koha', settings: {} }), /base_url is missing/);
  await t.rejects(sources.put('Koha!', { kind: 'koha' }), /small letters/);
  await t.rejects(sources.put('new', {}), /say which kind/);
  await t.rejects(sources.put('new', { kind: 'constructor' }), /knows no "constructor"/);
  t.same(await sources.list(), []);
});

t.test('an address with a password in it is refused, and not repeated', async (t) => {
  const { sources } = await setUp(t);
  for (const url of [`https://carrel:${SECRET}@ils.example.org`, 'http://carrel@ils.example.org/']) {
    const put = sources.put('koha', { kind: 'koha', settings: { base_url: url } });
    await t.rejects(put, { message: /base_url holds a user name or a password/ });
    await t.rejects(put, { message: /^(?!.*(?:correct-horse|carrel@))/ });
  }
  t.same(await sources.list(), []);
});

t.test('a system that is switched off is set up all the same, a feed alone is none', async (t) => {
  const { sources } = await setUp(t);
  await sources.put('city', { kind: 'oai', settings: { base_url: address } });
  t.equal((await sources.openAll()).hasSystem, false);
  await sources.put('koha', { kind: 'koha', settings: { base_url: address }, enabled: false });
  const { hasSystem, sources: on } = await sources.openAll();
  t.equal(hasSystem, true);
  t.same(
    on.map(({ name }) => name),
    ['city'],
  );
});

t.test('there is one system of the library at a time, and any number of feeds', async (t) => {
  const { sources } = await setUp(t);
  await sources.put('koha', { kind: 'koha', settings: { base_url: address } });
  await sources.put('city', { kind: 'oai', settings: { base_url: address } });
  await sources.put('county', { kind: 'oai', settings: { base_url: address } });
  await t.rejects(
    sources.put('old', { kind: 'sip2', settings: { host: 'h' } }),
    /"koha" is this library's system/,
  );
  await sources.put('old', { kind: 'sip2', settings: { host: 'h' }, enabled: false });
  await t.rejects(sources.put('old', { enabled: true }), SettingsTrouble);
  await sources.put('koha', { enabled: false });
  await sources.put('old', { enabled: true });
  const { sources: on } = await sources.openAll();
  t.same(on.map(({ name }) => name).toSorted(), ['city', 'county', 'old']);
  await sources.remove('old');
  await t.rejects(sources.remove('old'), /no source "old"/);
});

t.test('no two feeds keep their records under one name', async (t) => {
  const { sources } = await setUp(t);
  const feed = { base_url: address, records_as: 'main' };
  await sources.put('city', { kind: 'oai', settings: feed });
  await t.rejects(
    sources.put('county', { kind: 'oai', settings: feed }),
    /"city" keeps its records under "main"/,
  );
  await sources.put('county', { kind: 'oai', settings: { ...feed, records_as: 'county' } });
  await sources.put('city', { settings: { base_url: `${address}/oai` } });
  t.equal((await sources.list()).length, 2);
});

t.test('with another key file nothing opens, it is said, and secrets can be set again', async (t) => {
  const dataDir = t.testdir();
  const first = await setUp(t, dataDir);
  await first.sources.put('koha', { kind: 'koha', settings: { base_url: address, client_secret: SECRET } });
  await first.sources.put('city', { kind: 'oai', settings: { base_url: address } });
  rmSync(join(dataDir, 'secret.key'));
  const { sources } = await setUp(t, dataDir);
  const { sources: on, troubles } = await sources.openAll();
  t.same(
    on.map(({ name }) => name),
    ['city'],
    'what has no secret goes on',
  );
  t.match(troubles, [/koha: The secrets of "koha" were sealed with another key file/]);
  await t.rejects(sources.put('koha', { settings: { concurrency: 2 } }), /set client_secret again/);
  await sources.put('koha', { settings: { client_secret: `${SECRET}-2` } });
  t.match((await sources.open('koha')).settings, { base_url: address, client_secret: `${SECRET}-2` });
});
