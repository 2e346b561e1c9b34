import type { Clock } from '../../cache/clock.js';
import { createSharedWork } from '../../cache/shared-work.js';
import { IlsFault } from '../ils-fault.js';
import type { IlsBranch } from '../record.js';
import type { Papi } from './papi.js';
import { id, number, rows, text, type Row } from './wire.js';

export interface Branches {
  /** All branches, asked for now. */
  ask(signal: AbortSignal): Promise<IlsBranch[]>;
  /** Where who belongs to this branch may fetch a hold; every branch where Polaris has no such list. */
  forPickup(homeBranchId: string | undefined, signal: AbortSignal): Promise<IlsBranch[]>;
  /** A branch by its id, where its name has been learnt already. */
  remembered(branchId: string): IlsBranch | undefined;
}

const DAY_MS = 86_400_000;
const BRANCH = 3;

export function createBranches({ papi, clock }: { papi: Papi; clock: Clock }): Branches {
  const shared = createSharedWork();
  let kept: { branches: IlsBranch[]; at: number } | undefined;

  const ask = async (signal: AbortSignal): Promise<IlsBranch[]> => {
    const reply = await papi.get({ path: '/organizations/branch', as: 'library', line: 'copies', signal });
    const found = rows(reply, 'OrganizationsGetRows');
    if (!found) throw new IlsFault('foreign', papi.system);
    const branches = found.flatMap(branchOf);
    kept = { branches, at: clock.now() };
    return branches;
  };
  const known = async (signal: AbortSignal): Promise<IlsBranch[]> =>
    kept && clock.now() - kept.at < DAY_MS ? kept.branches : shared.join('branches', signal, ask);

  const pickupIds = async (
    org: string | undefined,
    signal: AbortSignal,
  ): Promise<Set<string> | undefined> => {
    const where = org === undefined ? {} : { org };
    try {
      const reply = await papi.get({
        path: '/pickupbranches',
        as: 'library',
        line: 'patrons',
        signal,
        ...where,
      });
      const list = reply['PickupBranchesRows'];
      const bare = Array.isArray(list) ? list.filter((one) => typeof one === 'number').map(String) : [];
      const found = rows(reply, 'PickupBranchesRows');
      if (!found) throw new IlsFault('foreign', papi.system);
      return new Set([...bare, ...found.flatMap((row) => id(row, 'ID', 'OrganizationID') ?? [])]);
    } catch (error) {
      // Older versions have no such method; where a hold may be fetched then shows when it is placed.
      if (error instanceof IlsFault && error.kind === 'not_offered') return undefined;
      throw error;
    }
  };

  return {
    ask,
    async forPickup(homeBranchId, signal) {
      const [all, ids] = await Promise.all([known(signal), pickupIds(homeBranchId, signal)]);
      return ids === undefined ? all : all.filter((branch) => ids.has(branch.id));
    },
    remembered: (branchId) => kept?.branches.find((branch) => branch.id === branchId),
  };
}

function branchOf(row: Row): IlsBranch[] {
  const branchId = id(row, 'OrganizationID');
  const kind = number(row, 'OrganizationCodeID') ?? BRANCH;
  if (branchId === undefined || kind !== BRANCH) return [];
  return [{ id: branchId, name: text(row, 'DisplayName', 'Name') ?? branchId, pickup: true }];
}
