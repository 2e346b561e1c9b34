import type { ReactNode } from 'react';
import type { RecordBrief } from '../../../contract/record.js';
import { Link } from '../address.js';
import { usePhrases } from '../phrases/speech.js';
import { recordAddress } from '../route.js';
import { FormatIcon } from './format-icon.js';
import { plainName } from './headings.js';
import { InBothScripts } from './scripted.js';
import { Why } from './why.js';

interface BookWordsProps {
  book: RecordBrief & { why: string; why_from?: 'record' | 'model' };
  /** The words of `why` that stand in the record. */
  quotes?: readonly string[];
  /** An id for the title, where something else is named by it. */
  titleId?: string;
}

/** What is said of a title wherever it is listed: its name and way in, who made it, and why it is here. */
export function BookWords({ book, quotes = [], titleId }: BookWordsProps): ReactNode {
  return (
    <div className="book-words">
      <h3 className="book-title" id={titleId}>
        <Link to={recordAddress(book.record_id)}>
          <InBothScripts of={book.title} language={book.languages[0]} />
        </Link>
      </h3>
      <Byline book={book} />
      <Why why={book.why} quotes={quotes} byModel={book.why_from === 'model'} />
    </div>
  );
}

/** Author, year and kind in one quiet line. */
function Byline({ book: { author, series, format, year } }: { book: RecordBrief }): ReactNode {
  const phrases = usePhrases();
  return (
    <p className="byline">
      {author && (
        <span className="byline-author">
          <bdi>{plainName(author.original ?? author.text)}</bdi>
          {author.original !== undefined && <bdi className="byline-romanised">{plainName(author.text)}</bdi>}
        </span>
      )}
      <span className="byline-facts">
        <FormatIcon format={format} />
        <span>
          {phrases.format[format]}
          {year !== null && <>, {year}</>}
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
