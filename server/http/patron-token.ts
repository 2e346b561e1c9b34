import { errors, jwtVerify, SignJWT } from 'jose';
import { systemClock, type Clock } from '../engine/cache/clock.js';

const ALGORITHM = 'HS256';
const ISSUER = 'carrel';

/** What a patron's cookie holds: the id of a session in this process's memory and two times, signed. Nothing about anybody. */
export interface PatronTokens {
  sign(sessionId: string): Promise<string>;
  /** The session id and the token's age; undefined when it is not of this library's making, or too old. */
  read(token: string): Promise<{ sessionId: string; ageMs: number } | undefined>;
}

/** `key`: 32 bytes. A token is good for `lifetimeMs` and given anew while its session is used. */
export function createPatronTokens(deps: {
  key: Uint8Array;
  lifetimeMs: number;
  clock?: Clock;
}): PatronTokens {
  const clock = deps.clock ?? systemClock;
  const seconds = (ms: number): number => Math.floor(ms / 1000);

  return {
    sign: (sessionId) =>
      new SignJWT({ sid: sessionId })
        .setProtectedHeader({ alg: ALGORITHM })
        .setIssuer(ISSUER)
        .setIssuedAt(seconds(clock.now()))
        .setExpirationTime(seconds(clock.now() + deps.lifetimeMs))
        .sign(deps.key),

    async read(token) {
      try {
        const { payload } = await jwtVerify(token, deps.key, {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          currentDate: new Date(clock.now()),
          requiredClaims: ['iat', 'exp', 'sid'],
        });
        const { sid, iat = 0 } = payload;
        return typeof sid === 'string' ? { sessionId: sid, ageMs: clock.now() - iat * 1000 } : undefined;
      } catch (error) {
        // Forged, of another key or too old: for whoever sent it there is no session.
        if (error instanceof errors.JOSEError) return undefined;
        throw error;
      }
    },
  };
}
