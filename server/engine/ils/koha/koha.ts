import type { Clock } from '../../cache/clock.js';
import { systemClock } from '../../cache/clock.js';
import { atMost } from '../at-most.js';
import type { IlsAccount } from '../account.js';
import type { IlsCopies } from '../copies.js';
import { openHttpClient } from '../http-client.js';
import { noPatrons } from '../not-offered.js';
import type { Ils } from '../ils.js';
import { IlsFault } from '../ils-fault.js';
import { createKohaApi } from './api.js';
import { createKohaBranches } from './branches.js';
import { discover } from './capabilities.js';
import { createKohaCopies } from './copies.js';
import { readFines } from './fines.js';
import { createKohaFeed } from './harvest.js';
import { createKohaHolds } from './holds.js';
import { createIlsdi, ilsdiUrl } from './ilsdi.js';
import { createKohaLoans } from './loans.js';
import { createKohaPatrons, type PatronRow } from './patrons.js';
import { createRefusedForNow } from './refused-for-now.js';
import { createServiceAccount } from './service-account.js';
import { apiUrl, type KohaSettings } from './settings.js';
import { createKohaTitles } from './titles.js';

/**
 * A Koha by its REST API, version 1. Opens no connection yet. What it may do is asked of the instance itself; where the
 * staff endpoints are not granted, copies and branches come from the public ones.
 */
export function openKoha(settings: KohaSettings, deps: { clock?: Clock } = {}): Ils {
  const clock = deps.clock ?? systemClock;
  const client = openHttpClient(apiUrl(settings.url), { system: 'Koha', sockets: settings.concurrency });
  const account = createServiceAccount(settings, { client, clock });
  const api = createKohaApi({ client, account, auth: settings.auth, clock });
  const refused = createRefusedForNow(clock);
  const granted = { api, refused, hasAccount: account.exists };
  const branches = createKohaBranches({ ...granted, clock });
  const copies = createKohaCopies({ ...granted, branches, countHolds: settings.count_holds });
  const { concurrency, ask_renewable: askRenewable, ilsdi_url: opac } = settings;
  const elsewhere =
    opac === undefined ? undefined : openHttpClient(ilsdiUrl(opac), { system: 'Koha', sockets: concurrency });
  const ilsdi = elsewhere && createIlsdi({ client: elsewhere, clock });
  const patrons = createKohaPatrons({ api, ilsdi, clock });
  const titles = createKohaTitles({ api, refused, concurrency });
  const loans = createKohaLoans({ api, titles, now: () => clock.now(), askRenewable, concurrency });
  const holds = createKohaHolds({ api, titles, branches });

  return {
    source: 'ils',
    name: 'Koha',
    host: client.host,
    capabilities({ signal }) {
      refused.forget();
      return discover({ api, settings, ilsdi }, signal);
    },
    branches: ({ signal }) => branches.list(signal),
    async availability(records, { signal }) {
      const found = await atMost(
        concurrency,
        records,
        signal,
        async (record, inner): Promise<[string, IlsCopies]> => [
          record.id,
          { items: await copies.of(record, inner), ecopies: [] },
        ],
      );
      return new Map(found);
    },
    authenticate: (card, pin, { signal }) => patrons.authenticate(card, pin, signal),
    async account(patron, { signal }) {
      const id = patrons.idOf(patron);
      const [row, lent, held, fines] = await Promise.all([
        patrons.read(id, signal),
        ifGranted(loans.list(id, signal)),
        ifGranted(holds.list(id, signal)),
        ifGranted(readFines(api, id, signal)),
      ]);
      return { ...standingOf(row), loans: lent, holds: held, fines };
    },
    pickupBranches: async (patron, record, { signal }) =>
      holds.pickupBranches(patrons.idOf(patron), record, signal),
    placeHold: async (patron, request, { signal }) => holds.place(patrons.idOf(patron), request, signal),
    // Koha asks nothing back: it places a hold or says why not.
    continueHold: () => Promise.reject(new IlsFault('not_offered', 'Koha', { mayHaveHappened: false })),
    cancelHold: async (patron, holdId, { signal }) => holds.cancel(patrons.idOf(patron), holdId, signal),
    renew: async (patron, loanId, { signal }) => loans.renew(patrons.idOf(patron), loanId, signal),
    endSession(patron) {
      patrons.forget(patron);
      return Promise.resolve();
    },
    ...(account.exists ? { feed: createKohaFeed(settings, { api, clock }) } : noPatrons('Koha')),
    close() {
      api.close();
      client.close();
      elsewhere?.close();
      return Promise.resolve();
    },
  };
}

/** Undefined where Koha does not let Carrel see this part. */
async function ifGranted<T>(part: Promise<T>): Promise<T | undefined> {
  try {
    return await part;
  } catch (error) {
    if (error instanceof IlsFault && (error.kind === 'refused' || error.kind === 'not_offered'))
      return undefined;
    throw error;
  }
}

function standingOf(row: PatronRow): Pick<IlsAccount, 'blocks' | 'cardExpires'> {
  return {
    blocks: [
      ...(row.restricted === true ? ['Restricted'] : []),
      ...(row.patron_card_lost === true ? ['Lost card'] : []),
      ...(row.incorrect_address === true ? ['Gone no address'] : []),
    ],
    ...(row.expiry_date !== undefined && { cardExpires: row.expiry_date.slice(0, 10) }),
  };
}
