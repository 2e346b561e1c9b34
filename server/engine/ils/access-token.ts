import { z } from 'zod';
import type { Clock } from '../cache/clock.js';
import { createSharedWork } from '../cache/shared-work.js';
import { IlsFault } from './ils-fault.js';

/** A token, and for how many seconds it is good from when it was asked for. */
export interface GrantedToken {
  token: string;
  seconds: number;
}

/** The token of Carrel's own account at a system: in memory, asked for once by all who wait, renewed before it ends. */
export interface AccessToken {
  /** Rejects with the fault of who asks for it. One that is `refused` is remembered for a minute. */
  get(signal: AbortSignal): Promise<string>;
  /** The system turned this token down: the next one is asked for anew. */
  forget(token: string): void;
  /** Forgets a refusal, so that the system is asked again at once. */
  askAnew(): void;
}

const EARLY_MS = 60_000;
const REFUSAL_MS = 60_000;

export function createAccessToken(
  ask: (signal: AbortSignal) => Promise<GrantedToken>,
  clock: Clock,
): AccessToken {
  const flights = createSharedWork();
  let held: { token: string; until: number } | undefined;
  let refused: { fault: IlsFault; until: number } | undefined;

  const fetchToken = async (signal: AbortSignal): Promise<string> => {
    const askedAt = clock.now();
    try {
      const { token, seconds } = await ask(signal);
      const lastsMs = seconds * 1000;
      held = { token, until: askedAt + lastsMs - Math.min(EARLY_MS, lastsMs / 10) };
      return token;
    } catch (error) {
      if (error instanceof IlsFault && error.kind === 'refused')
        refused = { fault: error, until: clock.now() + REFUSAL_MS };
      throw error;
    }
  };

  return {
    async get(signal) {
      if (held && clock.now() < held.until) return held.token;
      if (refused && clock.now() < refused.until) throw refused.fault;
      return flights.join('token', signal, fetchToken);
    },
    forget(token) {
      if (held?.token === token) held = undefined;
    },
    askAnew: () => (refused = undefined),
  };
}

/** A token as OAuth 2 servers answer it; undefined for anything else. Many do not say how long it is good. */
export function readGrant(json: unknown, secondsUnlessSaid: number): GrantedToken | undefined {
  const read = Grant.safeParse(json);
  if (!read.success) return undefined;
  return { token: read.data.access_token, seconds: read.data.expires_in ?? secondsUnlessSaid };
}

const Grant = z.object({ access_token: z.string().min(1), expires_in: z.number().positive().optional() });
