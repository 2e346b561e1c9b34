import { within, type Clock } from '../../cache/clock.js';
import { createSharedWork } from '../../cache/shared-work.js';
import { IlsFault } from '../ils-fault.js';
import type { Papi } from './papi.js';
import { rows, text } from './wire.js';

/** A circulation status as this library has it: what copies carry, and the name that Polaris itself keeps for it. */
export interface ListedStatus {
  description: string;
  name: string;
}

/** ItemStatusesGet, which Polaris has from version 6.7 on. */
export interface StatusList {
  /** All statuses, asked for now. Throws IlsFault. */
  ask(signal: AbortSignal): Promise<ListedStatus[]>;
  /** All statuses as last heard within a day; none where Polaris does not tell them, or not soon enough. */
  known(signal: AbortSignal): Promise<readonly ListedStatus[]>;
}

const DAY_MS = 86_400_000;
/** After a list that did not come, copies are told without it for so long. */
const WITHOUT_MS = 10 * 60_000;
/** Copies wait no longer for what their statuses are called. */
const PATIENCE_MS = 2000;

export function createStatusList({ papi, clock }: { papi: Papi; clock: Clock }): StatusList {
  const shared = createSharedWork();
  let kept: { statuses: readonly ListedStatus[]; until: number } | undefined;

  const ask = async (signal: AbortSignal): Promise<ListedStatus[]> => {
    const reply = await papi.get({ path: '/itemstatuses', as: 'library', line: 'copies', signal });
    const found = rows(reply, 'ItemStatusesRows', 'ItemStatusesGetRows');
    if (!found) throw new IlsFault('foreign', papi.system);
    const statuses = found.flatMap((row) => {
      const name = text(row, 'Name');
      const description = text(row, 'Description') ?? name;
      return description === undefined ? [] : [{ description, name: name ?? description }];
    });
    kept = { statuses, until: clock.now() + DAY_MS };
    return statuses;
  };

  const soon = async (signal: AbortSignal): Promise<readonly ListedStatus[]> => {
    try {
      return await within(clock, PATIENCE_MS, signal, ask);
    } catch {
      signal.throwIfAborted();
      // Whatever it was, the copies themselves are there; what has no known name is then unknown.
      kept = { statuses: kept?.statuses ?? [], until: clock.now() + WITHOUT_MS };
      return kept.statuses;
    }
  };

  return {
    ask,
    async known(signal) {
      if (kept && clock.now() < kept.until) return kept.statuses;
      return shared.join('statuses', signal, soon);
    },
  };
}
