import type { ReactNode } from 'react';
import { usePhrases } from '../phrases/speech.js';
import { PAGE_SIZE, pageOf, type Filters } from './search-address.js';

/** One page back, one page on, and where one is. */
export function Paging({
  filters,
  total,
  go,
}: {
  filters: Filters;
  total: number;
  go: (next: Filters) => void;
}): ReactNode {
  const phrases = usePhrases();
  const { page, pages } = pageOf(filters.offset, total);
  if (pages === 1) return null;
  const turn = (by: number): void => {
    go({ ...filters, offset: filters.offset + by * PAGE_SIZE });
    window.scrollTo({ top: 0 });
    document.getElementById('content')?.focus({ preventScroll: true });
  };
  return (
    <nav className="paging" aria-label={phrases.pageOf(page, pages)}>
      <button type="button" className="way-on" disabled={page <= 1} onClick={() => turn(-1)}>
        {phrases.previous}
      </button>
      <span aria-hidden="true">{phrases.pageOf(page, pages)}</span>
      <button type="button" className="way-on" disabled={page >= pages} onClick={() => turn(1)}>
        {phrases.next}
      </button>
    </nav>
  );
}
