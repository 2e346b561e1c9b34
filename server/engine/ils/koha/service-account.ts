import { z } from 'zod';
import type { Clock } from '../../cache/clock.js';
import { createSharedWork } from '../../cache/shared-work.js';
import type { HttpClient } from '../http-client.js';
import { IlsFault } from '../ils-fault.js';
import { answerOf, faultOf } from './answer.js';
import type { KohaSettings } from './settings.js';

/** Carrel's own account at Koha. Tokens live in memory, are asked for once by all who wait and renewed before they end. */
export interface ServiceAccount {
  readonly exists: boolean;
  /** Value of the Authorization header. Rejects with IlsFault. */
  header(signal: AbortSignal): Promise<string>;
  /** Koha turned this header down: true when another may be had, which is then asked for anew. */
  turnedDown(header: string): boolean;
  /** Forgets a refusal that is remembered, so that the next one asks again. */
  askAnew(): void;
}

const grants = {
  oauth2:
    'System preference RESTOAuth2ClientCredentials switched on, and an API key of Carrel’s own patron record (Manage API keys): its client ID and secret',
  basic:
    'System preference RESTBasicAuth switched on, and the user name and password of Carrel’s own patron record',
  none: 'An account for Carrel: system preference RESTOAuth2ClientCredentials, and an API key of a patron record of its own',
} as const;

const REFUSAL_MS = 60_000;
const EARLY_MS = 60_000;

const Token = z.object({ access_token: z.string().min(1), expires_in: z.number().positive().default(3600) });

export function createServiceAccount(
  settings: KohaSettings,
  { client, clock }: { client: HttpClient; clock: Clock },
): ServiceAccount {
  const flights = createSharedWork();
  let held: { header: string; until: number } | undefined;
  let refused: { fault: IlsFault; until: number } | undefined;

  const fetchToken = async (signal: AbortSignal): Promise<string> => {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: settings.client_id ?? '',
      client_secret: settings.client_secret ?? '',
    }).toString();
    const askedAt = clock.now();
    const reply = await client.call({
      method: 'POST',
      target: `${client.basePath}/oauth/token`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body,
      signal,
    });
    const answer = answerOf(reply);
    const token = reply.status === 200 ? Token.safeParse(answer.json) : undefined;
    if (token?.success) {
      const lastsMs = token.data.expires_in * 1000;
      const header = `Bearer ${token.data.access_token}`;
      held = { header, until: askedAt + lastsMs - Math.min(EARLY_MS, lastsMs / 10) };
      refused = undefined;
      return header;
    }
    // 400: client credentials are not switched on. 403: no such key.
    if ([400, 401, 403].includes(reply.status)) {
      const fault = accountRefused('oauth2');
      refused = { fault, until: clock.now() + REFUSAL_MS };
      throw fault;
    }
    throw faultOf(answer, {
      method: 'POST',
      retryAfter: reply.headers['retry-after'],
      now: clock.now(),
    });
  };

  return {
    exists: settings.auth !== 'none',
    async header(signal) {
      if (settings.auth === 'none') throw accountRefused('none');
      if (settings.auth === 'basic') {
        const pair = Buffer.from(`${settings.user ?? ''}:${settings.password ?? ''}`, 'utf8');
        return `Basic ${pair.toString('base64')}`;
      }
      if (held && clock.now() < held.until) return held.header;
      if (refused && clock.now() < refused.until) throw refused.fault;
      return flights.join('token', signal, fetchToken);
    },
    turnedDown(header) {
      if (held?.header === header) held = undefined;
      return settings.auth === 'oauth2';
    },
    askAnew: () => (refused = undefined),
  };
}

/** What Koha's administrator has to do so that this way of signing in works. */
export function accountGrant(auth: KohaSettings['auth']): string {
  return grants[auth];
}

function accountRefused(auth: KohaSettings['auth']): IlsFault {
  return new IlsFault(auth === 'none' ? 'not_offered' : 'refused', 'Koha', {
    grant: grants[auth],
    mayHaveHappened: false,
  });
}
