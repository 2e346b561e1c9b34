import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { throwAwayCertificate } from '../simulators/sip2/certificate.js';
import { openSip2Simulator } from '../simulators/sip2/sip2.js';
import { carrel, carrelAsking } from './house.js';
import { PIN, writeHeld } from './ils-records.js';
import { setUpSource } from './ils-sources.js';

const account = { login_user: 'scclient', login_password: 'clientpwd', institution: 'UWOLS' };

t.test('carrel ils test signs a card in, and shows neither it nor its PIN', async (t) => {
  const dir = t.testdir({ data: {} });
  const dataDir = join(dir, 'data');
  const sip2 = await openSip2Simulator();
  t.teardown(() => sip2.close());
  Object.assign(sip2.state.patrons.get('CARD-0001') ?? {}, { pin: PIN });
  const imported = await carrel(dataDir, 'import', writeHeld(dir), '--quiet', '--no-vectors');
  t.equal(imported.code, 0, imported.text);
  await setUpSource(dataDir, 'sip2', { host: sip2.host, port: sip2.port, ...account });

  const test = ['ils', 'test', 'sip2', '--card', 'CARD-0001', '--record', 'shelf'];
  const tried = await carrelAsking(dataDir, `${PIN}\n`, ...test);
  t.equal(tried.code, 0, tried.text);
  t.match(tried.text, /^ {2}record shelf: 3 copies: available \("03 available"\)/m);
  t.match(tried.text, /^ {2}signing in: ok\n {2}account: loans 2, holds 2$/m);
  t.notMatch(tried.text, new RegExp(`CARD-0001|${PIN}|clientpwd`));
  t.equal(sip2.state.sessions.size, 0, 'and signs it out again');
  t.notOk(
    sip2.asked.some(({ code }) => code === '15' || code === '29'),
    'without placing or renewing anything',
  );

  const wrong = await carrelAsking(dataDir, 'wrong-1\n', ...test);
  t.equal(wrong.code, 1);
  t.match(wrong.text, /^ {2}signing in: rejected$/m);
  t.equal((await carrel(dataDir, ...test)).code, 1, 'no PIN is no right PIN');
});

t.test('carrel ils test says what is wrong with a certificate', async (t) => {
  const certificate = await throwAwayCertificate('localhost');
  if (!certificate) return t.pass('no openssl here');
  const dir = t.testdir({ data: {} });
  const dataDir = join(dir, 'data');
  const sip2 = await openSip2Simulator({ tls: certificate });
  t.teardown(() => sip2.close());
  await setUpSource(dataDir, 'sip2', { host: 'localhost', port: sip2.port, tls: true, ...account });
  const set = (setting: string) => carrel(dataDir, 'ils', 'set', 'sip2', setting);
  const test = () => carrel(dataDir, 'ils', 'test', 'sip2');

  const unknown = await test();
  t.equal(unknown.code, 1);
  t.match(unknown.text, /cannot be reached\.\n +Grant: Nobody whom this machine trusts .* “tls_ca_file”\./);

  const pem = join(dir, 'sip2.pem');
  writeFileSync(pem, certificate.cert);
  t.equal((await set(`tls_ca_file=${pem}`)).code, 0);
  t.equal((await set('tls_servername=ils.example.org')).code, 0);
  const misnamed = await test();
  t.equal(misnamed.code, 1);
  t.match(misnamed.text, /Grant: The server’s certificate is for another name/);
  t.same(sip2.asked, [], 'the server was told nothing');

  t.equal((await set('tls_servername=')).code, 0);
  const right = await test();
  t.equal(right.code, 0, right.text);
  t.match(right.text, /^ {2}yes {2}signing in with card and PIN$/m);
  t.notMatch(right.text, /clear text/);
  t.ok(sip2.asked.length > 0);
});
