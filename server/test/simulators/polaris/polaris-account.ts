import type { Answer, Asked } from '../http-simulator.js';
import { msDate, number, papi, readBody, type Fields } from './polaris-format.js';
import type { Call, Ground, Route } from './polaris-ground.js';
import { HOLD_STATUS, type PolarisHold, type PolarisLoan } from './polaris-state.js';

const CANCELLABLE = [1, 3, 4, 7, 18];
/** What a hold that cannot be cancelled answers, by its status. */
const TOO_LATE: Record<number, number> = { 5: -4208, 6: -4203, 8: -4204, 9: -4206, 16: -4205, 17: -4207 };

const BY_STATUS: Record<string, number> = {
  inactive: 1,
  active: 3,
  pending: 4,
  shipped: 5,
  held: 6,
  notsupplied: 7,
  unclaimed: 8,
  expired: 9,
  cancelled: 16,
};

/** Calls on one patron. An id of 0 means every one of the patron's: cancels all, renews all, suspends all. */
export function polarisAccount({ state, version, now }: Ground): Route[] {
  const branch = (id: number): string => state.organizations.find((one) => one.id === id)?.displayName ?? '';
  const bibOf = (id: number) => state.bibs.find((one) => one.id === id);
  const itemOf = (id: number) => state.items.find((one) => one.id === id);
  const holdsOf = ({ patron }: Call): PolarisHold[] =>
    state.holds.filter((one) => one.patronId === patron.id);
  const loansOf = ({ patron }: Call): PolarisLoan[] =>
    state.loans.filter((one) => one.patronId === patron.id);

  const validated = ({ patron }: Call): Fields => ({
    Barcode: patron.barcode,
    ValidPatron: true,
    PatronID: patron.id,
    PatronCodeID: 1,
    AssignedBranchID: patron.branchId,
    PatronBarcode: patron.barcode,
    AssignedBranchName: branch(patron.branchId),
    ExpirationDate: msDate(patron.expires),
    OverridePasswordUsed: false,
  });
  const holdRow = (one: PolarisHold): Fields => {
    const queue = state.holds.filter((hold) => hold.bibId === one.bibId && [3, 4].includes(hold.status));
    const position = queue.indexOf(one);
    return {
      HoldRequestID: one.id,
      BibID: one.bibId,
      StatusID: one.status,
      StatusDescription: HOLD_STATUS[one.status] ?? '',
      Title: bibOf(one.bibId)?.title ?? '',
      Author: bibOf(one.bibId)?.author ?? '',
      CallNumber: '',
      FormatID: 1,
      FormatDescription: 'Book',
      PickupBranchID: one.pickupBranchId,
      PickupBranchName: branch(one.pickupBranchId),
      PickupByDate: msDate(one.pickupBy),
      QueuePosition: position < 0 ? null : position + 1,
      QueueTotal: queue.length,
      ActivationDate: msDate(one.activates),
      ExpirationDate: msDate(one.expires),
      GroupName: null,
      ItemLevelHold: false,
      BorrowByMail: false,
      CanSuspend: [3, 4].includes(one.status),
    };
  };
  const loanRow = (one: PolarisLoan): Fields => {
    const item = itemOf(one.itemId);
    return {
      ItemID: one.itemId,
      Barcode: item?.barcode ?? '',
      BibID: item?.bibId ?? 0,
      FormatID: 1,
      FormatDescription: item?.electronic ? 'eBook' : 'Book',
      AssignedBranchID: item?.branchId ?? 0,
      AssignedBranchName: branch(item?.branchId ?? 0),
      Title: bibOf(item?.bibId ?? 0)?.title ?? '',
      Author: bibOf(item?.bibId ?? 0)?.author ?? '',
      CallNumber: item?.callNumber ?? '',
      CheckOutDate: msDate(one.checkedOut),
      DueDate: msDate(one.dueAt),
      RenewalCount: one.renewals,
      RenewalLimit: one.renewalLimit,
      DisplayInPAC: item?.displayInPac ?? false,
      ElectronicItem: item?.electronic ?? false,
    };
  };

  const listHolds = (call: Call, kind: string): Answer => {
    const status = BY_STATUS[kind];
    if (kind !== 'all' && status === undefined)
      return papi(call.asked, 'PatronHoldRequestsGetResult', -1, 'Invalid filter');
    const rows = holdsOf(call).filter((one) => status === undefined || one.status === status);
    return papi(call.asked, 'PatronHoldRequestsGetResult', rows.length, '', {
      PatronHoldRequestsGetRows: rows.map(holdRow),
    });
  };

  const cancel = (call: Call, id: number): Answer => {
    const { asked } = call;
    const say = (code: number, message = '', rows?: Fields[]): Answer =>
      papi(asked, 'HoldRequestCancelResult', code, message, {
        HoldRequestCancelRows: rows ?? [],
      });
    if (!(number(asked.query.get('wsid')) > 0)) return say(-1, 'Invalid workstation ID.');
    if (!(number(asked.query.get('userid')) > 0)) return say(-1, 'Invalid user ID.');
    if (id === 0) {
      const all = holdsOf(call).filter((one) => CANCELLABLE.includes(one.status));
      if (all.length === 0) return say(-4300);
      for (const one of all) one.status = 16;
      return say(
        0,
        '',
        all.map((one) => ({ SysHoldRequestID: one.id, ReturnCode: 0, ErrorMessage: '' })),
      );
    }
    const found = holdsOf(call).find((one) => one.id === id);
    if (!found) return say(-4201);
    if (!CANCELLABLE.includes(found.status)) return say(TOO_LATE[found.status] ?? -1);
    found.status = 16;
    return say(0);
  };

  const suspend = (call: Call, id: number, to: 1 | 3): Answer => {
    const body = readBody(call.asked, ['UserID', 'ActivationDate']);
    const say = (code: number): Answer => papi(call.asked, 'HoldRequestActivationResult', code, '');
    if (!body || !(number(body['UserID']) > 0)) return say(-8001);
    const from = to === 1 ? [3, 4] : [1];
    const meant = holdsOf(call).filter((one) => id === 0 || one.id === id);
    if (meant.length === 0) return say(id === 0 ? -4406 : -4201);
    const movable = meant.filter((one) => from.includes(one.status));
    if (movable.length === 0) return say(-4405);
    for (const one of movable) one.status = to;
    return say(0);
  };

  /** A block with a fee may be overridden, and then the fee is charged. */
  const renew = (call: Call, id: number): Answer => {
    const { asked, patron } = call;
    const body = readBody(asked, [
      'Action',
      'LogonBranchID',
      'LogonUserID',
      'LogonWorkstationID',
      'IgnoreOverrideErrors',
    ]);
    const override =
      (body?.['RenewData'] as Fields | undefined)?.['IgnoreOverrideErrors'] ?? body?.['IgnoreOverrideErrors'];
    if (body?.['Action'] !== 'renew') return papi(asked, 'ItemsOutActionResult', -1, 'Invalid action');
    const meant = loansOf(call).filter((one) => id === 0 || one.itemId === id);
    if (meant.length === 0)
      return papi(asked, 'ItemsOutActionResult', -6001, 'Item is not checked out to patron');
    const blocks: Fields[] = [];
    const dates: Fields[] = [];
    for (const one of meant) {
      const over = one.renewals >= one.renewalLimit;
      const text = over ? 'The renewal limit has been reached' : one.block?.text;
      const fee = over ? 0 : (one.block?.fee ?? 0);
      const passed = String(override) === 'true' && fee > 0;
      if (text !== undefined)
        blocks.push({
          PAPIErrorType: 2,
          PolarisErrorCode: over ? 16384 : 9999,
          ErrorAllowOverride: fee > 0,
          ErrorDesc: text,
          ItemRecordID: one.itemId,
        });
      if (text !== undefined && !passed) continue;
      if (passed)
        state.fines.push({
          id: Math.max(900, ...state.fines.map((fine) => fine.id)) + 1,
          patronId: patron.id,
          itemId: one.itemId,
          at: new Date(now()).toISOString(),
          description: 'Overdue Item',
          amount: fee,
          outstanding: fee,
        });
      one.renewals += 1;
      one.dueAt = new Date(Date.parse(one.dueAt) + 14 * 86_400_000).toISOString();
      dates.push({ ItemRecordID: one.itemId, DueDate: msDate(one.dueAt) });
    }
    const code = dates.length === meant.length ? 0 : dates.length > 0 ? -3 : -2;
    return papi(asked, 'ItemsOutActionResult', code, '', {
      ItemRenewResult: { BlockRows: blocks, DueDateRows: dates },
    });
  };

  const basic = (call: Call): Fields => {
    const loans = loansOf(call);
    const holds = holdsOf(call);
    const owed = state.fines
      .filter((one) => one.patronId === call.patron.id)
      .reduce((sum, one) => sum + one.outstanding, 0);
    return {
      PatronID: call.patron.id,
      Barcode: call.patron.barcode,
      NameFirst: '',
      NameLast: '',
      NameMiddle: '',
      PhoneNumber: '',
      EmailAddress: '',
      ItemsOutCount: loans.length,
      ItemsOverdueCount: loans.filter((one) => Date.parse(one.dueAt) < now()).length,
      ItemsOutLostCount: loans.filter((one) => one.lost).length,
      HoldRequestsTotalCount: holds.length,
      HoldRequestsCurrentCount: holds.filter((one) => [1, 3, 4].includes(one.status)).length,
      HoldRequestsShippedCount: holds.filter((one) => one.status === 5).length,
      HoldRequestsHeldCount: holds.filter((one) => one.status === 6).length,
      HoldRequestsUnclaimedCount: holds.filter((one) => one.status === 8).length,
      ChargeBalance: owed,
      CreditBalance: 0,
      DepositBalance: 0,
    };
  };
  const id = (call: Call, at = 0): number => number(call.parts[at]);

  return [
    ['GET', '', (call) => papi(call.asked, 'PatronValidateResult', 0, '', validated(call))],
    [
      'GET',
      'circulationblocks',
      (call) =>
        papi(call.asked, 'PatronCirculateBlocksResult', 0, '', {
          ...validated(call),
          Blocks: blocksOf(call, now()).map((text) => ({
            PatronID: call.patron.id,
            PatronName: '',
            BlockDescription: text,
          })),
          CanPatronCirculate: blocksOf(call, now()).length === 0,
          EmailAddress: '',
          NameFirst: '',
          NameLast: '',
          NameMiddle: '',
        }),
    ],
    [
      'GET',
      'basicdata',
      (call) =>
        // Some versions inline the fields.
        papi(
          call.asked,
          'PatronBasicDataGetResult',
          0,
          '',
          version === 'old' ? basic(call) : { PatronBasicData: basic(call) },
        ),
    ],
    [
      'GET',
      'itemsout/*',
      (call) => {
        const kind = call.parts[0] ?? '';
        if (!['all', 'overdue', 'lost'].includes(kind))
          return papi(call.asked, 'PatronItemsOutGetResult', -1, 'Invalid filter');
        const rows = loansOf(call).filter(
          (one) => kind === 'all' || (kind === 'lost' ? one.lost : Date.parse(one.dueAt) < now()),
        );
        return papi(call.asked, 'PatronItemsOutGetResult', rows.length, '', {
          PatronItemsOutGetRows: rows.map(loanRow),
        });
      },
    ],
    ['PUT', 'itemsout/*', (call) => renew(call, id(call))],
    ['GET', 'holdrequests/*', (call) => listHolds(call, call.parts[0] ?? '')],
    ['GET', 'holdrequests/*/*', (call) => listHolds(call, call.parts[1] ?? '')],
    [
      'PUT',
      'holdrequests/*/cancelled',
      (call) => (Number.isNaN(id(call)) ? badId(call.asked) : cancel(call, id(call))),
    ],
    ['PUT', 'holdrequests/*/inactive', (call) => suspend(call, id(call), 1)],
    ['PUT', 'holdrequests/*/active', (call) => suspend(call, id(call), 3)],
    [
      'PUT',
      'holdrequests/*/pickupbranch',
      (call) => {
        const found = holdsOf(call).find((one) => one.id === id(call));
        const to = number(call.asked.query.get('pickupbranchid'));
        const say = (code: number): Answer => papi(call.asked, 'PAPIResult', code, '');
        if (!found) return say(-4201);
        if (!state.organizations.some((one) => one.id === to && one.pickup)) return say(-4007);
        if (![1, 3, 4, 18].includes(found.status)) return say(-4016);
        found.pickupBranchId = to;
        return say(0);
      },
    ],
    [
      'GET',
      'account/outstanding',
      (call) => {
        const rows = state.fines.filter((one) => one.patronId === call.patron.id && one.outstanding !== 0);
        return papi(call.asked, 'PatronAccountGetResult', rows.length, '', {
          PatronAccountGetRows: rows.map((one) => ({
            TransactionID: one.id,
            TransactionDate: msDate(one.at),
            BranchID: call.patron.branchId,
            BranchName: branch(call.patron.branchId),
            TransactionTypeID: 1,
            TransactionTypeDescription: 'Charge',
            FeeDescription: one.description,
            TransactionAmount: one.amount,
            OutstandingAmount: one.outstanding,
            FreeTextNote: '',
            ItemID: one.itemId ?? 0,
            Barcode: itemOf(one.itemId ?? 0)?.barcode ?? '',
            BibID: itemOf(one.itemId ?? 0)?.bibId ?? 0,
            Title: bibOf(itemOf(one.itemId ?? 0)?.bibId ?? 0)?.title ?? '',
          })),
        });
      },
    ],
  ];
}

const blocksOf = ({ patron }: Call, at: number): string[] => [
  ...patron.blocks,
  ...(Date.parse(patron.expires) < at ? ['Registration has expired'] : []),
];

/** An id that is no number never reaches Polaris: the service answers 400 with a body of its own. */
const badId = (asked: Asked): Answer => ({
  ...papi(asked, 'PAPIResult', -4003, 'Invalid request ID'),
  status: 400,
});
