import type { Branch } from '../../contract/availability.js';
import type { ItemStatus } from '../../contract/vocabulary.js';
import type { HeldItem } from '../catalogue/bib.js';
import { systemClock, type Clock } from '../cache/clock.js';
import { circulationOf } from './circulation.js';
import type { Capability } from './capabilities.js';
import type { IlsItem } from './copies.js';
import type { Ils } from './ils.js';
import { IlsFault } from './ils-fault.js';
import { noPatrons } from './not-offered.js';

/** How the demo system misbehaves, for tests and rehearsals. */
export interface DemoFaults {
  /** Milliseconds before each answer. */
  slowMs: number;
  /** Answers with an error, after `slowMs`. */
  failing: boolean;
  /** Cannot be reached at all. */
  offline: boolean;
  /** Says nothing about every second record asked for. */
  half: boolean;
}

export interface DemoIls extends Ils {
  readonly source: 'demo';
  misbehave(faults: Partial<DemoFaults>): void;
}

interface DemoCatalogue {
  branches(): readonly Branch[] | Promise<readonly Branch[]>;
}

const works: Capability = { works: true };
const lacks: Capability = { works: false, because: 'The demo system does not do this.' };
const nothing = {
  branches: lacks,
  availability: lacks,
  authenticate: lacks,
  account: lacks,
  renew: lacks,
  place_hold: lacks,
  cancel_hold: lacks,
  harvest: lacks,
};

/** States that a day does not change: a lost copy stays lost, and an unknown one is never made up. */
const lasting: ReadonlySet<ItemStatus> = new Set<ItemStatus>([
  'lost',
  'missing',
  'damaged',
  'withdrawn',
  'on_order',
  'in_process',
  'reference_only',
  'unknown',
]);

/**
 * A library system that is not one: branches and copies come from the imported records, their comings and goings from
 * `circulationOf`. It invents no copies: a record without item data answers []. Throws when told to misbehave.
 */
export function createDemoIls(deps: { catalogue: DemoCatalogue; clock?: Clock }): DemoIls {
  const clock = deps.clock ?? systemClock;
  const faults: DemoFaults = { slowMs: 0, failing: false, offline: false, half: false };

  const answer = async (signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    if (faults.offline) throw new IlsFault('unreachable', 'the demo system', { mayHaveHappened: false });
    if (faults.slowMs > 0) await clock.after(faults.slowMs, signal);
    if (faults.failing) throw new IlsFault('broken', 'the demo system');
  };

  return {
    source: 'demo',
    name: 'Demo',
    misbehave: (change) => void Object.assign(faults, change),
    async branches({ signal }) {
      await answer(signal);
      return (await deps.catalogue.branches()).map(({ id, name }) => ({ id, name, pickup: true }));
    },
    async availability(records, { signal }) {
      await answer(signal);
      const asked = faults.half ? records.filter((_record, index) => index % 2 === 0) : records;
      const names = new Map((await deps.catalogue.branches()).map((branch) => [branch.id, branch.name]));
      return new Map(
        asked.map(({ id, items }) => [
          id,
          { items: items.map((item) => copyOf(id, item, names, clock.now())), ecopies: [] },
        ]),
      );
    },
    capabilities: () => Promise.resolve({ ...nothing, branches: works, availability: works }),
    ...noPatrons('the demo system'),
    close: () => Promise.resolve(),
  };
}

function copyOf(
  recordId: string,
  item: HeldItem,
  names: ReadonlyMap<string, string>,
  nowMs: number,
): IlsItem {
  const hint = item.statusHint;
  const stays = hint !== undefined && lasting.has(hint);
  const { status, dueAt } = stays ? { status: hint } : circulationOf(item.itemId, nowMs);
  return {
    itemId: item.itemId,
    recordId,
    ...(item.barcode !== undefined && { barcode: item.barcode }),
    branchId: item.branchId,
    branchName: item.branchName ?? names.get(item.branchId) ?? item.branchId,
    ...(item.location !== undefined && { location: item.location }),
    ...(item.callNumber !== undefined && { callNumber: item.callNumber }),
    status,
    rawStatus: stays ? (item.rawStatus ?? hint) : `simulated: ${status}`,
    ...(dueAt !== undefined && { dueAt }),
  };
}
