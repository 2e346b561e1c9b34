import type { Clock } from '../../cache/clock.js';
import type { IlsAccount, IlsFines, IlsHold, IlsHoldStatus, IlsLoan } from '../account.js';
import { IlsFault } from '../ils-fault.js';
import type { IlsPatron } from '../patron.js';
import { readTime, readUtc } from './dates.js';
import type { Papi } from './papi.js';
import type { Patrons } from './patrons.js';
import type { PolarisSettings } from './settings.js';
import { flag, id, isRow, number, rows, text, type Row } from './wire.js';

/** Statuses of hold requests by their numbers; 16 (cancelled) and 17 (out to the patron) are no holds any more. */
const holdStatuses: ReadonlyMap<number, IlsHoldStatus> = new Map<number, IlsHoldStatus>([
  [1, 'suspended'],
  [2, 'waiting'],
  [3, 'waiting'],
  [4, 'waiting'],
  [5, 'in_transit'],
  [6, 'ready'],
  [7, 'unfilled'],
  [8, 'expired'],
  [9, 'expired'],
  [18, 'waiting'],
]);
const overAndDone: ReadonlySet<number> = new Set([16, 17]);
/** Those that Polaris lets a patron cancel everywhere; of shipped and held ones the library decides. */
const cancellable: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7, 18]);
const MONTH_MS = 30 * 86_400_000;
const CHARGE = 1;

export interface PolarisAccount {
  all(patron: IlsPatron, signal: AbortSignal): Promise<IlsAccount>;
  loans(patron: IlsPatron, signal: AbortSignal): Promise<IlsLoan[]>;
  /** Every hold request of the patron's, of any status, by its number. */
  holdIds(patron: IlsPatron, signal: AbortSignal): Promise<Set<string>>;
}

