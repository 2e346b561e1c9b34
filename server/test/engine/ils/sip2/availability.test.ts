import t from 'tap';
import { bibOf, itemOf } from '../../../fakes/bibs.js';
import { faultOf, openSystem, published } from './open-system.js';

const signal = new AbortController().signal;
const day = 86_400_000;
const record = (id: string, ...barcodes: string[]) =>
  bibOf(id, id, { items: barcodes.map((barcode) => itemOf(`i-${barcode}`, 'MAIN', { barcode })) });

t.test('every status of SIP2 has its meaning, and the raw one is kept', async (t) => {
  const { ils } = await openSystem(t);
  const expected = [
    ['BAR-OTHER', 'unknown', '01 other'],
    ['BAR-ORDERED', 'on_order', '02 on order'],
    ['BAR-IN', 'available', '03 available'],
    ['BAR-OUT', 'checked_out', '04 charged'],
    ['BAR-OUT-NEW', 'checked_out', '05 charged, not to be recalled yet'],
    ['BAR-PROCESS', 'in_process', '06 in process'],
    ['BAR-RECALLED', 'checked_out', '07 recalled'],
    ['BAR-HELD', 'on_hold_shelf', '08 on hold shelf'],
    ['BAR-RESHELVE', 'in_process', '09 to be reshelved'],
    ['BAR-TRANSIT', 'in_transit', '10 in transit'],
    ['BAR-CLAIMED', 'missing', '11 claimed returned'],
    ['BAR-LOST', 'lost', '12 lost'],
    ['BAR-MISSING', 'missing', '13 missing'],
    ['nope', 'unknown', '01 not found'],
  ] as const;
  const asked = record('r', ...expected.map(([barcode]) => barcode));
  const items = (await ils.availability([asked], { signal })).get('r')?.items ?? [];
  t.same(
    items.map(({ barcode, status, rawStatus }) => [barcode, status, rawStatus]),
    expected,
  );
});

t.test('a branch has the name that the settings give it, at a copy as where holds are fetched', async (t) => {
  const { ils } = await openSystem(t);
  const items = [itemOf('i1', 'EAST', { barcode: 'BAR-IN' }), itemOf('i2', 'WEST', { barcode: 'BAR-OUT' })];
  const copies = (await ils.availability([bibOf('r', 'r', { items })], { signal })).get('r')?.items ?? [];
  t.same(
    copies.map(({ branchName }) => branchName),
    ['East Branch', 'WEST'],
  );
  const named = [
    itemOf('i1', 'EAST', { branchName: 'Harbour' }),
    itemOf('i2', 'WEST', { branchName: 'Mill' }),
  ];
  const told =
    (await ils.availability([bibOf('r', 'r', { items: named })], { signal })).get('r')?.items ?? [];
  t.same(
    told.map(({ branchName }) => branchName),
    ['East Branch', 'Mill'],
    'the record’s own name where the settings know none',
  );
});

t.test('due dates and queues come from the system, places and call numbers from the record', async (t) => {
  const { ils } = await openSystem(t);
  const items = [
    itemOf('i1', 'EAST', {
      barcode: ' BAR-OUT ',
      branchName: 'East Branch',
      location: 'Adult',
      callNumber: 'FIC ONE',
    }),
    itemOf('i2', 'MAIN', { barcode: 'BAR-IN' }),
    itemOf('i3', 'MAIN', { barcode: 'BAR-RECALLED' }),
  ];
  const copies = (await ils.availability([bibOf('r', 'r', { items })], { signal })).get('r')?.items ?? [];
  t.strictSame(copies[0], {
    itemId: 'i1',
    recordId: 'r',
    barcode: ' BAR-OUT ',
    branchId: 'EAST',
    branchName: 'East Branch',
    location: 'Adult',
    callNumber: 'FIC ONE',
    status: 'checked_out',
    rawStatus: '04 charged',
    dueAt: new Date(published + 7 * day).toISOString(),
  });
  t.notOk(copies[1] && 'callNumber' in copies[1], 'the server’s own call number is not mixed in');
  t.equal(copies[2]?.holds, 1);
  t.equal(copies[2]?.holdable, undefined, 'SIP2 does not say');
});

t.test('a due date that cannot be read is left out, and none is shown of a copy that is in', async (t) => {
  const { ils, server } = await openSystem(t);
  const { items } = server.state;
  Object.assign(items.get('BAR-OUT') ?? {}, { dueText: 'next Tuesday' });
  Object.assign(items.get('BAR-IN') ?? {}, { dueAt: published + day });
  const copies = (await ils.availability([record('r', 'BAR-OUT', 'BAR-IN')], { signal })).get('r')?.items;
  t.match(copies, [{ status: 'checked_out' }, { status: 'available' }]);
  for (const copy of copies ?? []) t.notOk('dueAt' in copy);
});

t.test('what 08 and 09 mean is for the library to say', async (t) => {
  const { ils } = await openSystem(t, { hold_shelf_is: 'unknown', reshelving_is: 'available' });
  const copies = (await ils.availability([record('r', 'BAR-HELD', 'BAR-RESHELVE')], { signal })).get('r');
  t.match(copies?.items, [
    { status: 'unknown', rawStatus: '08 on hold shelf' },
    { status: 'available', rawStatus: '09 to be reshelved' },
  ]);
});

t.test('a copy without a barcode is unknown, and nobody is asked about it', async (t) => {
  const { ils, server } = await openSystem(t);
  const items = [
    itemOf('i1', 'MAIN'),
    itemOf('i2', 'MAIN', { barcode: '  ' }),
    itemOf('i3', 'MAIN', { barcode: 'BAR|IN' }),
    itemOf('i4', 'MAIN', { barcode: 'BAR-IN\r17' }),
  ];
  const copies = (await ils.availability([bibOf('r', 'r', { items })], { signal })).get('r')?.items ?? [];
  t.equal(copies.length, 4);
  for (const copy of copies) t.equal(copy.status, 'unknown', copy.rawStatus);
  t.same(server.asked, [], 'not even about what would be another barcode when cleaned');
});

t.test('a barcode is asked about once, however often it stands there', async (t) => {
  const { ils, codes } = await openSystem(t);
  const answer = await ils.availability([record('r', 'BAR-IN', 'BAR-IN'), record('s', 'BAR-IN')], { signal });
  t.equal(answer.get('r')?.items[1]?.status, 'available');
  t.equal(answer.get('s')?.items[0]?.recordId, 's');
  t.equal(codes().filter((code) => code === '17').length, 1);
});

t.test('of a record with very many copies the first are asked about, the others are unknown', async (t) => {
  const { ils, codes } = await openSystem(t, { items_per_record: 2 });
  const asked = record('r', 'BAR-IN', 'BAR-LOST', 'BAR-OUT');
  const items = (await ils.availability([asked], { signal })).get('r')?.items ?? [];
  t.same(
    items.map(({ status }) => status),
    ['available', 'lost', 'unknown'],
  );
  t.equal(codes().filter((code) => code === '17').length, 2);
});

t.test('when one copy cannot be answered for, the rest is not asked about any more', async (t) => {
  const { ils, server, clock } = await openSystem(t, { connections: 1 });
  server.faults.deafTo = ['17'];
  const barcodes = Array.from({ length: 9 }, (_, n) => `NO-${n}`);
  const asking = ils.availability([record('r', ...barcodes)], { signal });
  const failed = faultOf(asking);
  await server.heard(3);
  await clock.advance(8_000);
  t.match(await failed, { kind: 'silent' });
  await server.deserted();
  t.equal(server.asked.filter(({ code }) => code === '17').length, 1);
});
