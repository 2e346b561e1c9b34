import { z } from 'zod';
import type { Clock } from '../../cache/clock.js';
import { createSharedWork } from '../../cache/shared-work.js';
import { IlsFault } from '../ils-fault.js';
import type { IlsBranch } from '../record.js';
import type { KohaApi } from './api.js';
import { operations } from './operations.js';
import type { RefusedForNow } from './refused-for-now.js';
import { listRows } from './rows.js';

export const LibraryRow = z.object({
  library_id: z.string().min(1),
  name: z.string(),
  pickup_location: z.boolean().nullish(),
  needs_override: z.boolean().nullish(),
});

export interface KohaBranches {
  /** Asks Koha: its staff list, else the public one. */
  list(signal: AbortSignal): Promise<IlsBranch[]>;
  /** Names by id, a day old at most; none where Koha does not let Carrel see its libraries. */
  names(signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
}

const DAY_MS = 86_400_000;

export function createKohaBranches(deps: {
  api: KohaApi;
  refused: RefusedForNow;
  hasAccount: boolean;
  clock: Clock;
}): KohaBranches {
  const { api, refused, clock } = deps;
  const flights = createSharedWork();
  let known: { names: ReadonlyMap<string, string>; until: number } | undefined;

  const list = async (signal: AbortSignal): Promise<IlsBranch[]> => {
    const spec = await api.spec(signal);
    const order = { orderBy: 'library_id', signal };
    const staff =
      deps.hasAccount && spec.offers(operations.libraries)
        ? await refused.unlessRefused(operations.libraries, () =>
            listRows(api, operations.libraries, order, LibraryRow),
          )
        : undefined;
    if (!staff && !spec.offers(operations.publicLibraries)) {
      const grant = spec.permission(operations.libraries);
      throw new IlsFault('refused', 'Koha', grant === undefined ? {} : { grant: `Permission ${grant}` });
    }
    const rows =
      staff ?? (await listRows(api, operations.publicLibraries, { ...order, isPublic: true }, LibraryRow));
    if (!rows) throw new IlsFault('not_offered', 'Koha');
    const branches = rows.map(branchOf);
    known = { names: new Map(branches.map(({ id, name }) => [id, name])), until: clock.now() + DAY_MS };
    return branches;
  };

  return {
    list,
    async names(signal) {
      if (known && clock.now() < known.until) return known.names;
      return flights.join('names', signal, async (joint) => {
        const branches = await refused.unlessRefused(operations.publicLibraries, () => list(joint));
        return new Map(branches?.map(({ id, name }) => [id, name]));
      });
    },
  };
}

export function branchOf(row: z.infer<typeof LibraryRow>): IlsBranch {
  return { id: row.library_id, name: row.name, pickup: row.pickup_location !== false };
}
