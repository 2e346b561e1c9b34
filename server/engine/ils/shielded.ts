import { setMaxListeners } from 'node:events';
import { LRUCache } from 'lru-cache';
import type { Availability, Branch } from '../../contract/availability.js';
import { reasonOf, systemClock, type Clock } from '../cache/clock.js';
import { createSharedWork } from '../cache/shared-work.js';
import { availabilityOf, unknownAvailability } from './availability.js';
import { createAskTogether } from './batch.js';
import type { Capabilities } from './capabilities.js';
import type { IlsCopies } from './copies.js';
import type { Ils } from './ils.js';
import { IlsFault } from './ils-fault.js';
import type { IlsRecord } from './record.js';
import { createShieldPolicy, type PolicyOptions } from './shield-policy.js';
import type { LenderAccounts } from './lender-accounts.js';
import { patronTimes, shieldPatrons, type PatronTimes, type ShieldedPatrons } from './shielded-patrons.js';

export interface ShieldOptions extends PolicyOptions {
  /** Those of the ids that the catalogue holds. */
  lookup: (recordIds: readonly string[]) => Promise<readonly IlsRecord[]>;
  /** Records that the system can know of; the others are told as having no copies, without asking. Default: all. */
  concerns?: (record: IlsRecord) => boolean;
  clock?: Clock;
  /** Younger answers are given without asking; default 60 s. */
  freshMs?: number;
  /** Older answers are no longer given at all; default 24 h. */
  staleMs?: number;
  /** One request for copies may take this long; default 2.5 s. */
  timeoutMs?: number;
  /** Records in one upstream request; default 60. */
  maxBatch?: number;
  /** Records remembered; default 50,000. */
  maxRecords?: number;
  /** True for a lender of e-copies; default false. */
  lends?: boolean;
  /** How long the verbs about patrons may take. */
  patronTimes?: Partial<PatronTimes>;
  /** True where patrons are asked about at another host than copies, so that trouble of one is none of the other. */
  patronsApart?: boolean;
}

