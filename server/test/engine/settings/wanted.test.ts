import t from 'tap';
import { openDatabase } from '../../../engine/db/database.js';
import { createSeal, keyFor } from '../../../engine/settings/seal.js';
import { sourceKinds } from '../../../engine/settings/source-kinds.js';
import { createSources } from '../../../engine/settings/sources.js';

t.test('a setting that cannot be so says what it takes instead', async (t) => {
  const database = await openDatabase({ dataDir: t.testdir() });
  t.teardown(() => database.close());
  const seal = createSeal(keyFor('settings', Buffer.alloc(32, 7)));
  const sources = createSources({ db: database.db, seal, kinds: sourceKinds });
  const putting = (kind: keyof typeof sourceKinds, settings: Record<string, unknown>, says: RegExp) =>
    t.rejects(sources.put('one', { kind, settings }), says);
  const sip = { host: 'ils.example.org' };

  await putting(
    'koha',
    { url: 'koha.example.org' },
    /url is not usable: it takes an address that begins with/,
  );
  await putting('sip2', { ...sip, login: '94' }, /login is not usable: it takes one of 93, none, telnet /);
  await putting(
    'sip2',
    { ...sip, port: 70_000 },
    /port is not usable: it takes a whole number from 1 to 65535 /,
  );
  await putting('sip2', { ...sip, tls: 'yes' }, /tls is not usable: it takes true or false /);
  for (const host of ['http://ils.example.org', 'ils.example.org:6001', '[::1]'])
    await putting('sip2', { host }, /host is a name or an address alone: .*the port is a setting of its own/);
  await putting(
    'overdrive',
    {
      client_key: 'KEY',
      client_secret: 'not a real one',
      library_id: '1',
      patron_accounts: true,
    },
    /patron_accounts needs website_id and authorization_name/,
  );
  t.same(await sources.list(), [], 'and nothing was set');

  for (const host of ['ils.example.org', '192.0.2.7', '2001:db8::7']) {
    await sources.put('sip', { kind: 'sip2', settings: { host } });
  }
});
