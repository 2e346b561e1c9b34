import t from 'tap';
import { z } from 'zod';
import { abilitiesOf, isExposed } from '../../../../engine/ils/sip2/abilities.js';
import { readReply } from '../../../../engine/ils/sip2/reply.js';
import { Sip2Settings } from '../../../../engine/ils/sip2/settings.js';
import { faultOf, openSystem, settingsOf } from './open-system.js';

const signal = new AbortController().signal;
const asking = { signal };
const hello = (bx: string) => readReply(`98YNNYNN600003${' '.repeat(18)}2.00AOUWOLS|BX${bx}|`, '|');

t.test('says what works, what does not, and what to do about it', async (t) => {
  const { ils, server } = await openSystem(t);
  t.equal(ils.name, 'SIP2');
  t.equal(ils.host, `127.0.0.1:${server.port}`);
  t.equal(ils.feed, undefined);
  t.match(await ils.capabilities(asking), {
    branches: { works: true },
    availability: { works: true },
    authenticate: { works: true },
    account: { works: true },
    renew: { works: true },
    place_hold: { works: true },
    cancel_hold: { works: true },
    harvest: { works: false, because: /catalogue/, grant: /OAI-PMH/ },
  });
});

t.test('proves the login each time it is asked', async (t) => {
  const { ils, server, codes } = await openSystem(t);
  await ils.capabilities(asking);
  await ils.capabilities(asking);
  t.same(codes(), ['93', '99', '93', '99']);
  await server.goAway();
  t.match(await faultOf(ils.capabilities(asking)), { kind: 'unreachable' });
});

t.test('an account that is refused can do nothing, and the reason is said', async (t) => {
  const { ils } = await openSystem(t, { login_user: 'nobody' });
  for (const one of Object.values(await ils.capabilities(asking)))
    t.match(one, { works: false, because: /sign in/, grant: /\(CN\).*\(CO\).*\(CP\)/ });
});

t.test('without pickup places no hold can be placed, and the setting is named', async (t) => {
  const { ils } = await openSystem(t, { branches: [] });
  const told = await ils.capabilities(asking);
  t.match(told.place_hold, { works: false, grant: /branches/ });
  t.match(told.branches, { works: false });
  t.match(told.cancel_hold, { works: true });
  t.same(await ils.branches(asking), []);
});

t.test('what a server says of itself is advice', (t) => {
  const settings = settingsOf();
  t.strictSame(abilitiesOf(settings, hello('YYYYYYYYYYNYNYYY')).account, { works: true }, 'full');
  const no = abilitiesOf(settings, hello('NNNNNNNNNNNNNNNN'));
  for (const one of ['availability', 'authenticate', 'account', 'renew', 'place_hold'] as const)
    t.match(no[one], { works: true, note: /says of itself/ }, one);
  for (const bx of ['', 'YYN', 'N   '])
    t.strictSame(abilitiesOf(settings, hello(bx)).renew, { works: true }, `"${bx}" says nothing of it`);
  t.strictSame(abilitiesOf(settings, undefined).renew, { works: true });
  const places = 'YYYYYYYNYYYYYYYY';
  t.match(abilitiesOf(settings, hello(places)).account, { note: /says of itself/ }, '63 is the eighth');
  t.strictSame(abilitiesOf(settingsOf({ sign_in_message: '23' }), hello(places)).authenticate, {
    works: true,
  });
  t.end();
});

t.test('warns of clear text beyond this machine, and only then', (t) => {
  for (const host of ['127.0.0.1', '127.9.9.9', 'localhost', '::1', 'LOCALHOST'])
    t.equal(isExposed({ host, tls: false }), false, host);
  for (const host of [
    '192.0.2.7',
    'ils.example.org',
    '::2',
    '127.0.0.1.example.org',
    'localhost.example.org',
  ])
    t.equal(isExposed({ host, tls: false }), true, host);
  t.equal(isExposed({ host: 'ils.example.org', tls: true }), false);
  const told = abilitiesOf(settingsOf({ host: 'ils.example.org' }), undefined);
  for (const one of ['authenticate', 'account', 'renew', 'place_hold', 'cancel_hold'] as const)
    t.match(told[one], { works: true, note: /clear text.*TLS/ }, one);
  t.notMatch(JSON.stringify(told.availability), /clear text/, 'copies are no secret');
  t.end();
});

t.test('every setting has a sentence, secrets are marked, and the least is a host', (t) => {
  const described = z.toJSONSchema(Sip2Settings, { io: 'input' });
  t.same(described.required, ['host']);
  const names = Object.entries(described.properties ?? {});
  t.ok(names.length > 40);
  for (const [name, one] of names) {
    t.match(name, /^[a-z0-9]+(_[a-z0-9]+)*$/);
    t.match((one as { description?: string }).description, /^[A-Z].*\.$/, name);
  }
  const secret = names
    .filter(([, one]) => (one as { secret?: boolean }).secret === true)
    .map(([name]) => name);
  t.same(secret.sort(), ['login_password', 'terminal_password']);
  t.ok(Sip2Settings.parse({ host: 'ils.example.org' }));
  t.notOk('reject_unauthorized' in Sip2Settings.shape, 'a certificate is always checked');
  t.end();
});

t.test('settings that cannot be right are refused', (t) => {
  const wrong = [
    {},
    { host: '' },
    { host: 'h', port: 0 },
    { host: 'h', zone: 'Mars/Olympus' },
    { host: 'h', delimiter: 'AB' },
    { host: 'h', delimiter: 'A' },
    { host: 'h', delimiter: '\r' },
    { host: 'h', language: 'en' },
    { host: 'h', connections: 0 },
    { host: 'h', encoding: 'ebcdic' },
  ];
  for (const one of wrong) t.notOk(Sip2Settings.safeParse(one).success, JSON.stringify(one));
  t.end();
});
