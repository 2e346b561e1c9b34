import type { Clock } from '../../cache/clock.js';
import type { Feed, HarvestCursor, HarvestedRecord, HarvestPage } from '../../harvest/feed.js';
import { firstRecord } from '../../harvest/xml-walk.js';
import { IlsFault } from '../ils-fault.js';
import { localTime } from './dates.js';
import type { Papi } from './papi.js';
import type { PolarisSettings } from './settings.js';
import { flag, id, number, rows, text, type Row } from './wire.js';

/** Changes are asked for from a little before the last harvest began; from a day before where the zone is a guess. */
const OVERLAP_MS = 15 * 60_000;
const OVERLAP_WITHOUT_ZONE_MS = 26 * 3_600_000;

/** Where a harvest is: which list it reads, and the last record id it has seen there. */
interface Place {
  begunMs: number;
  list: 'bibs' | 'deleted';
  lastId: number;
}

type Page = { records: HarvestedRecord[]; lastId: number } | undefined;

/**
 * The catalogue by Synch_BibsPagedGet: pages in the order of record ids, each from behind the last id of the one before,
 * so that records which come and go meanwhile shift nothing. Suppressed records are told as deleted. A harvest of
 * changes ends with what Synch_GetDeletedBibsPaged lists, where it may be used; that a sweep is not needed any more it
 * does not promise, for purged records are in no list.
 */
export function createPolarisFeed(deps: { papi: Papi; settings: PolarisSettings; clock: Clock }): Feed {
  const { papi, settings, clock } = deps;
  const zone = settings.time_zone;

  const pageOf = async (
    path: string,
    place: Place,
    lists: readonly string[],
    recordOf: (row: Row, key: string) => HarvestedRecord,
    signal: AbortSignal,
  ): Promise<Page> => {
    const reply = await papi.get({ path, as: 'staff', line: 'harvest', signal });
    const found = rows(reply, ...lists);
    if (!found) throw new IlsFault('foreign', papi.system);
    if (found.length === 0) return undefined;
    const records = found.map((row) => {
      const key = id(row, 'BibliographicRecordID');
      if (key === undefined) throw new IlsFault('foreign', papi.system);
      return recordOf(row, key);
    });
    const lastId = Math.max(number(reply, 'LastID') ?? 0, ...records.map(({ key }) => Number(key)));
    // A page that leads back would never end.
    if (lastId <= place.lastId) throw new IlsFault('foreign', papi.system);
    return { records, lastId };
  };

  const bibs = (place: Place, since: string | undefined, signal: AbortSignal): Promise<Page> => {
    const query = [`lastid=${place.lastId}`, `nrecs=${settings.harvest_page}`];
    if (since !== undefined) query.push(`startdatemodified=${since}`, `startdatecreated=${since}`);
    if (settings.harvest_items) query.push('includeItems=1');
    const path = `/synch/bibs/MARCXML/paged?${query.join('&')}`;
    return pageOf(path, place, ['GetBibsPagedRows', 'GetBibsByIDRows'], bibOf, signal);
  };

  const deleted = async (place: Place, since: string, signal: AbortSignal): Promise<Page> => {
    const query = `deletedate=${since}&lastid=${place.lastId}&nrecs=${settings.harvest_page}`;
    const path = `/synch/bibs/deleted/paged?${query}`;
    try {
      return await pageOf(path, place, ['BibIDListRows'], (_row, key) => ({ key, deleted: true }), signal);
    } catch (error) {
      // Then deletions show in the next sweep, as `describe` says.
      const isClosed = error instanceof IlsFault && ['not_offered', 'refused'].includes(error.kind);
      if (isClosed && place.lastId === 0) return undefined;
      throw error;
    }
  };

  return {
    keysAreIlsIds: true,
    describe: () => Promise.resolve({ deletions: 'lost', changes: true }),
    async *harvest(from, { signal }): AsyncGenerator<HarvestPage, HarvestCursor> {
      const overlapMs = zone === undefined ? OVERLAP_WITHOUT_ZONE_MS : OVERLAP_MS;
      const since = from.since === undefined ? undefined : localTime(momentIn(from.since) - overlapMs, zone);
      const place: Place =
        from.resume === undefined ? { begunMs: clock.now(), list: 'bibs', lastId: 0 } : placeIn(from.resume);
      if (place.list === 'deleted' && since === undefined) throw new TypeError('not a place in this harvest');
      for (;;) {
        signal.throwIfAborted();
        const next =
          place.list === 'deleted' && since !== undefined
            ? await deleted(place, since, signal)
            : await bibs(place, since, signal);
        if (next) {
          place.lastId = next.lastId;
          yield { records: next.records, resume: resumeAt(place) };
        } else if (place.list === 'bibs' && since !== undefined) {
          // Only a page without rows is the end of a list: a server may give fewer than it was asked for.
          place.list = 'deleted';
          place.lastId = 0;
        } else return new Date(place.begunMs).toISOString();
      }
    },
  };
}

function bibOf(row: Row, key: string): HarvestedRecord {
  if (flag(row, 'IsDisplayInPAC') === false) return { key, deleted: true };
  const xml = text(row, 'BibliographicRecordXML') ?? '';
  // One without a whole record goes on as it is, for whoever reads it to put aside: the others are still good.
  return { key, deleted: false, marcxml: firstRecord(xml) ?? xml };
}

function momentIn(cursor: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(cursor) ? Date.parse(cursor) : NaN;
  if (Number.isNaN(ms)) throw new TypeError('not a cursor of this feed');
  return ms;
}

function resumeAt({ begunMs, list, lastId }: Place): string {
  return `${new Date(begunMs).toISOString()} ${list} ${lastId}`;
}

function placeIn(resume: string): Place {
  const [begun = '', list, lastId = ''] = resume.split(' ');
  if ((list !== 'bibs' && list !== 'deleted') || !/^\d+$/.test(lastId))
    throw new TypeError('not a place in this feed');
  return { begunMs: momentIn(begun), list, lastId: Number(lastId) };
}
