import { ilsFunctions } from '../../../../engine/ils/capabilities.js';
import { bibOf } from '../../../fakes/bibs.js';
import { ilsConformance } from '../conformance.js';
import type { IlsUnderTest } from '../system-under-test.js';
import { openBoth, type AKoha } from './a-koha.js';

const withKey = (id: string, ilsId: string) => bibOf(id, 'A title', { keys: { ilsId, other: [] } });

function underTest({ koha, ils }: AKoha): IlsUnderTest {
  return {
    ils,
    withItems: withKey('sim1', '1'),
    withoutItems: withKey('sim4', '4'),
    strange: withKey('sim404', '404'),
    breakIt: () => koha.leave(),
    slowIt: () => (koha.faults.slowMs = Infinity),
    close: () => koha.close(),
    patrons: {
      good: { card: 'CARD-0001', pin: '1234' },
      blocked: { card: 'CARD-0002', pin: '1234' },
      expired: { card: 'CARD-0003', pin: '1234' },
      pinsTried: () => koha.asked.filter(({ path }) => /\/validation$|\/ilsdi\.pl$/.test(path)).length,
      hold: { record: withKey('sim1', '1'), pickupBranchId: 'EAST' },
      holdOfAnother: '702',
      loseNextAnswer: () => {
        koha.faults.only = ({ method, path }) => method === 'POST' && path.endsWith('/holds');
        koha.faults.half = true;
      },
    },
  };
}

ilsConformance('koha', async () => underTest(await openBoth()), ilsFunctions);

ilsConformance(
  'koha by Basic',
  async () => {
    const basic = { auth: 'basic', user: 'carrel', password: 'service-password' };
    return underTest(await openBoth(basic));
  },
  ilsFunctions,
);

ilsConformance(
  'koha with ILS-DI',
  async () => {
    const without = ['POST /auth/password/validation'];
    return underTest(await openBoth((url) => ({ ilsdi_url: url }), { without }));
  },
  ilsFunctions,
);

ilsConformance('koha, public endpoints alone', async () => underTest(await openBoth({ auth: 'none' })), [
  'branches',
  'availability',
]);
