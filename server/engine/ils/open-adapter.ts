import type { Clock } from '../cache/clock.js';
import type { SourceKindName } from '../settings/source-kinds.js';
import type { OpenedSource } from '../settings/sources.js';
import type { Ils } from './ils.js';
import { openKoha } from './koha/koha.js';
import { KohaSettings } from './koha/settings.js';
import { openOverDrive } from './overdrive/overdrive.js';
import { OverDriveSettings } from './overdrive/settings.js';
import type { PatronAddress } from './patron-address.js';
import { openPolaris } from './polaris/polaris.js';
import { PolarisSettings } from './polaris/settings.js';
import { shieldLimits, type ShieldLimits } from './shield-limits.js';
import { Sip2Settings } from './sip2/settings.js';
import { openSip2 } from './sip2/sip2.js';

interface AdapterDeps {
  clock?: Clock;
  /** Whose address a lender is told, where `tellsAddress` says so of its settings. */
  patronAddress?: PatronAddress['current'];
}

/** An adapter, and what its system bears. */
export interface OpenedAdapter {
  ils: Ils;
  limits: ShieldLimits;
}

/**
 * One adapter for each source, however often it is wanted: shelves and harvest share connections, limits and sessions. At
 * Polaris each sign-in of an account ends the one before.
 */
export function openEachOnce(deps: AdapterDeps = {}): (source: OpenedSource) => OpenedAdapter {
  const opened = new Map<string, OpenedAdapter>();
  return (source) => {
    const adapter = opened.get(source.name) ?? openAdapter(source, deps);
    opened.set(source.name, adapter);
    return adapter;
  };
}

/** Throws TypeError for a mere feed. */
export function openAdapter(source: OpenedSource, deps: AdapterDeps = {}): OpenedAdapter {
  // A system that also feeds the catalogue has settings of that beside its own, which its own schema leaves out.
  const { settings } = source;
  switch (source.kind as SourceKindName) {
    case 'koha': {
      const koha = KohaSettings.parse(settings);
      return { ils: openKoha(koha, deps), limits: { ...shieldLimits.koha, atATime: koha.concurrency } };
    }
    case 'polaris': {
      const polaris = PolarisSettings.parse(settings);
      return {
        ils: openPolaris(polaris, deps),
        limits: { ...shieldLimits.polaris, atATime: polaris.concurrency },
      };
    }
    case 'sip2': {
      const sip2 = Sip2Settings.parse(settings);
      return { ils: openSip2(sip2, deps), limits: { ...shieldLimits.sip2, atATime: sip2.connections } };
    }
    case 'overdrive':
      return { ils: openOverDrive(OverDriveSettings.parse(settings), deps), limits: shieldLimits.overdrive };
    case 'oai':
    case 'sru':
      throw new TypeError(`${source.name} is a feed, which has no copies and no patrons`);
  }
}

/** Whether the library lets this source be told from which address a patron asks. */
export function tellsAddress({ settings }: Pick<OpenedSource, 'settings'>): boolean {
  return settings['forward_patron_address'] === true;
}
