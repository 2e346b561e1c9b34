import t from 'tap';
import { polarisDate, signatureOf } from '../../../../engine/ils/polaris/signing.js';

const date = 'Wed, 09 Oct 2009 22:23:32 GMT';
const patron = 'http://localhost/PAPIService/REST/public/v1/1033/100/1/patron/21756003332022';

t.test('signs the published examples', (t) => {
  t.equal(
    signatureOf('1234', { method: 'GET', url: '', date: '', secret: '' }),
    'S1B0+M48Z/LOc32PFEfX67uwFyk=',
  );
  t.equal(
    signatureOf('1234', { method: 'GET', url: patron, date, secret: '' }),
    '9NoK01FefkvfgDkzOG3FnE29+o0=',
  );
  t.equal(
    signatureOf('1234', { method: 'GET', url: patron, date, secret: '6789' }),
    'mBq6CmtENfXBozCB7rHTKY1mcVI=',
  );
  const url = 'http://localhost/PAPIService/REST/public/v1/1033/100/1/authenticator/patron';
  const parts = { method: 'POST', url, date: 'Fri, 07 Aug 2026 10:15:13 GMT', secret: '' };
  t.equal(signatureOf('1234', parts), 'Mk9NSZfBio0n5ZJdU6RXxqDMhDU=');
  t.end();
});

t.test('every part counts: method, address, date, secret and the hash', (t) => {
  const parts = { method: 'GET', url: patron, date, secret: '6789' };
  const right = signatureOf('1234', parts);
  t.not(signatureOf('1234', { ...parts, method: 'PUT' }), right);
  t.not(signatureOf('1234', { ...parts, url: `${patron}?` }), right);
  t.not(signatureOf('1234', { ...parts, date: polarisDate(0) }), right);
  t.not(signatureOf('1234', { ...parts, secret: '' }), right);
  t.not(signatureOf('12345', parts), right);
  t.not(signatureOf('1234', parts, 'sha256'), right);
  t.equal(Buffer.from(signatureOf('1234', parts, 'sha256'), 'base64').length, 32);
  t.end();
});

t.test('keys and secrets are taken as UTF-8', (t) => {
  const parts = { method: 'GET', url: patron, date, secret: 'clé' };
  t.not(signatureOf('1234', parts), signatureOf('1234', { ...parts, secret: 'cle' }));
  t.not(signatureOf('ключ', parts), signatureOf('1234', parts));
  t.end();
});

t.test('dates are RFC 1123 in GMT', (t) => {
  t.equal(polarisDate(Date.UTC(2026, 7, 7, 10, 15, 13)), 'Fri, 07 Aug 2026 10:15:13 GMT');
  t.equal(polarisDate(Date.UTC(2012, 9, 17, 22, 23, 32)), 'Wed, 17 Oct 2012 22:23:32 GMT');
  t.end();
});
