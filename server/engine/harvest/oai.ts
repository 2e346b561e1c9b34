import { z } from 'zod';
import type { Clock } from '../cache/clock.js';
import { IlsFault } from '../ils/ils-fault.js';
import { openFeedDoor } from './feed-door.js';
import type { HarvestPage, OpenFeed } from './feed.js';
import { readOaiAnswer, type OaiAnswer } from './oai-answer.js';
import type { OaiSettings } from './oai-settings.js';

type Asking = { signal: AbortSignal };

/** Where a list goes on, how long it was and how much of it came; without a token it was the last page. */
const Place = z.object({
  begun: z.string(),
  token: z.string().optional(),
  total: z.number().optional(),
  seen: z.number().default(0),
});

const DAY_MS = 24 * 60 * 60 * 1000;
/** How often a list is begun again whose token is no longer known, or that grew shorter while it was read. */
const MOST_RESTARTS = 3;
/** A list that goes on for so many pages without a record is taken for one that never ends. */
const MOST_EMPTY_PAGES = 100;
/** Formats that hold MARC, those with copies first. */
const knownPrefixes = ['marc21_withholdings', 'marcxml', 'marc21', 'marc', 'unimarc'];
const marcNamespace = /MARC21\/slim|marcxchange/i;

const LOOP =
  'The repository leads in a circle: it names a page that it gave before, or gives none but empty ones.';

const sentences: Readonly<Record<string, string>> = {
  badArgument: 'The repository does not accept the set, the format or the time that it was asked for.',
  cannotDisseminateFormat: 'The repository does not give records in the format that is set.',
  noSetHierarchy: 'The repository has no sets, but one is set.',
  badVerb: 'The repository does not list records at this address.',
};

/**
 * The records of an OAI-PMH repository. The cursor is the repository's own time on the first page of a list, so that
 * what changes while it is fetched comes again the next time. A list whose token is no longer known is begun again, and
 * so is one that grew shorter, whose later pages may have moved up past the place reached, or that is suddenly empty: three
 * times at most. A token
 * that comes twice is a loop, and stops the harvest.
 */
export function openOaiFeed(settings: OaiSettings, deps: { clock: Clock }): OpenFeed {
  const { host } = new URL(settings.url);
  const system = `The OAI-PMH repository ${host}`;
  const door = openFeedDoor(settings, {
    system,
    root: /<(?:[\w.-]+:)?OAI-PMH[\s>]/,
    accept: 'text/xml, application/xml',
    clock: deps.clock,
  });

  const ask = async (parameters: [string, string][], asking: Asking): Promise<OaiAnswer> =>
    readOaiAnswer((await door.ask(parameters, asking)).text, system);

  const requireNoError = ({ errors }: OaiAnswer): void => {
    const [code] = errors;
    if (code === undefined) return;
    const sentence = sentences[code];
    if (sentence === undefined) throw new IlsFault('broken', system);
    throw new IlsFault('not_offered', system, { grant: `${sentence} (${code})` });
  };

  async function identify(asking: Asking): Promise<OaiAnswer> {
    const answer = await ask([['verb', 'Identify']], asking);
    requireNoError(answer);
    return answer;
  }

  async function prefixOf(asking: Asking): Promise<string> {
    if (settings.metadata_prefix !== undefined) return settings.metadata_prefix;
    const answer = await ask([['verb', 'ListMetadataFormats']], asking);
    requireNoError(answer);
    const offered = answer.formats.map(({ prefix }) => prefix);
    const known = knownPrefixes.find((prefix) => offered.includes(prefix));
    const chosen = known ?? answer.formats.find(({ namespace }) => marcNamespace.test(namespace))?.prefix;
    if (chosen !== undefined) return chosen;
    const grant = `The repository gives no MARC; it offers ${offered.join(', ') || 'nothing'}.`;
    throw new IlsFault('not_offered', system, { grant });
  }

  /** The list from its beginning: everything, or what has changed since a little before the cursor. */
  async function windowOf(since: string | undefined, asking: Asking): Promise<[string, string][]> {
    const window: [string, string][] = [
      ['verb', 'ListRecords'],
      ['metadataPrefix', await prefixOf(asking)],
    ];
    if (settings.set !== undefined) window.push(['set', settings.set]);
    if (since === undefined) return window;
    const at = Date.parse(since);
    if (Number.isNaN(at)) throw new RangeError('an OAI-PMH cursor is a time');
    const { granularity } = await identify(asking);
    const overlapMs = settings.overlap_minutes * 60_000;
    window.push([
      'from',
      granularity?.includes('T')
        ? new Date(at - overlapMs).toISOString().replace(/\.\d+Z$/, 'Z')
        : new Date(at - Math.max(DAY_MS, overlapMs)).toISOString().slice(0, 10),
    ]);
    return window;
  }

  return {
    async describe(asking) {
      const { deletedRecord } = await identify(asking);
      return { deletions: deletedRecord === 'persistent' ? 'kept' : 'lost', changes: true };
    },

    async *harvest({ since, resume }, asking): AsyncGenerator<HarvestPage, string> {
      const place = resume === undefined ? undefined : Place.parse(JSON.parse(resume));
      if (place !== undefined && place.token === undefined) return place.begun;
      let { begun, token, total }: Partial<z.infer<typeof Place>> = place ?? {};
      let seen = place?.seen ?? 0;
      let window: [string, string][] | undefined;
      let restarts = 0;
      let emptyPages = 0;
      const tokens = new Set(token === undefined ? [] : [token]);
      for (;;) {
        // The token alone says which list it was: another argument beside it is an error.
        window ??= token === undefined ? await windowOf(since, asking) : undefined;
        const answer = await ask(
          token === undefined
            ? (window ?? [])
            : [
                ['verb', 'ListRecords'],
                ['resumptionToken', token],
              ],
          asking,
        );
        const isUnknown = answer.errors.includes('badResumptionToken');
        const isShorter = (answer.total ?? Infinity) < (total ?? 0);
        const isEmpty = answer.errors.includes('noRecordsMatch');
        // Behind a page with a token there is more, unless all that was counted has come.
        const isCutShort = isEmpty && seen < (total ?? 0);
        if (token !== undefined && (isUnknown || isShorter || isCutShort)) {
          if (++restarts > MOST_RESTARTS) throw new IlsFault('broken', system);
          token = total = undefined;
          seen = 0;
          tokens.clear();
          continue;
        }
        if (answer.responseDate === undefined || Number.isNaN(Date.parse(answer.responseDate))) {
          throw new IlsFault('foreign', system);
        }
        begun ??= answer.responseDate;
        if (isEmpty) return begun;
        requireNoError(answer);
        ({ token, total } = answer);
        seen += answer.records.length;
        emptyPages = answer.records.length === 0 ? emptyPages + 1 : 0;
        const isLoop = token !== undefined && (tokens.has(token) || emptyPages > MOST_EMPTY_PAGES);
        if (isLoop) throw new IlsFault('foreign', system, { grant: LOOP });
        if (token !== undefined) tokens.add(token);
        yield { records: answer.records, resume: JSON.stringify({ begun, token, total, seen }) };
        if (token === undefined) return begun;
      }
    },

    close: () => door.close(),
  };
}
