import type { Test } from 'tap';
import type { Ils } from '../../../../engine/ils/ils.js';
import { IlsFault } from '../../../../engine/ils/ils-fault.js';
import { Sip2Settings } from '../../../../engine/ils/sip2/settings.js';
import { openSip2 } from '../../../../engine/ils/sip2/sip2.js';
import { bibOf, itemOf } from '../../../fakes/bibs.js';
import { createFakeClock } from '../../../fakes/clock.js';
import { openSip2Simulator, type Sip2Options } from '../../../simulators/sip2/sip2.js';

/** The moment at which the published exchanges were sent. */
export const published = Date.UTC(2026, 7, 4, 10, 15, 0);

type Change = Partial<ReturnType<typeof Sip2Settings.parse>>;

/** Settings as for the published exchanges, and whatever the test cares about. */
export function settingsOf(change: Change = {}): Sip2Settings {
  return Sip2Settings.parse({
    host: '127.0.0.1',
    login_user: 'scclient',
    login_password: 'clientpwd',
    location: 'main',
    institution: 'UWOLS',
    zone: 'UTC',
    branches: [
      { id: 'MAIN', name: 'Central Library' },
      { id: 'EAST', name: 'East Branch' },
    ],
    ...change,
  });
}

/** The adapter before a server; time stands still for both until the test moves it. */
export async function openSystem(t: Test, change: Change = {}, options: Sip2Options = {}) {
  const clock = createFakeClock(published);
  const waits: number[] = [];
  const watched = {
    ...clock,
    after: (ms: number, signal?: AbortSignal) => {
      waits.push(ms);
      return clock.after(ms, signal);
    },
  };
  const server = await openSip2Simulator({ clock, ...options });
  const ils = openSip2(settingsOf({ port: server.port, ...change }), { clock: watched });
  t.teardown(async () => {
    await ils.close();
    await server.close();
  });
  const codes = (): string[] => server.asked.map(({ code }) => code);
  /** Resolves when the adapter has begun so many waits of that length: what it did before is done. */
  const waiting = async (ms: number, count = 1): Promise<void> => {
    while (waits.filter((one) => one === ms).length < count) await clock.settle();
  };
  return { clock, server, ils, codes, waiting };
}

/** A record with a copy of each barcode. */
export const withCopies = (...barcodes: string[]) =>
  bibOf('r', 'Record', { items: barcodes.map((barcode) => itemOf(`i-${barcode}`, 'MAIN', { barcode })) });

/** What is said of one copy. */
export async function statusOf(
  ils: Ils,
  barcode = 'BAR-IN',
  signal = new AbortController().signal,
): Promise<string | undefined> {
  const copies = await ils.availability([withCopies(barcode)], { signal });
  return copies.get('r')?.items[0]?.rawStatus;
}

/** The fault that the work ends in; throws where it ends in anything else. */
export async function faultOf(work: Promise<unknown>): Promise<IlsFault> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof IlsFault) return error;
  throw new Error('no fault', { cause: error });
}
