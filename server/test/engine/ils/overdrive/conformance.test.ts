import { openOverDrive } from '../../../../engine/ils/overdrive/overdrive.js';
import { bibOf } from '../../../fakes/bibs.js';
import { openOverDriveSimulator } from '../../../simulators/overdrive/overdrive-simulator.js';
import { ilsConformance } from '../conformance.js';
import { linkedTo, settingsFor, titles, withAccounts, withIsbn } from './an-overdrive.js';

ilsConformance(
  'OverDrive keeps the promises of the seam',
  async () => {
    const simulator = await openOverDriveSimulator();
    return {
      ils: openOverDrive(settingsFor(simulator.url)),
      withItems: linkedTo(titles.tide),
      withoutItems: bibOf('r-none', 'A record without number or link'),
      strange: withIsbn('9780000000002'),
      oddStatus: linkedTo(titles.east),
      lends: 'ecopies',
      breakIt: () => simulator.leave(),
      slowIt: () => void (simulator.faults.slowMs = Infinity),
      close: () => simulator.close(),
    };
  },
  ['availability'],
);

ilsConformance(
  'OverDrive with patrons’ accounts keeps the promises of the seam',
  async () => {
    const simulator = await openOverDriveSimulator();
    const { state, faults } = simulator;
    state.holds.push({
      ...{ patronId: 71, reserveId: titles.letters.toUpperCase(), email: null },
      ...{ placed: '2026-02-21T10:00:00Z', position: 1, expires: null },
    });
    return {
      ils: openOverDrive(settingsFor(simulator.url, withAccounts)),
      withItems: linkedTo(titles.tide),
      withoutItems: bibOf('r-none', 'A record without number or link'),
      strange: withIsbn('9780000000002'),
      oddStatus: linkedTo(titles.east),
      lends: 'ecopies',
      breakIt: () => simulator.leave(),
      slowIt: () => void (faults.slowMs = Infinity),
      patrons: {
        good: { card: 'CARD-0001', pin: '1234' },
        pinsTried: () => simulator.asked.filter(({ path }) => path === '/patrontoken').length,
        holdOfAnother: titles.lichens,
      },
      close: () => simulator.close(),
    };
  },
  ['availability', 'authenticate', 'account', 'cancel_hold'],
);
