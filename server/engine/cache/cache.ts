/** Where a value came from: computed now, remembered and fresh, or remembered and past its freshness. */
export interface Cached<T> {
  value: T;
  from: 'load' | 'fresh' | 'stale';
  /** Milliseconds since the epoch at which the value was loaded. */
  loadedAt: number;
}

/**
 * One verb. Answers a value no older than `freshMs`; otherwise loads it, equal keys in flight sharing one load.
 * When the load fails and a value no older than `staleMs` is remembered, that one is answered as `stale`.
 */
export interface Cache {
  through<T extends object>(
    key: string,
    age: { freshMs: number; staleMs: number },
    load: () => Promise<T>,
  ): Promise<Cached<T>>;
}
