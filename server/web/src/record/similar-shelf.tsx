import type { ReactNode } from 'react';
import { similarRecords } from '../api/carrel-api.js';
import { useAnswer } from '../api/use-answer.js';
import { BookWords } from '../card/book-words.js';
import { Cover } from '../card/cover.js';
import { usePhrases } from '../phrases/speech.js';

/** Titles near this one, each with a reason. Shows nothing while there are none. */
export function SimilarShelf({ id }: { id: string }): ReactNode {
  const phrases = usePhrases();
  const { data, loading } = useAnswer(`${id} ${phrases.locale}`, (signal) =>
    similarRecords(id, phrases.locale, signal),
  );
  if (!data || loading || data.records.length === 0) return null;
  return (
    <section className="similar" aria-labelledby="similar">
      <h2 id="similar" className="section-heading">
        {phrases.similarTitle}
      </h2>
      <ul className="shelf">
        {data.records.slice(0, 5).map((book) => (
          <li key={book.record_id}>
            <article className="book">
              <div className="book-stand">
                <Cover of={book} />
              </div>
              <BookWords book={book} />
            </article>
          </li>
        ))}
      </ul>
    </section>
  );
}
