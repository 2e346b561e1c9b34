import { unlessLeft, within, type Clock } from '../../cache/clock.js';
import type { KohaSpec } from './spec.js';

/** Reads Koha's specification for all who wait, and goes on reading when they have left. */
export interface SpecReader {
  /** Rejects as the reading does, or with the signal's reason. One that is an hour old is given while it is read anew. */
  read(signal: AbortSignal): Promise<KohaSpec>;
  /** Waits for a reading of now. Meanwhile the others are given what is known: a Koha that says nothing holds up no one. */
  readAnew(signal: AbortSignal): Promise<KohaSpec>;
  close(): void;
}

const FRESH_MS = 3_600_000;
/** It is more than a megabyte, and Koha puts it together anew for each who asks. */
const READING_MS = 60_000;
/** How long an old one is kept when it could not be read anew. */
const AGAIN_MS = 60_000;

export function createSpecReader(
  fetch: (signal: AbortSignal) => Promise<KohaSpec>,
  clock: Clock,
): SpecReader {
  const closed = new AbortController();
  let known: { spec: KohaSpec; until: number } | undefined;
  let reading: Promise<KohaSpec> | undefined;

  const start = (): Promise<KohaSpec> => {
    reading = within(clock, READING_MS, closed.signal, fetch).finally(() => (reading = undefined));
    // Perhaps nobody waits for it any more.
    reading.then(
      (spec) => (known = { spec, until: clock.now() + FRESH_MS }),
      () => known && (known.until = clock.now() + AGAIN_MS),
    );
    return reading;
  };

  return {
    async read(signal) {
      signal.throwIfAborted();
      if (known && clock.now() < known.until) return known.spec;
      const work = reading ?? start();
      return known ? known.spec : unlessLeft(signal, work);
    },
    async readAnew(signal) {
      signal.throwIfAborted();
      return unlessLeft(signal, reading ?? start());
    },
    close: () => closed.abort(new Error('closed')),
  };
}
