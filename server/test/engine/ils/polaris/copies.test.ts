import t from 'tap';
import { bibOf } from '../../../fakes/bibs.js';
import { faultOf, method, openScriptedPapi, staffAccount, type Heard, type Said } from './scripted-papi.js';

const { signal } = new AbortController();
const record = bibOf('501', 'A title');
const staffIn = { json: { PAPIErrorCode: 0, AccessToken: 'tok', AccessSecret: 'sec' } };
const withRows = (list: string, ...rows: unknown[]): Said => ({
  json: { PAPIErrorCode: rows.length, ErrorMessage: '', [list]: rows },
});

const holding = {
  LocationID: 3,
  LocationName: 'Main Library',
  CollectionName: 'Adult fiction',
  Barcode: 'B-1',
  CallNumber: 'Fict Hel',
  ShelfLocation: '',
  CircStatus: 'In',
  Holdable: true,
  DueDate: null,
};
const item = { ...holding, ItemRecordID: 9001, IsDisplayInPAC: true };

t.test('public holdings: the text that patrons see, its date behind it', async (t) => {
  const due = '/Date(1773374340000-0500)/';
  const { ils, heard } = await openScriptedPapi(t, () =>
    withRows(
      'BibHoldingsGetRows',
      holding,
      { ...holding, Barcode: 'B-2', CircStatus: 'Out (Due: 3/12/2026)', DueDate: due, VolumeNumber: 'v.2' },
      { ...holding, Barcode: null, LocationID: '4', CircStatus: 'On display', Holdable: 'false' },
      { ...holding, Barcode: 'B-3', IsElectronicItem: true },
      { ...holding, Barcode: 'B-4', IsElecronicItem: true },
      { ...holding, Barcode: null, CircStatus: null },
    ),
  );
  const copies = (await ils.availability([record], { signal })).get('501');
  t.equal(method(heard[0]?.target ?? ''), '/bib/501/holdings');
  t.strictSame(copies, {
    ecopies: [],
    items: [
      {
        itemId: 'B-1',
        recordId: '501',
        barcode: 'B-1',
        branchId: '3',
        branchName: 'Main Library',
        location: 'Adult fiction',
        callNumber: 'Fict Hel',
        status: 'available',
        rawStatus: 'In',
        holdable: true,
      },
      {
        itemId: 'B-2',
        recordId: '501',
        barcode: 'B-2',
        branchId: '3',
        branchName: 'Main Library',
        location: 'Adult fiction',
        callNumber: 'Fict Hel v.2',
        status: 'checked_out',
        rawStatus: 'Out (Due: 3/12/2026)',
        dueAt: '2026-03-13T03:59:00.000Z',
        holdable: true,
      },
      {
        itemId: '501:4:2',
        recordId: '501',
        branchId: '4',
        branchName: 'Main Library',
        location: 'Adult fiction',
        callNumber: 'Fict Hel',
        status: 'unknown',
        rawStatus: 'On display',
        holdable: false,
      },
    ],
  });
});

t.test('protected items: their own numbers; what is not shown in the PAC is not told', async (t) => {
  const { ils } = await openScriptedPapi(
    t,
    ({ target }) =>
      target.endsWith('/staff')
        ? staffIn
        : withRows(
            'ItemGetRows',
            item,
            { ...item, ItemRecordID: 9002, CircStatus: 'In Repair', ShelfLocation: 'Workroom' },
            { ...item, ItemRecordID: 9003, IsDisplayInPAC: false },
            { ...item, ItemRecordID: 9004, CircStatus: 'Out', DueDate: 'Mar 12 2026 11:59PM' },
            { ...item, ItemRecordID: 9005, DueDate: '/Date(1773374340000-0500)/' },
          ),
    staffAccount,
  );
  const items = (await ils.availability([record], { signal })).get('501')?.items;
  t.match(items, [
    { itemId: '9001', status: 'available', rawStatus: 'In' },
    { itemId: '9002', status: 'damaged', location: 'Workroom' },
    { itemId: '9004', status: 'checked_out', dueAt: '2026-03-13T03:59:00.000Z' },
    { itemId: '9005', status: 'available', dueAt: undefined },
  ]);
  t.equal(items?.length, 4);
});

t.test('a library that prefers public holdings is not asked for items', async (t) => {
  const { ils, heard } = await openScriptedPapi(t, () => withRows('BibHoldingsGetRows', holding), {
    ...staffAccount,
    copies_from: 'holdings',
  });
  await ils.availability([record], { signal });
  t.same(
    heard.map(({ target }) => method(target)),
    ['/bib/501/holdings'],
  );
});

