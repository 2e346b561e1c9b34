import type { ReactNode } from 'react';
import type { SearchResponse } from '../../../contract/search.js';
import { BookWords } from '../card/book-words.js';
import { Cover } from '../card/cover.js';
import { SpineLabel } from '../card/spine-label.js';

/** Found titles one under the other, as in a printed bibliography. */
export function ResultList({ records }: { records: SearchResponse['records'] }): ReactNode {
  return (
    <ol className="result-list">
      {records.map((book) => (
        <li key={book.record_id}>
          <article className="result">
            <Cover of={book} />
            <BookWords book={book} />
            {book.call_number !== null && <SpineLabel callNumber={book.call_number} />}
          </article>
        </li>
      ))}
    </ol>
  );
}
