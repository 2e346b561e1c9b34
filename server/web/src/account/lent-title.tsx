import type { ReactNode } from 'react';
import type { LenderHold, LenderLoan } from '../../../contract/lenders.js';
import type { Covered } from '../card/cover.js';
import { usePhrases } from '../phrases/speech.js';
import { coveredFrom, KeptBook } from './kept-book.js';

interface LentTitleProps {
  of: LenderLoan | LenderHold;
  lender: string;
  /** The title as a card of this visit showed it. */
  known: Covered | undefined;
  /** What the way to the lender's own page says; it opens beside this one. */
  way: string;
  /** How it stands with it, before the way. */
  facts?: ReactNode;
  children?: ReactNode;
}

/** A title at a lender: what it is, and the way to where it is read. */
export function LentTitle({ of, lender, known, way, facts, children }: LentTitleProps): ReactNode {
  const { ecopy, lender: words } = usePhrases().patron;
  const book = { record_id: of.record_id, title: of.title ?? words.untitled(lender), author: of.author };
  const covered = coveredFrom(book);
  const format = of.format === 'eaudiobook' ? 'eaudiobook' : 'ebook';
  return (
    <KeptBook book={book} known={known ?? (covered && { ...covered, format })}>
      {of.format !== null && <p className="kept-fact">{words.format[of.format]}</p>}
      {facts}
      {of.url !== null && (
        <a
          className="way-on kept-way"
          href={of.url}
          target="_blank"
          rel="noopener noreferrer"
          title={ecopy.elsewhere}
          aria-label={`${way}: ${book.title}`}
        >
          {way}
        </a>
      )}
      {children}
    </KeptBook>
  );
}
