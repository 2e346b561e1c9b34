import { randomUUID } from 'node:crypto';
import type { Clock } from '../../cache/clock.js';
import type { IlsAccount } from '../account.js';
import { openHttpClient } from '../http-client.js';
import { IlsFault } from '../ils-fault.js';
import type { Ils } from '../ils.js';
import { noPatrons, type PatronVerb } from '../not-offered.js';
import type { IlsPatron } from '../patron.js';
import type { Api } from './api.js';
import type { Collection } from './collection.js';
import { accountOf } from './lent-account.js';
import { readCheckouts, readHolds, type HoldRow } from './lent-lists.js';
import type { Pace } from './pace.js';
import { createPatronApi } from './patron-api.js';
import { askPatronPass, type PatronPass } from './patron-token.js';
import { refusalOf } from './refusals.js';
import type { OverDriveSettings } from './settings.js';
import { learnTitles, type TitleWords } from './title-words.js';

/** What is kept for a patron until their visit ends: never in them, and nowhere else. */
interface Visit extends PatronPass {
  titles: Map<string, TitleWords>;
  /** How each hold that was told of is cancelled. */
  removals: Map<string, string>;
}

export type OverDrivePatrons = Pick<Ils, PatronVerb> & { close: () => void };

const HOLDS = '/v1/patrons/me/holds';
const reserveId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The verbs about patrons. A patron's PIN goes out in one request and is kept nowhere; their pass is kept until they leave. */
export function createOverDrivePatrons(
  settings: OverDriveSettings,
  deps: {
    api: Api;
    collection: Collection;
    pace: Pace;
    clock: Clock;
    onBehalf: () => Readonly<Record<string, string>>;
  },
): OverDrivePatrons {
  const { pace, clock, onBehalf } = deps;
  const doorkeeper = openHttpClient(settings.patron_token_url, { system: 'OverDrive', sockets: 1 });
  const client = openHttpClient(settings.patron_api_url, { system: 'OverDrive', sockets: 2 });
  const patronApi = createPatronApi({ client, pace, clock, onBehalf });
  const visits = new WeakMap<IlsPatron, Visit>();

  /** Does something with the patron's pass. One that has run out, or is refused, is forgotten. */
  const as = async <T>(patron: IlsPatron, work: (visit: Visit) => Promise<T>): Promise<T> => {
    const visit = visits.get(patron);
    try {
      if (!visit || clock.now() >= visit.until)
        throw new IlsFault('signed_out', 'OverDrive', { mayHaveHappened: false });
      return await work(visit);
    } catch (error) {
      if (error instanceof IlsFault && error.kind === 'signed_out') visits.delete(patron);
      throw error;
    }
  };

  /** Where OverDrive says that this hold is cancelled, where that is its own API for patrons. */
  const targetOf = ({ id, removal }: HoldRow): string => {
    const documented = `${HOLDS}/${encodeURIComponent(id)}`;
    if (!removal || removal.method.toUpperCase() !== 'DELETE' || !URL.canParse(removal.href))
      return documented;
    const { host, pathname } = new URL(removal.href);
    const root = `${client.basePath}${HOLDS}/`;
    return host === client.host && pathname.startsWith(root)
      ? pathname.slice(client.basePath.length)
      : documented;
  };

  return {
    ...noPatrons('OverDrive'),
    async authenticate(typed, pin, { signal }) {
      signal.throwIfAborted();
      const card = typed.trim();
      if (card === '' || pin === '') return { outcome: 'rejected' };
      const pass = await askPatronPass(settings, { card, pin }, { ...deps, client: doorkeeper }, signal);
      if (!pass) return { outcome: 'rejected' };
      // OverDrive's own number of a patron would cost a further request, and nothing is kept under it.
      const patron: IlsPatron = Object.freeze({ id: randomUUID(), homeBranchId: undefined });
      visits.set(patron, { ...pass, titles: new Map(), removals: new Map() });
      return { outcome: 'ok', patron };
    },
    account: (patron, { signal }) =>
      as(patron, async (visit): Promise<IlsAccount> => {
        const checkouts = readCheckouts(await patronApi.get(visit.token, '/v1/patrons/me/checkouts', signal));
        const holds = readHolds(await patronApi.get(visit.token, HOLDS, signal));
        await learnTitles(visit.titles, [...holds, ...checkouts], deps, signal);
        visit.removals = new Map(holds.map((row) => [row.id, targetOf(row)]));
        return accountOf({ checkouts, holds }, { settings, titles: visit.titles });
      }),
    cancelHold: (patron, holdId, { signal }) =>
      as(patron, async (visit) => {
        const documented = reserveId.test(holdId) ? `${HOLDS}/${holdId}` : undefined;
        const target = visit.removals.get(holdId) ?? documented;
        if (target === undefined) return { outcome: 'refused', reason: 'not_found', said: '' };
        const no = await patronApi.remove(visit.token, target, signal);
        return no ? refusalOf(no) : { outcome: 'cancelled' };
      }),
    endSession(patron) {
      visits.delete(patron);
      return Promise.resolve();
    },
    close() {
      doorkeeper.close();
      client.close();
    },
  };
}
