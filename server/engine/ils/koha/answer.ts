import { retryAfterOf } from '../../remote/refusal.js';
import type { HttpCall, HttpReply } from '../http-client.js';
import { IlsFault, type IlsFaultKind } from '../ils-fault.js';
import { permissionWords } from './permissions.js';

/** What Koha says with a no. */
export interface KohaNo {
  /** Its own words; "" where it gave none. */
  said: string;
  code?: string;
  /** Permissions that it misses in Carrel's account, in Koha's words. */
  permission?: string;
  /** It did not take the request as such: an unknown parameter, a field of the wrong kind. */
  isMalformed: boolean;
}

export interface KohaAnswer {
  status: number;
  /** X-Total-Count: rows of the whole list. */
  total: number | undefined;
  bytes: Buffer;
  /** The body as JSON; undefined when it is none. */
  json: unknown;
  no: KohaNo;
  /** There is nothing in it: no body, or an empty text. */
  isEmpty: boolean;
}

export function answerOf(reply: HttpReply): KohaAnswer {
  const header = reply.headers['x-total-count'];
  const json = jsonOf(reply);
  return {
    status: reply.status,
    total: typeof header === 'string' && /^\d+$/.test(header) ? Number(header) : undefined,
    bytes: reply.body,
    json,
    no: noOf(json),
    isEmpty: reply.body.length === 0 || json === '' || json === null,
  };
}

function jsonOf(reply: HttpReply): unknown {
  if (/xml|marc(?!-in-json)|html/i.test(reply.headers['content-type'] ?? '')) return undefined;
  try {
    return JSON.parse(reply.body.toString('utf8'));
  } catch {
    return undefined; // A page of a proxy, or half an answer: judged by who asked.
  }
}

/** Koha's shapes of a no: `{error}`, `{errors: []}`, a bare array of messages, a bare string. */
export function noOf(json: unknown): KohaNo {
  if (typeof json === 'string') return { said: json, isMalformed: false };
  if (Array.isArray(json)) return { said: messagesOf(json), isMalformed: true };
  if (typeof json !== 'object' || json === null) return { said: '', isMalformed: false };
  const body = json as Record<string, unknown>;
  if (Array.isArray(body['errors'])) return { said: messagesOf(body['errors']), isMalformed: true };
  const permission = permissionWords(body['required_permissions']);
  return {
    said: typeof body['error'] === 'string' ? body['error'] : '',
    ...(typeof body['error_code'] === 'string' && { code: body['error_code'] }),
    ...(permission !== undefined && { permission }),
    isMalformed: body['error_code'] === 'invalid_query',
  };
}

function messagesOf(list: readonly unknown[]): string {
  const texts = list.map((entry) => {
    if (typeof entry === 'string') return entry;
    const message: unknown = (entry as { message?: unknown } | null)?.message;
    return typeof message === 'string' ? message : '';
  });
  return texts.filter((text) => text !== '').join('; ');
}

/** The fault that an answer stands for which nobody expected. */
export function faultOf(
  answer: KohaAnswer,
  asked: { method: HttpCall['method']; retryAfter: string | undefined; now: number; grant?: string },
): IlsFault {
  const { status, no } = answer;
  const retryAfterMs = retryAfterOf(asked.retryAfter, asked.now);
  const grant = no.permission === undefined ? asked.grant : `Permission ${no.permission}`;
  const kind = kindOf(answer, retryAfterMs);
  return new IlsFault(kind, 'Koha', {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(kind === 'refused' && grant !== undefined && { grant }),
    // A 4xx is said before anything is done.
    mayHaveHappened: asked.method !== 'GET' && !(status >= 400 && status < 500),
  });
}

function kindOf({ status, no, json }: KohaAnswer, retryAfterMs: number | undefined): IlsFaultKind {
  if (status === 401 || status === 403) return 'refused';
  if (status === 429 || (status === 503 && retryAfterMs !== undefined)) return 'busy';
  if (status >= 500 || status === 408) return 'broken';
  // A page of something in between is not Koha saying that it lacks this.
  if ([404, 405, 406].includes(status) && json !== undefined) return 'not_offered';
  if (status >= 200 && status < 300 && no.said !== '' && !no.isMalformed) return 'broken';
  return 'foreign';
}

/** What has to be known before something is sent: when it fails, that something has certainly not happened. */
export async function beforeSending<T>(preparing: Promise<T>): Promise<T> {
  try {
    return await preparing;
  } catch (error) {
    if (!(error instanceof IlsFault)) throw error;
    const { kind, retryAfterMs, grant, cause } = error;
    throw new IlsFault(kind, 'Koha', {
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(grant !== undefined && { grant }),
      mayHaveHappened: false,
      cause,
    });
  }
}
