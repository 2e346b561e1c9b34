import { LRUCache } from 'lru-cache';
import type { Availability, Branch } from '../../contract/availability.js';
import { reasonOf, systemClock, within, type Clock } from '../cache/clock.js';
import { availabilityOf, unknownAvailability } from './availability.js';
import { createBreaker } from '../remote/breaker.js';
import { createAskTogether } from './batch.js';
import type { IlsItem } from './copies.js';
import type { Ils } from './ils.js';
import type { IlsRecord } from './record.js';

export interface ShieldOptions {
  /** Those of the ids that the catalogue holds. */
  lookup: (recordIds: readonly string[]) => Promise<readonly IlsRecord[]>;
  clock?: Clock;
  /** Younger answers are given without asking; default 60 s. */
  freshMs?: number;
  /** Older answers are no longer given at all; default 24 h. */
  staleMs?: number;
  /** One upstream request may take this long; default 2.5 s. */
  timeoutMs?: number;
  /** Records in one upstream request; default 60. */
  maxBatch?: number;
  /** Records remembered; default 50,000. */
  maxRecords?: number;
  /** Failures in a row before nothing is asked for `openMs`; defaults 3 and 15 s. */
  failures?: number;
  openMs?: number;
}

/** Any Ils behind cache, timeout and breaker. A system that cannot say is a value here, never an error. */
export interface ShieldedIls {
  readonly source: Availability['source'];
  /** What is remembered, without asking: fresh, or marked stale, or unknown. */
  peek(recordId: string): Availability;
  /**
   * Availability of every record asked for. `onEach` is told of each record as soon as it is known. Rejects only when
   * the signal aborts.
   */
  ask(
    recordIds: readonly string[],
    options: { signal: AbortSignal; onEach?: (recordId: string, availability: Availability) => void },
  ): Promise<Map<string, Availability>>;
  /** The system's branches; [] when it cannot say and none are remembered. */
  branches(options: { signal: AbortSignal }): Promise<Branch[]>;
  /** False while the breaker refuses to ask. */
  isReachable(): boolean;
}

interface Remembered {
  items: IlsItem[];
  at: number;
}

const DAY_MS = 86_400_000;

/** Puts the shield around an Ils. Equal questions share one upstream request, at most one a freshness window. */
export function shieldIls(ils: Ils, options: ShieldOptions): ShieldedIls {
  const clock = options.clock ?? systemClock;
  const freshMs = options.freshMs ?? 60_000;
  const staleMs = options.staleMs ?? DAY_MS;
  const timeoutMs = options.timeoutMs ?? 2_500;
  const kept = new LRUCache<string, Remembered>({ max: options.maxRecords ?? 50_000 });
  const breaker = createBreaker({ clock, failures: options.failures ?? 3, openMs: options.openMs ?? 15_000 });
  let knownBranches: { value: Branch[]; at: number } | undefined;

  /** Undefined when the system did not answer. Rejects only when everyone who asked has left. */
  const attempt = async <T>(
    signal: AbortSignal,
    call: (signal: AbortSignal) => Promise<T>,
  ): Promise<T | undefined> => {
    if (!breaker.allows()) return undefined;
    try {
      const value = await within(clock, timeoutMs, signal, call);
      breaker.succeeded();
      return value;
    } catch {
      if (signal.aborted) {
        breaker.abandoned();
        throw reasonOf(signal);
      }
      breaker.failed();
      return undefined;
    }
  };

  const together = createAskTogether({
    maxBatch: options.maxBatch ?? 60,
    async ask(recordIds, signal) {
      const records = await options.lookup(recordIds);
      const answer = await attempt(signal, (inner) => ils.availability(records, { signal: inner }));
      for (const id of recordIds) {
        const items = answer?.get(id)?.items;
        if (items) kept.set(id, { items, at: clock.now() });
      }
    },
  });

  const peek = (id: string): Availability => {
    const entry = kept.get(id);
    const ageMs = entry ? clock.now() - entry.at : Infinity;
    if (!entry || ageMs > staleMs) return unknownAvailability(ils.source);
    const asOf = new Date(entry.at).toISOString();
    return availabilityOf(entry.items, { asOf, stale: ageMs > freshMs, source: ils.source });
  };
  const isFresh = (id: string): boolean => {
    const entry = kept.get(id);
    return entry !== undefined && clock.now() - entry.at <= freshMs;
  };

  return {
    source: ils.source,
    peek,
    async ask(recordIds, { signal, onEach }) {
      signal.throwIfAborted();
      const known = new Map<string, Availability>();
      const learn = (id: string): void => {
        const availability = peek(id);
        known.set(id, availability);
        onEach?.(id, availability);
      };
      const unique = [...new Set(recordIds)];
      unique.filter(isFresh).forEach(learn);
      const missing = unique.filter((id) => !known.has(id));
      await together.join(missing, signal, (ids) => ids.forEach(learn));
      return known;
    },
    async branches({ signal }) {
      if (knownBranches && clock.now() - knownBranches.at <= DAY_MS) return knownBranches.value;
      const value = await attempt(signal, (inner) => ils.branches({ signal: inner }));
      if (value) knownBranches = { value: value.map(({ id, name }) => ({ id, name })), at: clock.now() };
      return knownBranches?.value ?? [];
    },
    isReachable: () => !breaker.isOpen(),
  };
}

/** For a library without a system to ask: every answer is unknown, from nobody. */
export function noIls(): ShieldedIls {
  const nobodyKnows = unknownAvailability('none');
  return {
    source: 'none',
    peek: () => nobodyKnows,
    ask(recordIds, { signal, onEach }) {
      signal.throwIfAborted();
      recordIds.forEach((id) => onEach?.(id, nobodyKnows));
      return Promise.resolve(new Map(recordIds.map((id) => [id, nobodyKnows])));
    },
    branches: () => Promise.resolve([]),
    isReachable: () => true,
  };
}
