import { useEffect, useState, type ReactNode } from 'react';
import type { SearchResponse } from '../../../contract/search.js';
import { goTo } from '../address.js';
import { searchCatalogue } from '../api/carrel-api.js';
import { useAnswer } from '../api/use-answer.js';
import { chipLabel } from '../conversation/chip-label.js';
import { refusalWords } from '../conversation/notice.js';
import { usePhrases } from '../phrases/speech.js';
import { FilterColumn } from './filter-column.js';
import { Paging } from './paging.js';
import { ResultList } from './result-list.js';
import {
  countOf,
  filtersOf,
  lastOffset,
  PAGE_SIZE,
  queryOf,
  readFromWords,
  type Filters,
} from './search-address.js';

interface SearchPageProps {
  /** The query string of the address. */
  query: string;
  /** Takes the words over to the conversation, to be asked there. */
  onAskInstead: (words: string) => void;
}

/** Plain search: words, filters, a list, pages. Everything is in the address, so it can be kept and shared. */
export function SearchPage({ query, onAskInstead }: SearchPageProps): ReactNode {
  const phrases = usePhrases();
  const filters = filtersOf(query);
  const idle = filters.words === '' && countOf(filters) === 0;
  useEffect(() => {
    document.title = `${filters.words === '' ? phrases.searchTitle : filters.words} · Carrel`;
    return () => {
      document.title = 'Carrel';
    };
  }, [filters.words, phrases]);

  return (
    <main id="content" className="search" tabIndex={-1}>
      <h1 className="search-heading">{phrases.searchTitle}</h1>
      <SearchBox filters={filters} />
      {idle ? (
        <p className="search-hint">{phrases.searchHint}</p>
      ) : (
        <Found filters={filters} onAskInstead={() => onAskInstead(filters.words)} />
      )}
    </main>
  );
}

function go(next: Filters, options: { replace?: boolean } = {}): void {
  goTo(`/search?${queryOf(next)}`, options);
}

function Found({ filters, onAskInstead }: { filters: Filters; onAskInstead: () => void }): ReactNode {
  const phrases = usePhrases();
  const asked = `${queryOf(filters)}&limit=${PAGE_SIZE}&locale=${phrases.locale}`;
  const { data, refusal, loading, again } = useAnswer(asked, (signal) => searchCatalogue(asked, signal));
  const behindTheEnd = !loading && data !== undefined && data.records.length === 0 && data.total > 0;
  useEffect(() => {
    if (behindTheEnd) go({ ...filters, offset: lastOffset(data.total) }, { replace: true });
  });
  if (refusal) {
    return (
      <div className="notice" role="alert">
        <p className="notice-words">{refusalWords(refusal, phrases)}</p>
        <button type="button" className="way-on" onClick={again}>
          {phrases.tryAgain}
        </button>
      </div>
    );
  }
  if (!data) return <p className="standing standing-looking">{phrases.looking}</p>;
  const nothing = data.total === 0;
  const heading = nothing
    ? phrases.nothingForSearch(filters.words)
    : phrases.titlesFound(data.total, data.total >= 1000);
  return (
    <div className="search-columns">
      {(!nothing || countOf(filters) > 0) && <FilterColumn facets={data.facets} filters={filters} go={go} />}
      <section className="results" aria-busy={loading} aria-labelledby="results">
        <p className="sr-only" role="status">
          {loading ? '' : heading}
        </p>
        <div className="results-head">
          <h2 id="results">{heading}</h2>
          <Meaning data={data} filters={filters} />
        </div>
        {nothing ? (
          <button type="button" className="way-on results-none" onClick={onAskInstead}>
            {phrases.askInstead}
          </button>
        ) : (
          <ResultList records={data.records} />
        )}
        <Paging filters={filters} total={data.total} go={go} />
      </section>
    </div>
  );
}

/** The words in the box are the reader's until they are sent; a step back or forward puts the sent ones in again. */
function SearchBox({ filters }: { filters: Filters }): ReactNode {
  const phrases = usePhrases();
  const [sent, setSent] = useState(filters.words);
  const [words, setWords] = useState(filters.words);
  if (sent !== filters.words) {
    setSent(filters.words);
    setWords(filters.words);
  }
  return (
    <form
      role="search"
      className="question-box search-box"
      onSubmit={(event) => {
        event.preventDefault();
        go({ ...filters, words: words.trim(), offset: 0 });
      }}
    >
      <label htmlFor="words" className="sr-only">
        {phrases.searchLabel}
      </label>
      <div className="question-row">
        <input
          id="words"
          type="search"
          value={words}
          dir="auto"
          autoComplete="off"
          enterKeyHint="search"
          maxLength={1000}
          placeholder={phrases.searchLabel}
          onChange={(event) => setWords(event.target.value)}
        />
        <button type="submit" className="button-ask">
          {phrases.search}
        </button>
      </div>
    </form>
  );
}

/** What was read out of the words, and the choice to take them as typed. */
function Meaning({ data, filters }: { data: SearchResponse; filters: Filters }): ReactNode {
  const phrases = usePhrases();
  const read = readFromWords(data.understood, filters);
  if (!filters.plain && read.length === 0) return null;
  return (
    <div className="meaning">
      {!filters.plain && (
        <p>
          {phrases.readAs}{' '}
          {read.map((chip) => (
            <span key={chip.id} className="chip chip-still">
              {chipLabel(chip, phrases.locale)}
            </span>
          ))}
        </p>
      )}
      <button
        type="button"
        className="action"
        onClick={() => go({ ...filters, plain: !filters.plain, offset: 0 })}
      >
        {filters.plain ? phrases.asMeant : phrases.asTyped}
      </button>
    </div>
  );
}
