/** What arrives from elsewhere, read in order by one reader. What was put in before the end is still read. */
export interface Inbox<T> extends AsyncIterable<T> {
  put(item: T): void;
  /** Nothing more comes. Only the first end counts. */
  end(): void;
  /** Nothing more comes and the reader is told why, at once: what it has not read by then is dropped. */
  fail(error: Error): void;
}

export function createInbox<T>(): Inbox<T> {
  const items: T[] = [];
  let ended = false;
  let error: Error | undefined;
  let wake = (): void => undefined;
  return {
    put(item) {
      if (ended) return;
      items.push(item);
      wake();
    },
    end() {
      ended = true;
      wake();
    },
    fail(reason) {
      if (ended) return;
      ended = true;
      error = reason;
      wake();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        if (error) throw error;
        const item = items.shift();
        if (item !== undefined) yield item;
        else if (ended) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
