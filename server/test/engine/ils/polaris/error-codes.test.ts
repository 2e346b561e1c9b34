import t from 'tap';
import { errorCodes, meaningOf } from '../../../../engine/ils/polaris/error-codes.js';
import { faultOf } from '../../../../engine/ils/polaris/papi.js';
import { refusalCodes } from '../../../../contract/patron-account.js';

t.test('every listed code is an error and has words; every reason is one that Carrel can say', (t) => {
  for (const [code, meaning] of errorCodes) {
    t.ok(code < 0, String(code));
    t.not(meaning.words, '', String(code));
    if (meaning.is === 'refused') t.ok(refusalCodes.includes(meaning.reason), meaning.reason);
  }
  t.end();
});

t.test('only codes about card and PIN reject a patron', (t) => {
  const rejecting = [...errorCodes].filter(([, meaning]) => meaning.is === 'rejected').map(([code]) => code);
  t.same(rejecting.sort(), [-3000, -3001, -3550, -4001, -4005]);
  for (const code of [-1, -5, -6, -9, -6000, -6001, -8001, -12345])
    t.not(meaningOf(code).is, 'rejected', String(code));
  t.end();
});

t.test('a code that nobody has heard of is a no in Polaris’s words', (t) => {
  t.match(meaningOf(-12345), { is: 'refused', reason: 'other', words: /-12345/ });
  t.end();
});

t.test('a wrong id in the settings says so to staff, and that nothing happened', (t) => {
  const fault = faultOf(-4002, 'Polaris');
  t.match(fault, { kind: 'refused', mayHaveHappened: false, grant: /workstation/ });
  t.match(faultOf(-9, 'Polaris'), { kind: 'broken', mayHaveHappened: true });
  t.end();
});
