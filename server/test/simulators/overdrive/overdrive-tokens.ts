import { randomBytes, randomUUID } from 'node:crypto';
import { json, type Answer, type Asked } from '../http-simulator.js';
import type { OverDrivePatron, OverDriveState } from './overdrive-state.js';

export interface TokenFaults {
  /** Each token serves this many calls and is then refused with 401; Infinity never. */
  unauthorisedAfter: number;
  /** No patron's token is good any more; new ones are. */
  patronsForgotten: boolean;
  /** Seconds that a patron's token is good. */
  patronSeconds: number;
  /** In which of its two forms the refusal of a card comes. */
  cardRefusal: 'oauth' | 'circulation';
}

/** Who a bearer token speaks for: the library's client, or one patron. */
export type Bearer = { patron: OverDrivePatron | undefined };

/** The shape of every error but those of the token endpoints. */
export const refusal = (status: number, errorCode: string, message: string): Answer =>
  json(status, { errorCode, message, token: randomUUID() });

/** The shape of the token endpoints. */
const oauthError = (status: number, error: string, error_description: string): Answer =>
  json(status, { error, error_description });

/** `POST /token` and `POST /patrontoken`: Basic client credentials, a form, a bearer token for an hour. */
export function overDriveTokens(state: OverDriveState, faults: TokenFaults, now: () => number) {
  const tokens = new Map<string, { until: number; calls: number; patronId: number | undefined }>();
  const issue = (patronId: number | undefined, scope: string): Answer => {
    const token = randomBytes(30).toString('base64url');
    const seconds = patronId === undefined ? 3600 : faults.patronSeconds;
    tokens.set(token, { until: now() + seconds * 1000, calls: 0, patronId });
    return json(200, { access_token: token, token_type: 'bearer', expires_in: seconds, scope });
  };
  const noCard = (said: string): Answer =>
    faults.cardRefusal === 'oauth'
      ? oauthError(400, 'unauthorized_client', said)
      : refusal(401, 'Unauthorized', said);
  const isClient = (asked: Asked): boolean => {
    const given = /^Basic (\S+)$/i.exec(asked.headers.authorization ?? '')?.[1] ?? '';
    return Buffer.from(given, 'base64').toString() === `${state.client.key}:${state.client.secret}`;
  };
  const form = (asked: Asked): URLSearchParams | undefined =>
    asked.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
      ? new URLSearchParams(asked.body)
      : undefined;

  return {
    clientToken(asked: Asked): Answer {
      if (!isClient(asked)) return oauthError(401, 'invalid_client', 'Invalid client credentials.');
      if (form(asked)?.get('grant_type') !== 'client_credentials')
        return oauthError(400, 'unsupported_grant_type', 'The grant type is not supported.');
      return issue(undefined, 'LIB META AVAIL SRCH');
    },
    patronToken(asked: Asked): Answer {
      if (!isClient(asked)) return oauthError(401, 'invalid_client', 'Invalid client credentials.');
      const sent = form(asked);
      if (sent?.get('grant_type') !== 'password')
        return oauthError(400, 'unsupported_grant_type', 'The grant type is not supported.');
      const { websiteId, authorizationName, pinRequired } = state.library;
      const scope = sent.get('scope') ?? '';
      if (
        scope.toLowerCase() !== `websiteid:${websiteId} authorizationname:${authorizationName}`.toLowerCase()
      )
        return oauthError(400, 'invalid_scope', 'The scope is not valid.');
      const card = sent.get('username') ?? '';
      const found = state.patrons.find((one) => one.card === card);
      const bare = !pinRequired && sent.get('password_required') === 'false';
      // As recorded, the description repeats the card.
      if (!found || (!bare && found.pin !== sent.get('password')))
        return noCard(`Invalid Library Card: ${card}.  Not a valid card.`);
      if (found.refusal !== null) return noCard(found.refusal);
      return issue(found.id, scope);
    },
    /** Undefined where the token is missing, unknown, expired or used up. */
    bearer(asked: Asked): Bearer | undefined {
      const given = /^Bearer (\S+)$/i.exec(asked.headers.authorization ?? '')?.[1];
      const known = given === undefined ? undefined : tokens.get(given);
      if (!known || known.until <= now()) return undefined;
      known.calls += 1;
      if (known.calls > faults.unauthorisedAfter) return undefined;
      if (faults.patronsForgotten && known.patronId !== undefined) return undefined;
      return { patron: state.patrons.find((one) => one.id === known.patronId) };
    },
  };
}
