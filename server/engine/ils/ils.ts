import type { Branch } from '../../contract/availability.js';
import type { ItemStatus } from '../../contract/vocabulary.js';

/** One copy as the library's system sees it, statuses normalised, the raw one kept. */
export interface IlsItem {
  itemId: string;
  recordId: string;
  barcode?: string;
  branchId: string;
  branchName: string;
  location?: string;
  callNumber?: string;
  status: ItemStatus;
  rawStatus: string;
  dueAt?: string;
}

/**
 * The library's own system. Adapters stay naive: they ask once and throw when they cannot answer;
 * `shielded.ts` puts cache, timeout and breaker around any of them. Account and hold verbs join with real systems.
 */
export interface Ils {
  readonly source: 'demo' | 'ils';
  branches(options: { signal: AbortSignal }): Promise<Branch[]>;
  /** Items for each asked record id; a record without items maps to []. Throws when the system cannot say. */
  availability(
    recordIds: readonly string[],
    options: { signal: AbortSignal },
  ): Promise<Map<string, IlsItem[]>>;
}
