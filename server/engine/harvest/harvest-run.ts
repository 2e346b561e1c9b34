import { rm } from 'node:fs/promises';
import type { Clock } from '../cache/clock.js';
import type { RunningImport } from '../imports/imports.js';
import { bringIn, type HarvestImports } from './bring-in.js';
import type { Feed } from './feed.js';
import { gather } from './gather.js';
import type { HarvestRow, HarvestRun, HarvestStore } from './harvest-store.js';
import { createRecordReader } from './record-reader.js';
import { endSpool, openSpool, removeSpools, spoolFiles, writeGone } from './spool.js';

/** A feed, and the name under which the catalogue keeps what it brings. */
export interface HarvestSource {
  /** As for an import: records of every source but `main` carry it before their id. No two feeds may share it. */
  source: string;
  /** What makes it this feed and no other (kind, address, set): when it changes, everything is fetched anew. */
  feedId: string;
  feed: Feed;
  /** From the end of one harvest to the beginning of the next. */
  everyMinutes: number;
  /** Between full harvests, where the feed does not tell deletions or changes. */
  sweepEveryHours: number;
  /** How local fields are read, as for an import. */
  profile?: string;
}

export interface RunDeps {
  store: HarvestStore;
  imports: HarvestImports;
  dataDir: string;
  clock: Clock;
  /** Told of each import, such as to train vectors after it. */
  onImport?: (running: RunningImport) => void;
}

/** What a harvest came to. `message` is the import's own, or says that there was nothing to import. */
export interface HarvestEnd {
  mode: HarvestRun['mode'];
  records: number;
  deleted: number;
  changes: boolean;
  message: string;
}

