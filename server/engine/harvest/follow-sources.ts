import type { Clock } from '../cache/clock.js';
import type { OpenedAdapter } from '../ils/open-adapter.js';
import type { OpenedSource } from '../settings/sources.js';
import type { Harvests } from './harvests.js';
import { openHarvestSource, type OpenHarvestSource } from './open-feed.js';

/**
 * Follows every source that brings records. `troubles` are sentences about those that cannot be: two under one name
 * would take away each other's records, so only the first of them is followed. `close` frees the feeds once the harvests
 * are closed.
 */
export function followSources(
  opened: readonly OpenedSource[],
  deps: { harvests: Harvests; clock?: Clock; adapterOf?: (source: OpenedSource) => OpenedAdapter },
): { troubles: string[]; close(): Promise<void> } {
  const troubles: string[] = [];
  const feeds = new Map<string, OpenHarvestSource & { name: string }>();
  for (const one of opened) {
    const feed = openHarvestSource(one, deps);
    if (feed === undefined) {
      if (one.settings['harvest'] === true) troubles.push(feedlessSentence(one.name));
      continue;
    }
    const name = feed.source.source;
    const first = feeds.get(name);
    if (first !== undefined) {
      troubles.push(
        `"${one.name}" and "${first.name}" both bring records as "${name}": give one of them another records_as. Only "${first.name}" is followed.`,
      );
      continue;
    }
    feeds.set(name, { ...feed, name: one.name });
    deps.harvests.follow(feed.source);
  }
  return {
    troubles,
    async close() {
      for (const feed of feeds.values()) await feed.close();
    },
  };
}

/** For a system that is to bring records and cannot with what it was told. */
export function feedlessSentence(name: string): string {
  return `"${name}" is to bring records (harvest=true), but that needs an account of Carrel’s own over there, and its settings name none.`;
}
