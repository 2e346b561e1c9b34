import type { IlsAccount, IlsHold, IlsLoan } from '../../../engine/ils/account.js';
import { ilsFunctions, type IlsFunction } from '../../../engine/ils/capabilities.js';
import type { Ils } from '../../../engine/ils/ils.js';
import type { IlsFault } from '../../../engine/ils/ils-fault.js';
import type { FakeClock } from '../../fakes/clock.js';

/** What becomes of the next call of a verb: it is done or not, and an answer comes or not. */
export type Turnout =
  { done: boolean; then: 'answer' | 'silence' } | { done: boolean; then: 'fault'; fault: IlsFault };

type Verb = 'authenticate' | 'account' | 'placeHold' | 'continueHold' | 'cancelHold' | 'renew' | 'endSession';

/** A system of one patron whose every call a test decides on. */
export interface ScriptedIls {
  ils: Ils;
  /** Verbs in the order in which they were called. */
  called: Verb[];
  /** The next calls of a verb, in order; without any left it is done and answered. */
  next: Partial<Record<Verb, Turnout[]>>;
  holds: IlsHold[] | undefined;
  loans: IlsLoan[] | undefined;
}

const works = { works: true } as const;

export function createScriptedIls(clock: FakeClock): ScriptedIls {
  let number = 0;
  const self: ScriptedIls = {
    called: [],
    next: {},
    holds: [],
    loans: [
      { loanId: 'loan-1', title: 'Storm Glass', dueAt: '2026-03-10T00:00:00.000Z' },
      { loanId: 'loan-2', title: 'Lantern Rooms', dueText: '10 March' },
    ],
    ils: undefined as unknown as Ils,
  };
  const call = async <T>(verb: Verb, signal: AbortSignal, work: () => T): Promise<T> => {
    signal.throwIfAborted();
    self.called.push(verb);
    const turnout = self.next[verb]?.shift() ?? { done: true, then: 'answer' };
    const value = turnout.done ? work() : undefined;
    if (turnout.then === 'fault') throw turnout.fault;
    if (turnout.then === 'silence') await clock.after(3_600_000, signal);
    return value as T;
  };
  const hold = (ilsId: string): IlsHold => ({
    holdId: `hold-${(number += 1)}`,
    ilsId,
    title: 'Storm Glass',
    status: 'waiting',
    rawStatus: 'waiting',
    queuePosition: 3,
    queueTotal: 5,
    pickupBranchId: 'MAIN',
    pickupBranchName: 'Central Library',
    cancellable: true,
  });
  self.ils = {
    source: 'ils',
    name: 'Scripted',
    capabilities: () =>
      Promise.resolve(
        Object.fromEntries(ilsFunctions.map((one) => [one, works])) as Record<IlsFunction, typeof works>,
      ),
    branches: () => Promise.resolve([{ id: 'MAIN', name: 'Central Library', pickup: true }]),
    availability: () => Promise.resolve(new Map()),
    authenticate: (_card, pin, { signal }) =>
      call('authenticate', signal, () =>
        pin === '1234'
          ? { outcome: 'ok', patron: { id: 'p', homeBranchId: 'MAIN' } }
          : { outcome: 'rejected' },
      ),
    account: (_patron, { signal }) =>
      call('account', signal, (): IlsAccount => ({
        holds: self.holds && [...self.holds],
        loans: self.loans?.map((loan) => ({ ...loan })),
        fines: undefined,
        blocks: [],
      })),
    pickupBranches: () => Promise.resolve([{ id: 'MAIN', name: 'Central Library', pickup: true }]),
    placeHold: (_patron, { record }, { signal }) =>
      call('placeHold', signal, () => {
        if (record.id === 'asks') {
          return { outcome: 'question', question: { kind: 'fee', said: 'This costs 0.50' } };
        }
        const made = hold(record.keys.ilsId ?? record.id);
        self.holds?.push(made);
        return { outcome: 'placed', holdId: made.holdId };
      }),
    continueHold: (_patron, _question, yes, { signal }) =>
      call('continueHold', signal, () => {
        if (!yes) return { outcome: 'refused', reason: 'other', said: 'Not agreed' };
        const made = hold('asks');
        self.holds?.push(made);
        return { outcome: 'placed', holdId: made.holdId };
      }),
    cancelHold: (_patron, holdId, { signal }) =>
      call('cancelHold', signal, () => {
        self.holds = self.holds?.filter((one) => one.holdId !== holdId);
        return { outcome: 'cancelled' };
      }),
    renew: (_patron, loanId, { signal }) =>
      call('renew', signal, () => {
        const loan = self.loans?.find((one) => one.loanId === loanId);
        if (loan) loan.dueAt = '2026-03-31T00:00:00.000Z';
        return { outcome: 'renewed' };
      }),
    endSession: (_patron, { signal }) => call('endSession', signal, () => undefined),
    close: () => Promise.resolve(),
  };
  return self;
}
