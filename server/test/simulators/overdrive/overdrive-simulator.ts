import {
  json,
  openHttpSimulator,
  quietLine,
  type Answer,
  type Asked,
  type HttpSimulator,
  type SILENCE,
} from '../http-simulator.js';
import type { OverDriveFaults } from './overdrive-faults.js';
import { notFound, overDriveCollection } from './overdrive-collection.js';
import { overDrivePatron } from './overdrive-patron.js';
import { overDriveLibrary, type OverDriveState } from './overdrive-state.js';
import { overDriveTokens, refusal } from './overdrive-tokens.js';

export interface OverDriveSimulatorOptions {
  now?: () => number;
}

export type { OverDriveFaults } from './overdrive-faults.js';
export type OverDriveSimulator = HttpSimulator<OverDriveState, OverDriveFaults>;

/**
 * OverDrive's four hosts behind one address: `/token` and `/patrontoken` of the OAuth hosts, `/v1` and `/v2` of the API
 * and the patron API. Built from developer.overdrive.com and from recorded answers. It does not refuse a request without
 * X-Forwarded-For, for OverDrive asks for it by its terms and not by its protocol; a test reads it in `asked`.
 */
export async function openOverDriveSimulator(
  options: OverDriveSimulatorOptions = {},
): Promise<OverDriveSimulator> {
  const { now = Date.now } = options;
  const state = overDriveLibrary();
  const faults: OverDriveFaults = {
    ...quietLine(),
    unauthorisedAfter: Infinity,
    patronsForgotten: false,
    patronSeconds: 3600,
    cardRefusal: 'oauth',
    tooMany: 0,
    retryAfter: '2',
    errorInside: false,
    tail: 'noProducts',
    repeats: false,
    betweenPages: undefined,
    holdThenSilence: false,
    removalThenSilence: false,
  };
  const tokens = overDriveTokens(state, faults, now);
  const collection = overDriveCollection(state, faults);
  const personal = overDrivePatron(state, faults, now);

  return openHttpSimulator(state, faults, (asked: Asked, url: string): Answer | typeof SILENCE => {
    if (faults.tooMany > 0) {
      faults.tooMany -= 1;
      return json(429, { message: 'Too many requests' }, { 'retry-after': faults.retryAfter });
    }
    if (asked.method === 'POST' && asked.path === '/token') return tokens.clientToken(asked);
    if (asked.method === 'POST' && asked.path === '/patrontoken') return tokens.patronToken(asked);
    const bearer = tokens.bearer(asked);
    if (!bearer) return refusal(401, 'Unauthorized', 'An authorization token is required.');
    if (faults.errorInside)
      return json(200, { errorCode: 'InternalError', message: 'An unknown error has occurred.', token: '0' });
    if (/^\/v1\/patrons\/me(\/|$)/.test(asked.path)) {
      if (!bearer.patron) return refusal(401, 'Unauthorized', 'A patron access token is required.');
      return personal(asked, url, bearer.patron);
    }
    return collection(asked, url) ?? notFound();
  });
}
