import { DeadlineError, reasonOf, within, type Clock } from '../cache/clock.js';
import { backoffMs } from '../remote/backoff.js';
import { createTurns } from '../remote/turns.js';
import { IlsFault } from './ils-fault.js';
import { Abandoned, createShieldBreaker, LeftAlone } from './shield-breaker.js';

export interface PolicyOptions {
  /** Requests at a time; default 4. */
  atATime?: number;
  /** Outages in a row before the system is left alone for `openMs`; defaults 3 and 5 s. */
  failures?: number;
  openMs?: number;
  /** How often a read that failed in passing is repeated; default 1. */
  repeats?: number;
  /** Wait before the first repetition, of which half is chance; default 150 ms. */
  backoffMs?: number;
}

/** What kind of call it is: who takes turns with whom, how long it may take, whether it may be repeated. */
export interface CallOf {
  /** Callers of one lane are served in their order, and lanes in turn: the shelves never keep a patron waiting. */
  lane: 'shelves' | 'patrons';
  timeoutMs: number;
  /** True for what only reads. A write and a PIN are sent once. */
  repeatable: boolean;
}

/** The rules by which one system is called. */
export interface ShieldPolicy {
  /**
   * Rejects with the signal's reason, with LeftAlone when nothing was asked, with DeadlineError when no answer came in
   * time, and with what the adapter threw.
   */
  call<T>(of: CallOf, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** True while the system is known to be away. */
  isAway(): boolean;
  /** True when a call would go out now. */
  allows(): boolean;
}

/** A system that asks to be left alone for longer than this is tried again all the same. */
const LONGEST_REST_MS = 60_000;
/** Where it does not say for how long. */
const REST_MS = 2_000;

export function createShieldPolicy(clock: Clock, options: PolicyOptions = {}): ShieldPolicy {
  const turns = createTurns({ most: options.atATime ?? 4 });
  const repeats = options.repeats ?? 1;
  const breaker = createShieldBreaker({
    clock,
    failures: options.failures ?? 3,
    openMs: options.openMs ?? 5_000,
  });
  let restUntil = 0;
  const isResting = (): boolean => clock.now() < restUntil;

  const once = async <T>(
    { lane, timeoutMs }: CallOf,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    if (isResting()) throw new LeftAlone();
    const endTurn = await inLine(lane, timeoutMs, signal);
    try {
      if (isResting()) throw new LeftAlone();
      return await breaker.call(async () => {
        try {
          return await within(clock, timeoutMs, signal, work);
        } catch (error) {
          throw signal.aborted ? new Abandoned() : error;
        }
      });
    } catch (error) {
      if (signal.aborted) throw reasonOf(signal);
      if (error instanceof IlsFault && error.kind === 'busy')
        restUntil = clock.now() + Math.min(error.retryAfterMs ?? REST_MS, LONGEST_REST_MS);
      throw error;
    } finally {
      endTurn();
    }
  };

  /** A line that does not move within the time of a call is left: nothing was asked. */
  const inLine = async (lane: string, timeoutMs: number, signal: AbortSignal): Promise<() => void> => {
    try {
      return await within(clock, timeoutMs, signal, (inner) => turns.take(lane, inner));
    } catch (error) {
      if (error instanceof DeadlineError && !signal.aborted) throw new LeftAlone();
      throw error;
    }
  };

  return {
    async call(of, signal, work) {
      for (let again = 1; ; again += 1) {
        try {
          return await once(of, signal, work);
        } catch (error) {
          const isLast = !of.repeatable || again > repeats || breaker.isAway() || !isPassing(error);
          if (signal.aborted || isLast) throw error;
        }
        await clock.after(backoffMs(again, options.backoffMs ?? 150), signal);
      }
    },
    isAway: () => breaker.isAway(),
    allows: () => breaker.allows() && !isResting(),
  };
}

/** The same request may well succeed a moment later. Silence has cost its time already. */
function isPassing(error: unknown): boolean {
  return (
    error instanceof IlsFault &&
    (error.kind === 'unreachable' || error.kind === 'broken' || error.kind === 'cut_off')
  );
}
