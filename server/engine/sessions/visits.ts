import { LRUCache } from 'lru-cache';
import { Problem } from '../../contract/problems.js';
import { systemClock, type Clock } from '../cache/clock.js';
import { wipeInTime } from '../cache/wipe.js';

/** Work under way in a visit, from `enter` to `leave`. */
export interface Stay {
  /** Aborts when the visit ends, with Problem('signed_out'); aborted from the start in a visit that has ended. */
  readonly over: AbortSignal;
  readonly leave: () => void;
}

/**
 * Visits as the random ids of browser sessions: what is under way in each, and which have ended. An id is worth nothing
 * once its visit has ended or goes on under another one, however late what it asked for arrives.
 */
export interface Visits {
  enter(visit: string): Stay;
  /** Runs work of a visit, which rejects as soon as the visit ends, even where the work hears of nothing. */
  during<T>(visit: string, work: (over: AbortSignal) => Promise<T>): Promise<T>;
  /** The visit goes on under another id, with what is under way in it; the id from before counts as ended. */
  carryOver(before: string, now: string): void;
  end(visit: string): void;
  readonly hasEnded: (visit: string) => boolean;
}

interface Guest {
  visit: string;
  stop: AbortController;
}

/** `onEnd` forgets what is kept of a visit: it is told of every end, also of a visit that has ended before. */
export function createVisits(deps: {
  onEnd: (visit: string) => void;
  clock?: Clock;
  /** Nothing that a visit asked for is still on its way so long after its end; default 15 minutes. */
  rememberMs?: number;
  /** Ended visits remembered at once, the longest ended leave first; default 50,000. */
  maxRemembered?: number;
}): Visits {
  const clock = deps.clock ?? systemClock;
  const guests = new Map<string, Set<Guest>>();
  const ended = new LRUCache<string, true>({
    max: deps.maxRemembered ?? 50_000,
    ttl: deps.rememberMs ?? 900_000,
    ttlResolution: 0,
    perf: { now: () => clock.now() },
  });
  const wipeLater = wipeInTime(ended);
  const remember = (visit: string): void => {
    ended.set(visit, true);
    wipeLater();
  };
  const put = (guest: Guest): void => {
    guests.set(guest.visit, (guests.get(guest.visit) ?? new Set()).add(guest));
  };
  const enter = (visit: string): Stay => {
    const guest = { visit, stop: new AbortController() };
    if (ended.has(visit)) guest.stop.abort(visitEnded());
    else put(guest);
    return {
      over: guest.stop.signal,
      leave() {
        const here = guests.get(guest.visit);
        if (here?.delete(guest) && here.size === 0) guests.delete(guest.visit);
      },
    };
  };

  return {
    enter,

    async during(visit, work) {
      const { over, leave } = enter(visit);
      try {
        over.throwIfAborted();
        const isOver = new Promise<never>((_resolve, reject) => {
          over.addEventListener('abort', () => reject(over.reason as Problem), { once: true });
        });
        const working = work(over);
        working.catch(() => undefined);
        return await Promise.race([isOver, working]);
      } finally {
        leave();
      }
    },

    carryOver(before, now) {
      if (before === now) return;
      for (const guest of guests.get(before) ?? []) {
        guest.visit = now;
        put(guest);
      }
      guests.delete(before);
      remember(before);
    },

    end(visit) {
      remember(visit);
      const here = guests.get(visit) ?? [];
      guests.delete(visit);
      for (const { stop } of here) stop.abort(visitEnded());
      deps.onEnd(visit);
    },

    hasEnded: (visit) => ended.has(visit),
  };
}

function visitEnded(): Problem {
  return new Problem('signed_out', { detail: 'This visit has ended.' });
}
