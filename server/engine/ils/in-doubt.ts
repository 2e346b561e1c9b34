import { DeadlineError } from '../cache/clock.js';
import type { IlsAccount, IlsHold } from './account.js';
import { IlsFault, type IlsFaultKind } from './ils-fault.js';
import type { CancelAnswer, HoldAnswer, RenewAnswer } from './patron.js';
import type { IlsRecord } from './record.js';
import { LeftAlone } from './shield-breaker.js';

/** The system could not be asked or did not do it: nothing has changed there. `left_alone`: it was not even tried. */
export interface Unavailable {
  outcome: 'unavailable';
  because: IlsFaultKind | 'left_alone';
}

/** What an account shows of a write that may have happened; `untold` where it does not show such things. */
export type Sight<T> = T | 'absent' | 'untold';

const saysNo: ReadonlySet<IlsFaultKind> = new Set(['not_offered', 'refused', 'busy', 'signed_out'] as const);

/** False when the system has certainly changed nothing. */
export function isInDoubt(error: unknown): boolean {
  if (error instanceof LeftAlone) return false;
  if (!(error instanceof IlsFault)) return true;
  return error.mayHaveHappened && !saysNo.has(error.kind);
}

/** Why nothing came of it, from what was thrown. */
export function unavailable(error: unknown): Unavailable {
  if (error instanceof LeftAlone) return { outcome: 'unavailable', because: 'left_alone' };
  if (error instanceof IlsFault) return { outcome: 'unavailable', because: error.kind };
  return { outcome: 'unavailable', because: error instanceof DeadlineError ? 'silent' : 'broken' };
}

/** A hold on this record that was not there before; where the system does not say of which record, the only new one. */
export function holdIn(
  now: IlsAccount['holds'],
  record: IlsRecord | undefined,
  before: IlsAccount['holds'],
): Sight<HoldAnswer> {
  if (!now || !record || !before) return 'untold';
  const fresh = now.filter((hold) => !before.some((one) => one.holdId === hold.holdId));
  const ilsId = record.keys.ilsId ?? record.id;
  const [only, ...others] = fresh;
  const unnamed = only?.ilsId === undefined && others.length === 0 ? only : undefined;
  const hold = fresh.find((one) => one.ilsId === ilsId) ?? unnamed;
  return hold ? placed(hold) : 'absent';
}

/** Gone from the account, or there only as one that has ended. */
export function cancelledIn(now: IlsAccount['holds'], holdId: string): Sight<CancelAnswer> {
  if (!now) return 'untold';
  const stands = now.some((hold) => hold.holdId === holdId && hold.status !== 'expired');
  return stands ? 'absent' : { outcome: 'cancelled' };
}

/** Due at another time than before. */
export function renewedIn(
  now: IlsAccount['loans'],
  before: IlsAccount['loans'],
  loanId: string,
): Sight<RenewAnswer> {
  const is = now?.find((loan) => loan.loanId === loanId);
  const was = before?.find((loan) => loan.loanId === loanId);
  if (!now || !was) return 'untold';
  if (!is || (is.dueAt === was.dueAt && is.dueText === was.dueText)) return 'absent';
  const { dueAt, dueText } = is;
  return {
    outcome: 'renewed',
    ...(dueAt !== undefined && { dueAt }),
    ...(dueText !== undefined && { dueText }),
  };
}

function placed(hold: IlsHold): HoldAnswer {
  const { queuePosition, queueTotal, pickupBranchId: id, pickupBranchName } = hold;
  return {
    outcome: 'placed',
    holdId: hold.holdId,
    ...(queuePosition !== undefined && { queuePosition }),
    ...(queueTotal !== undefined && { queueTotal }),
    ...(id !== undefined && { pickup: { id, name: pickupBranchName ?? id, pickup: true } }),
  };
}
