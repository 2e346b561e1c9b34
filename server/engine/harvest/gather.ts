import { setImmediate as breathe } from 'node:timers/promises';
import { DeadlineError, within, type Clock } from '../cache/clock.js';
import { IlsFault } from '../ils/ils-fault.js';
import type { Feed, HarvestPage } from './feed.js';
import type { HarvestRun, HarvestStore, SeenKey } from './harvest-store.js';
import type { SpoolRecord } from './record-reader.js';
import type { Spool } from './spool.js';

/**
 * A page that is not whole after this long will not be, waits that the other side asked for included; one that shows no
 * life is given up long before, by the connection.
 */
const PAGE_MS = 60 * 60_000;
/** Records that are read before anything else has its turn. */
const RECORDS_AT_ONCE = 5;

export interface GatherDeps {
  store: HarvestStore;
  clock: Clock;
  source: string;
  holder: string;
  feed: Feed;
  spool: Spool;
  read: (record: { key: string; marcxml: string }) => SpoolRecord;
}

/**
 * Follows a feed to its end, page by page into the spool; answers the run with its cursor. Each page is on disk before
 * it is noted, so that a process that dies goes on behind the last one. A record that is to the letter what came before
 * is not spooled again.
 */
export async function gather(
  deps: GatherDeps,
  begun: HarvestRun,
  signal: AbortSignal,
): Promise<HarvestRun & { cursor: string }> {
  const { store, clock, source, holder, feed } = deps;
  let run = begun;
  const leave = new AbortController();
  const pages = feed.harvest(
    {
      since: run.since,
      ...(run.resume !== undefined && { resume: run.resume }),
    },
    { signal: AbortSignal.any([signal, leave.signal]) },
  );
  let isWaiting = false;
  const nextPage = async (): Promise<IteratorResult<HarvestPage, string>> => {
    isWaiting = true;
    try {
      const step = await within(clock, PAGE_MS, signal, () => pages.next());
      isWaiting = false;
      return step;
    } catch (error) {
      if (error instanceof DeadlineError) throw new IlsFault('silent', 'The feed', { cause: error });
      throw error;
    }
  };
  try {
    for (;;) {
      const step = await nextPage();
      if (step.done) {
        const gathered = { ...run, cursor: step.value };
        await store.save(source, holder, gathered);
        return gathered;
      }
      const page = await readPage(step.value);
      const bytes = page.texts.length === 0 ? run.bytes : await deps.spool.append(page.texts);
      run = {
        ...run,
        bytes,
        resume: step.value.resume,
        records: run.records + page.records,
        spooled: run.spooled + page.texts.length,
        refused: run.refused + page.refused,
        tries: 0,
      };
      await store.notePage(source, holder, run, page);
    }
  } finally {
    leave.abort();
    // A feed that is still waiting for its page cannot be told to end; the abort is what ends it.
    if (!isWaiting) await pages.return('');
  }

  async function readPage({ records }: HarvestPage) {
    const keys = [...new Set(records.map(({ key }) => key))];
    const earlier = await store.known(source, run.number, keys);
    const held = await store.known(source, run.known, keys);
    const seen = new Map<string, SeenKey>();
    const left: string[] = [];
    const texts: string[] = [];
    let refused = 0;
    let living = 0;
    const note = (now: SeenKey): void => {
      const before = seen.get(now.key) ?? earlier.get(now.key);
      if (before?.id != null && before.id !== now.id) left.push(before.id);
      seen.set(now.key, now);
    };
    for (const [at, record] of records.entries()) {
      if (at % RECORDS_AT_ONCE === RECORDS_AT_ONCE - 1) await breathe(undefined, { signal });
      if (record.deleted) {
        note({ key: record.key, id: null, digest: null });
        continue;
      }
      living += 1;
      const given = deps.read(record);
      const { xml, digest } = given;
      const before = seen.get(record.key) ?? earlier.get(record.key);
      const last = before ?? held.get(record.key);
      const { id, isReadable } = knownId(last, given) ?? given.read();
      const isSame = isReadable && last?.id === id && last?.digest?.equals(digest) === true;
      if (!isReadable) refused += 1;
      // A full harvest has to bring everything, changes only what is other than it was.
      if (!isSame || (before === undefined && run.mode === 'full')) texts.push(xml);
      // What cannot even be named leaves its key as it was.
      if (id !== undefined) note({ key: record.key, id, digest: isReadable ? digest : null });
    }
    return { seen: [...seen.values()], left, texts, refused, records: living };
  }
}

/** Who comes to the letter as before need not be read again, where the id stands in the record itself. */
function knownId(
  last: SeenKey | undefined,
  { xml, digest }: SpoolRecord,
): { id: string; isReadable: true } | undefined {
  if (last?.id == null || last.digest?.equals(digest) !== true || !xml.includes(`>${last.id}<`))
    return undefined;
  return { id: last.id, isReadable: true };
}
