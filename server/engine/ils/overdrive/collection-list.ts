import { DeadlineError, within, type Clock } from '../../cache/clock.js';
import { IlsFault } from '../ils-fault.js';
import type { Collection } from './collection.js';
import type { OverDriveSettings } from './settings.js';
import { createTitleIndex, idsOf, readMetadata, readPage, type TitleIndex } from './titles.js';

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
/** For one answer of a reading. */
const ANSWER_MS = 60_000;
/** So many titles' metadata go into one request. */
const MOST_AT_ONCE = 25;
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

  /** One answer about the collection, for which a reading waits a minute and no longer. */
  const ask = async (path: string, signal: AbortSignal): Promise<unknown> => {
    try {
      const answer = await within(clock, ANSWER_MS, signal, (inner) =>
        collection.ask((token) => `/v1/collections/${token}/${path}`, inner, 'nobody'),
      );
      return answer.outcome === 'ok' ? answer.json : undefined;
    } catch (cause) {
      if (!(cause instanceof DeadlineError)) throw cause;
      throw new IlsFault('silent', 'OverDrive', { mayHaveHappened: false, cause });
    }
  };

  /** The products from `offset` on with all their ISBNs; `total` undefined where it is not said. */
  const readFrom = async (offset: number, signal: AbortSignal) => {
    const page = readPage(
      await ask(`products?limit=${settings.titles_per_request}&offset=${offset}`, signal),
    );
    if (!page) throw new IlsFault('foreign', 'OverDrive', { mayHaveHappened: false });
    const products = page.products.slice(0, settings.most_titles - offset);
    const more: unknown[] = [];
    const ids = settings.read_metadata ? idsOf(products) : [];
    for (let at = 0; at < ids.length; at += MOST_AT_ONCE) {
      const asked = ids.slice(at, at + MOST_AT_ONCE).map(encodeURIComponent);
      const bulk = readMetadata(await ask(`bulkmetadata?reserveIds=${asked.join(',')}`, signal));
      if (!bulk) throw new IlsFault('foreign', 'OverDrive', { mayHaveHappened: false });
      more.push(...bulk);
    }
    return { products: [...products, ...more], next: offset + page.products.length, total: page.total };
  };

  const read = async (signal: AbortSignal): Promise<TitleIndex> => {
    const index = createTitleIndex(settings.site_url);
    let offset = 0;
    let rests = 0;
    while (offset < settings.most_titles) {
      try {
        const page = await readFrom(offset, signal);
        page.products.forEach((product) => index.add(product));
        if (page.next === offset || page.next >= (page.total ?? Infinity)) break;
        offset = page.next;
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
