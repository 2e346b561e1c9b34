import t from 'tap';
import { createPatronAddress } from '../../../engine/ils/patron-address.js';
import { shieldIls } from '../../../engine/ils/shielded.js';
import { bibOf } from '../../fakes/bibs.js';
import { createFakeClock } from '../../fakes/clock.js';
import { createScriptedIls } from './scripted-ils.js';

const signal = new AbortController().signal;

function setUp() {
  const clock = createFakeClock();
  const address = createPatronAddress();
  const told: (string | undefined)[] = [];
  const shield = shieldIls(
    {
      ...createScriptedIls(clock).ils,
      availability(records) {
        told.push(address.current());
        return Promise.resolve(new Map(records.map(({ id }) => [id, { items: [], ecopies: [] }])));
      },
    },
    { clock, lookup: (ids) => Promise.resolve(ids.map((id) => bibOf(id, id))) },
  );
  return { address, told, shield };
}

t.test('a system is asked from the address of the patron who asks, and from none without one', async (t) => {
  const { address, told, shield } = setUp();
  await address.during('192.0.2.7', () => shield.ask(['r1'], { signal }));
  await address.during('192.0.2.8', () => shield.ask(['r2'], { signal }));
  await shield.ask(['r3'], { signal });
  t.same(told, ['192.0.2.7', '192.0.2.8', undefined]);
  t.equal(address.current(), undefined, 'nothing is kept');
});

t.test('one request for several patrons bears one address', async (t) => {
  const { address, told, shield } = setUp();
  await Promise.all(
    ['192.0.2.7', '192.0.2.8'].map((from) => address.during(from, () => shield.ask(['r1'], { signal }))),
  );
  t.same(told, ['192.0.2.7']);
});
