import type { ReactNode } from 'react';
import { Link } from '../address.js';
import { Cover, type Covered } from '../card/cover.js';
import { plainName } from '../card/headings.js';
import { recordAddress } from '../route.js';

/** A title as the library's system names it on an account. */
export interface OnAccount {
  record_id: string | null;
  title: string;
  author: string | null;
}

/** What a binding can be drawn from where only this much is known. */
export function coveredFrom({ record_id, title, author }: OnAccount): Covered | undefined {
  if (record_id === null) return undefined;
  return {
    record_id,
    title: { text: title },
    author: author === null ? null : { text: author },
    subject: null,
    format: 'book',
    cover: null,
  };
}

interface KeptBookProps {
  book: OnAccount;
  /** The title as a card of this visit showed it, whose binding is the same book's. */
  known?: Covered | undefined;
  children?: ReactNode;
}

/** A title on an account: its binding and the way to its page where the catalogue holds it, and what goes on with it. */
export function KeptBook({ book, known, children }: KeptBookProps): ReactNode {
  const covered = known ?? coveredFrom(book);
  return (
    <>
      <div className={covered ? 'kept-cover' : 'kept-cover kept-cover-none'} aria-hidden="true">
        {covered && <Cover of={covered} />}
      </div>
      <div className="kept-words">
        <h3 className="book-title">
          {book.record_id === null ? (
            <bdi>{book.title}</bdi>
          ) : (
            <Link to={recordAddress(book.record_id)}>
              <bdi>{book.title}</bdi>
            </Link>
          )}
        </h3>
        {book.author !== null && (
          <p className="byline">
            <bdi>{plainName(book.author)}</bdi>
          </p>
        )}
        {children}
      </div>
    </>
  );
}
