import { LRUCache } from 'lru-cache';
import { reasonOf, unlessLeft, within, type Clock } from '../cache/clock.js';
import { createSharedWork, type SharedWork } from '../cache/shared-work.js';
import { wipeInTime } from '../cache/wipe.js';
import type { IlsAccount, IlsHold } from './account.js';
import type { Asking, Ils } from './ils.js';
import {
  cancelledIn,
  holdIn,
  isInDoubt,
  renewedIn,
  unavailable,
  type Sight,
  type Unavailable,
} from './in-doubt.js';
import type {
  Authentication,
  CancelAnswer,
  HoldAnswer,
  HoldQuestion,
  HoldRequest,
  IlsPatron,
  RenewAnswer,
} from './patron.js';
import type { IlsBranch, IlsRecord } from './record.js';
import type { ShieldPolicy } from './shield-policy.js';

/**
 * A write went out, and nobody knows what became of it. `listed`: the account was looked at again and does not show it
 * (yet); otherwise it could not be looked at. Never to be told as a failure, nor sent again unasked.
 */
export interface Unknown {
  outcome: 'unknown';
  listed: boolean;
}

/** `asOf` (ISO 8601) is when the system said so. */
export type AccountAnswer = { outcome: 'ok'; account: IlsAccount; asOf: string } | Unavailable;
export type PickupAnswer = { outcome: 'ok'; branches: IlsBranch[] } | Unavailable;

/** The verbs about patrons behind the shield: every outcome is a value, only the signal rejects. */
export interface ShieldedPatrons {
  /** Asked once, remembered by nobody. A system that could not say is `unavailable`, never `rejected`. */
  authenticate(card: string, pin: string, asking: Asking): Promise<Authentication | Unavailable>;
  /** At most 15 s old, and never older than the last write of this patron. */
  account(patron: IlsPatron, asking: Asking): Promise<AccountAnswer>;
  pickupBranches(patron: IlsPatron, record: IlsRecord, asking: Asking): Promise<PickupAnswer>;
  /** Sent once, even if the patron leaves meanwhile. In doubt the account is listed again before anything is said. */
  placeHold(
    patron: IlsPatron,
    request: HoldRequest,
    asking: Asking,
  ): Promise<HoldAnswer | Unknown | Unavailable>;
  continueHold(
    patron: IlsPatron,
    question: HoldQuestion,
    yes: boolean,
    asking: Asking,
  ): Promise<HoldAnswer | Unknown | Unavailable>;
  cancelHold(
    patron: IlsPatron,
    holdId: string,
    asking: Asking,
  ): Promise<CancelAnswer | Unknown | Unavailable>;
  renew(patron: IlsPatron, loanId: string, asking: Asking): Promise<RenewAnswer | Unknown | Unavailable>;
  /** Forgets the patron here and in the adapter, and tells the system where it can be told in time. Never rejects. */
  endSession(patron: IlsPatron): Promise<void>;
}

/** How long each may take, in milliseconds. */
export interface PatronTimes {
  authenticate: number;
  account: number;
  pickupBranches: number;
  write: number;
  endSession: number;
  /** How long an account is remembered; 0 remembers none. */
  accountFresh: number;
}

export const patronTimes: PatronTimes = {
  authenticate: 8_000,
  account: 8_000,
  pickupBranches: 6_000,
  write: 12_000,
  endSession: 3_000,
  accountFresh: 15_000,
};

const MOST_ACCOUNTS = 2_000;

interface Known {
  /** Counts writes: what was asked before one is not true after it. */
  writes: number;
  asking: SharedWork;
}

