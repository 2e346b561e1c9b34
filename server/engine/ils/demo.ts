import type { ItemStatus } from '../../contract/vocabulary.js';
import type { HeldItem } from '../catalogue/bib.js';
import { systemClock, type Clock } from '../cache/clock.js';
import { circulationOf } from './circulation.js';
import type { Capabilities, Capability } from './capabilities.js';
import type { IlsItem } from './copies.js';
import type { Ils } from './ils.js';
import { IlsFault } from './ils-fault.js';
import { createDemoPatrons, type DemoCatalogue } from './demo-patrons.js';

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
  /** The next write is done, and then no answer comes: none at all, or the connection is lost. Only the next. */
  afterWrite: 'silence' | 'cut_off' | undefined;
}

export interface DemoIls extends Ils {
  readonly source: 'demo';
  misbehave(faults: Partial<DemoFaults>): void;
  /** How often a PIN was looked at, for tests. */
  pinsTried: () => number;
}

const works: Capability = { works: true };
const capabilities: Capabilities = {
  branches: works,
  availability: works,
  authenticate: { works: true, note: 'Cards DEMO-0001 to DEMO-0004, PIN 1234: nobody’s.' },
  account: works,
  renew: works,
  place_hold: works,
  cancel_hold: works,
  harvest: { works: false, because: 'The demo has no catalogue of its own: it plays with the imported one.' },
};

const DAY_MS = 86_400_000;

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
 * `circulationOf`. It invents no copies: a record without item data answers []. Its patrons are nobody, and their loans and
 * holds are forgotten when it ends. Throws when told to misbehave.
 */
export function createDemoIls(deps: { catalogue: DemoCatalogue; clock?: Clock }): DemoIls {
  const clock = deps.clock ?? systemClock;
  const faults: DemoFaults = {
    slowMs: 0,
    failing: false,
    offline: false,
    half: false,
    afterWrite: undefined,
  };

  const answer = async (signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    if (faults.offline) throw new IlsFault('unreachable', 'the demo system', { mayHaveHappened: false });
    if (faults.slowMs > 0) await clock.after(faults.slowMs, signal);
    if (faults.failing) throw new IlsFault('broken', 'the demo system');
  };

  const answerWrite = async (signal: AbortSignal): Promise<void> => {
    const { afterWrite } = faults;
    faults.afterWrite = undefined;
    if (afterWrite === 'cut_off') throw new IlsFault('cut_off', 'the demo system');
    if (afterWrite === 'silence') await clock.after(DAY_MS, signal);
  };
  const { lentUntil, pinsTried, ...patrons } = createDemoPatrons({
    ...{ catalogue: deps.catalogue, clock, answer, answerWrite },
  });

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
          {
            items: items.map((item) => copyOf(id, item, names, clock.now(), lentUntil(item.itemId))),
            ecopies: [],
          },
        ]),
      );
    },
    async capabilities({ signal }) {
      await answer(signal);
      return capabilities;
    },
    pinsTried,
    ...patrons,
    close: () => Promise.resolve(),
  };
}

function copyOf(
  recordId: string,
  item: HeldItem,
  names: ReadonlyMap<string, string>,
  nowMs: number,
  lentUntil: string | undefined,
): IlsItem {
  const hint = item.statusHint;
  const stays = hint !== undefined && lasting.has(hint);
  const lent = lentUntil === undefined ? undefined : { status: 'checked_out' as const, dueAt: lentUntil };
  const { status, dueAt } = stays ? { status: hint } : (lent ?? circulationOf(item.itemId, nowMs));
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
