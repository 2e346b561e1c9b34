import { setMaxListeners } from 'node:events';
import { systemClock, type Clock } from '../../cache/clock.js';
import type { IlsCopies } from '../copies.js';
import type { Ils } from '../ils.js';
import type { IlsRecord } from '../record.js';
import { createAccount } from './account.js';
import { createBranches } from './branches.js';
import { discover } from './capabilities.js';
import { createPolarisFeed } from './feed.js';
import { createHolds } from './holds.js';
import { createItems } from './items.js';
import { openPapi } from './papi.js';
import { createPatrons } from './patrons.js';
import { createRenewals } from './renewals.js';
import type { PolarisSettings } from './settings.js';
import { createStatusList } from './status-list.js';
import { createStatusReader } from './statuses.js';

/**
 * A Polaris library system, by its API (PAPI). Patron PINs go out once, at sign-in, and are not kept; what is kept of a
 * patron until `endSession` is the access secret. Throws TypeError when the address is not http or https.
 */
export function openPolaris(settings: PolarisSettings, { clock = systemClock }: { clock?: Clock } = {}): Ils {
  const papi = openPapi(settings, { clock });
  const statuses = createStatusReader(settings.status_names);
  const branches = createBranches({ papi, clock });
  const statusList = createStatusList({ papi, clock });
  const items = createItems({ papi, settings, statuses, statusList });
  const patrons = createPatrons({ papi, settings, clock });
  const account = createAccount({ papi, patrons, settings, clock });
  const renewals = createRenewals({ papi, patrons, account, settings });
  const pickupBranch = (id: string) => branches.remembered(id);
  const holds = createHolds({ papi, patrons, account, items, pickupBranch, settings, clock });

  return {
    source: 'ils',
    name: settings.name,
    host: papi.host,
    capabilities: ({ signal }) => discover({ papi, settings, statuses, statusList }, signal),
    branches: ({ signal }) => branches.ask(signal),

    /** One request a record, for Polaris answers for one at a time; the first that fails stops the others. */
    async availability(records, { signal }) {
      const stop = new AbortController();
      const both = AbortSignal.any([signal, stop.signal]);
      // Each record in the line listens to it.
      setMaxListeners(0, both);
      const copiesOf = async (record: IlsRecord): Promise<[string, IlsCopies]> => [
        record.id,
        { items: await items.of(record, both), ecopies: [] },
      ];
      try {
        signal.throwIfAborted();
        return new Map(await Promise.all(records.map(copiesOf)));
      } finally {
        stop.abort(new Error('the question is answered'));
      }
    },

    authenticate: (card, pin, { signal }) => patrons.authenticate(card, pin, signal),
    account: (patron, { signal }) => account.all(patron, signal),
    pickupBranches: (patron, _record, { signal }) => branches.forPickup(patron.homeBranchId, signal),
    placeHold: (patron, request, { signal }) => holds.place(patron, request, signal),
    continueHold: (patron, question, yes, { signal }) => holds.answer(patron, question, yes, signal),
    cancelHold: (patron, holdId, { signal }) => holds.cancel(patron, holdId, signal),
    renew: (patron, loanId, { signal }) => renewals.renew(patron, loanId, signal),
    endSession: (patron) => {
      patrons.forget(patron);
      return Promise.resolve();
    },

    ...(papi.hasStaff && { feed: createPolarisFeed({ papi, settings, clock }) }),
    close() {
      papi.close();
      return Promise.resolve();
    },
  };
}
