import t, { type Test } from 'tap';
import { openKoha } from '../../../engine/ils/koha/koha.js';
import { shieldLimits } from '../../../engine/ils/shield-limits.js';
import { shieldIls } from '../../../engine/ils/shielded.js';
import { bibOf } from '../../fakes/bibs.js';
import { createFakeClock } from '../../fakes/clock.js';
import { openKohaSimulator } from '../../simulators/koha/koha-simulator.js';
import { settingsFor } from './koha/a-koha.js';

const asking = { signal: new AbortController().signal };
const record = bibOf('sim1', 'A title', { keys: { ilsId: '1', other: [] } });
const other = bibOf('sim2', 'Another', { keys: { ilsId: '2', other: [] } });

async function setUp(t: Test) {
  const clock = createFakeClock();
  const koha = await openKohaSimulator({ now: () => clock.now() });
  const shield = shieldIls(openKoha(settingsFor(koha.url), { clock }), {
    ...shieldLimits.koha,
    ...{ clock, repeats: 0 },
    lookup: (ids) => Promise.resolve([record, other].filter(({ id }) => ids.includes(id))),
  });
  t.teardown(async () => {
    await shield.close();
    await koha.close();
  });
  return { clock, koha, shield };
}

/** Over a real connection nothing tells when a request in the background is through. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

t.test(
  'with Koha stopped, sign-in is unavailable and the shelves are remembered; it is back in ten seconds',
  async (t) => {
    const { clock, koha, shield } = await setUp(t);
    const { patrons } = shield;
    t.match(await patrons.authenticate('CARD-0001', '1234', asking), { outcome: 'ok' });
    const first = (await shield.ask(['sim1'], asking)).get('sim1');
    t.equal(first?.stale, false);
    await clock.advance(61_000);
    await koha.leave();
    for (let n = 0; n < 4; n += 1) {
      t.match((await shield.ask(['sim1'], asking)).get('sim1'), { ...first, stale: true });
      t.match((await shield.ask(['sim2'], asking)).get('sim2'), { state: 'unknown', asOf: null });
      const answer = await patrons.authenticate('CARD-0001', '9999', asking);
      t.match(answer, { outcome: 'unavailable' }, 'and not a wrong PIN');
    }
    t.equal(shield.isReachable(), false);
    await koha.comeBack();
    await clock.advance(5_000);
    await shield.ask(['sim1'], asking);
    await until(() => !shield.peek('sim1').stale);
    t.equal(shield.isReachable(), true);
    t.match(shield.peek('sim1'), { state: first?.state, stale: false });
    t.match(await patrons.authenticate('CARD-0001', '1234', asking), { outcome: 'ok' });
  },
);

t.test('a hold that Koha takes and whose answer is lost is found, and was sent once', async (t) => {
  const { koha, shield } = await setUp(t);
  const signedIn = await shield.patrons.authenticate('CARD-0001', '1234', asking);
  if (signedIn.outcome !== 'ok') return t.fail(signedIn.outcome);
  koha.faults.only = ({ method, path }) => method === 'POST' && path.endsWith('/holds');
  koha.faults.half = true;
  const request = { record, pickupBranchId: 'EAST' };
  const answer = await shield.patrons.placeHold(signedIn.patron, request, asking);
  t.match(answer, { outcome: 'placed', holdId: /./ });
  const sent = koha.asked.filter(({ method, path }) => method === 'POST' && path.endsWith('/holds'));
  t.equal(sent.length, 1);
});
