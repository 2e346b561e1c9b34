import { z } from 'zod';
import type { Clock } from '../../cache/clock.js';
import { createSharedWork } from '../../cache/shared-work.js';
import { IlsFault } from '../ils-fault.js';
import type { Api, ApiAnswer, AskedFor } from './api.js';
import { keyGrant } from './client-token.js';
import type { OverDriveSettings } from './settings.js';

/** The library's collection. OverDrive names it by a token that it may change at any time. */
export interface Collection {
  /** Asks about the collection; where OverDrive no longer knows its token, fetches the token anew and asks once more. */
  ask(
    target: (token: string) => string,
    signal: AbortSignal,
    askedFor: AskedFor,
  ): Promise<{ outcome: 'ok'; json: unknown } | { outcome: 'not_found' }>;
  /** Fetches the token, known or not. Rejects with IlsFault `refused` where OverDrive does not let Carrel see this library. */
  open(signal: AbortSignal): Promise<void>;
}

const Library = z.object({ collectionToken: z.string().min(1) });

/** Collection tokens have been seen to change; an older one is asked for again. */
const LONGEST_MS = 5 * 60_000;

export function createCollection(
  settings: OverDriveSettings,
  { api, clock }: { api: Api; clock: Clock },
): Collection {
  const flights = createSharedWork();
  const library = `/v1/libraries/${settings.library_id}`;
  const target =
    settings.advantage_id === undefined ? library : `${library}/advantageAccounts/${settings.advantage_id}`;
  let held: { token: string; at: number } | undefined;

  const fetchToken = async (signal: AbortSignal): Promise<string> => {
    const answer = await api.get(target, signal, 'carrel');
    if (answer.outcome !== 'ok') throw refusedOf(answer);
    const found = Library.safeParse(answer.json);
    if (!found.success) throw new IlsFault('foreign', 'OverDrive', { mayHaveHappened: false });
    held = { token: found.data.collectionToken, at: clock.now() };
    return held.token;
  };
  const renewed = (signal: AbortSignal): Promise<string> => flights.join('token', signal, fetchToken);
  const current = (signal: AbortSignal): Promise<string> =>
    held && clock.now() - held.at < LONGEST_MS ? Promise.resolve(held.token) : renewed(signal);

  return {
    async ask(targetOf, signal, askedFor) {
      const first = await current(signal);
      let answer = await api.get(targetOf(encodeURIComponent(first)), signal, askedFor);
      if (answer.outcome !== 'ok') {
        if (held?.token === first) held = undefined;
        const second = await current(signal);
        if (second !== first) answer = await api.get(targetOf(encodeURIComponent(second)), signal, askedFor);
      }
      if (answer.outcome === 'turned_down') throw refusedOf(answer);
      return answer.outcome === 'ok' ? answer : { outcome: 'not_found' };
    },
    async open(signal) {
      await renewed(signal);
    },
  };
}

function refusedOf({ outcome }: ApiAnswer): IlsFault {
  const grant =
    outcome === 'not_found'
      ? 'Library ID (and Advantage ID) that OverDrive gave for this client key'
      : `${keyGrant}, with access to the discovery APIs for this library ID`;
  return new IlsFault('refused', 'OverDrive', { grant, mayHaveHappened: false });
}
