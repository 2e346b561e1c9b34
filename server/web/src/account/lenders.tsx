import { useCallback, useRef, type ReactNode } from 'react';
import type { LenderAccount, LenderLoan } from '../../../contract/lenders.js';
import { getLenders } from '../api/account-api.js';
import { useAnswer } from '../api/use-answer.js';
import { useNow } from '../api/use-now.js';
import { clockTime } from '../card/whereabouts.js';
import { refusalWords } from '../conversation/notice.js';
import { usePhrases } from '../phrases/speech.js';
import { LenderHolds } from './lender-holds.js';
import { LenderWay, LentTitle } from './lent-title.js';
import { DueStamp } from './loans.js';
import { usePatron } from './patron-desk.js';

/** What the patron has at the lenders of e-books, asked for beside their account: neither waits for the other. */
export function Lenders(): ReactNode {
  const phrases = usePhrases();
  const { me } = usePatron();
  const first = useRef<HTMLHeadingElement>(null);
  const { data, refusal, asking, again } = useAnswer(phrases.locale, (signal) =>
    getLenders(phrases.locale, signal),
  );
  const look = useCallback((): void => {
    first.current?.focus();
    if (!asking) again();
  }, [asking, again]);
  const names = data?.lenders.map(({ lender }) => lender) ?? me?.can.lenders ?? [];
  return names.map((lender, at) => {
    const account = data?.lenders[at];
    const why = refusal !== undefined ? refusalWords(refusal, phrases) : account?.sentence;
    return (
      <section key={lender} className="lender" aria-labelledby={`lender-${at}`}>
        <div className="account-head">
          <h2 id={`lender-${at}`} ref={at === 0 ? first : undefined} tabIndex={-1}>
            {phrases.patron.lender.title(lender)}
          </h2>
          <p className="account-told" role="status">
            {asking
              ? phrases.patron.lender.asking(lender)
              : account?.state === 'known' && <AsOf account={account} />}
          </p>
          {account?.state === 'known' && (
            <button type="button" className="action" aria-disabled={asking} onClick={look}>
              {phrases.patron.account.lookAgain}
            </button>
          )}
        </div>
        {why !== undefined && why !== null && (
          <div className="notice" role="alert">
            <p className="notice-words">{why}</p>
            {(refusal !== undefined || account?.state === 'unavailable') && (
              <button type="button" className="way-on" aria-disabled={asking} onClick={look}>
                {phrases.tryAgain}
              </button>
            )}
          </div>
        )}
        {account?.state === 'known' && (
          <div className="account-parts" key={account.asOf}>
            <LenderLoans at={at} account={account} />
            <LenderHolds at={at} account={account} onLook={look} />
          </div>
        )}
      </section>
    );
  });
}

function AsOf({ account: { lender, asOf } }: { account: LenderAccount }): ReactNode {
  const phrases = usePhrases();
  const now = useNow(60_000);
  if (asOf === null) return null;
  return phrases.patron.lender.asOf(lender, clockTime(Date.parse(asOf), now, phrases.locale));
}

interface LenderLoansProps {
  at: number;
  account: LenderAccount;
}

function LenderLoans({ at, account: { lender, loans } }: LenderLoansProps): ReactNode {
  const words = usePhrases().patron.lender;
  return (
    <section className="kept" aria-labelledby={`lender-${at}-loans`}>
      <h3 id={`lender-${at}-loans`} className="section-heading">
        {words.loans}
      </h3>
      {loans === null && <p className="standing">{words.untold(lender)}</p>}
      {loans?.length === 0 && <p className="standing">{words.noLoans}</p>}
      {loans && loans.length > 0 && (
        <ul className="kept-list">
          {loans.toSorted(soonestFirst).map((loan) => (
            <li key={loan.loan_id} className="kept-row">
              <LentTitle of={loan} lender={lender}>
                <LenderWay
                  of={loan}
                  lender={lender}
                  words={loan.format === 'eaudiobook' ? words.listen(lender) : words.read(lender)}
                />
              </LentTitle>
              <DueStamp due={{ due_at: loan.due_at, due_text: null }} isOverdue={false} word={words.until} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function soonestFirst(a: LenderLoan, b: LenderLoan): number {
  const day = ({ due_at: due }: LenderLoan): number => (due === null ? Number.MAX_VALUE : Date.parse(due));
  return day(a) - day(b);
}
