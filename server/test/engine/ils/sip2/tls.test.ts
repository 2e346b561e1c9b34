import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { throwAwayCertificate } from '../../../simulators/sip2/certificate.js';
import { openSystem } from './open-system.js';

const signal = new AbortController().signal;
const certificate = await throwAwayCertificate();
const skip = certificate === undefined ? 'no openssl here' : false;

t.test('speaks TLS with a server whose certificate it was given', { skip }, async (t) => {
  if (!certificate) return;
  const tls_ca_file = join(t.testdir(), 'ca.pem');
  await writeFile(tls_ca_file, certificate.cert);
  const { ils, codes } = await openSystem(t, { tls: true, tls_ca_file }, { tls: certificate });
  t.match(await ils.authenticate('miker', '6789', { signal }), { outcome: 'ok' });
  t.same(codes(), ['93', '99', '63']);
  const { authenticate } = await ils.capabilities({ signal });
  t.notMatch(JSON.stringify(authenticate), /clear text/);
});

t.test('says nothing to a server whose certificate nobody vouches for', { skip }, async (t) => {
  if (!certificate) return;
  const { ils, server } = await openSystem(t, { tls: true }, { tls: certificate });
  await t.rejects(ils.authenticate('miker', '6789', { signal }), {
    kind: 'unreachable',
    mayHaveHappened: false,
    cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
  });
  t.same(server.asked, []);
});

t.test('nor to one whose certificate is for another name', { skip }, async (t) => {
  if (!certificate) return;
  const tls_ca_file = join(t.testdir(), 'ca.pem');
  await writeFile(tls_ca_file, certificate.cert);
  const other = { tls: true, tls_ca_file, tls_servername: 'ils.example.org' };
  const { ils, server } = await openSystem(t, other, { tls: certificate });
  await t.rejects(ils.authenticate('miker', '6789', { signal }), {
    kind: 'unreachable',
    cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
  });
  t.same(server.asked, []);
  const named = { ...other, tls_servername: 'localhost' };
  const right = await openSystem(t, named, { tls: certificate });
  t.match(await right.ils.authenticate('miker', '6789', { signal }), { outcome: 'ok' });
});

t.test('a file of certificates that is not there is a fault, not an open door', { skip }, async (t) => {
  if (!certificate) return;
  const tls_ca_file = join(t.testdir(), 'none.pem');
  const { ils, server } = await openSystem(t, { tls: true, tls_ca_file }, { tls: certificate });
  await t.rejects(ils.authenticate('miker', '6789', { signal }), { cause: { code: 'ENOENT' } });
  t.equal(server.connections.opened, 0);
});
