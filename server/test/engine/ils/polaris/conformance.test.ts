import { ilsFunctions } from '../../../../engine/ils/capabilities.js';
import { openPolaris } from '../../../../engine/ils/polaris/polaris.js';
import { PolarisSettings } from '../../../../engine/ils/polaris/settings.js';
import { bibOf } from '../../../fakes/bibs.js';
import { bib, item, patron } from '../../../simulators/polaris/polaris-library.js';
import { openPolarisSimulator, type PolarisVersion } from '../../../simulators/polaris/polaris-simulator.js';
import { ilsConformance } from '../conformance.js';
import type { IlsUnderTest } from '../system-under-test.js';

async function open(version: PolarisVersion, more: Record<string, unknown>): Promise<IlsUnderTest> {
  const polaris = await openPolarisSimulator({ version });
  const { state, faults } = polaris;
  state.bibs.push(bib(7, 'A book on show', ''));
  state.items.push(item(701, 7, { status: 'On display', statusId: 40, statusText: 'On display' }));
  // Whoever pays nothing for a hold is asked nothing.
  state.patrons.push(patron(15, 'CARD-0005'));
  state.loans.push({ ...loanOf(state.loans), itemId: 701, patronId: 15 });
  const settings = PolarisSettings.parse({
    url: polaris.url,
    access_id: state.access.id,
    access_key: state.access.key,
    ...more,
  });
  return {
    ils: openPolaris(settings),
    withItems: bibOf('1', 'The tide tables'),
    withoutItems: bibOf('3', 'A title still on order'),
    strange: bibOf('999', 'Unheard of'),
    oddStatus: bibOf('ocm7', 'A book on show', { keys: { ilsId: '7', other: [] } }),
    breakIt: () => polaris.leave(),
    slowIt: () => void (faults.slowMs = Infinity),
    patrons: {
      good: { card: 'CARD-0005', pin: '1234' },
      blocked: { card: 'CARD-0002', pin: '1234' },
      expired: { card: 'CARD-0003', pin: '1234' },
      pinsTried: () => polaris.asked.filter(({ path }) => path.endsWith('/authenticator/patron')).length,
      hold: { record: bibOf('1', 'The tide tables'), pickupBranchId: '4' },
      asked: { record: bibOf('2', 'A field guide to lichens'), pickupBranchId: '3' },
      holdOfAnother: '8001',
      loseNextAnswer: () => {
        faults.only = ({ method, path }) => method === 'POST' && path.endsWith('/holdrequest');
        faults.half = true;
      },
    },
    close: () => polaris.close(),
  };
}

function loanOf<T>(loans: readonly T[]): T {
  const [first] = loans;
  if (first === undefined) throw new Error('the library has loans');
  return first;
}

const staff = { staff_domain: 'LIBRARY', staff_username: 'carrel', staff_password: 'staff-password' };
const withoutHarvest = ilsFunctions.filter((one) => one !== 'harvest');

ilsConformance('Polaris with a staff account', () => open('new', staff), ilsFunctions);
ilsConformance('Polaris by public methods alone', () => open('new', {}), withoutHarvest);
ilsConformance(
  'an older Polaris',
  () => open('old', { ...staff, patron_calls_as_staff: true }),
  ilsFunctions,
);
