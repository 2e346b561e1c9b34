import { randomBytes } from 'node:crypto';
import { json, type Answer, type Asked } from '../http-simulator.js';
import type { KohaPatron, KohaState } from './koha-state.js';
import { Refusal } from './koha-query.js';
import type { Operation } from './koha-spec.js';

/** Who a request speaks for: the staff account, a patron, or nobody. */
export type Caller = { staff: true } | { staff: false; patron: KohaPatron } | undefined;

export interface KohaFaultsOfAuth {
  /** The patron whom the next check of a PIN names in place of the one who was checked; once. */
  nextPatron: KohaPatron | undefined;
  /** Each token serves this many calls and is then refused with 401, as one that expired; Infinity never. */
  unauthorisedAfter: number;
}

const failure = (status: number, error: string): Refusal => new Refusal(json(status, { error }));

/** Tokens, Basic credentials, PINs and permissions, by Koha/REST/V1/Auth.pm and Koha/REST/V1/OAuth.pm. */
export function kohaAuth(state: KohaState, faults: KohaFaultsOfAuth, now: () => number) {
  const tokens = new Map<string, { until: number; calls: number }>();

  /** Counts a wrong PIN against the patron; at `FailedLoginAttempts` the right one is refused like a wrong one. */
  const checkPin = (identifier: string, pin: string): KohaPatron | 'expired' | undefined => {
    const found = state.patrons.find((one) => one.cardnumber === identifier || one.userid === identifier);
    if (!found) return undefined;
    const limit = state.sysprefs.FailedLoginAttempts;
    if (limit > 0 && found.login_attempts >= limit) return undefined;
    if (found.pin !== pin) {
      found.login_attempts += 1;
      return undefined;
    }
    found.login_attempts = 0;
    const { nextPatron } = faults;
    faults.nextPatron = undefined;
    if (nextPatron) return nextPatron;
    return found.passwordExpired ? 'expired' : found;
  };

  return {
    checkPin,
    /** `POST /oauth/token`, a form. An unknown client is 403, a grant that is off or other is 400. */
    token(asked: Asked): Answer {
      const form = new URLSearchParams(asked.body);
      const type = asked.headers['content-type'] ?? '';
      const grant = type.startsWith('application/x-www-form-urlencoded') ? form.get('grant_type') : null;
      if (grant === null)
        return json(400, { errors: [{ message: 'Missing property.', path: '/grant_type' }], status: 400 });
      if (grant !== 'client_credentials' || !state.sysprefs.RESTOAuth2ClientCredentials)
        return json(400, { error: 'Unimplemented grant type' });
      const { client_id, secret } = state.apiKey;
      if (form.get('client_id') !== client_id || form.get('client_secret') !== secret)
        return json(403, { error: 'unauthorized_client' });
      const token = randomBytes(24).toString('base64url');
      tokens.set(token, { until: now() + 3_600_000, calls: 0 });
      return json(200, { access_token: token, token_type: 'Bearer', expires_in: 3600 });
    },

    /** A header that fails never falls through to another way of signing in. */
    caller(asked: Asked): Caller {
      const header = asked.headers.authorization;
      if (header?.startsWith('Bearer ')) {
        const known = tokens.get(header.slice('Bearer '.length));
        if (!known || known.until <= now()) throw failure(401, 'Authentication failure.');
        known.calls += 1;
        if (known.calls > faults.unauthorisedAfter) throw failure(401, 'Authentication failure.');
        return { staff: true };
      }
      if (header?.startsWith('Basic ')) {
        if (!state.sysprefs.RESTBasicAuth) throw failure(401, 'Basic authentication disabled');
        const [user = '', ...rest] = Buffer.from(header.slice('Basic '.length), 'base64')
          .toString()
          .split(':');
        const password = rest.join(':');
        if (user === state.apiUser.userid && password === state.apiUser.password) return { staff: true };
        const patron = checkPin(user, password);
        if (!patron || patron === 'expired') throw failure(401, 'Authentication failure.');
        return { staff: false, patron };
      }
      return undefined;
    },

    /** Lets through, or refuses in the order Koha does: public switch, identity, permission. */
    admit(operation: Operation, caller: Caller, owner: number | undefined): void {
      const open = operation.path.startsWith('/public/');
      if (open && !operation.permissions && !operation.allowOwner) {
        if (state.sysprefs.RESTPublicAnonymousRequests || caller) return;
      }
      if (!caller) throw failure(401, 'Authentication failure.');
      if (operation.allowOwner && !caller.staff && caller.patron.patron_id === owner) return;
      const wanted = operation.permissions;
      if (caller.staff && wanted && granted(state.apiUser.permissions, wanted)) return;
      if (!wanted && !operation.allowOwner) return;
      throw new Refusal(
        json(403, {
          error: 'Authorization failure. Missing required permission(s).',
          required_permissions: wanted ?? null,
        }),
      );
    },
  };
}

/** `"1"` asks for the whole flag; a part is granted by itself or by its whole flag. */
const granted = (has: string[], wanted: Record<string, string>): boolean =>
  has.includes('superlibrarian') ||
  Object.entries(wanted).every(
    ([flag, part]) => has.includes(flag) || (part !== '1' && has.includes(`${flag}:${part}`)),
  );