export function createAccount(deps: {
  papi: Papi;
  patrons: Patrons;
  settings: PolarisSettings;
  clock: Clock;
}): PolarisAccount {
  const { papi, patrons, settings, clock } = deps;
  const zone = settings.time_zone;

  const ask = (patron: IlsPatron, path: string, signal: AbortSignal): Promise<Row> => {
    const access = patrons.access(patron);
    return papi.get({ path: access.path + path, as: access.as, line: 'patrons', signal });
  };
  const listed = async (
    patron: IlsPatron,
    path: string,
    list: string,
    signal: AbortSignal,
  ): Promise<Row[]> => {
    const found = rows(await ask(patron, path, signal), list);
    if (!found) throw new IlsFault('foreign', papi.system);
    return found;
  };
  const requests = (patron: IlsPatron, signal: AbortSignal): Promise<Row[]> =>
    listed(patron, '/holdrequests/all', 'PatronHoldRequestsGetRows', signal);

  const loanOf = (row: Row): IlsLoan[] => {
    const loanId = id(row, 'ItemID');
    if (loanId === undefined || flag(row, 'ElectronicItem')) return [];
    const due = readTime(row['DueDate'], zone);
    const dueText = text(row, 'DueDate');
    const renewals = number(row, 'RenewalCount');
    const limit = number(row, 'RenewalLimit');
    const renewalsLeft = limit === undefined ? undefined : Math.max(0, limit - (renewals ?? 0));
    const renewable = flag(row, 'CanItemBeRenewed') ?? (renewalsLeft === 0 ? false : undefined);
    return [
      {
        loanId,
        ...some('ilsId', id(row, 'BibID')),
        ...some('barcode', text(row, 'Barcode')),
        title: text(row, 'Title') ?? '',
        ...some('author', text(row, 'Author')),
        ...some('callNumber', text(row, 'CallNumber')),
        ...(due
          ? { dueAt: new Date(due.ms).toISOString(), overdue: due.ms < clock.now() }
          : some('dueText', dueText)),
        ...some('renewable', renewable),
        ...some('renewals', renewals),
        ...some('renewalsLeft', renewalsLeft),
      },
    ];
  };

  const holdOf = (row: Row): IlsHold[] => {
    const holdId = id(row, 'HoldRequestID');
    const code = number(row, 'StatusID');
    if (holdId === undefined || (code !== undefined && overAndDone.has(code))) return [];
    const status = holdStatuses.get(code ?? 0) ?? 'unknown';
    const ended = readTime(code === 8 ? row['PickupByDate'] : row['ExpirationDate'], zone);
    if (status === 'expired' && ended && ended.ms < clock.now() - MONTH_MS) return [];
    const activated = readTime(row['ActivationDate'], zone);
    const position = number(row, 'QueuePosition');
    const total = number(row, 'QueueTotal');
    return [
      {
        holdId,
        ...some('ilsId', id(row, 'BibID')),
        title: text(row, 'Title') ?? '',
        ...some('author', text(row, 'Author')),
        status,
        rawStatus: text(row, 'StatusDescription') ?? String(code ?? ''),
        ...(position !== undefined && position > 0 && { queuePosition: position }),
        ...(total !== undefined && total > 0 && { queueTotal: total }),
        ...some('pickupBranchId', id(row, 'NewPickupBranchID', 'PickupBranchID')),
        ...some('pickupBranchName', text(row, 'NewPickupBranch', 'PickupBranchName')),
        ...(status === 'ready' && some('pickupBy', readTime(row['PickupByDate'], zone)?.day)),
        ...(activated &&
          activated.ms <= clock.now() &&
          some('placedAt', readUtc(row['ActivationDate'], zone))),
        cancellable: code !== undefined && cancellable.has(code),
      },
    ];
  };

  const loans = async (patron: IlsPatron, signal: AbortSignal): Promise<IlsLoan[]> => {
    const path = '/itemsout/all?excludeecontent=true';
    return (await listed(patron, path, 'PatronItemsOutGetRows', signal)).flatMap(loanOf);
  };
  const fines = async (patron: IlsPatron, signal: AbortSignal): Promise<IlsFines | undefined> => {
    const [basic, charged] = await Promise.all([
      ask(patron, '/basicdata', signal),
      listed(patron, '/account/outstanding', 'PatronAccountGetRows', signal),
    ]);
    const total = number(isRow(basic['PatronBasicData']) ? basic['PatronBasicData'] : basic, 'ChargeBalance');
    if (total === undefined) return undefined;
    return {
      total: total.toFixed(2),
      ...some('currency', settings.currency),
      lines: charged.flatMap(chargeOf),
    };
  };

  return {
    loans,
    async all(patron, signal) {
      const stop = new AbortController();
      const both = AbortSignal.any([signal, stop.signal]);
      try {
        const [out, held, owed, standing] = await Promise.all([
          loans(patron, both),
          requests(patron, both),
          fines(patron, both),
          patrons.standing(patron, both),
        ]);
        return {
          loans: out,
          holds: held.flatMap(holdOf),
          fines: owed,
          blocks: standing.blocks,
          ...some('cardExpires', standing.expires),
        };
      } finally {
        stop.abort(new Error('the account is answered for'));
      }
    },
    async holdIds(patron, signal) {
      return new Set((await requests(patron, signal)).flatMap((row) => id(row, 'HoldRequestID') ?? []));
    },
  };
}

function chargeOf(row: Row): { text: string; amount?: string }[] {
  const amount = number(row, 'OutstandingAmount');
  if ((number(row, 'TransactionTypeID') ?? CHARGE) !== CHARGE || amount === undefined || amount <= 0)
    return [];
  const about = [text(row, 'FeeDescription', 'TransactionTypeDescription'), text(row, 'Title')];
  return [
    { text: about.filter((part) => part !== undefined).join(': ') || 'Charge', amount: amount.toFixed(2) },
  ];
}

/** The field when there is a value for it. */
function some<K extends string, V>(name: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [name]: value } as Record<K, V>);
}
