import { retryAfterOf } from '../../remote/refusal.js';
import type { HttpReply } from '../http-client.js';
import { IlsFault } from '../ils-fault.js';
import { grants } from './grants.js';
import { isRow, number, type Row } from './wire.js';

/** What PAPI answered: its code (negative is an error, 0 and above the number of rows) and all of the reply. */
export interface PapiReply {
  code: number;
  reply: Row;
}

const FIVE_MINUTES = 5 * 60_000;

/**
 * The answer in an HTTP reply. A reply with a PAPIErrorCode is one whatever it says, also under most 4xx; the caller
 * looks at the code. `unauthorized` is a 401: the signature was not accepted, so that nothing was done; its grant names
 * the clocks where they differ. Throws IlsFault for what is no answer.
 */
export function readReply(
  http: HttpReply,
  asked: { system: string; isSecure: boolean; nowMs: number },
): PapiReply | { unauthorized: IlsFault } {
  const { status } = http;
  const { system } = asked;
  if (status === 401) {
    const grant = clockGrant(http, asked.nowMs) ?? grants.keys;
    return { unauthorized: new IlsFault('refused', system, { grant, mayHaveHappened: false }) };
  }
  if (status >= 500) throw serverFault(http, system, asked.nowMs);
  if (status === 429) throw busy(http, system, asked.nowMs);
  const reply = parsed(http.body);
  const code = reply && number(reply, 'PAPIErrorCode');
  if (reply !== undefined && code !== undefined && (status < 300 || (status >= 400 && code < 0))) {
    return { code, reply };
  }
  if (status === 403) {
    const grant = asked.isSecure ? grants.method : grants.https;
    throw new IlsFault('refused', system, { grant, mayHaveHappened: false });
  }
  if (status === 404 || status === 405) throw new IlsFault('not_offered', system, { mayHaveHappened: false });
  throw new IlsFault('foreign', system);
}

/** Undefined when the clocks agree well enough, or when the server does not say what its clock shows. */
function clockGrant(http: HttpReply, nowMs: number): string | undefined {
  const serverMs = Date.parse(http.headers.date ?? '');
  const aheadMs = serverMs - nowMs;
  if (Number.isNaN(serverMs) || Math.abs(aheadMs) < FIVE_MINUTES) return undefined;
  return grants.clock(Math.round(aheadMs / 60_000));
}

function serverFault(http: HttpReply, system: string, nowMs: number): IlsFault {
  if (http.status === 501) return new IlsFault('not_offered', system, { mayHaveHappened: false });
  if (http.status === 503 && http.headers['retry-after'] !== undefined) return busy(http, system, nowMs);
  return new IlsFault('broken', system);
}

function busy(http: HttpReply, system: string, nowMs: number): IlsFault {
  const retryAfterMs = retryAfterOf(http.headers['retry-after'], nowMs);
  return new IlsFault('busy', system, {
    mayHaveHappened: false,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

function parsed(body: Buffer): Row | undefined {
  const words = body.toString('utf8').replace(/^\uFEFF/, '');
  try {
    const value: unknown = JSON.parse(words);
    return isRow(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
