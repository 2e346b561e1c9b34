import type { Branch } from '../../contract/availability.js';
import type { Bib } from '../../engine/catalogue/bib.js';

/** The records this desk reads, as far as it reads them. */
export interface Records {
  findRecord(id: string): Bib | undefined | Promise<Bib | undefined>;
  /** In any order; ids that are not there are left out. */
  listRecords(ids: readonly string[]): readonly Bib[] | Promise<readonly Bib[]>;
  branches(): readonly Branch[] | Promise<readonly Branch[]>;
}
