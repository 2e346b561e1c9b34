import t from 'tap';
import type { IlsPatron } from '../../../../engine/ils/patron.js';
import { faultOf, method, openScriptedPapi, signInAnswer, type Heard, type Said } from './scripted-papi.js';

const { signal } = new AbortController();

async function signedIn(
  t: Parameters<typeof openScriptedPapi>[0],
  answers: Record<string, Said>,
  more: Record<string, unknown> = {},
) {
  const put: Heard[] = [];
  const opened = await openScriptedPapi(
    t,
    (heard) => {
      if (heard.method === 'PUT') put.push(heard);
      const path = method(heard.target).replace('/patron/CARD-0001', '').replace(/\?.*/, '');
      return answers[path] ?? signInAnswer(heard) ?? { status: 404, text: '' };
    },
    more,
  );
  const answer = await opened.ils.authenticate('CARD-0001', 'a-pin', { signal });
  if (answer.outcome !== 'ok') throw new Error('the patron should be signed in');
  const patron: IlsPatron = answer.patron;
  return { ...opened, patron, put };
}

const loan = {
  ItemID: 9001,
  Barcode: 'B-1',
  BibID: 501,
  Title: 'A title',
  Author: 'An author',
  CallNumber: 'Fict Hel',
  DueDate: '/Date(1773374340000-0500)/',
  RenewalCount: 1,
  RenewalLimit: 3,
  ElectronicItem: false,
};
const hold = {
  HoldRequestID: 801,
  BibID: 502,
  StatusID: 3,
  StatusDescription: 'Active',
  Title: 'Another title',
  Author: '',
  PickupBranchID: 3,
  PickupBranchName: 'Main Library',
  PickupByDate: null,
  QueuePosition: 2,
  QueueTotal: 5,
  ActivationDate: '/Date(1772000000000-0500)/',
  ExpirationDate: '/Date(1800000000000-0500)/',
};
const itemsOut = (...rows: unknown[]): Said => ({
  json: { PAPIErrorCode: rows.length, PatronItemsOutGetRows: rows },
});
const holds = (...rows: unknown[]): Said => ({
  json: { PAPIErrorCode: rows.length, PatronHoldRequestsGetRows: rows },
});
const charge = { TransactionTypeID: 1, FeeDescription: 'Overdue', Title: 'A title', OutstandingAmount: 4.2 };
const whole = {
  '/itemsout/all': itemsOut(loan),
  '/holdrequests/all': holds(hold),
  '/basicdata': { json: { PAPIErrorCode: 0, PatronBasicData: { ChargeBalance: 6.2, NameFirst: 'Nobody' } } },
  '/account/outstanding': {
    json: {
      PAPIErrorCode: 0,
      PatronAccountGetRows: [
        charge,
        {
          ...charge,
          FeeDescription: null,
          TransactionTypeDescription: 'Charge',
          Title: '',
          OutstandingAmount: '2.0000',
        },
        { ...charge, TransactionTypeID: 4, OutstandingAmount: 10 },
        { ...charge, OutstandingAmount: 0 },
      ],
    },
  },
};

t.test('loans, holds, charges and standing as Polaris states them', async (t) => {
  const { ils, patron } = await signedIn(t, whole, { currency: 'USD' });
  t.strictSame(await ils.account(patron, { signal }), {
    loans: [
      {
        loanId: '9001',
        ilsId: '501',
        barcode: 'B-1',
        title: 'A title',
        author: 'An author',
        callNumber: 'Fict Hel',
        dueAt: '2026-03-13T03:59:00.000Z',
        overdue: false,
        renewals: 1,
        renewalsLeft: 2,
      },
    ],
    holds: [
      {
        holdId: '801',
        ilsId: '502',
        title: 'Another title',
        status: 'waiting',
        rawStatus: 'Active',
        queuePosition: 2,
        queueTotal: 5,
        pickupBranchId: '3',
        pickupBranchName: 'Main Library',
        placedAt: '2026-02-25T06:13:20.000Z',
        cancellable: true,
      },
    ],
    fines: {
      total: '6.20',
      currency: 'USD',
      lines: [
        { text: 'Overdue: A title', amount: '4.20' },
        { text: 'Charge', amount: '2.00' },
      ],
    },
    blocks: [],
    cardExpires: '2030-01-01',
  });
});

t.test('some versions put the balances into the reply itself; without one nothing is made up', async (t) => {
  const inline = { ...whole, '/basicdata': { json: { PAPIErrorCode: 0, ChargeBalance: 1 } } };
  const { ils, patron } = await signedIn(t, inline);
  t.match(await ils.account(patron, { signal }), { fines: { total: '1.00' } });
  const none = await signedIn(t, { ...whole, '/basicdata': { json: { PAPIErrorCode: 0 } } });
  t.equal((await none.ils.account(none.patron, { signal })).fines, undefined);
});

