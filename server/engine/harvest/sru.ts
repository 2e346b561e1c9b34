import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../cache/clock.js';
import { IlsFault } from '../ils/ils-fault.js';
import { openFeedDoor } from './feed-door.js';
import type { HarvestedRecord, HarvestPage, OpenFeed } from './feed.js';
import { readSruAnswer, type SruRecord } from './sru-answer.js';
import { faultOfDiagnostic, GONE, isOfOneRecord, OUT_OF_RANGE } from './sru-diagnostics.js';
import type { SruSettings } from './sru-settings.js';
import { EMPTY_RECORD } from './xml-walk.js';

/** The next position to ask for; `total` as the last answer gave it, absent before the first. */
const Place = z.object({ begun: z.string(), start: z.number(), total: z.number().optional() });

/** How often in a row a position behind the end is answered by going back a page: the result may have shrunk. */
const MOST_STEPS_BACK = 2;
const DAY_MS = 24 * 60 * 60 * 1000;
const CUT_SHORT =
  'The server gives fewer records than it says it has, so what it left out cannot be told from what is gone.';

const STANDING_STILL = 'The server gives the same records again, whatever position it is asked for.';

/**
 * The records that a query finds on an SRU server. SRU is made for searching: it tells no deletions, and servers may cap
 * how far a result can be paged, so a harvest that ends before its last record is an error and never a short result.
 * Where the result shrinks while it is paged, as many records are asked for again as may have moved up.
 */
export function openSruFeed(settings: SruSettings, deps: { clock: Clock }): OpenFeed {
  const { host } = new URL(settings.url);
  const system = `The SRU server ${host}`;
  const { clock } = deps;
  const door = openFeedDoor(settings, {
    system,
    root: /<(?:[\w.-]+:)?searchRetrieveResponse[\s>]/,
    accept: 'application/sru+xml, text/xml, application/xml',
    clock,
  });
  const isVersion2 = settings.version === '2.0';
  const packing = isVersion2 ? 'recordXMLEscaping' : 'recordPacking';

  function queryOf(since: string | undefined): string {
    if (since === undefined || settings.changes_query === undefined) return settings.query;
    const at = Date.parse(since);
    if (Number.isNaN(at)) throw new RangeError('an SRU cursor is a time');
    const day = new Date(at - settings.overlap_days * DAY_MS).toISOString().slice(0, 10);
    const written = settings.since_format === 'iso' ? day : day.replaceAll('-', '');
    return settings.changes_query.replaceAll('{since}', written);
  }

  function harvested(record: SruRecord, position: number): HarvestedRecord {
    const { key, marcxml, diagnostic } = record;
    if (diagnostic !== undefined && !isOfOneRecord(diagnostic)) throw faultOfDiagnostic(diagnostic, system);
    if (marcxml === undefined)
      return { key: key ?? `position:${position}`, deleted: false, marcxml: EMPTY_RECORD };
    return { key: key ?? `x${digestOf(marcxml)}`, deleted: false, marcxml };
  }

  return {
    describe: () => Promise.resolve({ deletions: 'lost', changes: settings.changes_query !== undefined }),

    async *harvest({ since, resume }, { signal }): AsyncGenerator<HarvestPage, string> {
      const query = queryOf(since);
      let place = resume === undefined ? undefined : Place.parse(JSON.parse(resume));
      let stepsBack = 0;
      let pageBefore: string | undefined;
      for (;;) {
        const start = place?.start ?? 1;
        const before = place?.total;
        if (before !== undefined && start > before) return place?.begun ?? '';
        const { text, date } = await door.ask(
          [
            ['version', settings.version],
            ...(isVersion2 ? [] : [['operation', 'searchRetrieve'] as const]),
            ['query', query],
            ['startRecord', String(start)],
            ['maximumRecords', String(settings.page_size)],
            ['recordSchema', settings.record_schema],
            ...(settings.record_packing === undefined ? [] : [[packing, settings.record_packing] as const]),
          ],
          { signal },
        );
        const begun: string = place?.begun ?? new Date(date ?? clock.now()).toISOString();
        const answer = readSruAnswer(text, system);
        const [diagnostic] = answer.diagnostics;
        if (diagnostic === OUT_OF_RANGE && start > 1) {
          if (++stepsBack > MOST_STEPS_BACK) throw cutShort();
          pageBefore = undefined;
          place = { ...place, begun, start: Math.max(1, start - settings.page_size) };
          continue;
        }
        if (diagnostic !== undefined) throw faultOfDiagnostic(diagnostic, system);
        const { total, records } = answer;
        if (records.length === 0 && start <= total) throw cutShort();
        if (total === 0) return begun;
        const moved = Math.max(0, (before ?? total) - total);
        const end = start + records.length;
        const isForward = answer.next !== undefined && answer.next > start && answer.next <= end;
        const forward = isForward ? (answer.next ?? end) : end;
        place = { begun, start: moved > 0 ? Math.max(1, start - moved) : forward, total };
        const given = records.flatMap((record, at) =>
          record.diagnostic === GONE ? [] : [harvested(record, start + at)],
        );
        const digest = digestOf(JSON.stringify(given));
        if (start > 1 && given.length > 0 && digest === pageBefore) {
          throw new IlsFault('foreign', system, { grant: STANDING_STILL });
        }
        pageBefore = moved > 0 ? undefined : digest;
        yield { records: given, resume: JSON.stringify(place) };
      }
    },

    close: () => door.close(),
  };

  function cutShort(): IlsFault {
    return new IlsFault('cut_off', system, { grant: CUT_SHORT });
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 15);
}
