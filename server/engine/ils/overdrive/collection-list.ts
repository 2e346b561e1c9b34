import { DeadlineError, within, type Clock } from '../../cache/clock.js';
import { IlsFault } from '../ils-fault.js';
import type { Collection } from './collection.js';
import type { OverDriveSettings } from './settings.js';
import { createTitleIndex, readPage, type TitleIndex } from './titles.js';

/**
 * The list of the whole collection, read when it is first needed and again after a day, while the old one still serves.
 * OverDrive cannot be asked for the ISBN of a printed book, and seeks none reliably; its list bears them all.
 */
export interface CollectionList {
  /** The list; undefined while it is first being read, which goes on. Rejects with the IlsFault that stopped the reading. */
  get(signal: AbortSignal): Promise<TitleIndex | undefined>;
  close(): Promise<void>;
}

const DAY_MS = 86_400_000;
/** Who asks while the list is first being read waits so long for it. */
const PATIENCE_MS = 1_000;
/** After a reading that failed. */
const REST_MS = 60_000;
/** A busy OverDrive is waited for so many times in one reading. */
const MOST_RESTS = 5;

export function createCollectionList(
  settings: OverDriveSettings,
  { collection, clock }: { collection: Collection; clock: Clock },
): CollectionList {
  const closing = new AbortController();
  let held: { index: TitleIndex; at: number } | undefined;
  let failed: { error: Error; until: number } | undefined;
  let reading: Promise<void> | undefined;

  const read = async (signal: AbortSignal): Promise<TitleIndex> => {
    const index = createTitleIndex(settings.site_url);
    let offset = 0;
    let rests = 0;
    while (offset < settings.most_titles) {
      const query = `limit=${settings.titles_per_request}&offset=${offset}`;
      try {
        const answer = await collection.ask(
          (token) => `/v1/collections/${token}/products?${query}`,
          signal,
          'nobody',
        );
        const page = answer.outcome === 'ok' ? readPage(answer.json) : undefined;
        if (!page) throw new IlsFault('foreign', 'OverDrive', { mayHaveHappened: false });
        page.products.slice(0, settings.most_titles - offset).forEach((product) => index.add(product));
        offset += page.products.length;
        if (page.products.length === 0 || (page.total !== undefined && offset >= page.total)) break;
      } catch (error) {
        rests += 1;
        if (!(error instanceof IlsFault) || error.kind !== 'busy' || rests > MOST_RESTS) throw error;
        await clock.after(error.retryAfterMs ?? REST_MS, signal);
      }
    }
    return index;
  };

  const start = (): void => {
    if (reading || (failed && clock.now() < failed.until)) return;
    reading = read(closing.signal)
      .then(
        (index) => {
          held = { index, at: clock.now() };
          failed = undefined;
        },
        // Told to whoever asks for the list next.
        (error: Error) => void (failed = { error, until: clock.now() + REST_MS }),
      )
      .finally(() => (reading = undefined));
  };

  return {
    async get(signal) {
      signal.throwIfAborted();
      if (!held || clock.now() - held.at >= DAY_MS) start();
      if (held) return held.index;
      const first = reading;
      if (first) {
        try {
          await within(clock, PATIENCE_MS, signal, () => first);
        } catch (error) {
          if (error instanceof DeadlineError) return undefined;
          throw error;
        }
      }
      const read = held as { index: TitleIndex } | undefined;
      if (!read) throw failed?.error ?? new IlsFault('foreign', 'OverDrive', { mayHaveHappened: false });
      return read.index;
    },
    async close() {
      closing.abort(new Error('closing'));
      await reading;
    },
  };
}
