import type { ReactNode } from 'react';
import type { LenderHold, LenderLoan } from '../../../contract/lenders.js';
import { usePhrases } from '../phrases/speech.js';
import { KeptBook } from './kept-book.js';

interface LentTitleProps {
  of: LenderLoan | LenderHold;
  lender: string;
  children: ReactNode;
}

/** A title at a lender: what it is, and what goes on with it. */
export function LentTitle({ of, lender, children }: LentTitleProps): ReactNode {
  const words = usePhrases().patron.lender;
  return (
    <KeptBook book={{ ...of, title: of.title ?? words.untitled(lender) }}>
      {of.format !== null && <p className="kept-fact">{words.format[of.format]}</p>}
      {children}
    </KeptBook>
  );
}

interface LenderWayProps {
  of: LenderLoan | LenderHold;
  lender: string;
  words: string;
}

/** The way to a title's page at its lender, which opens beside this one. */
export function LenderWay({ of, lender, words }: LenderWayProps): ReactNode {
  const { ecopy, lender: lenderWords } = usePhrases().patron;
  if (of.url === null) return null;
  return (
    <a
      className="way-on kept-way"
      href={of.url}
      target="_blank"
      rel="noopener noreferrer"
      title={ecopy.elsewhere}
      aria-label={`${words}: ${of.title ?? lenderWords.untitled(lender)}`}
    >
      {words}
    </a>
  );
}
