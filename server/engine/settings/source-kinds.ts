import { z } from 'zod';
import { harvestFields } from '../harvest/harvest-settings.js';
import { OaiSettings } from '../harvest/oai-settings.js';
import { SruSettings } from '../harvest/sru-settings.js';
import { KohaSettings } from '../ils/koha/settings.js';
import { OverDriveSettings } from '../ils/overdrive/settings.js';
import { PolarisSettings } from '../ils/polaris/settings.js';
import { Sip2Settings } from '../ils/sip2/settings.js';
import type { SourceKind } from './sources.js';

/** A system that can also feed the catalogue, and is not asked to unless the library says so. */
const harvestable = {
  harvest: z
    .boolean()
    .default(false)
    .describe('Whether the catalogue is fetched from this system too, in place of files'),
  ...harvestFields,
};

/** Every kind of source that Carrel can ask, as staff choose it. */
export const sourceKinds = {
  koha: { title: 'Koha', role: 'ils', schema: KohaSettings.safeExtend(harvestable) },
  polaris: { title: 'Polaris', role: 'ils', schema: PolarisSettings.extend(harvestable) },
  sip2: { title: 'SIP2', role: 'ils', schema: Sip2Settings },
  overdrive: { title: 'OverDrive', role: 'ecopies', schema: OverDriveSettings },
  oai: { title: 'OAI-PMH', role: 'feed', schema: OaiSettings },
  sru: { title: 'SRU', role: 'feed', schema: SruSettings },
} as const satisfies Record<string, SourceKind>;

export type SourceKindName = keyof typeof sourceKinds;
