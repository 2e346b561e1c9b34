import type {
  CancelAnswer,
  Catalogued,
  Hold,
  HoldAnswer,
  Loan,
  PatronAccount,
  RenewalAnswer,
} from '../../contract/patron-account.js';
import type { IlsAccount, IlsHold, IlsLoan } from '../../engine/ils/account.js';
import type { Unavailable } from '../../engine/ils/in-doubt.js';
import type * as ils from '../../engine/ils/patron.js';
import type { Unknown } from '../../engine/ils/shielded-patrons.js';
import type { AccountSentences } from './sentences.js';

type Written<T> = T | Unknown | Unavailable;
type Common = Pick<HoldAnswer, 'reason' | 'sentence' | 'said'>;

/** Finds a record of the catalogue by the system's id, or by a copy's barcode; undefined where there is none. */
export type HeldUnder = (named: Named) => { record_id: string; catalogued: Catalogued } | undefined;
/** How a loan or hold names what it is of. */
export type Named = Pick<IlsLoan & IlsHold, 'ilsId' | 'barcode'>;

/** The account in the contract's form: what the system does not tell is null. */
export function tellAccount(
  answer: { outcome: 'ok'; account: IlsAccount; asOf: string } | Unavailable,
  sentences: AccountSentences,
  heldUnder: HeldUnder,
): PatronAccount {
  if (answer.outcome !== 'ok') {
    return {
      state: 'unavailable',
      sentence: sentences.account.unavailable,
      asOf: null,
      loans: null,
      holds: null,
      fines: null,
      blocks: [],
      card_expires: null,
    };
  }
  const { loans, holds, fines, blocks, cardExpires } = answer.account;
  return {
    state: 'known',
    sentence: null,
    asOf: answer.asOf,
    loans: loans?.map((loan) => tellLoan(loan, heldUnder)) ?? null,
    holds: holds?.map((hold) => tellHold(hold, sentences, heldUnder)) ?? null,
    fines: fines
      ? {
          total: fines.total,
          currency: fines.currency ?? null,
          lines: fines.lines.map(({ text, amount }) => ({ text, amount: amount ?? null })),
        }
      : null,
    blocks,
    card_expires: cardExpires ?? null,
  };
}

function tellLoan(loan: IlsLoan, heldUnder: HeldUnder): Loan {
  return {
    loan_id: loan.loanId,
    ...(heldUnder(loan) ?? { record_id: null, catalogued: null }),
    title: loan.title,
    author: loan.author ?? null,
    call_number: loan.callNumber ?? null,
    due_at: loan.dueAt ?? null,
    due_text: loan.dueText ?? null,
    overdue: loan.overdue ?? null,
    renewable: loan.renewable ?? null,
    renewals: loan.renewals ?? null,
    renewals_left: loan.renewalsLeft ?? null,
  };
}

function tellHold(hold: IlsHold, sentences: AccountSentences, heldUnder: HeldUnder): Hold {
  return {
    hold_id: hold.holdId,
    ...(heldUnder(hold) ?? { record_id: null, catalogued: null }),
    title: hold.title,
    author: hold.author ?? null,
    status: hold.status,
    sentence: sentences.hold_status[hold.status],
    queue_position: hold.queuePosition ?? null,
    queue_total: hold.queueTotal ?? null,
    pickup_branch_id: hold.pickupBranchId ?? null,
    pickup_branch_name: hold.pickupBranchName ?? null,
    pickup_by: hold.pickupBy ?? null,
    placed_at: hold.placedAt ?? null,
    cancellable: hold.cancellable,
  };
}

export function tellRenewal(
  answer: Written<ils.RenewAnswer>,
  { renewal, refusal }: AccountSentences,
): RenewalAnswer {
  const due = answer.outcome === 'renewed' ? answer : undefined;
  return {
    outcome: answer.outcome,
    ...(answer.outcome === 'renewed' ? plain(renewal.renewed) : notDone(answer, renewal, refusal)),
    due_at: due?.dueAt ?? null,
    due_text: due?.dueText ?? null,
  };
}

export function tellCancellation(
  answer: Written<ils.CancelAnswer>,
  { cancellation, refusal }: AccountSentences,
): CancelAnswer {
  const { outcome } = answer;
  if (outcome === 'refused' || outcome === 'unknown' || outcome === 'unavailable') {
    return { outcome, ...notDone(answer, cancellation, refusal) };
  }
  return { outcome, ...plain(cancellation[outcome]) };
}

/** `keep` puts a question by for its answer and says under which id. */
export function tellHoldAnswer(
  answer: Written<ils.HoldAnswer>,
  { hold, refusal, question }: AccountSentences,
  keep: (asked: ils.HoldQuestion) => string,
): HoldAnswer {
  const nothing = {
    hold_id: null,
    queue_position: null,
    queue_total: null,
    pickup_branch_name: null,
    question: null,
  };
  if (answer.outcome === 'placed') {
    const place = answer.queuePosition;
    const queue = hold.placed_queue.replace('{position}', String(place));
    const sentence = place === undefined ? hold.placed : place === 1 ? hold.placed_first : queue;
    return {
      outcome: 'placed',
      ...plain(sentence),
      ...nothing,
      hold_id: answer.holdId ?? null,
      queue_position: place ?? null,
      queue_total: answer.queueTotal ?? null,
      pickup_branch_name: answer.pickup?.name ?? null,
    };
  }
  if (answer.outcome === 'question') {
    const { kind, said } = answer.question;
    const sentence = question[kind];
    const asked = { question_id: keep(answer.question), kind, sentence, said };
    return { outcome: 'question', ...plain(sentence), ...nothing, question: asked };
  }
  return { outcome: answer.outcome, ...notDone(answer, hold, refusal), ...nothing };
}

function plain(sentence: string): Common {
  return { reason: null, sentence, said: null };
}

/** The system's own words are shown where ours say no more than that it said no. */
function notDone(
  answer: ils.Refused | Unknown | Unavailable,
  own: { unknown: string; unknown_listed: string; unavailable: string },
  refusal: AccountSentences['refusal'],
): Common {
  if (answer.outcome === 'unavailable') return plain(own.unavailable);
  if (answer.outcome === 'unknown') return plain(answer.listed ? own.unknown_listed : own.unknown);
  const { reason, said } = answer;
  return { reason, sentence: refusal[reason], said: reason === 'other' ? said : null };
}
