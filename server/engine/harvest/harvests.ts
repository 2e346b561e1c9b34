import { randomUUID } from 'node:crypto';
import { Problem } from '../../contract/problems.js';
import { systemClock, type Clock } from '../cache/clock.js';
import type { Database } from '../db/database.js';
import { IlsFault } from '../ils/ils-fault.js';
import { explained, ImportStopped } from '../imports/failures.js';
import type { RunningImport } from '../imports/imports.js';
import type { HarvestImports } from './bring-in.js';
import {
  HarvestStopped,
  runHarvest,
  type HarvestEnd,
  type HarvestSource,
  type RunDeps,
} from './harvest-run.js';
import { createHarvestStore, HarvestLost, STALE_MS, type HarvestRow } from './harvest-store.js';
import { dueAfterFailure, dueAfterSuccess, firstDue } from './schedule.js';

export interface HarvestDeps {
  database: Database;
  imports: HarvestImports;
  clock?: Clock;
  /** Told of errors that Carrel has no sentence for. */
  onFault?: (error: unknown) => void;
  /** Told of each import that a harvest begins, such as to train vectors after it. */
  onImport?: (running: RunningImport) => void;
  /** From 0 to below 1: spreads harvests of several sources. */
  random?: () => number;
}

/** How following a feed goes, for staff. Times are ISO 8601. */
export interface HarvestState {
  source: string;
  lastSuccessAt: string | undefined;
  /** Records that the last successful harvest brought; of changes, only those. */
  records: number;
  lastFullAt: string | undefined;
  lastFailureAt: string | undefined;
  /** One sentence. */
  failure: string | undefined;
  /** Since the last success. */
  failures: number;
  dueAt: string | undefined;
  /** How old the catalogue's copy is: time since the harvest began that the cursor comes from. */
  cursorAgeMs: number | undefined;
  /** A process is at work on it now. */
  isRunning: boolean;
  /** A harvest that has begun and not ended, whether or not a process is at work on it: it will be gone on with. */
  underWay: { mode: 'full' | 'changes'; records: number; startedAt: string; importing: boolean } | undefined;
}

/** This process may not: another one is harvesting the same source. */
export class HarvestTaken extends HarvestStopped {
  constructor(source: string) {
    super(`Another process is harvesting “${source}” already.`);
    this.name = 'HarvestTaken';
  }
}

type Attempt = { end: HarvestEnd } | { stopped: unknown };

const BEAT_MS = 30_000;
const TAKEN_MS = 60_000;
/** Timers are set for a day at most. */
const LONGEST_SLEEP_MS = 24 * 60 * 60_000;

export type Harvests = ReturnType<typeof createHarvests>;

/**
 * Keeps the catalogue true to feeds: each followed source is harvested again some time after its last harvest has ended,
 * never twice at once over all processes, later and later while it fails. All that is known of it is in carrel.db, so
 * that a restart neither storms nor forgets.
 */
