import { createHash } from 'node:crypto';
import { z } from 'zod';
import { systemClock, type Clock } from '../cache/clock.js';
import { openAdapter, type OpenedAdapter } from '../ils/open-adapter.js';
import type { SourceKindName } from '../settings/source-kinds.js';
import type { OpenedSource } from '../settings/sources.js';
import type { Feed } from './feed.js';
import type { HarvestSource } from './harvest-run.js';
import { harvestFields } from './harvest-settings.js';
import { OaiSettings } from './oai-settings.js';
import { openOaiFeed } from './oai.js';
import { SruSettings } from './sru-settings.js';
import { openSruFeed } from './sru.js';

export interface OpenHarvestSource {
  source: HarvestSource;
  /** Frees the feed's connections; nothing is asked afterwards. */
  close(): Promise<void>;
}

const Times = z.object({ harvest: z.boolean().default(true), ...harvestFields });

/** Settings that make one feed another: what they change cannot be followed from where the other was left. */
const identifying: Readonly<Record<SourceKindName, readonly string[]>> = {
  koha: ['url'],
  polaris: ['url', 'org_id', 'harvest_items'],
  sip2: [],
  overdrive: [],
  oai: ['url', 'metadata_prefix', 'set'],
  sru: ['url', 'query', 'record_schema'],
};

/**
 * The feed of a source as staff set it up, connected to nothing yet; undefined for a source that brings no records, or
 * is not to bring any. A library system's own records carry the number by which that system knows them.
 */
export function openHarvestSource(
  opened: OpenedSource,
  deps: { clock?: Clock; adapterOf?: (source: OpenedSource) => OpenedAdapter } = {},
): OpenHarvestSource | undefined {
  const { clock = systemClock } = deps;
  const kind = opened.kind as SourceKindName;
  if (identifying[kind].length === 0) return undefined;
  const times = Times.parse(opened.settings);
  if (!times.harvest) return undefined;
  const about = identifying[kind].map((field) => opened.settings[field] ?? null);
  const feedId = createHash('sha256')
    .update(JSON.stringify([kind, ...about]))
    .digest('hex')
    .slice(0, 16);
  const given = (feed: Feed, close: () => Promise<void>, profile?: string): OpenHarvestSource => ({
    source: {
      source: times.records_as,
      feedId,
      feed,
      everyMinutes: times.every_minutes,
      sweepEveryHours: times.sweep_every,
      ...(profile !== undefined && { profile }),
    },
    close,
  });
  if (kind === 'oai' || kind === 'sru') {
    const feed =
      kind === 'oai'
        ? openOaiFeed(OaiSettings.parse(opened.settings), { clock })
        : openSruFeed(SruSettings.parse(opened.settings), { clock });
    return given(feed, () => Promise.resolve(feed.close()));
  }
  const { ils } = deps.adapterOf?.(opened) ?? openAdapter(opened, { clock });
  // An adapter that was asked nothing holds nothing to be freed.
  if (ils.feed === undefined) return undefined;
  return given({ ...ils.feed, keysAreIlsIds: true }, () => ils.close(), kind);
}