t.test('e-books are no loans here, and dates that cannot be read stay as they are', async (t) => {
  const { ils, patron } = await signedIn(t, {
    ...whole,
    '/itemsout/all': itemsOut(
      { ...loan, ElectronicItem: true },
      { ...loan, ItemID: 9002, DueDate: 'when it suits', RenewalCount: 3 },
      { ...loan, ItemID: 9003, DueDate: '/Date(1772600000000-0500)/', CanItemBeRenewed: false },
      { ...loan, ItemID: 9004, CanItemBeRenewed: true },
    ),
  });
  const { loans } = await ils.account(patron, { signal });
  t.match(loans, [
    { loanId: '9002', dueText: 'when it suits', renewable: false, renewalsLeft: 0 },
    { loanId: '9003', overdue: true, renewable: false },
    { loanId: '9004', renewable: true },
  ]);
  t.equal(loans?.[0]?.dueAt, undefined);
});

t.test('each status of a hold; those that are over are not listed', async (t) => {
  const one = (HoldRequestID: number, StatusID: number, more: object = {}) => ({
    ...hold,
    HoldRequestID,
    StatusID,
    ...more,
  });
  const { ils, patron } = await signedIn(t, {
    ...whole,
    '/holdrequests/all': holds(
      one(1, 1, { ActivationDate: '/Date(1790000000000-0500)/' }),
      one(4, 4),
      one(5, 5),
      one(6, 6, { PickupByDate: '/Date(1773374340000-0500)/', QueuePosition: null }),
      one(7, 7),
      one(8, 8, { PickupByDate: '/Date(1772500000000-0500)/' }),
      one(88, 8, { PickupByDate: '/Date(1700000000000-0500)/' }),
      one(9, 9, { ExpirationDate: '/Date(1700000000000-0500)/' }),
      one(16, 16),
      one(17, 17),
      one(18, 18, { NewPickupBranchID: 4, NewPickupBranch: 'Harbour' }),
      one(50, 50),
    ),
  });
  const account = await ils.account(patron, { signal });
  t.match(account.holds, [
    { holdId: '1', status: 'suspended', placedAt: undefined },
    { holdId: '4', status: 'waiting' },
    { holdId: '5', status: 'in_transit' },
    { holdId: '6', status: 'ready', pickupBy: '2026-03-12', queuePosition: undefined },
    { holdId: '7', status: 'unfilled' },
    { holdId: '8', status: 'expired', cancellable: false },
    { holdId: '18', status: 'waiting', pickupBranchId: '4', pickupBranchName: 'Harbour' },
    { holdId: '50', status: 'unknown', cancellable: false },
  ]);
  t.equal(account.holds?.length, 8);
});

t.test('an account of which a part fails is no account', async (t) => {
  const { ils, patron } = await signedIn(t, { ...whole, '/itemsout/all': { status: 500, text: '' } });
  t.match(await faultOf(ils.account(patron, { signal })), { kind: 'broken' });
});

t.test('a renewal carries its fields in order and takes no warning upon itself', async (t) => {
  const due = { ItemRecordID: 9001, DueDate: '/Date(1774584000000-0400)/' };
  const { ils, patron, put } = await signedIn(t, {
    ...whole,
    '/itemsout/9001': { json: { PAPIErrorCode: 0, ItemRenewResult: { BlockRows: [], DueDateRows: [due] } } },
  });
  t.strictSame(await ils.renew(patron, '9001', { signal }), {
    outcome: 'renewed',
    dueAt: '2026-03-27T04:00:00.000Z',
  });
  t.equal(
    put[0]?.body,
    '{"Action":"renew","LogonBranchID":1,"LogonUserID":1,"LogonWorkstationID":1,"RenewData":{"IgnoreOverrideErrors":false}}',
  );
});

t.test('a renewal that is refused says why, by Polaris’s codes', async (t) => {
  const block = (PolarisErrorCode: number, more: object = {}) => ({
    PAPIErrorType: 2,
    PolarisErrorCode,
    ErrorAllowOverride: false,
    ErrorDesc: 'So it is.',
    ItemRecordID: 9001,
    ...more,
  });
  const charged = block(9999, { ErrorAllowOverride: true });
  const cases: [unknown[], string][] = [
    [[block(16384)], 'too_many_renewals'],
    [[block(32768)], 'reserved_by_others'],
    [[charged], 'overdue'],
    [[charged, block(16384)], 'too_many_renewals'],
    [[block(4, { PAPIErrorType: 1 })], 'blocked'],
    [[block(4)], 'not_renewable'],
  ];
  for (const [BlockRows, reason] of cases) {
    const result = { PAPIErrorCode: -2, ItemRenewResult: { BlockRows, DueDateRows: [] } };
    const { ils, patron } = await signedIn(t, { ...whole, '/itemsout/9001': { json: result } });
    t.strictSame(await ils.renew(patron, '9001', { signal }), {
      outcome: 'refused',
      reason,
      said: 'So it is.',
    });
  }
});

