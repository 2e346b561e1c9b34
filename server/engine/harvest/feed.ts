/** A record as a feed gives it, or word that it is gone. `key` is the feed's own id, stable over harvests. */
export type HarvestedRecord =
  | {
      key: string;
      deleted: false;
      /** One MARCXML `record` element, its namespace declared or absent. */ marcxml: string;
    }
  | { key: string; deleted: true };

export interface HarvestPage {
  records: HarvestedRecord[];
  /** Where to go on after this page, should the process die now; opaque. */
  resume: string;
}

/** How far a feed was followed; what the next harvest of changes begins with. Opaque, made by the feed itself. */
export type HarvestCursor = string;

/**
 * Somewhere that records come from: an ILS, OAI-PMH or SRU. Asks for one page at a time and throws IlsFault when it
 * cannot go on; what was yielded before stands.
 */
export interface Feed {
  /**
   * True where a record's key is the number by which the library's own system knows it: the harvester then sees to it
   * that the record carries it as `keys.ilsId`. Default: false.
   */
  readonly keysAreIlsIds?: boolean;
  /**
   * `kept`: deletions are told, so changes alone keep a copy true. `lost`: only a sweep over everything shows what has
   * gone. `changes: false` where the feed cannot be asked for changes at all.
   */
  describe(asking: { signal: AbortSignal }): Promise<{ deletions: 'kept' | 'lost'; changes: boolean }>;
  /**
   * Everything (`since` undefined) or what has changed since a cursor; goes on in the middle from a page's `resume`.
   * Returns the cursor for the next harvest, valid only when the iteration has come to its end.
   */
  harvest(
    from: { since: HarvestCursor | undefined; resume?: string },
    asking: { signal: AbortSignal },
  ): AsyncGenerator<HarvestPage, HarvestCursor>;
}

/** A feed that holds connections of its own. */
export interface OpenFeed extends Feed {
  /** Frees them; nothing is asked afterwards. */
  close(): void;
}
