import { z } from 'zod';
import type { Clock } from '../../cache/clock.js';
import { createSharedWork } from '../../cache/shared-work.js';
import type { HttpClient } from '../http-client.js';
import { IlsFault } from '../ils-fault.js';
import { jsonOf, unexpected } from './answer.js';
import type { Pace } from './pace.js';
import type { OverDriveSettings } from './settings.js';

/** The access token of the library's own application: in memory, asked for once by all who wait, renewed before it ends. */
export interface ClientToken {
  get(signal: AbortSignal): Promise<string>;
  /** OverDrive turned this token down: the next one is asked for anew. */
  forget(token: string): void;
  /** Forgets that key and secret were refused, so that they are tried again at once. */
  askAnew(): void;
}

const Token = z.object({ access_token: z.string().min(1), expires_in: z.number().positive().default(600) });

const EARLY_MS = 60_000;
const REFUSAL_MS = 60_000;

export const keyGrant = 'Client key and client secret of an API application that OverDrive has approved';

export function createClientToken(
  settings: OverDriveSettings,
  { client, pace, clock }: { client: HttpClient; pace: Pace; clock: Clock },
): ClientToken {
  const flights = createSharedWork();
  const pair = Buffer.from(`${settings.client_key}:${settings.client_secret}`, 'utf8').toString('base64');
  let held: { token: string; until: number } | undefined;
  let refused: { fault: IlsFault; until: number } | undefined;

  const ask = async (signal: AbortSignal): Promise<string> => {
    await pace.turn(signal);
    const askedAt = clock.now();
    const reply = await client.call({
      method: 'POST',
      target: `${client.basePath}/token`,
      headers: {
        authorization: `Basic ${pair}`,
        'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
        accept: 'application/json',
      },
      body: 'grant_type=client_credentials',
      signal,
    });
    if ([400, 401, 403].includes(reply.status)) {
      const fault = new IlsFault('refused', 'OverDrive', { grant: keyGrant, mayHaveHappened: false });
      refused = { fault, until: clock.now() + REFUSAL_MS };
      throw fault;
    }
    if (reply.status !== 200) throw unexpected(reply, clock.now());
    const token = Token.safeParse(jsonOf(reply));
    if (!token.success) throw new IlsFault('foreign', 'OverDrive', { mayHaveHappened: false });
    const lastsMs = token.data.expires_in * 1000;
    held = { token: token.data.access_token, until: askedAt + lastsMs - Math.min(EARLY_MS, lastsMs / 10) };
    return held.token;
  };

  return {
    async get(signal) {
      if (held && clock.now() < held.until) return held.token;
      if (refused && clock.now() < refused.until) throw refused.fault;
      return flights.join('token', signal, ask);
    },
    forget(token) {
      if (held?.token === token) held = undefined;
    },
    askAnew: () => (refused = undefined),
  };
}
