import type { Clock } from '../../cache/clock.js';
import type { HttpClient, HttpReply } from '../http-client.js';
import { IlsFault } from '../ils-fault.js';
import { jsonOf, unexpected } from './answer.js';
import type { Pace } from './pace.js';
import { patronGrant } from './patron-token.js';

/** What came of a write: done, or a no with OverDrive's own code and words. */
export type Written = { outcome: 'done'; json: unknown } | { outcome: 'no'; code: string; said: string };

/** OverDrive's API as one patron sees it. Rejects with IlsFault `signed_out` when their pass is no longer good. */
export interface PatronApi {
  get(token: string, target: string, signal: AbortSignal): Promise<unknown>;
  /** Sent exactly once. */
  write(
    token: string,
    call: { method: 'POST' | 'DELETE'; target: string; body?: string },
    signal: AbortSignal,
  ): Promise<Written>;
}

export function createPatronApi(deps: {
  client: HttpClient;
  pace: Pace;
  clock: Clock;
  /** Headers that tell for whom this is asked; {} where nobody is to be told. */
  onBehalf: () => Readonly<Record<string, string>>;
}): PatronApi {
  const { client, pace, clock } = deps;

  const call = async (
    token: string,
    request: { method: 'GET' | 'POST' | 'DELETE'; target: string; body?: string },
    signal: AbortSignal,
  ): Promise<HttpReply> => {
    await pace.turn(signal);
    const { method, target, body } = request;
    const reply = await client.call({
      method,
      target: `${client.basePath}${target}`,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...deps.onBehalf(),
      },
      ...(body !== undefined && { body }),
      signal,
    });
    if (reply.status === 401) throw new IlsFault('signed_out', 'OverDrive', { mayHaveHappened: false });
    if (reply.status === 403)
      throw new IlsFault('refused', 'OverDrive', { grant: patronGrant, mayHaveHappened: false });
    return reply;
  };

  return {
    async get(token, target, signal) {
      const reply = await call(token, { method: 'GET', target }, signal);
      if (reply.status !== 200) throw unexpected(reply, clock.now());
      const json = jsonOf(reply);
      // Status 200, and an error in it.
      if (noOf(json)) throw new IlsFault('broken', 'OverDrive', { mayHaveHappened: false });
      return json;
    },
    async write(token, request, signal) {
      const reply = await call(token, request, signal);
      const json = jsonOf(reply);
      const no = noOf(json);
      if (reply.status >= 200 && reply.status < 300) {
        if (no) throw new IlsFault('broken', 'OverDrive');
        return { outcome: 'done', json };
      }
      if (reply.status >= 400 && reply.status < 500 && no) return { outcome: 'no', ...no };
      throw unexpected(reply, clock.now(), true);
    },
  };
}

/** OverDrive's own words for a no; undefined where the body is something else. */
function noOf(json: unknown): { code: string; said: string } | undefined {
  if (typeof json !== 'object' || json === null || !('errorCode' in json)) return undefined;
  const said = 'message' in json && typeof json.message === 'string' ? json.message : '';
  return { code: String(json.errorCode), said };
}
