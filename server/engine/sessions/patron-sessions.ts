import { createHmac, randomBytes } from 'node:crypto';
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
  /** Where it was begun, as a hash under a key that lives as long as the process. */
  origin: string;
  end: AbortController;
  usedAt: number;
}

/** Sessions held at once; of too many the longest unused leave first. */
export interface PatronSessionShares {
  all: number;
  /** Of one patron, so that one card fills nothing. */
  perPatron: number;
  /** Begun at one network address: a whole branch may share it, and yet nobody there can push out all others. */
  perAddress: number;
}

export const patronSessionShares: PatronSessionShares = { all: 20_000, perPatron: 20, perAddress: 2_000 };

/**
 * Sessions of patrons signed in. `onEnd` is told of every session that ends: by sign-out, by the end of a visit, by idle
 * time, by age, by being pushed out; once each. `visitGoesOn`: the patron has signed in anew in the same visit.
 */
export function createPatronSessions(deps: {
  onEnd: (session: PatronSession, how: { visitGoesOn: boolean }) => void;
  clock?: Clock;
  limits?: PatronSessionLimits;
  shares?: PatronSessionShares;
  /** How often sessions past their time are looked for; default a minute. */
  sweepMs?: number;
}) {
  const clock = deps.clock ?? systemClock;
  const limits = deps.limits ?? patronSessionLimits;
  const shares = deps.shares ?? patronSessionShares;
  const originKey = randomBytes(32);
  // In the order of use: the first is the longest unused.
  const kept = new Map<string, Kept>();

  const isOver = ({ session, usedAt }: Kept): boolean =>
    clock.now() >= session.endsAt || clock.now() - usedAt >= limits.idleMs;
  const drop = (one: Kept, visitGoesOn = false): void => {
    if (!kept.delete(one.session.id)) return;
    one.end.abort(new Error('the patron’s session has ended'));
    deps.onEnd(one.session, { visitGoesOn });
  };
  const isDuring = (visit: string, { session }: Kept): boolean =>
    session.visit === visit || session.formerVisit === visit;
  const dropWhere = (isMeant: (one: Kept) => boolean): void =>
    [...kept.values()].filter(isMeant).forEach((one) => drop(one));
  /** Of those that are meant, ends the longest unused until there is room for one more. */
  const makeRoom = (most: number, isMeant: (one: Kept) => boolean): void => {
    const meant = [...kept.values()].filter(isMeant);
    meant.slice(0, Math.max(0, meant.length - most + 1)).forEach((one) => drop(one));
  };
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

    /** `address` is remembered as a hash alone. */
    begin(
      patron: IlsPatron,
      { visit, formerVisit, address }: { visit: string; formerVisit?: string | undefined; address: string },
    ): PatronSession {
      const origin = createHmac('sha256', originKey).update(address).digest('base64url');
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
      makeRoom(shares.perPatron, (one) => one.session.patron.id === patron.id);
      makeRoom(shares.perAddress, (one) => one.origin === origin);
      makeRoom(shares.all, () => true);
      kept.set(session.id, { session, origin, end, usedAt: clock.now() });
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
    end(id: string, { visitGoesOn = false } = {}): void {
      const one = kept.get(id);
      if (one) drop(one, visitGoesOn);
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
