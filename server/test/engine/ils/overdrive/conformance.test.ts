import { openOverDrive } from '../../../../engine/ils/overdrive/overdrive.js';
import { bibOf } from '../../../fakes/bibs.js';
import { openOverDriveSimulator } from '../../../simulators/overdrive/overdrive-simulator.js';
import { ilsConformance } from '../conformance.js';
import { linkedTo, settingsFor, titles, withIsbn } from './an-overdrive.js';

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
