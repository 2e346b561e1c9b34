import { useEffect, useState, type ReactNode } from 'react';
import type { SearchResponse } from '../../../contract/search.js';
import { goTo, Link } from '../address.js';
import { searchCatalogue } from '../api/carrel-api.js';
import { useAnswer } from '../api/use-answer.js';
import { refusalWords } from '../conversation/notice.js';
import { usePhrases } from '../phrases/speech.js';
import { FilterColumn } from './filter-column.js';
import { Paging } from './paging.js';
import { ResultList } from './result-list.js';
import { countOf, filtersOf, PAGE_SIZE, queryOf, type Filters } from './search-address.js';

/** Plain search: words, filters, a list, pages. Everything is in the address, so it can be kept and shared. */
export function SearchPage({ query }: { query: string }): ReactNode {
  const phrases = usePhrases();
  const filters = filtersOf(query);
  const asked = `${queryOf(filters)}&limit=${PAGE_SIZE}&locale=${phrases.locale}`;
  const idle = filters.words === '' && countOf(filters) === 0;
  const { data, refusal, loading, again } = useAnswer(asked, (signal) => searchCatalogue(asked, signal));
  useEffect(() => {
    document.title = `${filters.words === '' ? phrases.searchTitle : filters.words} · Carrel`;
    return () => {
      document.title = 'Carrel';
    };
  }, [filters.words, phrases]);
  const go = (next: Filters): void => goTo(`/search?${queryOf(next)}`);

  return (
    <main id="content" className="search" tabIndex={-1}>
      <h1 className="search-heading">{phrases.searchTitle}</h1>
      <SearchBox key={filters.words} filters={filters} go={go} />
      {refusal && (
        <div className="notice" role="alert">
          <p className="notice-words">{refusalWords(refusal, phrases)}</p>
          <button type="button" className="way-on" onClick={again}>
            {phrases.askAgain}
          </button>
        </div>
      )}
      {data && (
        <div className="search-columns">
          <FilterColumn facets={data.facets} filters={filters} go={go} />
          <section className="results" aria-busy={loading} aria-labelledby="results">
            <p className="sr-only" role="status">
              {loading ? '' : phrases.titlesFound(data.total, data.total >= 1000)}
            </p>
            <div className="results-head">
              <h2 id="results">{phrases.titlesFound(data.total, data.total >= 1000)}</h2>
              <Meaning data={data} filters={filters} go={go} />
            </div>
            {data.records.length === 0 ? (
              <p className="results-none">
                {phrases.nothingForSearch(filters.words)} <Link to="/">{phrases.askInstead}</Link>
              </p>
            ) : (
              <ResultList records={data.records} />
            )}
            {!idle || data.total > PAGE_SIZE ? <Paging filters={filters} total={data.total} go={go} /> : null}
          </section>
        </div>
      )}
      {!data && !refusal && <p className="standing standing-looking">{phrases.looking}</p>}
    </main>
  );
}

function SearchBox({ filters, go }: { filters: Filters; go: (next: Filters) => void }): ReactNode {
  const phrases = usePhrases();
  const [words, setWords] = useState(filters.words);
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
function Meaning({
  data,
  filters,
  go,
}: {
  data: SearchResponse;
  filters: Filters;
  go: (next: Filters) => void;
}): ReactNode {
  const phrases = usePhrases();
  if (!filters.plain && data.understood.length === 0) return null;
  return (
    <div className="meaning">
      {!filters.plain && (
        <p>
          {phrases.readAs}{' '}
          {data.understood.map((chip) => (
            <span key={chip.id} className="chip chip-still">
              {chip.label}
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
