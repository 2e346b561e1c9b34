import { z } from 'zod';
import type { Clock } from '../../cache/clock.js';
import { readGrant } from '../access-token.js';
import type { HttpClient } from '../http-client.js';
import { IlsFault } from '../ils-fault.js';
import { jsonOf, unexpected } from './answer.js';
import { keyGrant } from './client-token.js';
import type { Pace } from './pace.js';
import type { OverDriveSettings } from './settings.js';

/** What lets Carrel act for one patron at OverDrive. */
export interface PatronPass {
  token: string;
  /** Milliseconds since the epoch. */
  until: number;
}

export const patronGrant =
  'Patron authentication for this API application, with the Website ID and the ILS name that OverDrive gave';

/** OAuth's form of an error, and OverDrive's own. */
const Refusal = z.object({
  error: z.string().optional().catch(undefined),
  errorCode: z.string().optional().catch(undefined),
  error_description: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
});

const EARLY_MS = 60_000;

export interface PatronTokenDeps {
  client: HttpClient;
  pace: Pace;
  clock: Clock;
  /** Headers that tell for whom this is asked; {} where nobody is to be told. */
  onBehalf: () => Readonly<Record<string, string>>;
}

/**
 * Asks OverDrive for a patron's pass, exactly once; OverDrive has the library's own system check card and PIN. Undefined
 * when the card is refused. Rejects with IlsFault `refused` when it is Carrel's own application that may not ask.
 */
export async function askPatronPass(
  settings: OverDriveSettings,
  { card, pin }: { card: string; pin: string },
  { client, pace, clock, onBehalf }: PatronTokenDeps,
  signal: AbortSignal,
): Promise<PatronPass | undefined> {
  await pace.turn(signal);
  const askedAt = clock.now();
  const pair = Buffer.from(`${settings.client_key}:${settings.client_secret}`, 'utf8').toString('base64');
  const scope = `websiteId:${settings.website_id ?? ''} authorizationname:${settings.authorization_name ?? ''}`;
  const reply = await client.call({
    method: 'POST',
    target: `${client.basePath}/patrontoken`,
    headers: {
      authorization: `Basic ${pair}`,
      'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
      accept: 'application/json',
      ...onBehalf(),
    },
    body: new URLSearchParams({
      ...{ grant_type: 'password', username: card, scope },
      ...(settings.pin_required ? { password: pin } : { password: '[ignore]', password_required: 'false' }),
    }).toString(),
    signal,
  });
  const json = jsonOf(reply);
  const refusal = Refusal.safeParse(json);
  const said = refusal.success ? refusal.data : {};
  if ([400, 401, 403].includes(reply.status) || said.error !== undefined || said.errorCode !== undefined) {
    if (isOfCard(said)) return undefined;
    throw new IlsFault('refused', 'OverDrive', {
      grant: said.error === 'invalid_client' ? keyGrant : patronGrant,
      mayHaveHappened: false,
    });
  }
  if (reply.status !== 200) throw unexpected(reply, clock.now());
  const granted = readGrant(json, 600);
  if (!granted) throw new IlsFault('foreign', 'OverDrive', { mayHaveHappened: false });
  const lastsMs = granted.seconds * 1000;
  return { token: granted.token, until: askedAt + lastsMs - Math.min(EARLY_MS, lastsMs / 10) };
}

/** Whether a no is about the patron's card rather than about Carrel's own application. */
function isOfCard({ error, error_description: described, message }: z.infer<typeof Refusal>): boolean {
  if (error === 'unauthorized_client' || error === 'invalid_grant') return true;
  return error === undefined && /\b(card|pin|password|patron)\b/i.test(message ?? described ?? '');
}
