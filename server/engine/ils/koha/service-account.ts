import type { Clock } from '../../cache/clock.js';
import { createAccessToken, readGrant, type GrantedToken } from '../access-token.js';
import type { HttpClient } from '../http-client.js';
import { IlsFault } from '../ils-fault.js';
import { answerOf, faultOf } from './answer.js';
import type { KohaSettings } from './settings.js';

/** Carrel's own account at Koha. */
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

/** Where Koha does not say how long a token is good. */
const UNSAID_S = 3600;
const BEARER = 'Bearer ';

export function createServiceAccount(
  settings: KohaSettings,
  { client, clock }: { client: HttpClient; clock: Clock },
): ServiceAccount {
  const fetchToken = async (signal: AbortSignal): Promise<GrantedToken> => {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: settings.client_id ?? '',
      client_secret: settings.client_secret ?? '',
    }).toString();
    const reply = await client.call({
      method: 'POST',
      target: `${client.basePath}/oauth/token`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body,
      signal,
    });
    const answer = answerOf(reply);
    const granted = reply.status === 200 ? readGrant(answer.json, UNSAID_S) : undefined;
    if (granted) return granted;
    // 400: client credentials are not switched on. 403: no such key.
    if ([400, 401, 403].includes(reply.status)) throw accountRefused('oauth2');
    throw faultOf(answer, {
      method: 'POST',
      retryAfter: reply.headers['retry-after'],
      now: clock.now(),
    });
  };
  const token = createAccessToken(fetchToken, clock);

  return {
    exists: settings.auth !== 'none',
    async header(signal) {
      if (settings.auth === 'none') throw accountRefused('none');
      if (settings.auth === 'basic') {
        const pair = Buffer.from(`${settings.user ?? ''}:${settings.password ?? ''}`, 'utf8');
        return `Basic ${pair.toString('base64')}`;
      }
      return `${BEARER}${await token.get(signal)}`;
    },
    turnedDown(header) {
      token.forget(header.slice(BEARER.length));
      return settings.auth === 'oauth2';
    },
    askAnew: () => token.askAnew(),
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
