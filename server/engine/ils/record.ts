import type { Bib } from '../catalogue/bib.js';

/** What an adapter needs to know of a record to ask its system about it. */
export type IlsRecord = Pick<Bib, 'id' | 'keys' | 'items' | 'isbns' | 'links' | 'format'>;

/** A place where copies stand; `pickup` is false where holds cannot be fetched. */
export interface IlsBranch {
  id: string;
  name: string;
  pickup: boolean;
}
