import type { Test } from 'tap';
import type { Clock } from '../../../../engine/cache/clock.js';
import type { Ils } from '../../../../engine/ils/ils.js';
import { IlsFault } from '../../../../engine/ils/ils-fault.js';
import { openKoha } from '../../../../engine/ils/koha/koha.js';
import { KohaSettings } from '../../../../engine/ils/koha/settings.js';
import { createFakeClock } from '../../../fakes/clock.js';
import {
  openKohaSimulator,
  type KohaSimulator,
  type KohaSimulatorOptions,
} from '../../../simulators/koha/koha-simulator.js';

export interface AKoha {
  koha: KohaSimulator;
  ils: Ils;
  clock: ReturnType<typeof createFakeClock>;
}

/** Settings as a library would write them, for a server at this address. */
export function settingsFor(url: string, more: Record<string, unknown> = {}): KohaSettings {
  return KohaSettings.parse({
    url,
    client_id: 'carrel-client',
    client_secret: 'carrel-secret',
    ...more,
  });
}

/** Further settings; by the simulator's address where one of them is an address. */
type More = Record<string, unknown> | ((url: string) => Record<string, unknown>);

/** The simulator and the adapter in front of it, at one standing time. */
export async function openBoth(more: More = {}, options: KohaSimulatorOptions = {}): Promise<AKoha> {
  const clock = createFakeClock();
  const koha = await openKohaSimulator({ now: () => clock.now(), ...options });
  const settings = settingsFor(koha.url, typeof more === 'function' ? more(koha.url) : more);
  return { koha, clock, ils: openKoha(settings, { clock }) };
}

/** The same, closed when the test ends. */
export async function aKoha(t: Test, more: More = {}, options: KohaSimulatorOptions = {}): Promise<AKoha> {
  const both = await openBoth(more, options);
  t.teardown(async () => {
    await both.ils.close();
    await both.koha.close();
  });
  return both;
}

/** An adapter in front of any server, closed with the test. */
export function adapterFor(
  t: Test,
  url: string,
  more: Record<string, unknown> = {},
  clock: Clock = createFakeClock(),
): Ils {
  const ils = openKoha(settingsFor(url, more), { clock });
  t.teardown(() => ils.close());
  return ils;
}

/** The fault with which this ends; throws when it ends in any other way. */
export async function faultOf(work: Promise<unknown>): Promise<IlsFault> {
  const ended: unknown = await work.catch((error: unknown) => error);
  if (ended instanceof IlsFault) return ended;
  throw ended instanceof Error ? ended : new Error('it did not fail');
}
