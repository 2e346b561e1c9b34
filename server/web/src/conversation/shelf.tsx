import { useRef, type ReactNode } from 'react';
import type { Recommendation } from '../../../contract/conversation.js';
import { BookCard } from '../card/book-card.js';
import { DemoLabel } from '../card/demo-label.js';
import { shelfColumns } from '../card/shelf-columns.js';
import { usePhrases } from '../phrases/speech.js';
import type { Turn } from './turn.js';
import { isOtherBooks } from './shelving.js';
import { useShortMoves } from './use-short-moves.js';
import { useTouch } from './use-touch.js';

interface ShelfProps {
  turn: Turn;
  onMoreLike?: ((book: Recommendation) => void) | undefined;
  /** Says that the patron has these books in hand; given while they may still move. */
  onTouch?: (() => void) | undefined;
  /** Puts up the arrangement that was held back. */
  onRearrange?: (() => void) | undefined;
}

/** The books of an answer. They may take new places once, but never under a hand. */
export function Shelf({ turn, onMoreLike, onTouch, onRearrange }: ShelfProps): ReactNode {
  const phrases = usePhrases();
  const list = useRef<HTMLUListElement>(null);
  const books = turn.recommendations ?? [];
  useTouch(list, onTouch);
  useShortMoves(list);
  if (books.length === 0) return null;
  return (
    <>
      <ul
        ref={list}
        className={books.length === 1 ? 'shelf shelf-single' : 'shelf'}
        aria-label={phrases.shelfLabel}
        tabIndex={-1}
        style={{ '--columns': shelfColumns(books.length) }}
      >
        {books.map((book) => (
          <li key={book.record_id} data-record={book.record_id}>
            <BookCard book={book} onMoreLike={onMoreLike} />
          </li>
        ))}
      </ul>
      {turn.heldBack && onRearrange && (
        <button
          type="button"
          className="action shelf-held"
          onClick={() => {
            onRearrange();
            list.current?.focus();
          }}
        >
          {isOtherBooks(turn) ? phrases.replaceNow : phrases.moveNow}
        </button>
      )}
      <DemoLabel of={books.map((book) => book.availability)} />
    </>
  );
}
