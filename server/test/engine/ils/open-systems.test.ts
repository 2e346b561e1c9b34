import t from 'tap';
import { openHarvestSource } from '../../../engine/harvest/open-feed.js';
import { openEachOnce } from '../../../engine/ils/open-adapter.js';
import { openSystems } from '../../../engine/ils/open-systems.js';
import { sourceKinds, type SourceKindName } from '../../../engine/settings/source-kinds.js';
import type { OpenedSource } from '../../../engine/settings/sources.js';
import { bibOf, branches, itemOf } from '../../fakes/bibs.js';
import { createFakeClock } from '../../fakes/clock.js';

const signal = new AbortController().signal;
const copies = Array.from({ length: 40 }, (_, n) => itemOf(`i${n}`, 'MAIN'));
const records = {
  listRecords: (ids: readonly string[]) =>
    Promise.resolve(ids.map((id) => bibOf(id, id, { items: id === 'r1' ? copies : [] }))),
  listFirst: () => Promise.resolve([]),
  branches: () => Promise.resolve(branches.map((branch) => ({ ...branch, records: 1 }))),
};

function opened(kind: SourceKindName, settings: Record<string, unknown>): OpenedSource {
  const { role, schema } = sourceKinds[kind];
  return { name: kind, kind, role, settings: schema.parse(settings) };
}
const koha = opened('koha', {
  url: 'https://koha.example.org',
  ...{ auth: 'basic', user: 'carrel', password: 'x', harvest: true },
});

function open(sources: readonly OpenedSource[], more: { hasSystem: boolean; choice?: 'auto' | 'demo' }) {
  const clock = createFakeClock();
  return openSystems(sources, { choice: more.choice ?? 'auto', hasSystem: more.hasSystem, records, clock });
}

t.test('where the library has no system, circulation is simulated', async (t) => {
  const ils = open([], { hasSystem: false });
  t.equal(ils.source, 'demo');
  t.equal((await ils.ask(['r1'], { signal })).get('r1')?.state, 'available');
  await ils.close();
});

t.test('of a system that is switched off or cannot be used nothing is made up', async (t) => {
  const ils = open([], { hasSystem: true });
  t.match((await ils.ask(['r1'], { signal })).get('r1'), { state: 'unknown', source: 'none', branches: [] });
  t.match(await ils.patrons.authenticate('DEMO-0001', '1234', { signal }), { outcome: 'unavailable' });
  await ils.close();
  const demo = open([koha], { hasSystem: true, choice: 'demo' });
  t.equal(demo.source, 'demo', 'unless staff want just that');
  await demo.close();
});

t.test('a system is asked under its own name, a lender without one stands alone', async (t) => {
  const own = open([koha], { hasSystem: true });
  t.match(own, { source: 'ils', name: 'Koha', lends: false });
  await own.close();
  const lender = open([opened('overdrive', { client_key: 'k', client_secret: 's', library_id: '1' })], {
    hasSystem: true,
  });
  t.match(lender, { source: 'ils', lends: true });
  t.match(await lender.patrons.authenticate('CARD-0001', '1234', { signal }), { because: 'not_offered' });
  await lender.close();
});

t.test('shelves and harvest share one adapter of a system', async (t) => {
  const adapterOf = openEachOnce();
  const { ils } = adapterOf(koha);
  const used: unknown[] = [];
  const feed = openHarvestSource(koha, {
    adapterOf(source) {
      used.push(adapterOf(source).ils);
      return adapterOf(source);
    },
  });
  t.strictSame(used.length, 1);
  t.equal(used[0], ils);
  await feed?.close();
});
