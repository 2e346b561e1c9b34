import type { ReactNode } from 'react';
import type { SearchResponse } from '../../../contract/search.js';
import { Link } from '../address.js';
import { Byline } from '../card/book-card.js';
import { Cover } from '../card/cover.js';
import { InBothScripts } from '../card/scripted.js';
import { SpineLabel } from '../card/spine-label.js';
import { Why } from '../card/why.js';
import { recordAddress } from '../route.js';

/** Found titles one under the other, as in a printed bibliography. */
export function ResultList({ records }: { records: SearchResponse['records'] }): ReactNode {
  return (
    <ol className="result-list">
      {records.map((book) => (
        <li key={book.record_id}>
          <article className="result">
            <div className="result-cover">
              <Cover of={book} />
            </div>
            <div className="result-words">
              <h3 className="book-title">
                <Link to={recordAddress(book.record_id)}>
                  <InBothScripts of={book.title} language={book.languages[0]} />
                </Link>
              </h3>
              <Byline book={book} />
              <Why why={book.why} quotes={[]} />
            </div>
            {book.call_number !== null && <SpineLabel callNumber={book.call_number} />}
          </article>
        </li>
      ))}
    </ol>
  );
}
