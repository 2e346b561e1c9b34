import type { Intent } from '../../contract/intent.js';
import type { Bib } from '../../engine/catalogue/bib.js';
import type { Search } from '../../engine/retrieval/search.js';
import type { Asking } from './asking.js';
import type { Finder } from './find.js';
import { byAuthorOf } from './steer.js';

/** What could be asked next about a book that stands alone on the table, and would find something. */
export interface Prospects {
  hasNext: boolean;
  hasMoreByAuthor: boolean;
}

export const noProspects: Prospects = { hasNext: false, hasMoreByAuthor: false };

/** Looks before it is offered. A look that fails offers nothing and fails nobody; only leaving stops it. */
export async function prospectsOf(
  bib: Bib,
  intent: Intent,
  asking: Asking,
  deps: { finder: Finder; search: Search },
  signal: AbortSignal,
): Promise<Prospects> {
  const author = intent.author === undefined ? byAuthorOf(bib, intent) : undefined;
  const { locale, branch } = asking;
  const [next, more] = await Promise.allSettled([
    bib.series.length > 0 ? deps.search.nextInSeries(bib.id, { signal }) : undefined,
    author &&
      deps.finder.find(
        { text: author.text, locale, branch, intent: author, remove: [], exclude: [bib.id], limit: 1 },
        signal,
      ),
  ]);
  signal.throwIfAborted();
  const found = more.status === 'fulfilled' ? more.value?.found : undefined;
  return {
    hasNext: next.status === 'fulfilled' && next.value !== undefined,
    hasMoreByAuthor: found !== undefined && found.hits.length > 0 && found.relaxed.length === 0,
  };
}
