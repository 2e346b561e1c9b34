import { systemClock, type Clock } from '../../engine/cache/clock.js';
import type { IlsPatron } from '../../engine/ils/patron.js';
import type { ShieldedPatrons } from '../../engine/ils/shielded-patrons.js';
import type { Attempter, PatronAttempts } from '../../engine/sessions/patron-attempts.js';
import type { Visits } from '../../engine/sessions/visits.js';

export type SignedIn =
  | { outcome: 'signed_in'; patron: IlsPatron }
  | { outcome: 'rejected' | 'blocked' | 'expired' | 'unavailable' }
  | { outcome: 'limited'; retryAfterMs: number };

export interface SignInDeps {
  patrons: Pick<ShieldedPatrons, 'authenticate' | 'endSession'>;
  attempts: PatronAttempts;
  visits: Pick<Visits, 'enter'>;
  clock?: Clock;
  /** A rejection goes out at a whole multiple of this, so that its time does not tell what was wrong; default 1 s. */
  rejectionStepMs?: number;
}

/**
 * Signing in: limits, then one question to the library's system, which is never repeated. Whoever leaves in the middle
 * is signed in nowhere, but the try counts: leaving is no way around the limits.
 */
export function createSignIn(deps: SignInDeps) {
  const clock = deps.clock ?? systemClock;
  const stepMs = deps.rejectionStepMs ?? 1000;
  const closing = new AbortController();

  const authenticate = async (who: Attempter & { pin: string }): Promise<SignedIn> => {
    const startedAt = clock.now();
    const attempt = deps.attempts.begin(who);
    if (!attempt.allowed) return { outcome: 'limited', retryAfterMs: attempt.retryAfterMs };
    try {
      const said = await deps.patrons.authenticate(who.card, who.pin, { signal: closing.signal });
      if (said.outcome === 'unavailable') {
        attempt.settle('nobody_knows');
        return { outcome: 'unavailable' };
      }
      if (said.outcome === 'rejected') {
        attempt.settle('wrong');
        const steps = Math.max(1, Math.ceil((clock.now() - startedAt) / stepMs));
        await clock.after(startedAt + steps * stepMs - clock.now(), closing.signal);
        return { outcome: 'rejected' };
      }
      attempt.settle('right');
      return said.outcome === 'ok'
        ? { outcome: 'signed_in', patron: said.patron }
        : { outcome: said.outcome };
    } finally {
      attempt.settle('nobody_knows');
    }
  };

  return {
    /** Problem('signed_out') when the visit that wanted to sign in has ended, before it was asked for or meanwhile. */
    async signIn(who: Attempter & { pin: string }): Promise<SignedIn> {
      const { over, leave } = deps.visits.enter(who.device);
      try {
        over.throwIfAborted();
        const answer = await authenticate(who);
        if (over.aborted && answer.outcome === 'signed_in') await deps.patrons.endSession(answer.patron);
        over.throwIfAborted();
        return answer;
      } finally {
        leave();
      }
    },

    close: (): void => closing.abort(new Error('closing')),
  };
}
