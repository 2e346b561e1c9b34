import type { ItemStatus } from '../../../contract/vocabulary.js';
import { ilsFunctions, type IlsFunction } from '../../../engine/ils/capabilities.js';
import type { IlsItem } from '../../../engine/ils/copies.js';
import type { Ils } from '../../../engine/ils/ils.js';
import { IlsFault, type IlsFaultKind } from '../../../engine/ils/ils-fault.js';
import { noPatrons } from '../../../engine/ils/not-offered.js';
import { shieldIls, type ShieldOptions } from '../../../engine/ils/shielded.js';
import { bibOf } from '../../fakes/bibs.js';
import { createFakeClock } from '../../fakes/clock.js';

/** A copy at a branch. */
export function item(recordId: string, status: ItemStatus, branchId = 'MAIN'): IlsItem {
  return {
    itemId: `${recordId}-${branchId}-${status}`,
    recordId,
    branchId,
    branchName: `Branch ${branchId}`,
    status,
    rawStatus: status,
  };
}

/** A shield around a system that counts what it is asked and can be well, failing, hanging or half there. */
export function setUp(options: Partial<ShieldOptions> = {}) {
  const clock = createFakeClock();
  const upstream = {
    asked: [] as string[][],
    branchesAsked: 0,
    capabilitiesAsked: 0,
    mode: 'well' as 'well' | 'failing' | 'hanging' | 'half',
    fault: 'broken' as IlsFaultKind,
    poison: undefined as string | undefined,
    stopped: 0,
    running: 0,
    most: 0,
  };
  const ils: Ils = {
    source: 'ils',
    name: 'Test',
    ...noPatrons('the test system'),
    capabilities() {
      upstream.capabilitiesAsked += 1;
      if (upstream.mode === 'failing') return Promise.reject(new IlsFault('broken', 'the test system'));
      const works = { works: true } as const;
      const told = ilsFunctions.map((one) => [one, works] as const);
      return Promise.resolve(Object.fromEntries(told) as Record<IlsFunction, typeof works>);
    },
    close: () => Promise.resolve(),
    async availability(records, { signal }) {
      const ids = records.map(({ id }) => id);
      upstream.asked.push([...ids]);
      upstream.running += 1;
      upstream.most = Math.max(upstream.most, upstream.running);
      if (ids.some((id) => id === upstream.poison)) {
        upstream.running -= 1;
        throw new IlsFault('broken', 'the test system');
      }
      if (upstream.mode === 'failing')
        throw new IlsFault(upstream.fault, 'the test system', { retryAfterMs: 3_000 });
      if (upstream.mode === 'hanging') {
        await clock.after(600_000, signal).catch((error: unknown) => {
          upstream.stopped += 1;
          upstream.running -= 1;
          throw error;
        });
      }
      upstream.running -= 1;
      const known = upstream.mode === 'half' ? ids.slice(0, 1) : ids;
      return new Map(known.map((id) => [id, { items: [item(id, 'available')], ecopies: [] }]));
    },
    branches() {
      upstream.branchesAsked += 1;
      return upstream.mode === 'failing'
        ? Promise.reject(new IlsFault('broken', 'the test system'))
        : Promise.resolve([{ id: 'MAIN', name: 'Branch MAIN', pickup: true }]);
    },
  };
  const lookup = (ids: readonly string[]) => Promise.resolve(ids.map((id) => bibOf(id, `Title ${id}`)));
  return { clock, upstream, shield: shieldIls(ils, { clock, lookup, repeats: 0, ...options }) };
}
