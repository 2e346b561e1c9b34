import { backoffMs } from '../remote/backoff.js';
import type { HarvestEnd, HarvestSource } from './harvest-run.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** What a start itself takes up again, such as an import that was interrupted, comes first. */
const SETTLE_MS = 5000;
/** Over this time the first harvests after a start are spread. */
const START_MS = MINUTE_MS;
const RETRY_MS = 15 * MINUTE_MS;
/** Doubling so often is more than a day. */
const MOST_DOUBLINGS = 10;

type Times = Pick<HarvestSource, 'everyMinutes' | 'sweepEveryHours'>;

/** No harvest begins before this after a start, however long it has been due. */
export function firstDue(now: number, random: () => number): number {
  return now + SETTLE_MS + Math.round(START_MS * random());
}

/** A tenth of the time is chance; a feed that cannot say what has changed is asked only when everything is due. */
export function dueAfterSuccess(
  source: Times,
  end: Pick<HarvestEnd, 'changes'>,
  now: number,
  random: () => number,
): number {
  const everyMs = end.changes ? source.everyMinutes * MINUTE_MS : source.sweepEveryHours * HOUR_MS;
  return now + Math.round(everyMs * (1 + random() / 10));
}

/** After a quarter of an hour or less, then later and later up to a day; never before the other side wants to be asked. */
export function dueAfterFailure(
  source: Times,
  failure: { failures: number; retryAfterMs: number | undefined },
  now: number,
  random: () => number,
): number {
  const again = Math.min(Math.max(1, failure.failures), MOST_DOUBLINGS);
  const pauseMs = Math.min(
    DAY_MS,
    backoffMs(again, Math.min(RETRY_MS, source.everyMinutes * MINUTE_MS), random),
  );
  return now + Math.max(pauseMs, failure.retryAfterMs ?? 0);
}
