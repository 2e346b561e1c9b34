import type { Availability } from '../../contract/availability.js';
import type { Bib } from '../../engine/catalogue/bib.js';
import type { Clock } from '../../engine/cache/clock.js';
import type { ShieldedIls } from '../../engine/ils/shielded.js';

/** Availability of records, whether they stand on a shelf or behind a link. */
export interface Shelves {
  /** What is known without asking. */
  peek(bib: Bib, here?: string): Availability;
  /** Asks once for all; each record is told as it is known. Rejects only when the signal aborts. */
  ask(
    bibs: readonly Bib[],
    options: {
      signal: AbortSignal;
      here?: string | undefined;
      onEach?: (id: string, availability: Availability) => void;
    },
  ): Promise<Map<string, Availability>>;
}

/** `here`, a branch id, is told first among a record's branches. */
export function createShelves(deps: { ils: ShieldedIls; clock: Clock }): Shelves {
  const online = (): Availability => ({
    state: 'online',
    asOf: new Date(deps.clock.now()).toISOString(),
    stale: false,
    source: deps.ils.source,
    branches: [],
  });
  return {
    peek: (bib, here) => (isOnlineOnly(bib) ? online() : hereFirst(deps.ils.peek(bib.id), here)),
    async ask(bibs, { signal, here, onEach }) {
      const known = new Map<string, Availability>();
      const learn = (id: string, availability: Availability): void => {
        const told = hereFirst(availability, here);
        known.set(id, told);
        onEach?.(id, told);
      };
      for (const bib of bibs.filter(isOnlineOnly)) learn(bib.id, online());
      const held = bibs.filter((bib) => !isOnlineOnly(bib)).map((bib) => bib.id);
      await deps.ils.ask(held, { signal, onEach: learn });
      return known;
    },
  };
}

/** No copies, but a link: there is nothing to ask a library system about. */
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
