import { isIP } from 'node:net';
import type { Clock } from '../../cache/clock.js';
import type { AccessToken } from '../access-token.js';
import type { HttpClient, HttpReply } from '../http-client.js';
import { IlsFault } from '../ils-fault.js';
import { jsonOf, unexpected } from './answer.js';
import type { Pace } from './pace.js';

/** What OverDrive answered; `turned_down` and `not_found` may mean that a collection's token is no longer good. */
export type ApiAnswer = { outcome: 'ok'; json: unknown } | { outcome: 'turned_down' | 'not_found' };

/** On whose behalf something is asked: a patron's who waits, Carrel's own in passing, or nobody's who waits. */
export type AskedFor = 'patron' | 'carrel' | 'nobody';

/** OverDrive's API as Carrel's own application sees it: reads alone. */
export interface Api {
  /** Asks once, and once more where the access token was turned down. */
  get(target: string, signal: AbortSignal, askedFor: AskedFor): Promise<ApiAnswer>;
}

export interface ApiDeps {
  client: HttpClient;
  token: AccessToken;
  pace: Pace;
  clock: Clock;
  /** The address of the patron who asks; undefined where no address is to be told. */
  patronAddress: () => string | undefined;
}

export function createApi({ client, token, pace, clock, patronAddress }: ApiDeps): Api {
  const ask = async (
    target: string,
    signal: AbortSignal,
    options: { unhurried: boolean; address: string | undefined },
  ): Promise<{ reply: HttpReply; access: string }> => {
    const access = await token.get(signal);
    await pace.turn(signal, options.unhurried);
    const reply = await client.call({
      method: 'GET',
      target: `${client.basePath}${target}`,
      headers: {
        authorization: `Bearer ${access}`,
        accept: 'application/json',
        ...(options.address !== undefined && { 'x-forwarded-for': options.address }),
      },
      signal,
    });
    return { reply, access };
  };

  return {
    async get(target, signal, askedFor) {
      const unhurried = askedFor === 'nobody';
      const told = askedFor === 'patron' ? patronAddress() : undefined;
      const address = told !== undefined && isIP(told) !== 0 ? told : undefined;
      let asked = await ask(target, signal, { unhurried, address });
      if (asked.reply.status === 401) {
        token.forget(asked.access);
        asked = await ask(target, signal, { unhurried, address });
      }
      const { reply } = asked;
      if (reply.status === 401 || reply.status === 403) return { outcome: 'turned_down' };
      if (reply.status === 404) return { outcome: 'not_found' };
      if (reply.status !== 200) throw unexpected(reply, clock.now());
      const json = jsonOf(reply);
      if (typeof json !== 'object' || json === null)
        throw new IlsFault('foreign', 'OverDrive', { mayHaveHappened: false });
      const said = 'errorCode' in json ? json.errorCode : undefined;
      if (said === 'NotFound') return { outcome: 'not_found' };
      // Status 200, and an error in it.
      if (said !== undefined) throw new IlsFault('broken', 'OverDrive', { mayHaveHappened: false });
      return { outcome: 'ok', json };
    },
  };
}
