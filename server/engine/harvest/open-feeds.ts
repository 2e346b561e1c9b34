import { systemClock, type Clock } from '../cache/clock.js';
import type { Ils } from '../ils/ils.js';
import { recordsAsOf, type OpenedSource, type SourceKinds } from '../settings/sources.js';
import type { Feed } from './feed.js';
import type { HarvestSource } from './harvest-run.js';
import { openOaiFeed } from './oai.js';
import { OaiSettings } from './oai-settings.js';
import { openSruFeed } from './sru.js';
import { SruSettings } from './sru-settings.js';

/** A feed that a library has set up, under the name staff gave it. */
export interface OpenedFeed extends HarvestSource {
  name: string;
  /** Frees connections of the feed's own; an ILS's are the ILS's. */
  close(): void;
}

/** The feed of a source, or undefined where it has none or is not to be harvested. `adapter`: its Ils, where it is one. */
export function openFeed(
  source: OpenedSource,
  deps: { kinds: SourceKinds; adapter?: Ils | undefined; clock?: Clock },
): OpenedFeed | undefined {
  const { settings, kind, name } = source;
  const clock = deps.clock ?? systemClock;
  const recordsAs = recordsAsOf(deps.kinds[kind], settings);
  if (recordsAs === undefined) return undefined;
  const common = {
    name,
    source: recordsAs,
    everyMinutes: Number(settings['every_minutes']),
    sweepEveryHours: Number(settings['sweep_every']),
  };
  const at = [kind, settings['url'], settings['set'] ?? settings['query'] ?? ''].join(' ');
  const from = (feed: Feed, close: () => void): OpenedFeed => ({ ...common, feedId: at, feed, close });
  if (kind === 'oai') {
    const feed = openOaiFeed(OaiSettings.parse(settings), { clock });
    return from(feed, () => feed.close());
  }
  if (kind === 'sru') {
    const feed = openSruFeed(SruSettings.parse(settings), { clock });
    return from(feed, () => feed.close());
  }
  const feed = deps.adapter?.feed;
  return feed && from(feed, () => undefined);
}