export function shieldPatrons(
  ils: Ils,
  deps: { policy: ShieldPolicy; clock: Clock; times: PatronTimes; closing: AbortSignal },
): ShieldedPatrons {
  const { policy, clock, times, closing } = deps;
  const known = new WeakMap<IlsPatron, Known>();
  const accounts = new LRUCache<IlsPatron, { account: IlsAccount; asOf: string }>({
    max: MOST_ACCOUNTS,
    ttl: Math.max(times.accountFresh, 1),
    ttlResolution: 0,
    perf: { now: () => clock.now() },
  });
  const wipeLater = wipeInTime(accounts);
  /** What a question is about, so that its answer can be looked for in the account. */
  const asked = new WeakMap<HoldQuestion, { request: HoldRequest; before: IlsHold[] | undefined }>();

  const knownOf = (patron: IlsPatron): Known => {
    const found = known.get(patron) ?? { writes: 0, asking: createSharedWork() };
    known.set(patron, found);
    return found;
  };
  const forget = (patron: IlsPatron): void => {
    accounts.delete(patron);
    knownOf(patron).writes += 1;
  };

  const read = async <T>(
    timeoutMs: number,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
    repeatable = true,
  ): Promise<{ value: T } | Unavailable> => {
    try {
      return { value: await policy.call({ lane: 'patrons', timeoutMs, repeatable }, signal, work) };
    } catch (error) {
      if (signal.aborted) throw reasonOf(signal);
      return unavailable(error);
    }
  };

  const account = async (patron: IlsPatron, { signal }: Asking): Promise<AccountAnswer> => {
    signal.throwIfAborted();
    const remembered = accounts.get(patron);
    if (remembered) return { outcome: 'ok', ...remembered };
    const { asking, writes } = knownOf(patron);
    return await asking.join(String(writes), signal, async (inner) => {
      const answer = await read(times.account, inner, (given) => ils.account(patron, { signal: given }));
      if (!('value' in answer)) return answer;
      const told = { account: answer.value, asOf: new Date(clock.now()).toISOString() };
      if (times.accountFresh > 0 && knownOf(patron).writes === writes) {
        accounts.set(patron, told);
        wipeLater();
      }
      return { outcome: 'ok', ...told };
    });
  };

  /** What the account says after a write; undefined when that cannot be had. */
  const listAgain = async (patron: IlsPatron): Promise<IlsAccount | undefined> => {
    forget(patron);
    const answer = await account(patron, { signal: closing });
    return answer.outcome === 'ok' ? answer.account : undefined;
  };

  /**
   * Sends a write once. It is not taken back when the patron leaves, and ends by its own time alone. What may have
   * happened is looked for in the account by `find`; `unknown` is all that is said where it is not found.
   */
  const write = async <T extends object>(
    patron: IlsPatron,
    signal: AbortSignal,
    send: (signal: AbortSignal) => Promise<T>,
    find: (now: IlsAccount) => Sight<T>,
  ): Promise<T | Unknown | Unavailable> => {
    signal.throwIfAborted();
    const whole = async (): Promise<T | Unknown | Unavailable> => {
      try {
        return await policy.call(
          { lane: 'patrons', timeoutMs: times.write, repeatable: false },
          closing,
          send,
        );
      } catch (error) {
        if (closing.aborted) throw reasonOf(closing);
        if (!isInDoubt(error)) return unavailable(error);
        const now = await listAgain(patron);
        const sight = now === undefined ? 'untold' : find(now);
        return typeof sight === 'object' ? sight : { outcome: 'unknown', listed: sight === 'absent' };
      } finally {
        forget(patron);
      }
    };
    return await unlessLeft(signal, whole());
  };

  /** What stands before a write, to tell afterwards what is new. A system that is away is not written to. */
  const before = async (patron: IlsPatron, asking: Asking): Promise<IlsAccount | undefined | Unavailable> => {
    const answer = await account(patron, asking);
    if (answer.outcome === 'ok') return answer.account;
    return answer.because === 'not_offered' || answer.because === 'refused' ? undefined : answer;
  };

  const sendHold = async (
    patron: IlsPatron,
    signal: AbortSignal,
    of: { request: HoldRequest; before: IlsHold[] | undefined } | undefined,
    send: (signal: AbortSignal) => Promise<HoldAnswer>,
  ): Promise<HoldAnswer | Unknown | Unavailable> => {
    const answer = await write(patron, signal, send, (now) =>
      holdIn(now.holds, of?.request.record, of?.before),
    );
    if (of && answer.outcome === 'question') asked.set(answer.question, of);
    return answer;
  };

  return {
    account,
    async authenticate(card, pin, { signal }) {
      signal.throwIfAborted();
      if (card === '' || pin === '') return { outcome: 'rejected' };
      const work = (given: AbortSignal) => ils.authenticate(card, pin, { signal: given });
      const answer = await read(times.authenticate, signal, work, false);
      return 'value' in answer ? answer.value : answer;
    },
    async pickupBranches(patron, record, { signal }) {
      const work = (given: AbortSignal) => ils.pickupBranches(patron, record, { signal: given });
      const answer = await read(times.pickupBranches, signal, work);
      return 'value' in answer ? { outcome: 'ok', branches: answer.value } : answer;
    },
    async placeHold(patron, request, asking) {
      const stands = await before(patron, asking);
      if (stands && 'outcome' in stands) return stands;
      return await sendHold(patron, asking.signal, { request, before: stands?.holds }, (signal) =>
        ils.placeHold(patron, request, { signal }),
      );
    },
    async continueHold(patron, question, yes, asking) {
      return await sendHold(patron, asking.signal, asked.get(question), (signal) =>
        ils.continueHold(patron, question, yes, { signal }),
      );
    },
    async cancelHold(patron, holdId, { signal }) {
      return await write<CancelAnswer>(
        patron,
        signal,
        (given) => ils.cancelHold(patron, holdId, { signal: given }),
        ({ holds }) => cancelledIn(holds, holdId),
      );
    },
    async renew(patron, loanId, asking) {
      const stands = await before(patron, asking);
      if (stands && 'outcome' in stands) return stands;
      return await write<RenewAnswer>(
        patron,
        asking.signal,
        (signal) => ils.renew(patron, loanId, { signal }),
        ({ loans }) => renewedIn(loans, stands?.loans, loanId),
      );
    },
    async endSession(patron) {
      // What is still being asked for this patron is not remembered when it comes.
      forget(patron);
      // Best effort: the visit is over here, whatever the system makes of it.
      await within(clock, times.endSession, closing, (signal) => ils.endSession(patron, { signal })).catch(
        () => undefined,
      );
    },
  };
}
