import { systemClock, type Clock } from '../cache/clock.js';
import type { Records } from '../catalogue/records.js';
import type { OpenedSource } from '../settings/sources.js';
import { combineIls } from './combined.js';
import { createDemoIls } from './demo.js';
import type { Ils } from './ils.js';
import { openEachOnce, type OpenedAdapter } from './open-adapter.js';
import { noIls, shieldIls, type ShieldedIls, type ShieldOptions } from './shielded.js';

/**
 * Opens what the library has set up, each behind a shield of its own. Circulation is simulated by `auto` only where the
 * library has no system set up at all: of one that is switched off or cannot be used, nobody knows what is on its shelves.
 * Nothing is asked yet.
 */
export function openSystems(
  sources: readonly OpenedSource[],
  deps: {
    choice: 'auto' | 'demo' | 'none';
    /** A system or a lender is set up, though it may not be among the sources. */
    hasSystem: boolean;
    records: Pick<Records, 'listRecords' | 'listFirst' | 'branches'>;
    clock?: Clock;
    adapterOf?: (source: OpenedSource) => OpenedAdapter;
  },
): ShieldedIls {
  const { records, clock = systemClock } = deps;
  const adapterOf = deps.adapterOf ?? openEachOnce({ clock });
  const shielded = (ils: Ils, options: Partial<ShieldOptions>): ShieldedIls =>
    shieldIls(ils, { lookup: (ids) => records.listRecords(ids), clock, ...options });
  const demo = (): ShieldedIls => shielded(createDemoIls({ catalogue: records, clock }), {});
  if (deps.choice !== 'auto') {
    return deps.choice === 'demo' ? demo() : noIls();
  }

  const opened = sources
    .filter(({ role }) => role !== 'feed')
    .map((source) => {
      const { ils, limits } = adapterOf(source);
      return { role: source.role, shield: shielded(ils, limits) };
    });
  if (opened.length === 0) return deps.hasSystem ? noIls() : demo();
  return combineIls({
    ils: opened.find(({ role }) => role === 'ils')?.shield ?? noIls(),
    lenders: opened.filter(({ role }) => role === 'ecopies').map(({ shield }) => shield),
  });
}
