import type { ReactNode } from 'react';
import type { Recommendation } from '../../../contract/conversation.js';
import { inAt, mayHold } from '../account/may-hold.js';
import { usePatron } from '../account/patron-desk.js';
import { Link } from '../address.js';
import { usePhrases } from '../phrases/speech.js';
import { recordAddress } from '../route.js';
import { AvailabilityLine } from './availability-line.js';
import { BookWords } from './book-words.js';
import { BranchList } from './branch-list.js';
import { Cover } from './cover.js';
import { EcopyLines } from './ecopy-lines.js';
import { SpineLabel } from './spine-label.js';
import { unnamedBranch } from './whereabouts.js';

interface BookCardProps {
  book: Recommendation;
  /** Asks for more like this one; left out where a card is only shown. */
  onMoreLike?: ((book: Recommendation) => void) | undefined;
}

/** A held title as one place on the shelf: binding, who wrote it, why it is here, and where to fetch it. */
export function BookCard({ book, onMoreLike }: BookCardProps): ReactNode {
  const phrases = usePhrases();
  const title = book.title.original ?? book.title.text;
  const { branches } = book.availability;
  const kept = unnamedBranch(book.availability);
  const { me, wish } = usePatron();
  const mayWish = me?.can.place_holds === true && mayHold(book.availability);
  return (
    <article className="book" aria-labelledby={`title-${book.record_id}`}>
      <div className="book-stand">
        <Cover of={book} />
      </div>
      <BookWords book={book} quotes={book.quotes} titleId={`title-${book.record_id}`} />
      <div className="book-place">
        {book.availability.state !== 'online' && <SpineLabel callNumber={book.call_number} />}
        <div className="book-where">
          <AvailabilityLine availability={book.availability} />
          <EcopyLines availability={book.availability} />
          {kept !== undefined && <p className="book-kept">{phrases.keptAt(kept)}</p>}
          {branches.length > 1 && <BranchList branches={branches} />}
        </div>
      </div>
      <div className="book-actions">
        {/* Two actions at most: the title leads to the details too, so these give way to a hold. */}
        {onMoreLike && mayWish ? (
          <button
            type="button"
            className="action"
            aria-label={phrases.patron.hold.titleOf(title)}
            onClick={() => wish({ ...book, inAt: inAt(book.availability) })}
          >
            {phrases.patron.hold.title}
          </button>
        ) : (
          <Link to={recordAddress(book.record_id)} className="action" label={phrases.detailsOf(title)}>
            {phrases.details}
          </Link>
        )}
        {onMoreLike && (
          <button
            type="button"
            className="action"
            aria-label={`${phrases.moreLikeThis}: ${title}`}
            onClick={() => onMoreLike(book)}
          >
            {phrases.moreLikeThis}
          </button>
        )}
      </div>
    </article>
  );
}
