import type { Clock } from '../../cache/clock.js';
import type { Feed, HarvestCursor, HarvestedRecord, HarvestPage } from '../../harvest/feed.js';
import { IlsFault } from '../ils-fault.js';
import { localTime } from './dates.js';
import { recordElement } from './marcxml.js';
import type { Papi } from './papi.js';
import type { PolarisSettings } from './settings.js';
import { flag, id, number, rows, text, type Row } from './wire.js';

/** Changes are asked for from a little before the last harvest began; from a day before where the zone is a guess. */
const OVERLAP_MS = 15 * 60_000;
const OVERLAP_WITHOUT_ZONE_MS = 26 * 3_600_000;

/**
 * The catalogue by Synch_BibsPagedGet: pages in the order of record ids, each from behind the last id of the one before,
 * so that records which come and go meanwhile shift nothing. Deleted records are not told of; suppressed ones are told
 * as deleted.
 */
export function createPolarisFeed(deps: { papi: Papi; settings: PolarisSettings; clock: Clock }): Feed {
  const { papi, settings, clock } = deps;
  const zone = settings.time_zone;

  const page = async (
    lastId: number,
    sinceMs: number | undefined,
    signal: AbortSignal,
  ): Promise<{ records: HarvestedRecord[]; lastId: number } | undefined> => {
    const query = [`lastid=${lastId}`, `nrecs=${settings.harvest_page}`];
    if (sinceMs !== undefined) {
      const since = localTime(sinceMs - (zone === undefined ? OVERLAP_WITHOUT_ZONE_MS : OVERLAP_MS), zone);
      query.push(`startdatemodified=${since}`, `startdatecreated=${since}`);
    }
    if (settings.harvest_items) query.push('includeItems=1');
    const path = `/synch/bibs/MARCXML/paged?${query.join('&')}`;
    const reply = await papi.get({ path, as: 'staff', line: 'harvest', signal });
    const found = rows(reply, 'GetBibsPagedRows', 'GetBibsByIDRows');
    if (!found) throw new IlsFault('foreign', papi.system);
    if (found.length === 0) return undefined;
    const records = found.map((row) => recordOf(row, papi.system));
    const next = Math.max(number(reply, 'LastID') ?? 0, ...records.map(({ key }) => Number(key)));
    // A page that leads back would never end.
    if (next <= lastId) throw new IlsFault('foreign', papi.system);
    return { records, lastId: next };
  };

  return {
    describe: () => Promise.resolve({ deletions: 'lost', changes: true }),
    async *harvest(from, { signal }): AsyncGenerator<HarvestPage, HarvestCursor> {
      const sinceMs = from.since === undefined ? undefined : momentIn(from.since);
      const [begun, last] = from.resume === undefined ? [clock.now(), 0] : resumeIn(from.resume);
      let lastId = last;
      for (;;) {
        signal.throwIfAborted();
        const next = await page(lastId, sinceMs, signal);
        // Only a page without rows is the end: a server may give fewer than it was asked for.
        if (!next) return new Date(begun).toISOString();
        lastId = next.lastId;
        yield { records: next.records, resume: `${new Date(begun).toISOString()} ${lastId}` };
      }
    },
  };
}

function recordOf(row: Row, system: string): HarvestedRecord {
  const key = id(row, 'BibliographicRecordID');
  if (key === undefined) throw new IlsFault('foreign', system);
  if (flag(row, 'IsDisplayInPAC') === false) return { key, deleted: true };
  const xml = text(row, 'BibliographicRecordXML') ?? '';
  // One without a whole record goes on as it is, for whoever reads it to put aside: the others are still good.
  return { key, deleted: false, marcxml: recordElement(xml) ?? xml };
}

function momentIn(cursor: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(cursor) ? Date.parse(cursor) : NaN;
  if (Number.isNaN(ms)) throw new TypeError('not a cursor of this feed');
  return ms;
}

function resumeIn(resume: string): [begun: number, lastId: number] {
  const [begun = '', lastId = ''] = resume.split(' ');
  if (!/^\d+$/.test(lastId)) throw new TypeError('not a place in this feed');
  return [momentIn(begun), Number(lastId)];
}