/** A harvest that ends for a reason Carrel can name, as a sentence for staff; the catalogue is as it was. */
export class HarvestStopped extends Error {
  /** Sooner the same would happen again. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, retryAfterMs?: number) {
    super(message);
    this.name = 'HarvestStopped';
    this.retryAfterMs = retryAfterMs;
  }
}

/** A run that got no page for so many times in a row is begun anew: what it would go on with may be what is wrong. */
const MOST_TRIES = 3;
const HOUR_MS = 60 * 60_000;
/** Staff have so long to let a full harvest through that the brake stopped; to fetch it again would bring the same. */
const BRAKED_MS = 24 * HOUR_MS;
/** A deletion of an id that no record has: with it, a file of nothing but broken records can be imported. */
const NOBODY = 'carrel-harvest-nothing';

/**
 * One harvest of a source, begun or gone on with: its pages into a spool, the spool through an import like any other,
 * and then, only when that has succeeded, the cursor. Nothing is taken away by a full harvest that did not come to its
 * end. Throws HarvestStopped, IlsFault, HarvestLost, or the signal's reason.
 */
export async function runHarvest(
  deps: RunDeps,
  { source, feed, feedId, sweepEveryHours, profile }: HarvestSource,
  options: { holder: string; full: boolean; signal: AbortSignal },
): Promise<HarvestEnd> {
  const { store, imports, dataDir, clock } = deps;
  const { holder, signal } = options;
  const run = (await taken()) ?? (await begun());
  const files = spoolFiles(dataDir, source, run.number);
  const gathered = isGathered(run) ? run : await gatherAll(run);
  return conclude(gathered);

  /** The run to go on with; what became of its import meanwhile is looked at first. */
  async function taken(): Promise<HarvestRun | undefined> {
    const row = await stateNow();
    if (row.feed !== feedId) {
      await store.follow(source, feedId);
      return undefined;
    }
    if (row.run === undefined) return undefined;
    const isOver = await importIsOver(row.run);
    const isWorn = row.run.jobId === undefined && row.run.tries >= MOST_TRIES;
    const isTooLittle = options.full && row.run.mode === 'changes' && row.run.jobId === undefined;
    if (isOver || isWorn || isTooLittle) {
      await store.dropRun(source);
      return undefined;
    }
    const again = { ...row.run, tries: row.run.tries + 1 };
    await store.save(source, holder, again);
    return again;
  }

  /** An import that failed or was cancelled ends its run; one that staff let through after all is carried on with. */
  async function importIsOver({ jobId }: HarvestRun): Promise<boolean> {
    if (jobId === undefined) return false;
    const job = await imports.get(jobId);
    if (job.state !== 'failed' && job.state !== 'cancelled') return false;
    await imports.cancel(jobId);
    return true;
  }

  async function begun(): Promise<HarvestRun> {
    const told = await feed.describe({ signal });
    const row = await stateNow();
    const isFull = options.full || !told.changes || isSweepDue(row, told.deletions) || (await hasMoved(row));
    const run: HarvestRun = {
      number: row.last_run + 1,
      mode: isFull ? 'full' : 'changes',
      ...(!isFull && row.cursor !== null && { since: row.cursor }),
      base: isFull ? 0 : row.base,
      known: row.base,
      startedAt: new Date(clock.now()).toISOString(),
      ...told,
      bytes: 0,
      records: 0,
      spooled: 0,
      refused: 0,
      tries: 1,
    };
    await store.save(source, holder, run);
    await removeSpools(dataDir, source, run.number);
    await store.tidy(source);
    return run;
  }

  function isSweepDue(row: HarvestRow, deletions: 'kept' | 'lost'): boolean {
    if (row.cursor === null || row.swept_at === null) return true;
    return deletions === 'lost' && clock.now() - Date.parse(row.swept_at) >= sweepEveryHours * HOUR_MS;
  }

  /** The catalogue is no longer what the cursor belongs to: it went back, cannot be read, or staff put another file in. */
  async function hasMoved(row: HarvestRow): Promise<boolean> {
    const live = await imports.generations.live();
    if (live === undefined || imports.generations.unusable(live) !== undefined) return true;
    if (row.generation !== null && live.number < row.generation) return true;
    const last = await store.lastImport(source);
    return last?.mode === 'full' && last.jobId !== row.job_id;
  }

  async function gatherAll(begin: HarvestRun): Promise<HarvestRun & { cursor: string }> {
    const spool = await openSpool(files.records, begin.bytes);
    if (spool === undefined) {
      await store.dropRun(source);
      throw new HarvestStopped(`The records fetched so far for “${source}” are gone from the data folder.`);
    }
    const read = createRecordReader(() => imports.marcKnowledge(), {
      keysAreIlsIds: feed.keysAreIlsIds ?? false,
      profile,
    });
    try {
      return await gather({ store, clock, source, holder, feed, spool, read }, begin, signal);
    } finally {
      await spool.close();
    }
  }

  async function conclude(whole: HarvestRun & { cursor: string }): Promise<HarvestEnd> {
    const gone = await store.listGone(source, whole.number, whole.base);
    const end = { mode: whole.mode, records: whole.records, deleted: gone.length, changes: whole.changes };
    const isEmpty = whole.spooled === 0 && (whole.mode === 'full' || gone.length === 0);
    if (isEmpty) {
      await requireNothingBefore(whole);
      await rm(files.records, { force: true });
      await commit(whole);
      return { ...end, message: 'Nothing has changed.' };
    }
    let noted = whole;
    if (noted.jobId === undefined) await writeFiles(noted, gone);
    const job = await bringIn(deps, {
      request: {
        files: [
          ...(noted.spooled > 0 ? [{ path: files.records, name: 'records.xml', owned: true }] : []),
          ...(hasGone(noted, gone) ? [{ path: files.gone, name: 'deletions.xml', owned: true }] : []),
        ],
        source,
        mode: noted.mode,
        ...(profile !== undefined && { profile }),
      },
      jobId: noted.jobId,
      async note(jobId) {
        noted = { ...noted, jobId };
        await store.save(source, holder, noted);
      },
      signal,
    });
    if (job.state !== 'done') {
      throw new HarvestStopped(job.message, whole.mode === 'full' ? BRAKED_MS : undefined);
    }
    await commit(noted);
    return { ...end, message: job.message };
  }

  /** A feed that suddenly has nothing at all is more likely broken than emptied. */
  async function requireNothingBefore(whole: HarvestRun): Promise<void> {
    const row = await stateNow();
    if (whole.mode === 'changes' || !(await store.holdsAny(source, row.base))) return;
    await store.dropRun(source);
    throw new HarvestStopped(
      `The feed gave not a single record, though “${source}” has some; the catalogue is as it was.`,
    );
  }

  function hasGone(whole: HarvestRun, gone: readonly string[]): boolean {
    return gone.length > 0 || (whole.mode === 'changes' && whole.refused === whole.spooled);
  }

  async function writeFiles(whole: HarvestRun, gone: readonly string[]): Promise<void> {
    if (whole.spooled > 0) await endSpool(files.records, whole.bytes);
    if (hasGone(whole, gone)) await writeGone(files.gone, gone.length > 0 ? gone : [NOBODY]);
  }

  async function commit(whole: HarvestRun & { cursor: string }): Promise<void> {
    const live = await imports.generations.live();
    const last = await store.lastImport(source);
    await store.commit(source, holder, whole, {
      generation: live?.number ?? null,
      jobId: last?.jobId ?? null,
    });
    await store.tidy(source);
  }

  async function stateNow(): Promise<HarvestRow> {
    const row = await store.find(source);
    if (row === undefined) throw new Error(`nobody has taken the harvest of ${source}`);
    return row;
  }
}

function isGathered(run: HarvestRun): run is HarvestRun & { cursor: string } {
  return run.cursor !== undefined;
}
