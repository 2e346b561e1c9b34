import type { Clock } from '../../cache/clock.js';
import { createTurns } from '../../remote/turns.js';
import { openHttpClient } from '../http-client.js';
import { IlsFault } from '../ils-fault.js';
import { meaningOf } from './error-codes.js';
import { grants } from './grants.js';
import { readReply, type PapiReply } from './reply.js';
import type { PolarisSettings } from './settings.js';
import { polarisDate, signatureOf } from './signing.js';
import { createStaffSession, type StaffToken } from './staff-session.js';
import { pathPart, type Row } from './wire.js';

/** On whose behalf a request is signed: nobody's, a patron's, or the staff account's (also in place of a patron's). */
export type Signer = 'library' | 'staff' | { secret: string } | 'staff_for_patron';

export interface PapiCall {
  method: 'GET' | 'POST' | 'PUT';
  /** What comes after the organization, encoded, with its query: "/bib/12/holdings". Protected when staff sign. */
  path: string;
  as: Signer;
  /** Organization instead of the one in the settings. */
  org?: string;
  /** Goes out as JSON, its fields in this order. */
  body?: object;
  /** Requests of one kind wait behind each other, not behind those of another. */
  line: 'copies' | 'patrons' | 'harvest';
  signal: AbortSignal;
}

/** The Polaris API, signed. Faults are IlsFault; a negative PAPIErrorCode is an answer. */
export interface Papi {
  readonly system: string;
  readonly host: string;
  readonly hasStaff: boolean;
  ask(call: PapiCall): Promise<PapiReply>;
  /** The reply, for calls of which any negative code is a fault. */
  get(call: Omit<PapiCall, 'method' | 'body'>): Promise<Row>;
  /** Whether the service is there at all, unsigned; its version where it says so. */
  version(signal: AbortSignal): Promise<string | undefined>;
  close(): void;
}

export function openPapi(settings: PolarisSettings, { clock }: { clock: Clock }): Papi {
  const system = settings.name;
  const http = openHttpClient(settings.url, { system, sockets: settings.concurrency, clock });
  const service = http.basePath.replace(/\/REST$/i, '') || '/PAPIService';
  const origin = settings.signed_origin === undefined ? http.origin : new URL(settings.signed_origin).origin;
  const isSecure = http.origin.startsWith('https:');
  const turns = createTurns({ most: settings.concurrency });
  const { staff_username: username, staff_password: password } = settings;
  const hasStaff = username !== undefined && password !== undefined;

  const send = async (
    call: PapiCall,
    signed: { scope: 'public' | 'protected'; path: string; secret: string; token?: string },
  ): Promise<PapiReply | { unauthorized: IlsFault }> => {
    const org = call.org ?? String(settings.org_id);
    const ids = `${settings.language_id}/${settings.app_id}/${org}`;
    const target = `${service}/REST/${signed.scope}/v1/${ids}${signed.path}`;
    const done = await turns.take(call.line, call.signal);
    try {
      const date = polarisDate(clock.now());
      const parts = { method: call.method, url: origin + target, date, secret: signed.secret };
      const signature = signatureOf(settings.access_key, parts, settings.signature);
      const reply = await http.call({
        method: call.method,
        target,
        headers: {
          accept: 'application/json',
          polarisdate: date,
          authorization: `PWS ${settings.access_id}:${signature}`,
          ...(call.body !== undefined && { 'content-type': 'application/json' }),
          ...(signed.token !== undefined && { 'x-papi-accesstoken': signed.token }),
        },
        ...(call.method !== 'GET' && { body: call.body === undefined ? '' : JSON.stringify(call.body) }),
        signal: call.signal,
        mostBytes: 64 * 1024 * 1024,
      });
      return readReply(reply, { system, isSecure, nowMs: clock.now() });
    } finally {
      done();
    }
  };

  const staff = createStaffSession({
    system,
    clock,
    zone: settings.time_zone,
    login: (signal) => {
      const path = '/authenticator/staff';
      const body = { Domain: settings.staff_domain, Username: username, Password: password };
      const call: PapiCall = { method: 'POST', path, as: 'staff', body, line: 'patrons', signal };
      return send(call, { scope: 'protected', path, secret: '' });
    },
  });

  const asStaff = (call: PapiCall, { token, secret }: StaffToken) =>
    call.as === 'staff'
      ? send(call, { scope: 'protected', path: `/${pathPart(token)}${call.path}`, secret })
      : send(call, { scope: 'public', path: call.path, secret, token });

  const askStaff = async (call: PapiCall): Promise<PapiReply | { unauthorized: IlsFault }> => {
    if (!hasStaff) throw new IlsFault('refused', system, { grant: grants.noStaff, mayHaveHappened: false });
    const first = await beforeWriting(staff.get(call.signal), system);
    const answer = await asStaff(call, first);
    if (!('unauthorized' in answer)) return answer;
    // A signature that was not accepted has done nothing, so asking again is safe for what writes too.
    const second = await beforeWriting(staff.replace(first, call.signal), system);
    if (second === undefined) return answer;
    const again = await asStaff(call, second);
    if ('unauthorized' in again) staff.didNotHelp();
    return again;
  };

  const ask = async (call: PapiCall): Promise<PapiReply> => {
    const { as, path } = call;
    const isStaff = as === 'staff' || as === 'staff_for_patron';
    const secret = typeof as === 'object' ? as.secret : '';
    const answer = await (isStaff ? askStaff(call) : send(call, { scope: 'public', path, secret }));
    if (!('unauthorized' in answer)) return answer;
    if (typeof as === 'string' || answer.unauthorized.grant !== grants.keys) throw answer.unauthorized;
    throw new IlsFault('refused', system, { grant: grants.patron, mayHaveHappened: false });
  };

  return {
    system,
    host: http.host,
    hasStaff,
    ask,
    async get(call) {
      const { code, reply } = await ask({ ...call, method: 'GET' });
      if (code < 0) throw faultOf(code, system);
      return reply;
    },
    async version(signal) {
      const reply = await http.call({
        method: 'GET',
        target: `${service}/api`,
        headers: { accept: 'application/json' },
        signal,
      });
      const answer = readReply(reply, { system, isSecure, nowMs: clock.now() });
      const said = 'reply' in answer ? answer.reply['Version'] : undefined;
      return typeof said === 'string' ? said : undefined;
    },
    close: () => http.close(),
  };
}

/** A negative code as a fault, for calls where it is no answer that a patron could use. */
export function faultOf(code: number, system: string): IlsFault {
  const meaning = meaningOf(code);
  if (meaning.is === 'setup')
    return new IlsFault('refused', system, {
      grant: `${meaning.words} (PAPI ${code}). ${grants.ids}`,
      mayHaveHappened: false,
    });
  return new IlsFault(meaning.is === 'failed' ? 'broken' : 'refused', system);
}

/** For what is asked before something is written: when it fails, it is certain that nothing was written. */
export async function beforeWriting<T>(asking: Promise<T>, system: string): Promise<T> {
  try {
    return await asking;
  } catch (error) {
    if (!(error instanceof IlsFault) || !error.mayHaveHappened) throw error;
    const { kind, retryAfterMs, grant } = error;
    throw new IlsFault(kind, system, {
      mayHaveHappened: false,
      cause: error,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(grant !== undefined && { grant }),
    });
  }
}
