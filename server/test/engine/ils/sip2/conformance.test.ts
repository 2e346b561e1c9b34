import { openSip2 } from '../../../../engine/ils/sip2/sip2.js';
import { bibOf, itemOf } from '../../../fakes/bibs.js';
import { createFakeClock } from '../../../fakes/clock.js';
import { openSip2Simulator } from '../../../simulators/sip2/sip2.js';
import { ilsConformance } from '../conformance.js';
import type { IlsUnderTest } from '../system-under-test.js';
import { published, settingsOf } from './open-system.js';

const copy = (barcode: string) => itemOf(`i-${barcode}`, 'MAIN', { barcode, branchName: 'Central Library' });
const everywhere = bibOf('r1', 'In every state', {
  items: ['BAR-IN', 'BAR-OUT', 'BAR-HELD', 'BAR-LOST', 'BAR-TRANSIT', 'BAR-ORDERED'].map(copy),
});
const free = bibOf('r2', 'To be held', { items: [copy('BAR-IN')] });

async function open(): Promise<IlsUnderTest> {
  const clock = createFakeClock(published);
  const server = await openSip2Simulator({ clock });
  server.state.items.get('BAR-MISSING')?.holds.push({ card: 'CARD-0002', pickup: 'EAST' });
  return {
    ils: openSip2(settingsOf({ port: server.port }), { clock }),
    withItems: everywhere,
    withoutItems: bibOf('r3', 'Without copies'),
    oddStatus: bibOf('r4', 'At the binder', { items: [copy('BAR-OTHER')] }),
    branchesAreSettings: true,
    breakIt: () => server.goAway(),
    slowIt: () => void (server.faults.slowMs = 60_000),
    patrons: {
      good: { card: 'CARD-0001', pin: '1234' },
      blocked: { card: 'CARD-BLOCKED', pin: '1234' },
      expired: { card: 'CARD-EXPIRED', pin: '1234' },
      pinsTried: () => server.asked.filter(({ code }) => code === '63' || code === '23').length,
      hold: { record: free, pickupBranchId: 'EAST' },
      holdOfAnother: 'item:BAR-MISSING',
      loseNextAnswer: () => Object.assign(server.faults, { loseReplyTo: ['15'], loseBy: 'close' }),
    },
    close: () => server.close(),
  };
}

ilsConformance('SIP2', open, [
  'branches',
  'availability',
  'authenticate',
  'account',
  'renew',
  'place_hold',
  'cancel_hold',
]);
