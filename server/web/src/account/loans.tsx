import type { ReactNode } from 'react';
import type { Loan } from '../../../contract/patron-account.js';
import { renew, type RenewalAnswer } from '../api/account-api.js';
import { useNow } from '../api/use-now.js';
import type { Covered } from '../card/cover.js';
import { refusalWords } from '../conversation/notice.js';
import { usePhrases } from '../phrases/speech.js';
import { daysOff, fullDay, stampedDay } from './day.js';
import { KeptBook } from './kept-book.js';
import { usePatron } from './patron-desk.js';
import { Said } from './said.js';
import { useDeed } from './use-deed.js';

interface LoansProps {
  /** Null where the system does not tell, which is not the same as none. */
  loans: readonly Loan[] | null;
  bookOf: (recordId: string | null) => Covered | undefined;
  onLook: () => void;
}

/** What the patron has at home, each with the date stamped on it. */
export function Loans({ loans, bookOf, onLook }: LoansProps): ReactNode {
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
            <LoanRow key={loan.loan_id} loan={loan} known={bookOf(loan.record_id)} onLook={onLook} />
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

function LoanRow(props: { loan: Loan; known: Covered | undefined; onLook: () => void }): ReactNode {
  const { loan, known, onLook } = props;
  const phrases = usePhrases();
  const words = phrases.patron.loans;
  const { me } = usePatron();
  const [deed, act] = useDeed<RenewalAnswer>();
  const answer = deed.phase === 'told' ? deed.answer : undefined;
  const renewed = answer?.outcome === 'renewed';
  const due: Due = renewed && (answer.due_at ?? answer.due_text) !== null ? answer : loan;
  const isOverdue = loan.overdue === true && !renewed;
  const unsure = deed.phase === 'lost' || answer?.outcome === 'unknown';
  const csrf = me?.csrf ?? null;
  const canTry =
    me?.can.renew === true &&
    csrf !== null &&
    loan.renewable !== false &&
    !unsure &&
    !renewed &&
    answer?.outcome !== 'refused';
  return (
    <li className={isOverdue ? 'kept-row kept-row-overdue' : 'kept-row'}>
      <KeptBook book={loan} known={known}>
        {loan.renewals_left !== null && loan.renewable !== false && !renewed && (
          <p className="kept-fact">{words.renewalsLeft(loan.renewals_left)}</p>
        )}
        {loan.renewable === false && <p className="kept-fact">{words.notRenewable}</p>}
        <Said
          busy={deed.phase === 'busy' ? words.renewing : undefined}
          sentence={
            answer?.sentence ??
            (deed.phase === 'lost'
              ? words.lost
              : deed.phase === 'refused'
                ? refusalWords(deed.refusal, phrases)
                : undefined)
          }
          said={answer?.said ?? null}
          tone={renewed ? 'good' : 'plain'}
        />
        {unsure && (
          <button type="button" className="action" onClick={onLook}>
            {phrases.patron.account.lookAgain}
          </button>
        )}
        {canTry && (
          <button
            type="button"
            className="way-on kept-way"
            aria-label={`${words.renew}: ${loan.title}`}
            aria-disabled={deed.phase === 'busy'}
            onClick={() => void act(() => renew(loan.loan_id, csrf, phrases.locale))}
          >
            {words.renew}
          </button>
        )}
      </KeptBook>
      <DueStamp due={due} isOverdue={isOverdue} />
    </li>
  );
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
