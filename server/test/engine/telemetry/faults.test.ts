import { channel } from 'node:diagnostics_channel';
import t from 'tap';
import { watchFaults, type Fault } from '../../../engine/telemetry/faults.js';

t.test('faults that patrons were spared are heard, until nobody listens any more', async (t) => {
  const heard: Fault[] = [];
  const stop = watchFaults((fault) => heard.push(fault));
  const error = new Error('gone');
  channel('carrel:discovery:degraded').publish({ step: 'search', error });
  channel('carrel:discovery:stream-failed').publish({ error });
  stop();
  channel('carrel:discovery:degraded').publish({ step: 'late', error });
  t.strictSame(heard, [
    { channel: 'carrel:discovery:degraded', step: 'search', error },
    { channel: 'carrel:discovery:stream-failed', error },
  ]);
});
