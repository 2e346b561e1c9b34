import t from 'tap';
import type { Availability } from '../../../contract/availability.js';
import { createShelves } from '../../../desks/discovery/shelves.js';
import { noIls, type ShieldedIls } from '../../../engine/ils/shielded.js';
import { bibOf, itemOf } from '../../fakes/bibs.js';
import { createFakeClock } from '../../fakes/clock.js';

const signal = new AbortController().signal;
const print = bibOf('print', 'Print', { items: [itemOf('i', 'MAIN')] });
const link = bibOf('link', 'Link', { links: [{ url: 'https://lender.example/1' }] });
const nothing: Availability = { state: 'unknown', asOf: null, stale: false, source: 'ils', branches: [] };

function setUp(told: Record<string, Availability>, more: Partial<ShieldedIls> = {}) {
  const clock = createFakeClock();
  const asked: string[][] = [];
  const ils: ShieldedIls = {
    ...noIls(),
    source: 'ils',
    peek: (id) => told[id] ?? nothing,
    ask(ids, { onEach }) {
      asked.push([...ids]);
      ids.forEach((id) => onEach?.(id, told[id] ?? nothing));
      return Promise.resolve(new Map());
    },
    ...more,
  };
  return { clock, asked, shelves: createShelves({ ils, clock }) };
}

const ecopies: Availability['ecopies'] = [
  { lender: 'Lender', status: 'checked_out', asOf: '2026-03-04T14:02:00.000Z', stale: false },
];
const lentOut: Availability = { ...nothing, state: 'unavailable', asOf: '2026-03-04T14:02:00.000Z', ecopies };

t.test('what is behind a link is online without asking, where nobody lends e-copies', async (t) => {
  const { shelves, asked } = setUp({});
  const told = await shelves.ask([print, link], { signal });
  t.match(told.get('link'), { state: 'online', source: 'ils', branches: [] });
  t.same(asked, [['print']]);
  t.notOk(shelves.peekBeforeAsking(link).checking);
});

t.test('a record with a link that came without its copies has what its system says', async (t) => {
  const fed = bibOf('fed', 'Fed', { keys: { ilsId: '12', other: [] }, links: link.links });
  const branch = { branch_id: 'MAIN', branch_name: 'Central Library', available: 0, total: 1, items: [] };
  const out: Availability = { ...nothing, state: 'unavailable', asOf: lentOut.asOf, branches: [branch] };
  const { shelves, asked } = setUp({ fed: out });
  t.same((await shelves.ask([fed], { signal })).get('fed'), out, 'and is not called online for its link');
  t.same(asked, [['fed']]);
});

t.test('where a lender knows the title, its word counts', async (t) => {
  const { shelves, asked } = setUp({ link: lentOut }, { lends: true });
  t.same((await shelves.ask([print, link], { signal })).get('link'), lentOut);
  t.same(asked, [['print', 'link']]);
});

t.test('a link that no lender knows can be opened all the same', async (t) => {
  const { shelves } = setUp({}, { lends: true });
  t.match((await shelves.ask([link], { signal })).get('link'), { state: 'online', stale: false });
});

t.test('before asking, what may change is marked, and nothing while the system is away', (t) => {
  const fresh: Availability = { ...nothing, state: 'available', asOf: '2026-03-04T14:02:00.000Z' };
  const { shelves } = setUp({ fresh, old: { ...fresh, stale: true } });
  const before = (id: string) => shelves.peekBeforeAsking(bibOf(id, id, { items: print.items })).checking;
  t.equal(before('fresh'), undefined);
  t.equal(before('old'), true);
  t.equal(before('unheard'), true);
  const away = setUp({}, { isReachable: () => false });
  t.equal(away.shelves.peekBeforeAsking(print).checking, undefined);
  const none = createShelves({ ils: noIls(), clock: createFakeClock() });
  t.equal(none.peekBeforeAsking(print).checking, undefined, 'nobody is there to be asked');
  t.end();
});

t.test('an error in the asking itself is met by who waits', async (t) => {
  const { shelves, clock } = setUp({}, { ask: () => Promise.reject(new Error('the catalogue is closed')) });
  await t.rejects(shelves.ask([print], { signal }), { message: 'the catalogue is closed' });
  await t.rejects(shelves.ask([print], { signal, withinMs: 300 }), { message: 'the catalogue is closed' });
  await clock.advance(300);
});