/** Any Ils behind cache, turns, timeouts and breaker. A system that cannot say is a value here, never an error. */
export interface ShieldedIls {
  readonly source: Availability['source'];
  /** Name of the product, for staff. */
  readonly name: string;
  /** What is remembered, without asking: fresh, or marked stale, or unknown. */
  peek(recordId: string): Availability;
  /**
   * Availability of every record asked for. `onEach` is told of each record at once where something is remembered, as
   * `checking` while it is being asked for, and again as soon as it is known. Nobody waits for a system known to be away.
   * Rejects only when the signal aborts.
   */
  ask(
    recordIds: readonly string[],
    options: { signal: AbortSignal; onEach?: (recordId: string, availability: Availability) => void },
  ): Promise<Map<string, Availability>>;
  /** True where e-copies are lent, so that a record without copies of its own is worth asking about. */
  readonly lends: boolean;
  /** The system's branches; [] when it cannot say and none are remembered. */
  branches(options: { signal: AbortSignal }): Promise<Branch[]>;
  /** Which functions the system grants, as it said at most an hour ago; undefined when it cannot say. */
  capabilities(options: { signal: AbortSignal }): Promise<Capabilities | undefined>;
  readonly patrons: ShieldedPatrons;
  /** By which name patrons know this lender, where they are signed in at it too. */
  readonly lender?: string;
  /** What patrons have at the lenders of e-copies; undefined where they are signed in at none. */
  readonly lenderAccounts?: LenderAccounts;
  /** False while the system is known to be away. */
  isReachable(): boolean;
  /** Stops what runs in the background and closes the adapter. */
  close(): Promise<void>;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** What the system said nothing about, in an answer that came, is not asked for again for this long. */
const MISSED_MS = 15_000;
const CAPABILITIES_MS = 20_000;
/** How long a list of branches or functions that could not be had is not asked for again. */
const AGAIN_MS = 5_000;

/** Puts the shield around an Ils. Equal questions share one upstream request, at most one a freshness window. */
export function shieldIls(ils: Ils, options: ShieldOptions): ShieldedIls {
  const clock = options.clock ?? systemClock;
  const freshMs = options.freshMs ?? 60_000;
  const timeoutMs = options.timeoutMs ?? 2_500;
  const concerns = options.concerns ?? (() => true);
  const closing = new AbortController();
  // Every write under way listens to it.
  setMaxListeners(0, closing.signal);
  const policy = createShieldPolicy(clock, options);
  const aged = <V extends object>(ttl: number) =>
    new LRUCache<string, V>({
      max: options.maxRecords ?? 50_000,
      ttl,
      ttlResolution: 0,
      perf: { now: () => clock.now() },
    });
  const kept = aged<IlsCopies & { at: number }>(options.staleMs ?? DAY_MS);
  const missed = aged<object>(MISSED_MS);

  const together = createAskTogether({
    maxBatch: options.maxBatch ?? 60,
    async ask(recordIds, signal) {
      const records = await options.lookup(recordIds);
      const asked = records.filter(concerns);
      const at = clock.now();
      for (const { id } of records.filter((record) => !concerns(record)))
        kept.set(id, { items: [], ecopies: [], at });
      if (asked.length > 0) await learnOf(asked, signal);
    },
  });

  const copiesOf = (records: readonly IlsRecord[], signal: AbortSignal, repeatable: boolean) =>
    policy.call({ lane: 'shelves', timeoutMs, repeatable }, signal, (given) =>
      ils.availability(records, { signal: given }),
    );
  const learn = (records: readonly IlsRecord[], answer: ReadonlyMap<string, IlsCopies>): void => {
    for (const { id } of records) {
      const copies = answer.get(id);
      if (copies) kept.set(id, { ...copies, at: clock.now() });
      else missed.set(id, {});
    }
  };
  const learnOf = async (records: readonly IlsRecord[], signal: AbortSignal): Promise<void> => {
    try {
      learn(records, await copiesOf(records, signal, true));
    } catch (error) {
      if (signal.aborted) throw reasonOf(signal);
      if (records.length > 1 && isOverOne(error) && !policy.isAway()) await learnSingly(records, signal);
    }
  };
  /** One record that the system stumbles over keeps no word of the others back, and is left alone for a moment. */
  const learnSingly = async (records: readonly IlsRecord[], signal: AbortSignal): Promise<void> => {
    const answers = await Promise.all(
      records.map((record) => outcomeOf(signal, (stop) => copiesOf([record], stop, false))),
    );
    if (answers.every((answer) => answer === undefined)) return;
    records.forEach((record, n) => learn([record], answers[n] ?? new Map<string, IlsCopies>()));
  };

  const peek = (id: string): Availability => {
    const entry = kept.get(id);
    if (!entry) return unknownAvailability(ils.source);
    const stale = clock.now() - entry.at > freshMs;
    return availabilityOf(entry, { asOf: new Date(entry.at).toISOString(), stale, source: ils.source });
  };
  const isDue = (id: string): boolean => {
    const entry = kept.get(id);
    return !missed.has(id) && (entry === undefined || clock.now() - entry.at > freshMs);
  };

  let looking = false;
  /** One request that nobody waits for, to see whether the system is back. */
  const lookWhether = (ids: readonly string[]): void => {
    if (looking || !policy.allows()) return;
    looking = true;
    together
      .join(ids, closing.signal, () => undefined)
      // Whoever asks next and waits meets the same error in person.
      .catch(() => undefined)
      .finally(() => (looking = false));
  };

  const branches = remembering(clock, DAY_MS, (signal) =>
    policy.call({ lane: 'shelves', timeoutMs, repeatable: true }, signal, (given) =>
      ils.branches({ signal: given }),
    ),
  );
  const capabilities = remembering(clock, HOUR_MS, (signal) =>
    policy.call({ lane: 'shelves', timeoutMs: CAPABILITIES_MS, repeatable: true }, signal, (given) =>
      ils.capabilities({ signal: given }),
    ),
  );

  return {
    source: ils.source,
    name: ils.name,
    lends: options.lends ?? false,
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
      const due = unique.filter(isDue);
      unique.filter((id) => !due.includes(id)).forEach(learn);
      if (due.length === 0) return known;
      if (policy.isAway() || !policy.allows()) {
        lookWhether(due);
        due.forEach(learn);
        return known;
      }
      for (const id of due) if (kept.has(id)) onEach?.(id, { ...peek(id), checking: true });
      await together.join(due, signal, (ids) => ids.forEach(learn));
      return known;
    },
    async branches({ signal }) {
      return ((await branches(signal)) ?? []).map(({ id, name }) => ({ id, name }));
    },
    capabilities: ({ signal }) => capabilities(signal),
    ...(ils.lender !== undefined && { lender: ils.lender }),
    patrons: shieldPatrons(ils, {
      policy: options.patronsApart === true ? createShieldPolicy(clock, options) : policy,
      clock,
      times: { ...patronTimes, ...options.patronTimes },
      closing: closing.signal,
    }),
    isReachable: () => !policy.isAway(),
    async close() {
      closing.abort(new Error('closing'));
      await ils.close();
    },
  };
}

