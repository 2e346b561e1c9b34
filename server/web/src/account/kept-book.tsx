import type { ReactNode } from 'react';
import type { Catalogued } from '../../../contract/patron-account.js';
import { Link } from '../address.js';
import { Cover, type Covered } from '../card/cover.js';
import { plainName } from '../card/headings.js';
import { InBothScripts } from '../card/scripted.js';
import { recordAddress } from '../route.js';

/** A title as the library's system names it on an account, and as the catalogue has it where it does. */
export interface OnAccount {
  record_id: string | null;
  title: string;
  author: string | null;
  catalogued?: Catalogued | null;
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
  /** What its binding is drawn from, where the account does not say how the catalogue has it. */
  known?: Covered | undefined;
  children?: ReactNode;
}

/**
 * A title on an account: its binding and the way to its page where the catalogue holds it, and what goes on with it. The
 * system's own words stand; where they are the catalogue's, they are shown as on a card, in the book's own script too.
 */
export function KeptBook({ book, known, children }: KeptBookProps): ReactNode {
  const { record_id: recordId, catalogued } = book;
  const covered = recordId !== null && catalogued ? { record_id: recordId, ...catalogued } : known;
  const isAsCatalogued = catalogued?.title.text === book.title;
  const title = isAsCatalogued ? <InBothScripts of={catalogued.title} /> : <bdi>{book.title}</bdi>;
  const author = catalogued?.author?.original ?? catalogued?.author?.text ?? book.author;
  return (
    <>
      <div className={covered ? 'kept-cover' : 'kept-cover kept-cover-none'} aria-hidden="true">
        {covered && <Cover of={covered} />}
      </div>
      <div className="kept-words">
        <h3 className="book-title">
          {recordId === null ? title : <Link to={recordAddress(recordId)}>{title}</Link>}
        </h3>
        {author !== null && (
          <p className="byline">
            <bdi>{plainName(author)}</bdi>
          </p>
        )}
        {children}
      </div>
    </>
  );
}
