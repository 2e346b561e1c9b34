import { keptSystemOf } from './accounts/kept-system.js';
import { openKeptAccounts, type KeptAccounts } from './accounts/kept-accounts.js';
import type { Clock } from './cache/clock.js';
import type { Records } from './catalogue/records.js';
import type { Database } from './db/database.js';
import { followSources } from './harvest/follow-sources.js';
import { createHarvests, type Harvests } from './harvest/harvests.js';
import { openEachOnce, tellsAddress } from './ils/open-adapter.js';
import { openSystems } from './ils/open-systems.js';
import { createPatronAddress, type PatronAddress } from './ils/patron-address.js';
import type { ShieldedIls } from './ils/shielded.js';
import type { Imports } from './imports/imports.js';
import { trainAfter } from './imports/take-up.js';
import type { Trainings } from './imports/trainings.js';
import { readKeyFile } from './settings/key-file.js';
import { createSeal, keyFor } from './settings/seal.js';
import { sourceKinds } from './settings/source-kinds.js';
import { createSources } from './settings/sources.js';

/** The library's own systems as staff set them up, and what is kept for patrons who wanted it. */
export interface OpenedSources {
  ils: ShieldedIls;
  /** There only where the library has switched on that a lender is told patrons' addresses. */
  patronAddress?: PatronAddress;
  harvests: Harvests;
  kept: KeptAccounts;
  /** The 32 bytes that everything secret is made of. */
  fileKey: Buffer;
  close(): Promise<void>;
}

/**
 * Opens every system that is switched on and follows every feed. `onUnusable` is told, as a
 * sentence for staff, of each that cannot be used; the others work. Throws KeyFileTrouble.
 */
export async function openSources(deps: {
  database: Database;
  choice: 'auto' | 'demo' | 'none';
  records: Records;
  imports: Imports;
  trainings: Trainings;
  onFault: (error: unknown) => void;
  onUnusable: (sentence: string) => void;
  /** Tells when feeds are due and how old answers are; default the machine's. */
  clock?: Clock;
}): Promise<OpenedSources> {
  const { database, onFault, onUnusable } = deps;
  const timed = deps.clock && { clock: deps.clock };
  const fileKey = readKeyFile(database.dataDir);
  const seal = createSeal(keyFor('settings', fileKey));
  const { sources, troubles, hasSystem } = await createSources({
    db: database.db,
    seal,
    kinds: sourceKinds,
  }).openAll();
  troubles.forEach(onUnusable);

  const patronAddress = sources.some(tellsAddress) ? createPatronAddress() : undefined;
  const adapterOf = openEachOnce({
    ...timed,
    ...(patronAddress && { patronAddress: patronAddress.current }),
  });
  const ils = openSystems(sources, {
    ...timed,
    choice: deps.choice,
    hasSystem,
    records: deps.records,
    adapterOf,
  });
  const harvests = createHarvests({
    ...timed,
    database,
    imports: deps.imports,
    onFault,
    onImport: (running) => trainAfter(deps.trainings, running, onFault),
  });
  const followed = followSources(sources, { ...timed, harvests, adapterOf });
  followed.troubles.forEach(onUnusable);
  const kept = openKeptAccounts({
    db: database.db,
    fileKey,
    system: keptSystemOf(sources.find(({ role }) => role === 'ils')),
    onFault,
  });

  return {
    ils,
    ...(patronAddress && { patronAddress }),
    harvests,
    kept,
    fileKey,
    async close() {
      await harvests.close();
      await followed.close();
      await ils.close();
      await kept.close();
    },
  };
}
