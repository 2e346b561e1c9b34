import type { IlsAccount } from '../../../engine/ils/account.js';
import { ilsFunctions, type IlsFunction } from '../../../engine/ils/capabilities.js';
import { IlsFault } from '../../../engine/ils/ils-fault.js';
import type { Ils } from '../../../engine/ils/ils.js';
import type { IlsPatron } from '../../../engine/ils/patron.js';

/** Cards that a test signs in with; every other is unknown to the library. */
export const cards = {
  ada: { card: 'CARD-0001', pin: '4711-ada', id: 'patron-number-1' },
  ben: { card: 'CARD-0002', pin: '4712-ben', id: 'patron-number-2' },
  blocked: { card: 'CARD-0003', pin: '4713-blocked', id: 'patron-number-3' },
  expired: { card: 'CARD-0004', pin: '4714-expired', id: 'patron-number-4' },
} as const;

export interface FakeLibrary {
  ils: Ils;
  /** Verbs as they were called, with whose call it was: "authenticate", "endSession patron-number-1". */
  called: string[];
  /** Cannot be reached. */
  away: boolean;
  /** Holds back the answer to the next sign-in until the returned function is called. */
  holdSignIn(): () => void;
  account: IlsAccount;
  refuse: { outcome: 'refused'; reason: 'other' | 'reserved_by_others'; said: string } | undefined;
}

const works = { works: true } as const;

/** A library's system of four patrons, who share one account's content. */
export function createFakeLibrary(): FakeLibrary {
  let gate: Promise<void> = Promise.resolve();
  const self: FakeLibrary = {
    ils: undefined as unknown as Ils,
    called: [],
    away: false,
    refuse: undefined,
    holdSignIn() {
      let open = (): void => undefined;
      gate = new Promise((resolve) => {
        open = resolve;
      });
      return open;
    },
    account: {
      loans: [
        {
          loanId: 'loan-1',
          ilsId: '501',
          title: 'Storm Glass',
          author: 'Marsh, Edith',
          dueAt: '2026-03-20T22:59:00.000Z',
          renewals: 1,
          renewalsLeft: 2,
        },
        { loanId: 'loan-2', ilsId: '999999', title: 'A borrowed map', dueText: 'mid March' },
      ],
      holds: [
        {
          holdId: 'hold-1',
          ilsId: 'l2',
          title: 'Lamps of the Northern Coast',
          status: 'waiting',
          rawStatus: 'W',
          queuePosition: 3,
          queueTotal: 5,
          pickupBranchId: 'HARB',
          pickupBranchName: 'Harbour Street',
          cancellable: true,
        },
      ],
      fines: { total: '4.20', currency: 'EUR', lines: [{ text: 'Late return', amount: '4.20' }] },
      blocks: [],
      cardExpires: '2027-01-31',
    },
  };
  const call = async (verb: string, mayHaveHappened = false): Promise<void> => {
    self.called.push(verb);
    await Promise.resolve();
    if (self.away) throw new IlsFault('unreachable', 'the fake library', { mayHaveHappened });
  };
  const patronOf = (id: string): IlsPatron => ({ id, homeBranchId: 'HARB' });
  self.ils = {
    source: 'ils',
    name: 'Fake',
    capabilities: () =>
      Promise.resolve(
        Object.fromEntries(ilsFunctions.map((one) => [one, works])) as Record<IlsFunction, typeof works>,
      ),
    branches: () => Promise.resolve([]),
    availability: () => Promise.resolve(new Map()),
    async authenticate(card, pin) {
      await call('authenticate');
      await gate;
      const [name, found] = Object.entries(cards).find(([, one]) => one.card === card) ?? [];
      if (found?.pin !== pin) return { outcome: 'rejected' };
      if (name === 'blocked' || name === 'expired') return { outcome: name };
      return { outcome: 'ok', patron: patronOf(found.id) };
    },
    async account() {
      await call('account');
      return self.account;
    },
    async pickupBranches(_patron, record) {
      await call(`pickupBranches ${record.id}`);
      return [
        { id: 'HARB', name: 'Harbour Street', pickup: true },
        { id: 'MAIN', name: 'Central Library', pickup: true },
      ];
    },
    async placeHold(_patron, { record, pickupBranchId }) {
      await call(`placeHold ${record.id} ${pickupBranchId}`);
      if (self.refuse) return self.refuse;
      if (record.id === 'l4') return { outcome: 'question', question: { kind: 'fee', said: 'Costs 0.50.' } };
      return { outcome: 'placed', holdId: 'hold-2', queuePosition: 4, queueTotal: 4 };
    },
    async continueHold(_patron, question, yes) {
      await call(`continueHold ${question.kind} ${yes}`);
      if (question.kind === 'fee' && yes) {
        return { outcome: 'question', question: { kind: 'existing_holds', said: 'There are others.' } };
      }
      return yes
        ? { outcome: 'placed', holdId: 'hold-3', queuePosition: 1 }
        : { outcome: 'refused', reason: 'other', said: 'Not agreed to.' };
    },
    async cancelHold(_patron, holdId) {
      await call(`cancelHold ${holdId}`);
      return holdId === 'hold-1'
        ? { outcome: 'cancelled' }
        : { outcome: 'refused', reason: 'not_yours', said: 'Forbidden' };
    },
    async renew(_patron, loanId) {
      await call(`renew ${loanId}`);
      return self.refuse ?? { outcome: 'renewed', dueAt: '2026-04-10T21:59:00.000Z' };
    },
    endSession(patron) {
      self.called.push(`endSession ${patron.id}`);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
  return self;
}
