import type { Availability } from '../../contract/availability.js';
import type { Bib } from '../../engine/catalogue/bib.js';
import type { Clock } from '../../engine/cache/clock.js';
import type { ShieldedIls } from '../../engine/ils/shielded.js';

/** Availability of records, whether they stand on a shelf or behind a link. */
export interface Shelves {
  /** What is known without asking. */
  peek(bib: Bib, here?: string): Availability;
  /** The same just before it is asked for: marked as `checking` where the answer may be another. */
  peekBeforeAsking(bib: Bib, here?: string): Availability;
  /**
   * Asks once for all; each record is told as it is known, and again when more is. Rejects only when the signal aborts.
   */
  ask(
    bibs: readonly Bib[],
    options: {
      signal: AbortSignal;
      here?: string | undefined;
      /** False where nobody waits: answers what is known without asking. Default true. */
      askShelves?: boolean | undefined;
      /** After this, what is still out is answered as remembered, as `checking`, while the asking goes on. */
      withinMs?: number;
      onEach?: (id: string, availability: Availability) => void;
    },
  ): Promise<Map<string, Availability>>;
}

/** `here`, a branch id, is told first among a record's branches. */
export function createShelves(deps: { ils: ShieldedIls; clock: Clock }): Shelves {
  const { ils, clock } = deps;
  const told = (bib: Bib, availability: Availability, here: string | undefined): Availability => {
    const isTold = availability.ecopies !== undefined || availability.branches.length > 0;
    if (!isOnlineOnly(bib) || isTold) return hereFirst(availability, here);
    const { source, checking } = availability;
    const asOf = new Date(clock.now()).toISOString();
    return { state: 'online', asOf, stale: false, source, branches: [], ...(checking && { checking }) };
  };
  // A library's system knows copies of records that it gave without them.
  const isAsked = (bib: Bib): boolean => ils.lends || !isOnlineOnly(bib) || bib.keys.ilsId !== undefined;
  const peek = (bib: Bib, here?: string): Availability => told(bib, ils.peek(bib.id), here);

  return {
    peek,
    peekBeforeAsking(bib, here) {
      const remembered = ils.peek(bib.id);
      const mayChange = remembered.stale || (remembered.asOf === null && remembered.source !== 'none');
      const checking = mayChange && isAsked(bib) && ils.isReachable();
      return told(bib, { ...remembered, ...(checking && { checking }) }, here);
    },
    async ask(bibs, { signal, here, askShelves, withinMs, onEach }) {
      const known = new Map<string, Availability>();
      const byId = new Map(bibs.map((bib) => [bib.id, bib]));
      const learn = (bib: Bib, availability: Availability): void => {
        known.set(bib.id, availability);
        onEach?.(bib.id, availability);
      };
      const isOut = (bib: Bib): boolean => askShelves !== false && isAsked(bib);
      for (const bib of bibs) if (!isOut(bib)) learn(bib, peek(bib, here));
      const asking = ils.ask(
        bibs.filter(isOut).map((bib) => bib.id),
        {
          signal,
          onEach(id, availability) {
            const bib = byId.get(id);
            if (bib) learn(bib, told(bib, availability, here));
          },
        },
      );
      if (!(await isDoneWithin(asking, clock, withinMs)))
        for (const bib of bibs)
          if (!known.has(bib.id)) known.set(bib.id, { ...peek(bib, here), checking: true });
      signal.throwIfAborted();
      return known;
    },
  };
}

/** Rejects as the work does, as long as it is waited for. */
async function isDoneWithin(work: Promise<unknown>, clock: Clock, ms: number | undefined): Promise<boolean> {
  if (ms === undefined) return await work.then(() => true);
  const stop = new AbortController();
  const late = clock.after(ms, stop.signal).then(
    () => false,
    () => true,
  );
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    stop.abort();
    // What goes wrong later is met by those who wait for it.
    work.catch(() => undefined);
  }
}

/** No copies in the record, but a link. */
export function isOnlineOnly(bib: Bib): boolean {
  return bib.items.length === 0 && bib.links.length > 0;
}

/** Whether a copy can be taken now, at one branch or at any. */
export function isIn(availability: Availability, branch?: string): boolean {
  if (branch === undefined) return availability.state === 'available';
  return availability.branches.some((one) => one.branch_id === branch && one.available > 0);
}

function hereFirst(availability: Availability, here: string | undefined): Availability {
  if (here === undefined || availability.branches.length < 2) return availability;
  const branches = [...availability.branches].sort(
    (a, b) => Number(b.branch_id === here) - Number(a.branch_id === here),
  );
  return { ...availability, branches };
}