t.test('one request a record, by the number it has in Polaris', async (t) => {
  const { ils, heard } = await openScriptedPapi(t, () => withRows('BibHoldingsGetRows'));
  const records = [
    bibOf('ocm1', 'One', { keys: { ilsId: '77', other: [] } }),
    bibOf('0088', 'Two'),
    bibOf('ocm3', 'Neither'),
    bibOf('0', 'Zero'),
  ];
  const answer = await ils.availability(records, { signal });
  t.same([...answer.keys()], ['ocm1', '0088', 'ocm3', '0']);
  for (const copies of answer.values()) t.strictSame(copies, { items: [], ecopies: [] });
  t.same(heard.map((one: Heard) => method(one.target)).sort(), ['/bib/77/holdings', '/bib/88/holdings']);
  t.equal((await ils.availability([], { signal })).size, 0);
});

t.test('an unknown record has no copies; a failing Polaris is a fault', async (t) => {
  for (const code of [-1, -1000, -4006, -10]) {
    const { ils } = await openScriptedPapi(t, () => ({
      json: { PAPIErrorCode: code, BibHoldingsGetRows: null },
    }));
    t.strictSame((await ils.availability([record], { signal })).get('501')?.items, [], String(code));
  }
  const nothing = await openScriptedPapi(t, () => ({ json: { PAPIErrorCode: 0, BibHoldingsGetRows: null } }));
  t.strictSame((await nothing.ils.availability([record], { signal })).get('501')?.items, []);

  for (const code of [-5, -9]) {
    const { ils } = await openScriptedPapi(t, () => ({
      json: { PAPIErrorCode: code, BibHoldingsGetRows: [] },
    }));
    t.match(await faultOf(ils.availability([record], { signal })), { kind: 'broken' }, String(code));
  }
  const items = await openScriptedPapi(
    t,
    ({ target }) =>
      target.endsWith('/staff') ? staffIn : { json: { PAPIErrorCode: -1, ItemGetRows: null } },
    staffAccount,
  );
  t.match(await faultOf(items.ils.availability([record], { signal })), { kind: 'broken' });
});

t.test('one record that fails leaves no answer half made up', async (t) => {
  const { ils } = await openScriptedPapi(t, ({ target }) =>
    target.includes('/502/') ? { status: 500, text: '' } : withRows('BibHoldingsGetRows', holding),
  );
  t.match(await faultOf(ils.availability([record, bibOf('502', 'Another')], { signal })), { kind: 'broken' });
});

t.test(
  'what a library calls its statuses is learnt from Polaris, once a day and only when it is needed',
  async (t) => {
    const listed = [
      { ItemStatusID: 1, Name: 'In', Description: 'Available - Check shelves' },
      { ItemStatusID: 2, Name: 'Out', Description: 'Checked Out' },
      { ItemStatusID: 7, Name: 'Lost', Description: 'Billed' },
      { ItemStatusID: 40, Name: 'On display', Description: 'In the window' },
    ];
    const said = [
      'Available - Check shelves',
      'Checked Out (3/12/2026)',
      'Billed',
      'In the window',
      'Elsewhere',
    ];
    let copies = [holding];
    const { ils, heard, clock } = await openScriptedPapi(
      t,
      ({ target }) =>
        target.endsWith('/itemstatuses')
          ? withRows('ItemStatusesRows', ...listed)
          : withRows('BibHoldingsGetRows', ...copies),
      { status_names: { 'On display': 'reference_only' } },
    );
    const statuses = async () =>
      (await ils.availability([record], { signal })).get('501')?.items.map(({ status }) => status);
    const lists = () => heard.filter(({ target }) => target.endsWith('/itemstatuses')).length;
    t.same(await statuses(), ['available']);
    t.equal(lists(), 0, 'names that Polaris comes with need no list');
    copies = said.map((CircStatus) => ({ ...holding, CircStatus }));
    const meant = ['available', 'checked_out', 'lost', 'reference_only', 'unknown'];
    t.same(await statuses(), meant);
    t.same(await statuses(), meant);
    t.equal(lists(), 1);
    await clock.advance(86_400_000);
    t.same(await statuses(), meant);
    t.equal(lists(), 2);
  },
);

t.test(
  'a list of statuses that fails or does not come keeps no copy back, and is not asked for at once again',
  async (t) => {
    for (const trouble of [
      { status: 500, text: '' },
      { status: 404, text: '' },
      'hang_up',
      'silence',
    ] as const) {
      const { ils, heard, clock } = await openScriptedPapi(t, ({ target }) =>
        target.endsWith('/itemstatuses')
          ? trouble
          : withRows('BibHoldingsGetRows', holding, { ...holding, CircStatus: 'Checked Out' }),
      );
      const asking = ils.availability([record], { signal });
      const lists = () => heard.filter(({ target }) => target.endsWith('/itemstatuses')).length;
      while (lists() === 0) await new Promise((go) => setImmediate(go));
      await clock.advance(2000);
      t.same(
        (await asking).get('501')?.items.map(({ status }) => status),
        ['available', 'unknown'],
        JSON.stringify(trouble),
      );
      await ils.availability([record], { signal });
      t.equal(lists(), 1);
      await clock.advance(600_000);
      const again = ils.availability([record], { signal });
      while (lists() === 1) await new Promise((go) => setImmediate(go));
      await clock.advance(2000);
      await again;
      t.equal(lists(), 2);
    }
  },
);
