import type { Clock } from '../../cache/clock.js';
import { createAccessToken, readGrant, type AccessToken } from '../access-token.js';
import type { HttpClient } from '../http-client.js';
import { IlsFault } from '../ils-fault.js';
import { jsonOf, unexpected } from './answer.js';
import type { Pace } from './pace.js';
import type { OverDriveSettings } from './settings.js';

/** Where OverDrive does not say how long a token is good. */
const UNSAID_S = 600;

export const keyGrant = 'Client key and client secret of an API application that OverDrive has approved';

/** The access token of the library's own application. */
export function createClientToken(
  settings: OverDriveSettings,
  { client, pace, clock }: { client: HttpClient; pace: Pace; clock: Clock },
): AccessToken {
  const pair = Buffer.from(`${settings.client_key}:${settings.client_secret}`, 'utf8').toString('base64');

  return createAccessToken(async (signal) => {
    await pace.turn(signal);
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
    if ([400, 401, 403].includes(reply.status))
      throw new IlsFault('refused', 'OverDrive', { grant: keyGrant, mayHaveHappened: false });
    if (reply.status !== 200) throw unexpected(reply, clock.now());
    const granted = readGrant(jsonOf(reply), UNSAID_S);
    if (!granted) throw new IlsFault('foreign', 'OverDrive', { mayHaveHappened: false });
    return granted;
  }, clock);
}
