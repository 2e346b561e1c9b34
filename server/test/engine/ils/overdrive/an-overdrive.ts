import type { Clock } from '../../../../engine/cache/clock.js';
import type { IlsCopies } from '../../../../engine/ils/copies.js';
import type { Ils } from '../../../../engine/ils/ils.js';
import { IlsFault } from '../../../../engine/ils/ils-fault.js';
import { openOverDrive, type OverDriveDeps } from '../../../../engine/ils/overdrive/overdrive.js';
import { OverDriveSettings } from '../../../../engine/ils/overdrive/settings.js';
import type { IlsRecord } from '../../../../engine/ils/record.js';
import { bibOf } from '../../../fakes/bibs.js';
import { createFakeClock, type FakeClock } from '../../../fakes/clock.js';
import {
  openOverDriveSimulator,
  type OverDriveSimulator,
} from '../../../simulators/overdrive/overdrive-simulator.js';

/** Reserve IDs of the simulator's titles. */
export const titles = {
  tide: '76c1b7d0-17f4-4c05-8397-c66c17411584',
  lichens: 'ebff8d7b-c9a0-4478-a1ed-63b64e8386c5',
  letters: '2a005d55-a417-4053-b90d-7a38ca6d2065',
  always: '3896665d-9d81-4cac-bd43-ffc5066de1f5',
  east: 'd9fff371-29df-4970-a436-3e406489e8d7',
} as const;

export const signal = new AbortController().signal;

export const linkedTo = (id: string, recordId = id): IlsRecord =>
  bibOf(recordId, 'A record', {
    format: 'ebook',
    links: [{ url: `https://link.overdrive.com/?websiteID=100300&ID=${id}` }],
  });

export const withIsbn = (isbn: string, recordId = isbn): IlsRecord =>
  bibOf(recordId, 'A record', { isbns: [isbn] });

/** Settings that fit the simulator; 50 requests a second, so that only a test of the pace has to wait. */
export function settingsFor(url: string, more: Partial<Record<keyof OverDriveSettings, unknown>> = {}) {
  return OverDriveSettings.parse({
    client_key: 'CARREL',
    client_secret: 'client-secret',
    library_id: '4225',
    api_url: url,
    oauth_url: url,
    patron_token_url: url,
    patron_api_url: url,
    requests_per_second: 50,
    ...more,
  });
}

/** What a library sets that lets its patrons see their e-loans. */
export const withAccounts = {
  patron_accounts: true,
  website_id: '100300',
  authorization_name: 'samplelibrary',
} as const;

export interface OpenOverDrive {
  ils: Ils;
  simulator: OverDriveSimulator;
  clock: FakeClock;
  /** Paths that were asked, tokens and all. */
  paths: () => string[];
  /** Copies of one record. */
  ecopies: (record: IlsRecord) => Promise<IlsCopies>;
}

/** The adapter over the simulator, both on one clock that stands still. */
export async function openBoth(
  t: { teardown: (end: () => unknown) => void },
  more: Partial<Record<keyof OverDriveSettings, unknown>> = {},
  deps: Omit<OverDriveDeps, 'clock'> & { clock?: Clock } = {},
): Promise<OpenOverDrive> {
  const clock = createFakeClock();
  const simulator = await openOverDriveSimulator({ now: () => clock.now() });
  const ils = openOverDrive(settingsFor(simulator.url, more), { clock, ...deps });
  t.teardown(async () => {
    await ils.close();
    await simulator.close();
  });
  return {
    ils,
    simulator,
    clock,
    paths: () => simulator.asked.map(({ target }) => target),
    async ecopies(record) {
      const answer = (await ils.availability([record], { signal })).get(record.id);
      if (!answer) throw new Error('nothing was said of the record');
      return answer;
    },
  };
}

/** The fault with which something fails, as it must. */
export async function faultOf(
  asking: Promise<unknown>,
): Promise<Pick<IlsFault, 'kind' | 'retryAfterMs' | 'mayHaveHappened'>> {
  const fault: unknown = await asking.then(
    () => new Error('it was answered'),
    (error: unknown) => error,
  );
  if (!(fault instanceof IlsFault)) throw fault;
  const { kind, retryAfterMs, mayHaveHappened } = fault;
  return { kind, retryAfterMs, mayHaveHappened };
}
