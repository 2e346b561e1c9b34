import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { throwAwayCertificate } from '../../../simulators/sip2/certificate.js';
import { tlsTrouble } from '../../../../engine/ils/sip2/tls-trouble.js';
import { faultOf, openSystem } from './open-system.js';

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
    grant: /^Nobody whom this machine trusts vouches for .* “tls_ca_file”\.$/,
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
    grant: /for another name than this host’s.*“tls_servername”/,
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
  await t.rejects(ils.authenticate('miker', '6789', { signal }), {
    grant: 'The file of “tls_ca_file” cannot be read.',
    cause: { code: 'ENOENT' },
  });
  t.equal(server.connections.opened, 0);
});

t.test(
  'a certificate for another host of the same signer is refused by the host’s own name',
  { skip },
  async (t) => {
    const other = await throwAwayCertificate('ils.example.org');
    if (!other) return;
    const tls_ca_file = join(t.testdir(), 'ca.pem');
    await writeFile(tls_ca_file, other.cert);
    const { ils, server } = await openSystem(
      t,
      { tls: true, tls_ca_file, host: 'localhost' },
      { tls: other },
    );
    t.match(await faultOf(ils.authenticate('miker', '6789', { signal })), {
      kind: 'unreachable',
      grant: /for another name/,
    });
    t.same(server.asked, [], 'and told nothing');
  },
);

t.test('a port without TLS is told as one, and nothing goes over it as clear text', async (t) => {
  const { ils, server } = await openSystem(t, { tls: true });
  t.match(await faultOf(ils.authenticate('miker', '6789', { signal })), {
    kind: 'unreachable',
    grant: /does not seem to speak TLS/,
  });
  t.notMatch(server.asked.map(({ text }) => text).join(), /scclient|clientpwd|miker|6789/);
});

t.test('troubles that are none of TLS’s are told without advice about it', (t) => {
  const error = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
  t.equal(tlsTrouble(error, { tls: true, tls_ca_file: undefined }), undefined);
  const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
  t.equal(tlsTrouble(reset, { tls: false, tls_ca_file: undefined }), undefined);
  const expired = Object.assign(new Error('expired'), { code: 'CERT_HAS_EXPIRED' });
  t.match(tlsTrouble(expired, { tls: true, tls_ca_file: undefined }), /has run out/);
  t.end();
});
