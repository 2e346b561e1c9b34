import { isIP } from 'node:net';
import { systemClock, type Clock } from '../../cache/clock.js';
import type { Capabilities, Capability } from '../capabilities.js';
import type { IlsCopies } from '../copies.js';
import { openHttpClient } from '../http-client.js';
import type { Ils } from '../ils.js';
import { IlsFault } from '../ils-fault.js';
import { noPatrons } from '../not-offered.js';
import type { IlsRecord } from '../record.js';
import { createApi } from './api.js';
import { createClientToken } from './client-token.js';
import { createCollection } from './collection.js';
import { createCollectionList } from './collection-list.js';
import { askAvailability, ecopyOf } from './ecopies.js';
import { createPace } from './pace.js';
import { createOverDrivePatrons } from './patrons.js';
import { patronGrant } from './patron-token.js';
import type { OverDriveSettings } from './settings.js';
import { needsList, wantedTitles } from './wanted.js';
import type { TitleIndex } from './titles.js';

export interface OverDriveDeps {
  clock?: Clock;
  /**
   * The network address of the patron on whose behalf something is being asked for. Asked for only where the library has
   * switched `forward_patron_address` on.
   */
  patronAddress?: () => string | undefined;
}

const lacks = (because: string): Capability => ({ works: false, because });

const lent = lacks(
  'Patrons see no e-loans and e-holds here unless patron_accounts is switched on; they stay in Libby and on the library’s OverDrive site.',
);

const others = {
  branches: lacks('E-copies stand at no branch.'),
  authenticate: lacks(
    'Patrons sign in to Carrel with the library’s own system alone; with patron_accounts their card and PIN are passed on to OverDrive too.',
  ),
  account: lent,
  renew: lacks(
    'OverDrive renews nothing by its API: a title is borrowed again on the library’s OverDrive site.',
  ),
  place_hold: lacks(
    'E-copies are borrowed and put on hold in Libby or on the library’s OverDrive site, where Carrel links to.',
  ),
  cancel_hold: lent,
  harvest: lacks('OverDrive gives no MARC records by its API; import them as a file.'),
} satisfies Partial<Capabilities>;

/** What `patron_accounts` adds. Only a card shows whether OverDrive grants it. */
const withAccounts = {
  ...others,
  authenticate: {
    works: true,
    note: `once the library’s own system has let a patron in; only a card (--card) shows whether OverDrive grants it: ${patronGrant}`,
  },
  account: { works: true },
  cancel_hold: { works: true },
} satisfies Partial<Capabilities>;

/**
 * A library's collection at OverDrive: which e-copies of a record there are, whether one is to be had and, where the library
 * wants it, what a patron has there. Has no copies that stand on a shelf. Opens no connection yet.
 */
export function openOverDrive(settings: OverDriveSettings, deps: OverDriveDeps = {}): Ils {
  const clock = deps.clock ?? systemClock;
  const client = openHttpClient(settings.api_url, { system: 'OverDrive', sockets: 2 });
  const doorkeeper = openHttpClient(settings.oauth_url, { system: 'OverDrive', sockets: 1 });
  const pace = createPace({ perSecond: settings.requests_per_second, clock });
  const token = createClientToken(settings, { client: doorkeeper, pace, clock });
  const patronAddress = settings.forward_patron_address ? deps.patronAddress : undefined;
  const api = createApi({ client, token, pace, clock, patronAddress: patronAddress ?? (() => undefined) });
  const onBehalf = (): Record<string, string> => {
    const address = patronAddress?.();
    return address === undefined || isIP(address) === 0 ? {} : { 'x-forwarded-for': address };
  };
  const collection = createCollection(settings, { api, clock });
  const list = createCollectionList(settings, { collection, clock });
  const patrons = settings.patron_accounts
    ? createOverDrivePatrons(settings, { api, collection, pace, clock, onBehalf })
    : undefined;
  const own: Omit<Capabilities, 'availability'> = patrons ? withAccounts : others;
  const { link_hosts: linkHosts, match_by_isbn: byIsbn, lender } = settings;

  /** The collection's list where it is needed. Who can be answered without it is, should it fail. */
  const listFor = async (
    records: readonly IlsRecord[],
    signal: AbortSignal,
  ): Promise<TitleIndex | undefined> => {
    if (!byIsbn || !records.some((record) => needsList(record, linkHosts))) return undefined;
    try {
      return await list.get(signal);
    } catch (error) {
      const canSay = (record: IlsRecord): boolean =>
        wantedTitles(record, { index: undefined, linkHosts, byIsbn }) !== undefined;
      if (error instanceof IlsFault && records.some(canSay)) return undefined;
      throw error;
    }
  };

  /** What staff should know of how titles are found. */
  const noteOf = async (signal: AbortSignal): Promise<string | undefined> => {
    if (!byIsbn) return 'Only titles whose catalogue record links to OverDrive are found.';
    const index = await list.get(signal);
    if (!index) return 'The list of the collection is being read; until then only linked titles are found.';
    if (index.size === 0) return 'The collection’s list is empty.';
    if (index.namesPrinted) return undefined;
    return settings.read_metadata
      ? 'Neither list nor metadata name ISBNs of printed books: only linked titles and records of the e-books themselves are found.'
      : 'The list names no ISBN of a printed book; switch read_metadata on to find e-copies of printed books.';
  };

  return {
    source: 'ils',
    name: 'OverDrive',
    host: client.host,
    ...(patrons && { lender }),
    async capabilities({ signal }) {
      token.askAnew();
      try {
        await collection.open(signal);
      } catch (error) {
        if (!(error instanceof IlsFault) || error.kind !== 'refused') throw error;
        return {
          ...own,
          availability: {
            works: false,
            because: 'OverDrive does not let Carrel see this library’s collection.',
            ...(error.grant !== undefined && { grant: error.grant }),
          },
        };
      }
      const note = await noteOf(signal);
      return { ...own, availability: { works: true, ...(note !== undefined && { note }) } };
    },
    branches: () => Promise.reject(new IlsFault('not_offered', 'OverDrive', { mayHaveHappened: false })),
    async availability(records, { signal }) {
      const index = await listFor(records, signal);
      const wanted = new Map(
        records.map((record) => [record.id, wantedTitles(record, { index, linkHosts, byIsbn })]),
      );
      const keys = new Set([...wanted.values()].flatMap((titles) => titles?.map(({ key }) => key) ?? []));
      const rows = await askAvailability(collection, [...keys], signal);
      const answer = new Map<string, IlsCopies>();
      for (const [recordId, titles] of wanted) {
        // Not yet known is not the same as none.
        if (!titles) continue;
        const ecopies = titles.map(({ key, ...more }) => ecopyOf(key, rows.get(key), { lender, ...more }));
        answer.set(recordId, { items: [], ecopies });
      }
      return answer;
    },
    ...(patrons ?? noPatrons('OverDrive')),
    async close() {
      await list.close();
      client.close();
      doorkeeper.close();
      patrons?.close();
    },
  };
}
