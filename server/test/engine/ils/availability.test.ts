import t from 'tap';
import { availabilityOf } from '../../../engine/ils/availability.js';
import type { IlsItem } from '../../../engine/ils/copies.js';
import { noIls } from '../../../engine/ils/shielded.js';
import { Availability } from '../../../contract/availability.js';
import { item } from './counting-ils.js';

const signal = new AbortController().signal;

t.test('copies are counted by branch; lost ones are not copies, withdrawn ones are not told', (t) => {
  const told = { asOf: '2026-03-04T14:02:00.000Z', stale: false, source: 'ils' } as const;
  const items = [
    item('1', 'available'),
    item('1', 'lost'),
    item('1', 'withdrawn'),
    item('1', 'checked_out', 'AAA'),
  ];
  const of = (...items: IlsItem[]) => availabilityOf({ items, ecopies: [] }, told);
  t.match(of(...items), {
    state: 'available',
    branches: [
      { branch_id: 'AAA', available: 0, total: 1 },
      { branch_id: 'MAIN', available: 1, total: 1, items: [{ status: 'available' }, { status: 'lost' }] },
    ],
  });
  t.equal(of(item('1', 'checked_out')).state, 'unavailable');
  t.equal(of(item('1', 'unknown'), item('1', 'checked_out')).state, 'unknown', 'it might be in');
  t.equal(of(item('1', 'withdrawn')).state, 'unknown');
  t.equal(of().state, 'unknown');
  t.end();
});

t.test('a library without a system is told as unknown, by nobody', async (t) => {
  const none = noIls();
  const order: string[] = [];
  const told = await none.ask(['1'], { signal, onEach: (id) => order.push(id) });
  t.match(told.get('1'), { state: 'unknown', source: 'none', asOf: null });
  t.same(order, ['1']);
  t.same(none.peek('1'), told.get('1'));
  t.same(await none.branches({ signal }), []);
  t.ok(none.isReachable());
});

t.test('an e-copy is told with the lender’s counts, its time, and a link that a browser may follow', (t) => {
  const told = { asOf: '2026-03-04T14:02:00.000Z', stale: true, source: 'ils' } as const;
  const lent = { id: 'e', lender: 'Lender', status: 'available', rawStatus: 'true' } as const;
  const of = (url: string) => availabilityOf({ items: [], ecopies: [{ ...lent, url, holds: 2 }] }, told);
  const good = of('https://lender.example/e');
  t.match(good, {
    state: 'online',
    ecopies: [{ lender: 'Lender', holds: 2, url: 'https://lender.example/e', stale: true, asOf: told.asOf }],
  });
  for (const url of ['javascript:alert(1)', 'data:text/html,x', 'lender.example', '']) {
    const bad = of(url);
    t.notOk(bad.ecopies?.[0] && 'url' in bad.ecopies[0], url);
    t.ok(Availability.safeParse(bad).success);
  }
  t.notOk('ecopies' in availabilityOf({ items: [item('1', 'available')], ecopies: [] }, told));
  t.end();
});
