import type { ReactNode } from 'react';
import type { Recommendation } from '../../../contract/conversation.js';
import { Link } from '../address.js';
import { usePhrases } from '../phrases/speech.js';
import { recordAddress } from '../route.js';
import { AvailabilityLine } from './availability-line.js';
import { BookWords } from './book-words.js';
import { BranchList } from './branch-list.js';
import { Cover } from './cover.js';
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
  const branches = book.availability.branches;
  const kept = unnamedBranch(book.availability);
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
          {kept !== undefined && <p className="book-kept">{phrases.keptAt(kept)}</p>}
          {branches.length > 1 && <BranchList branches={branches} />}
        </div>
      </div>
      <div className="book-actions">
        <Link to={recordAddress(book.record_id)} className="action" label={phrases.detailsOf(title)}>
          {phrases.details}
        </Link>
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
