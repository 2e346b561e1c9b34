import type { Clock } from '../../cache/clock.js';
import type { HttpClient, HttpReply } from '../http-client.js';
import { IlsFault } from '../ils-fault.js';
import { jsonOf, unexpected } from './answer.js';
import type { Pace } from './pace.js';
import { patronGrant } from './patron-token.js';

/** A no of OverDrive's, in its own code and words. */
export interface No {
  code: string;
  said: string;
}

/** OverDrive's API as one patron sees it. Rejects with IlsFault `signed_out` when their pass is no longer good. */
export interface PatronApi {
  get(token: string, target: string, signal: AbortSignal): Promise<unknown>;
  /** Sent exactly once. Undefined when what was there is gone, else OverDrive's no. */
  remove(token: string, target: string, signal: AbortSignal): Promise<No | undefined>;
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
    method: 'GET' | 'DELETE',
    target: string,
    signal: AbortSignal,
  ): Promise<HttpReply> => {
    await pace.turn(signal);
    const reply = await client.call({
      method,
      target: `${client.basePath}${target}`,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...deps.onBehalf(),
      },
      signal,
    });
    if (reply.status === 401) throw new IlsFault('signed_out', 'OverDrive', { mayHaveHappened: false });
    if (reply.status === 403)
      throw new IlsFault('refused', 'OverDrive', { grant: patronGrant, mayHaveHappened: false });
    return reply;
  };

  return {
    async get(token, target, signal) {
      const reply = await call(token, 'GET', target, signal);
      if (reply.status !== 200) throw unexpected(reply, clock.now());
      const json = jsonOf(reply);
      // Status 200, and an error in it.
      if (noOf(json)) throw new IlsFault('broken', 'OverDrive', { mayHaveHappened: false });
      return json;
    },
    async remove(token, target, signal) {
      const reply = await call(token, 'DELETE', target, signal);
      const no = noOf(jsonOf(reply));
      if (reply.status >= 200 && reply.status < 300) {
        if (no) throw new IlsFault('broken', 'OverDrive');
        return undefined;
      }
      if (reply.status >= 400 && reply.status < 500 && no) return no;
      throw unexpected(reply, clock.now(), true);
    },
  };
}

/** OverDrive's own words for a no; undefined where the body is something else. */
function noOf(json: unknown): No | undefined {
  if (typeof json !== 'object' || json === null || !('errorCode' in json)) return undefined;
  const said = 'message' in json && typeof json.message === 'string' ? json.message : '';
  return { code: String(json.errorCode), said };
}