t.test('renewals by code alone, and a reply that says nothing', async (t) => {
  const answer = async (json: object) => {
    const { ils, patron } = await signedIn(t, { ...whole, '/itemsout/9001': { json } });
    return ils.renew(patron, '9001', { signal });
  };
  t.match(await answer({ PAPIErrorCode: -6001 }), { outcome: 'refused', reason: 'not_found' });
  t.match(await answer({ PAPIErrorCode: -6101, ErrorMessage: 'No.' }), { reason: 'blocked', said: 'No.' });
  t.match(await faultOf(answer({ PAPIErrorCode: -9 })), { kind: 'broken', mayHaveHappened: true });
  t.match(await faultOf(answer({ PAPIErrorCode: -9000 })), { kind: 'refused', mayHaveHappened: false });
  t.match(await faultOf(answer({ PAPIErrorCode: 0 })), { kind: 'foreign' });
});

t.test('only the patron’s own loans are renewed, one at a time', async (t) => {
  const { ils, patron, put, heard } = await signedIn(t, whole);
  const before = heard.length;
  for (const loanId of ['0', '', '00', 'NaN', '-1', '9001/../0', '9001 ', '1e3'])
    t.match(await ils.renew(patron, loanId, { signal }), { outcome: 'refused', reason: 'not_found' }, loanId);
  t.equal(heard.length, before, 'nothing is asked about what is no id');
  t.match(await ils.renew(patron, '9999', { signal }), { outcome: 'refused', reason: 'not_yours' });
  t.equal(put.length, 0);
});

t.test('a hold of the patron’s own is cancelled, once', async (t) => {
  const { ils, patron, put } = await signedIn(
    t,
    { ...whole, '/holdrequests/801/cancelled': { json: { PAPIErrorCode: 0, ErrorMessage: '' } } },
    { user_id: 7, workstation_id: 12 },
  );
  t.strictSame(await ils.cancelHold(patron, '801', { signal }), { outcome: 'cancelled' });
  t.equal(put.length, 1);
  t.equal(method(put[0]?.target ?? ''), '/patron/CARD-0001/holdrequests/801/cancelled?wsid=12&userid=7');
  t.equal(put[0]?.headers['content-length'], '0');
});

t.test('0 would cancel every hold: neither it nor anything like it goes out', async (t) => {
  const { ils, patron, heard } = await signedIn(t, whole);
  const before = heard.length;
  for (const holdId of ['0', '', '00', '0.0', 'NaN', 'undefined', '-0', '801/../0', ' 0', '1e0'])
    t.match(await ils.cancelHold(patron, holdId, { signal }), { outcome: 'refused' }, holdId);
  t.equal(heard.length, before);
});

t.test('a hold that is not the patron’s is not cancelled', async (t) => {
  const { ils, patron, put } = await signedIn(t, whole);
  t.strictSame(await ils.cancelHold(patron, '802', { signal }), {
    outcome: 'refused',
    reason: 'not_yours',
    said: '',
  });
  t.equal(put.length, 0);
});

t.test('when what is asked beforehand fails, nothing has been changed, and the fault says so', async (t) => {
  const failing: Said = { status: 500, text: '' };
  const { ils, patron, put } = await signedIn(t, {
    ...whole,
    '/holdrequests/all': failing,
    '/itemsout/all': failing,
  });
  t.match(await faultOf(ils.cancelHold(patron, '801', { signal })), {
    kind: 'broken',
    mayHaveHappened: false,
  });
  t.match(await faultOf(ils.renew(patron, '9001', { signal })), { kind: 'broken', mayHaveHappened: false });
  t.equal(put.length, 0);
});

t.test('a cancellation that Polaris refuses or fails at', async (t) => {
  const answer = async (said: Said) => {
    const { ils, patron } = await signedIn(t, { ...whole, '/holdrequests/801/cancelled': said });
    return ils.cancelHold(patron, '801', { signal });
  };
  t.match(await answer({ json: { PAPIErrorCode: -4203 } }), {
    outcome: 'refused',
    reason: 'other',
    said: /ready/,
  });
  t.match(await answer({ json: { PAPIErrorCode: -4201 } }), { outcome: 'refused', reason: 'not_found' });
  t.match(await answer({ json: { PAPIErrorCode: -1, ErrorMessage: 'Invalid workstation ID.' } }), {
    outcome: 'refused',
    said: 'Invalid workstation ID.',
  });
  t.match(await answer({ json: { PAPIErrorCode: 0, ReturnCode: -1 } }), { outcome: 'refused' });
  const row = { SysHoldRequestID: 801, ReturnCode: -1 };
  t.match(await answer({ json: { PAPIErrorCode: 0, HoldRequestCancelRows: [row] } }), { outcome: 'refused' });
  t.match(await answer({ json: { PAPIErrorCode: 1 } }), { outcome: 'cancelled' }, 'above 0 counts rows');
  t.match(await faultOf(answer({ json: { PAPIErrorCode: -4002 } })), {
    kind: 'refused',
    grant: /workstation/,
  });
  t.match(await faultOf(answer({ status: 500, text: '' })), { kind: 'broken', mayHaveHappened: true });
  t.match(await faultOf(answer({ status: 401, text: '' })), { kind: 'refused', mayHaveHappened: false });
});
