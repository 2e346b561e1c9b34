import type { ReactNode } from 'react';
import type { Recommendation } from '../../../contract/conversation.js';
import { Link } from '../address.js';
import { usePhrases } from '../phrases/speech.js';
import { recordAddress } from '../route.js';
import { AvailabilityLine } from './availability-line.js';
import { BranchList } from './branch-list.js';
import { Cover } from './cover.js';
import { FormatIcon } from './format-icon.js';
import { InBothScripts } from './scripted.js';
import { SpineLabel } from './spine-label.js';
import { unnamedBranch } from './whereabouts.js';
import { Why } from './why.js';

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
      <div className="book-words">
        <h3 className="book-title" id={`title-${book.record_id}`}>
          <Link to={recordAddress(book.record_id)}>
            <InBothScripts of={book.title} language={book.languages[0]} />
          </Link>
        </h3>
        <Byline book={book} />
        <Why why={book.why} quotes={book.quotes} />
      </div>
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

/** Author, year and kind in one quiet line. */
export function Byline({
  book,
}: {
  book: Pick<Recommendation, 'author' | 'year' | 'format' | 'pages' | 'series'>;
}): ReactNode {
  const phrases = usePhrases();
  const { author, series } = book;
  return (
    <p className="byline">
      {author && (
        <span className="byline-author">
          <bdi>{author.original ?? author.text}</bdi>
          {author.original !== undefined && <bdi className="byline-romanised">{author.text}</bdi>}
        </span>
      )}
      <span className="byline-facts">
        <FormatIcon format={book.format} />
        <span>
          {phrases.format[book.format]}
          {book.year !== null && <>, {book.year}</>}
        </span>
      </span>
      {series && (
        <span className="byline-series">
          {series.volume === undefined ? series.name : phrases.seriesVolume(series.name, series.volume)}
        </span>
      )}
    </p>
  );
}