/** The system is there and could not answer this: it may well answer something else. */
function isOverOne(error: unknown): boolean {
  return error instanceof IlsFault && (error.kind === 'broken' || error.kind === 'foreign');
}

/** Undefined when nothing came of it. Rejects only with the signal's reason. */
async function outcomeOf<T>(
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await call(signal);
  } catch {
    if (signal.aborted) throw reasonOf(signal);
    return undefined;
  }
}

/**
 * A value that is loaded once for all who ask, and again when it is older than `freshMs`. The old one is given when that
 * comes to nothing, and for a moment afterwards nobody tries again.
 */
function remembering<T>(
  clock: Clock,
  freshMs: number,
  load: (signal: AbortSignal) => Promise<T>,
): (signal: AbortSignal) => Promise<T | undefined> {
  const shared = createSharedWork();
  let last: { value: T; at: number } | undefined;
  let failedAt = -Infinity;
  return async (signal) => {
    signal.throwIfAborted();
    const isFresh = last !== undefined && clock.now() - last.at <= freshMs;
    if (isFresh || clock.now() - failedAt < AGAIN_MS) return last?.value;
    const value = await shared.join('', signal, (stop) => outcomeOf(stop, load));
    if (value === undefined) failedAt = clock.now();
    else last = { value, at: clock.now() };
    return last?.value;
  };
}

/** For a library without a system to ask: every answer is unknown, from nobody. */
export function noIls(): ShieldedIls {
  const nobodyKnows = unknownAvailability('none');
  const none = (): Promise<{ outcome: 'unavailable'; because: 'not_offered' }> =>
    Promise.resolve({ outcome: 'unavailable', because: 'not_offered' });
  return {
    source: 'none',
    name: 'none',
    lends: false,
    peek: () => nobodyKnows,
    ask(recordIds, { signal, onEach }) {
      signal.throwIfAborted();
      recordIds.forEach((id) => onEach?.(id, nobodyKnows));
      return Promise.resolve(new Map(recordIds.map((id) => [id, nobodyKnows])));
    },
    branches: () => Promise.resolve([]),
    capabilities: () => Promise.resolve(undefined),
    patrons: {
      authenticate: none,
      account: none,
      pickupBranches: none,
      placeHold: none,
      continueHold: none,
      cancelHold: none,
      renew: none,
      endSession: () => Promise.resolve(),
    },
    isReachable: () => true,
    close: () => Promise.resolve(),
  };
}
