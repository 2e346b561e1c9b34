import { randomBytes } from 'node:crypto';
import { systemClock, type Clock } from '../cache/clock.js';
import { wipeInTime } from '../cache/wipe.js';
import type { IlsPatron } from '../ils/patron.js';

export interface PatronSessionLimits {
  /** Without a request for so long a session ends; default 10 minutes. */
  idleMs: number;
  /** No session lasts longer, used or not; default 2 hours. */
  lifetimeMs: number;
}

export const patronSessionLimits: PatronSessionLimits = { idleMs: 600_000, lifetimeMs: 7_200_000 };

/** A patron signed in, in one browser. In memory only: nothing here is ever written down. */
export interface PatronSession {
  /** 128 random bits; a new one with every sign-in. */
  readonly id: string;
  readonly patron: IlsPatron;
  /** What every write of this session must carry. */
  readonly csrf: string;
  /** The anonymous session whose conversations belong to this visit. */
  readonly visit: string;
  /** The one from before the sign-in: all that a browser knows which leaves before it has the answer. */
  readonly formerVisit: string | undefined;
  /** Milliseconds since the epoch. */
  readonly signedInAt: number;
  readonly endsAt: number;
  /** Aborts when the session ends, however it does. */
  readonly ended: AbortSignal;
}

export type PatronSessions = ReturnType<typeof createPatronSessions>;

interface Kept {
  session: PatronSession;
  end: AbortController;
  usedAt: number;
}

/**
 * Sessions of patrons signed in. `onEnd` is told of every session that ends: by sign-out, by the end of a visit, by idle
 * time, by age, by being pushed out; once each.
 */
export function createPatronSessions(deps: {
  onEnd: (session: PatronSession) => void;
  clock?: Clock;
  limits?: PatronSessionLimits;
  /** Held at once, the longest unused leave first; default 20,000. */
  maxSessions?: number;
  /** How often sessions past their time are looked for; default a minute. */
  sweepMs?: number;
}) {
  const clock = deps.clock ?? systemClock;
  const limits = deps.limits ?? patronSessionLimits;
  // In the order of use: the first is the longest unused.
  const kept = new Map<string, Kept>();

  const isOver = ({ session, usedAt }: Kept): boolean =>
    clock.now() >= session.endsAt || clock.now() - usedAt >= limits.idleMs;
  const drop = (one: Kept): void => {
    if (!kept.delete(one.session.id)) return;
    one.end.abort(new Error('the patron’s session has ended'));
    deps.onEnd(one.session);
  };
  const isDuring = (visit: string, { session }: Kept): boolean =>
    session.visit === visit || session.formerVisit === visit;
  const dropWhere = (isMeant: (one: Kept) => boolean): void =>
    [...kept.values()].filter(isMeant).forEach(drop);
  const sweepLater = wipeInTime(
    {
      get size() {
        return kept.size;
      },
      purgeStale: () => dropWhere(isOver),
    },
    deps.sweepMs,
  );

  return {
    limits,

    begin(patron: IlsPatron, visit: string, formerVisit?: string): PatronSession {
      const end = new AbortController();
      const session: PatronSession = {
        id: randomBytes(16).toString('base64url'),
        patron,
        csrf: randomBytes(24).toString('base64url'),
        visit,
        formerVisit,
        signedInAt: clock.now(),
        endsAt: clock.now() + limits.lifetimeMs,
        ended: end.signal,
      };
      const [oldest] = kept.values();
      if (oldest && kept.size >= (deps.maxSessions ?? 20_000)) drop(oldest);
      kept.set(session.id, { session, end, usedAt: clock.now() });
      sweepLater();
      return session;
    },

    /** The session, used just now; undefined when it has ended or never was. */
    use(id: string): PatronSession | undefined {
      const one = kept.get(id);
      if (!one) return undefined;
      if (isOver(one)) {
        drop(one);
        return undefined;
      }
      kept.delete(id);
      kept.set(id, { ...one, usedAt: clock.now() });
      return one.session;
    },

    /** Whoever signed in during this visit of a browser, whether or not it still has their cookie. */
    duringVisit: (visit: string): PatronSession[] =>
      [...kept.values()].filter((one) => isDuring(visit, one)).map(({ session }) => session),

    /** Ends one session; one that has ended already is no error. */
    end(id: string): void {
      const one = kept.get(id);
      if (one) drop(one);
    },

    /** Ends every session of this patron, in whatever browser. */
    endAllOf(patronId: string): void {
      dropWhere(({ session }) => session.patron.id === patronId);
    },

    /** Ends the sessions of `duringVisit`. */
    endVisit(visit: string): void {
      dropWhere((one) => isDuring(visit, one));
    },

    endAll(): void {
      dropWhere(() => true);
    },

    count: (): number => kept.size,
  };
}