export function createHarvests(deps: HarvestDeps) {
  const { imports, clock = systemClock, random = Math.random } = deps;
  const { db, dataDir } = deps.database;
  const store = createHarvestStore({ db, now: () => clock.now() });
  const running: RunDeps = {
    store,
    imports,
    dataDir,
    clock,
    ...(deps.onImport && { onImport: deps.onImport }),
  };
  const followed = new Map<string, { stop: AbortController; ended: Promise<void> }>();
  const underWay = new Map<string, Promise<Attempt>>();
  const closing = new AbortController();

  /** One harvest under this process's hand. What stopped it is noted and comes back; only what could not be noted throws. */
  async function attempt(source: HarvestSource, full: boolean, signal: AbortSignal): Promise<Attempt> {
    const holder = randomUUID();
    const name = source.source;
    if (!(await store.take(name, source.feedId, holder))) throw new HarvestTaken(name);
    const lost = new AbortController();
    const over = new AbortController();
    const beating = beat(name, holder, lost, over.signal);
    try {
      const options = { holder, full, signal: AbortSignal.any([signal, lost.signal]) };
      const end = await runHarvest(running, source, options);
      await store.setDue(name, dueAfterSuccess(source, end, clock.now(), random));
      return { end };
    } catch (error) {
      if (signal.aborted || lost.signal.aborted || error instanceof HarvestLost) throw error;
      await note(source, error);
      return { stopped: error };
    } finally {
      over.abort();
      await beating;
      await store.release(name, holder);
    }
  }

  /** Says every half minute that this process is at work; learns so, too, that another one has taken over. */
  async function beat(name: string, holder: string, lost: AbortController, over: AbortSignal): Promise<void> {
    for (;;) {
      try {
        await clock.after(BEAT_MS, over);
      } catch (error) {
        if (over.aborted) return;
        throw error;
      }
      if (!(await store.beat(name, holder))) lost.abort(new HarvestLost());
    }
  }

  async function note(source: HarvestSource, thrown: unknown): Promise<void> {
    const sentence = sentenceOf(thrown);
    if (sentence === undefined) deps.onFault?.(thrown);
    const failures = await store.fail(source.source, sentence ?? OUR_SIDE);
    const isSpaced = thrown instanceof IlsFault || thrown instanceof HarvestStopped;
    const retryAfterMs = isSpaced ? thrown.retryAfterMs : undefined;
    const due = dueAfterFailure(source, { failures, retryAfterMs }, clock.now(), random);
    await store.setDue(source.source, due);
  }

  async function keep(source: HarvestSource, signal: AbortSignal): Promise<void> {
    const earliest = firstDue(clock.now(), random);
    while (!signal.aborted) {
      const row = await store.find(source.source);
      const isSame = row?.feed === source.feedId && row.due_at !== null;
      const due = isSame ? Math.max(earliest, Date.parse(row.due_at ?? '')) : earliest;
      const waitMs = due - clock.now();
      if (waitMs > 0) await clock.after(Math.min(waitMs, LONGEST_SLEEP_MS), signal);
      else await tryOnce(source, signal);
    }
  }

  async function tryOnce(source: HarvestSource, signal: AbortSignal): Promise<void> {
    try {
      await joined(source, { signal });
    } catch (error) {
      if (signal.aborted) return;
      const isElsewhere = error instanceof HarvestTaken || error instanceof HarvestLost;
      if (!isElsewhere) deps.onFault?.(error);
      await clock.after(TAKEN_MS, signal);
    }
  }

  function joined(source: HarvestSource, options: { full?: boolean; signal: AbortSignal }): Promise<Attempt> {
    const before = underWay.get(source.source);
    if (before) return before;
    const signal = AbortSignal.any([options.signal, closing.signal]);
    const work = attempt(source, options.full ?? false, signal).finally(() => underWay.delete(source.source));
    underWay.set(source.source, work);
    return work;
  }

  return {
    /**
     * Begins to follow a feed. Throws RangeError where its source is followed already: two feeds would take away each
     * other's records.
     */
    follow(source: HarvestSource): void {
      if (followed.has(source.source)) throw new RangeError(`“${source.source}” is followed already`);
      const stop = new AbortController();
      const ended = keep(source, stop.signal).catch((error: unknown) => {
        if (!stop.signal.aborted) deps.onFault?.(error);
      });
      followed.set(source.source, { stop, ended });
    },

    /** Stops following a source; a harvest under way is gone on with when it is followed again. */
    async leave(name: string): Promise<void> {
      const here = followed.get(name);
      followed.delete(name);
      here?.stop.abort();
      await here?.ended;
    },

    /**
     * Harvests a source now, or joins the harvest of it that is under way here. Throws HarvestTaken where another process
     * is at it, and otherwise what stopped it, which is noted then.
     */
    async once(source: HarvestSource, options: { full?: boolean; signal: AbortSignal }): Promise<HarvestEnd> {
      const attempted = await joined(source, options);
      if ('stopped' in attempted) throw attempted.stopped;
      return attempted.end;
    },

    /** How following a source goes; undefined where it never began. */
    async state(name: string): Promise<HarvestState | undefined> {
      const row = await store.find(name);
      return row && shown(row, clock.now());
    },

    /** How every source goes that was ever followed, by whichever process. */
    async states(): Promise<HarvestState[]> {
      return (await store.list()).map((row) => shown(row, clock.now()));
    },

    /** Stops everything and waits for it. */
    async close(): Promise<void> {
      closing.abort();
      for (const { stop } of followed.values()) stop.abort();
      await Promise.all([...followed.values()].map(({ ended }) => ended));
      await Promise.allSettled(underWay.values());
    },
  };
}

const OUR_SIDE = 'Something went wrong on our side; the catalogue is as it was.';

/** What staff are told; undefined for what Carrel has no sentence for. */
export function sentenceOf(thrown: unknown): string | undefined {
  const error = explained(thrown);
  if (error instanceof IlsFault) {
    return `${error.message}; the catalogue is as it was.${error.grant === undefined ? '' : ` ${error.grant}`}`;
  }
  const isKnown =
    error instanceof HarvestStopped || error instanceof ImportStopped || error instanceof Problem;
  return isKnown ? error.message : undefined;
}

function shown(row: HarvestRow, now: number): HarvestState {
  const { run } = row;
  return {
    source: row.source,
    lastSuccessAt: row.succeeded_at ?? undefined,
    records: row.records,
    lastFullAt: row.swept_at ?? undefined,
    lastFailureAt: row.failed_at ?? undefined,
    failure: row.failure ?? undefined,
    failures: row.failures,
    dueAt: row.due_at ?? undefined,
    cursorAgeMs: row.cursor_at === null ? undefined : now - Date.parse(row.cursor_at),
    isRunning: row.holder !== null && now - (row.heartbeat_ms ?? 0) < STALE_MS,
    underWay: run && {
      mode: run.mode,
      records: run.records,
      startedAt: run.startedAt,
      importing: run.cursor !== undefined,
    },
  };
}
