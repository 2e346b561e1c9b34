import type { ReactNode } from 'react';
import type { Loan } from '../../../contract/patron-account.js';
import { renew, type RenewalAnswer } from '../api/account-api.js';
import { useNow } from '../api/use-now.js';
import { usePhrases } from '../phrases/speech.js';
import { daysOff, fullDay, stampedDay } from './day.js';
import { DeedWords, useDeedOnTitle } from './deed-words.js';
import { KeptBook } from './kept-book.js';
import { mayRenew } from './may-renew.js';
import { usePatron } from './patron-desk.js';

interface LoansProps {
  /** Null where the system does not tell, which is not the same as none. */
  loans: readonly Loan[] | null;
  onLook: () => void;
}

/** What the patron has at home, each with the date stamped on it. */
export function Loans({ loans, onLook }: LoansProps): ReactNode {
  const words = usePhrases().patron.loans;
  return (
    <section className="kept" aria-labelledby="loans">
      <h2 id="loans" className="section-heading">
        {words.title}
      </h2>
      {loans === null && <p className="standing">{words.untold}</p>}
      {loans?.length === 0 && <p className="standing">{words.none}</p>}
      {loans && loans.length > 0 && (
        <ul className="kept-list">
          {loans.toSorted(soonestFirst).map((loan) => (
            <LoanRow key={loan.loan_id} loan={loan} onLook={onLook} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** Overdue ones first, then by their date; where nobody knows the date, last. */
function soonestFirst(a: Loan, b: Loan): number {
  return (
    Number(b.overdue === true) - Number(a.overdue === true) ||
    (a.due_at === null ? Infinity : Date.parse(a.due_at)) -
      (b.due_at === null ? Infinity : Date.parse(b.due_at)) ||
    0
  );
}

function LoanRow({ loan, onLook }: { loan: Loan; onLook: () => void }): ReactNode {
  const phrases = usePhrases();
  const words = phrases.patron.loans;
  const { me } = usePatron();
  const renewal = useDeedOnTitle<RenewalAnswer>();
  const { answer, deed, isUnsure } = renewal;
  const renewed = answer?.outcome === 'renewed';
  const refused = answer?.outcome === 'refused';
  const due: Due = renewed && (answer.due_at ?? answer.due_text) !== null ? answer : loan;
  const isOverdue = loan.overdue === true && !renewed;
  const csrf = me?.csrf ?? null;
  const canTry =
    me?.can.renew === true && csrf !== null && mayRenew(loan) && !isUnsure && !renewed && !refused;
  return (
    <li className={isOverdue ? 'kept-row kept-row-overdue' : 'kept-row'}>
      <KeptBook book={loan}>
        <DeedWords of={renewal} busy={words.renewing} lost={words.lost} isGood={renewed} onLook={onLook}>
          {/* What the system says no to, it has not left for later. */}
          {!renewed && !refused && <Renewals of={loan} />}
        </DeedWords>
        {canTry && (
          <button
            type="button"
            className="way-on kept-way"
            aria-label={`${words.renew}: ${loan.title}`}
            aria-disabled={deed.phase === 'busy'}
            onClick={() => void renewal.act(() => renew(loan.loan_id, csrf, phrases.locale))}
          >
            {words.renew}
          </button>
        )}
      </KeptBook>
      <DueStamp due={due} isOverdue={isOverdue} />
    </li>
  );
}

/** How often a loan can still be renewed, where the system says. */
function Renewals({ of: { renewable, renewals_left: left } }: { of: Loan }): ReactNode {
  const words = usePhrases().patron.loans;
  const contradicts = renewable === true && left === 0;
  if (renewable === false) return <p className="kept-fact">{words.notRenewable}</p>;
  return left === null || contradicts ? null : <p className="kept-fact">{words.renewalsLeft(left)}</p>;
}

interface Due {
  due_at: string | null;
  due_text: string | null;
}

/** The date as stamped into a book; a date that has passed says so in words and is struck twice. */
export function DueStamp({
  due,
  isOverdue,
  word,
}: {
  due: Due;
  isOverdue: boolean;
  word?: string;
}): ReactNode {
  const phrases = usePhrases();
  const words = phrases.patron.loans;
  const now = useNow(60_000);
  if (due.due_at === null && due.due_text === null) return <p className="stamp-none">{words.noDate}</p>;
  return (
    <p className={isOverdue ? 'stamp stamp-overdue' : 'stamp'}>
      <span className="stamp-word">
        {isOverdue && (
          <svg viewBox="0 0 12 12" aria-hidden="true" focusable="false">
            <path d="M6 1.5 11 10.5H1zM6 5v2.6M6 9.2v.01" />
          </svg>
        )}
        {isOverdue ? words.overdue : (word ?? words.due)}
      </span>{' '}
      {due.due_at === null ? (
        <bdi className="stamp-day stamp-day-text">{due.due_text}</bdi>
      ) : (
        <>
          <span className="sr-only">{fullDay(due.due_at, now, phrases.locale)}, </span>
          <span className="stamp-day" aria-hidden="true">
            {stampedDay(due.due_at, now, phrases.locale)}
          </span>{' '}
          <span className="stamp-off">{daysOff(due.due_at, now, phrases.locale)}</span>
        </>
      )}
    </p>
  );
}
