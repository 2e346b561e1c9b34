import { localIso, msDate, number, papi, sqlDate, type Fields } from './polaris-format.js';
import type { Ground, Route } from './polaris-ground.js';
import { ITEM_STATUSES } from './polaris-library.js';
import type { PolarisBib, PolarisItem } from './polaris-state.js';

const SLIM = 'http://www.loc.gov/MARC21/slim';
const ORGANIZATIONS: Record<string, number> = { all: 0, system: 1, library: 2, branch: 3 };

/** Public catalogue calls: OrganizationsGet, BibHoldingsGet and, on newer servers, ItemStatusesGet and PickupBranchesGet. */
export function publicCatalogue({ state, version }: Ground): Route[] {
  const branch = (id: number): string => state.organizations.find((one) => one.id === id)?.displayName ?? '';
  return [
    [
      'GET',
      'organizations/*',
      ({ asked, parts: [kind = ''] }) => {
        const code = ORGANIZATIONS[kind];
        if (code === undefined) return papi(asked, 'OrganizationsGetResult', -1, 'Invalid type specified');
        const rows = state.organizations.filter((one) => code === 0 || one.code === code);
        return papi(asked, 'OrganizationsGetResult', rows.length, '', {
          OrganizationsGetRows: rows.map((one) => ({
            OrganizationID: one.id,
            OrganizationCodeID: one.code,
            Name: one.name,
            Abbreviation: one.abbreviation,
            DisplayName: one.displayName,
            ParentOrganizationID: one.parent,
          })),
        });
      },
    ],
    ...(version === 'old' ? [] : lists(state)),
    [
      'GET',
      'bib/*/holdings',
      ({ asked, parts: [id] }) => {
        const bib = state.bibs.find((one) => one.id === number(id));
        if (!bib) return papi(asked, 'BibHoldingsGetResult', -1, 'Invalid BibID');
        const items = state.items.filter((one) => one.bibId === bib.id && one.displayInPac);
        return papi(asked, 'BibHoldingsGetResult', items.length, '', {
          BibHoldingsGetRows: items.map((one) => ({
            LocationID: one.branchId,
            LocationName: branch(one.branchId),
            CollectionID: 1,
            CollectionName: one.collection,
            Barcode: one.barcode,
            PublicNote: null,
            CallNumber: one.callNumber,
            Designation: null,
            ShelfLocation: one.shelfLocation,
            CircStatus: shown(one),
            LastCircDate: 'Feb 12 2026 ',
            MaterialType: one.electronic ? 'eBook' : 'Book',
            TextualHoldingsNote: null,
            RetentionStatement: null,
            HoldingsStatement: null,
            HoldingsNote: null,
            ItemsTotal: items.length,
            ItemsIn: items.filter((item) => item.status === 'In').length,
            Holdable: one.holdable,
            VolumeNumber: one.volume,
            DueDate: localIso(one.dueAt),
            // As the vendor's page spells it.
            IsElecronicItem: one.electronic,
          })),
        });
      },
    ],
  ];
}

/** Lists that came with Polaris 6.3 and 6.7. */
const lists = (state: Ground['state']): Route[] => [
  [
    'GET',
    'itemstatuses',
    ({ asked }) =>
      papi(asked, 'ItemStatusesGetResult', ITEM_STATUSES.length, '', {
        ItemStatusesRows: ITEM_STATUSES.map(([Name, ItemStatusID, Description]) => ({
          ItemStatusID,
          Description,
          Name,
          BannerText: Description.slice(0, 15),
        })),
      }),
  ],
  [
    'GET',
    'pickupbranches',
    ({ asked }) => {
      const branches = state.organizations.filter(({ pickup }) => pickup);
      return papi(asked, 'PickupBranchesGetResult', 0, '', {
        PickupBranchesRows: branches.map(({ id }) => ({ ID: id })),
      });
    },
  ],
];

/** The display text: the library's words for the status and, when out, the due date behind them. */
const shown = (item: PolarisItem): string => {
  if (item.dueAt === null) return item.statusText;
  const local = new Date(Date.parse(item.dueAt) - 6 * 3_600_000);
  return `${item.statusText} (${local.getUTCMonth() + 1}/${local.getUTCDate()}/${local.getUTCFullYear()})`;
};

/** As rows carry records: one in a collection of its own, under the prefix `marc`. */
const collection = (record: string): string =>
  `<marc:collection xsi:schemaLocation="${SLIM} http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:marc="${SLIM}">` +
  `${record.replace(` xmlns="${SLIM}"`, '').replace(/<(\/?)(\w)/g, '<$1marc:$2')}</marc:collection>`;

/** Protected synch calls: Synch_BibsPagedGet, Synch_BibsByIDGet, the id lists, and items of one bib. */
export function synch({ state, faults, version }: Ground): Route[] {
  const rowsName = version === 'old' ? 'GetBibsByIDRows' : 'GetBibsPagedRows';
  const branch = (id: number): string => state.organizations.find((one) => one.id === id)?.displayName ?? '';

  const bibRow = (bib: PolarisBib, withItems: boolean): Fields => ({
    BibliographicRecordID: bib.id,
    IsDisplayInPAC: bib.displayInPac,
    CreationDate: msDate(bib.created),
    FirstAvailableDate: msDate(bib.created),
    ModificationDate: msDate(bib.modified),
    BibliographicRecordXML: collection(withItems ? withHoldings(bib) : bib.marcxml),
  });
  const withHoldings = (bib: PolarisBib): string => {
    const fields = state.items
      .filter((one) => one.bibId === bib.id)
      .map((one) => {
        // As libraries' own harvesters read it: ids for branch, collection, copy, status and material.
        const subfields: [string, string | number | boolean][] = [
          ['a', one.branchId],
          ['b', 1],
          ['d', one.id],
          ['e', one.statusId],
          ['f', one.branchId],
          ['g', one.barcode],
          ['i', 1],
          ['j', 2],
          ['k', one.holdable],
          ['l', one.displayInPac],
          ['m', one.callNumber],
        ];
        const written = subfields.map(([code, value]) => `<subfield code="${code}">${value}</subfield>`);
        return `<datafield tag="852" ind1=" " ind2=" ">${written.join('')}</datafield>`;
      });
    return bib.marcxml.replace('</record>', `${fields.join('')}</record>`);
  };
  /** Sorted by id from behind `lastid`; never more than 100 at a time. */
  const pageOf = <T extends { id: number }>(all: T[], query: URLSearchParams): T[] => {
    const last = number(insensitive(query, 'lastid')) || 0;
    const size = Math.min(number(insensitive(query, 'nrecs')) || 100, 100);
    const rows = all.filter((one) => one.id > last).sort((a, b) => a.id - b.id);
    return rows.slice(0, size);
  };
  const ids = (rows: { id: number }[]): Fields => ({
    BibIDListRows: rows.map((one) => ({ BibliographicRecordID: one.id })),
  });

  return [
    [
      'GET',
      'synch/bibs/MARCXML/paged',
      ({ asked }) => {
        const created = range(asked.query, 'created');
        const modified = range(asked.query, 'modified');
        const ranges = [...(created ? [created] : []), ...(modified ? [modified] : [])];
        if (number(insensitive(asked.query, 'nrecs')) > 100)
          return papi(asked, 'GetBibsPagedResult', -1, 'Number of records may not exceed 100');
        // Either range is enough; without any, everything.
        const wanted = state.bibs.filter(
          (one) =>
            ranges.length === 0 || (created?.(one.created) ?? false) || (modified?.(one.modified) ?? false),
        );
        const rows = pageOf(wanted, asked.query);
        faults.betweenPages?.(state);
        return papi(asked, 'GetBibsPagedResult', rows.length, '', {
          LastID: rows.at(-1)?.id ?? 0,
          [rowsName]: rows.map((one) => bibRow(one, insensitive(asked.query, 'includeitems') === '1')),
        });
      },
    ],
    [
      'GET',
      'synch/bibs/MARCXML',
      ({ asked }) => {
        const list = (insensitive(asked.query, 'bibids') ?? '').split(',').map(Number);
        if (list.some(Number.isNaN) || list.length > 50)
          return papi(asked, 'GetBibsByIDResult', -1, 'Invalid list of bibliographic record IDs');
        const rows = state.bibs.filter((one) => list.includes(one.id));
        return papi(asked, 'GetBibsByIDResult', rows.length, '', {
          GetBibsByIDRows: rows.map((one) => bibRow(one, false)),
        });
      },
    ],
    [
      'GET',
      'synch/bibs/updated/paged',
      ({ asked }) => {
        const since = Date.parse(insensitive(asked.query, 'updatedate') ?? '');
        if (Number.isNaN(since)) return papi(asked, 'BibIDListGetResult', -1, 'Invalid date');
        const rows = pageOf(
          state.bibs.filter((one) => Date.parse(one.modified) >= since || Date.parse(one.created) >= since),
          asked.query,
        );
        faults.betweenPages?.(state);
        return papi(asked, 'BibIDListGetResult', rows.length, '', ids(rows));
      },
    ],
    [
      'GET',
      'synch/bibs/deleted/paged',
      ({ asked }) => {
        const since = Date.parse(insensitive(asked.query, 'deletedate') ?? '');
        if (Number.isNaN(since)) return papi(asked, 'BibIDListGetResult', -1, 'Invalid date');
        const rows = pageOf(
          state.deletedBibs.filter((one) => Date.parse(one.at) >= since),
          asked.query,
        );
        return papi(asked, 'BibIDListGetResult', rows.length, '', ids(rows));
      },
    ],
    [
      'GET',
      'synch/bibs/maxid',
      ({ asked }) =>
        papi(
          asked,
          'BibIDListGetResult',
          0,
          '',
          ids([{ id: Math.max(0, ...state.bibs.map((one) => one.id)) }]),
        ),
    ],
    [
      'GET',
      'synch/items/bibid/*',
      ({ asked, parts: [id] }) => {
        const skipElectronic = insensitive(asked.query, 'excludeecontent') === 'true';
        const rows = state.items.filter(
          (one) => one.bibId === number(id) && !(skipElectronic && one.electronic),
        );
        return papi(asked, 'ItemGetResult', rows.length, '', {
          ItemGetRows: rows.map((one) => ({
            LocationID: one.branchId,
            LocationName: branch(one.branchId),
            CollectionID: 1,
            CollectionName: one.collection,
            Barcode: one.barcode,
            PublicNote: null,
            CallNumber: one.callNumber,
            Designation: null,
            VolumeNumber: one.volume,
            ShelfLocation: one.shelfLocation,
            CircStatus: one.statusText,
            LastCircDate: 'Feb 12 2026 ',
            MaterialType: one.electronic ? 'eBook' : 'Book',
            // Text as the database prints it, whatever the other dates of the row look like.
            DueDate: sqlDate(one.dueAt),
            ItemRecordID: one.id,
            BibliographicRecordID: one.bibId,
            IsDisplayInPAC: one.displayInPac,
            CreationDate: msDate('2026-01-15T15:00:00Z'),
            ModificationDate: msDate('2026-02-01T15:00:00Z'),
            Holdable: one.holdable,
          })),
        });
      },
    ],
  ];
}

/** Names of query parameters are taken in any case. */
function insensitive(query: URLSearchParams, name: string): string | undefined {
  for (const [key, value] of query) if (key.toLowerCase() === name) return value;
  return undefined;
}

function range(query: URLSearchParams, of: string): ((at: string) => boolean) | undefined {
  const start = insensitive(query, `startdate${of}`);
  const end = insensitive(query, `enddate${of}`);
  if (start === undefined && end === undefined) return undefined;
  const [from, to] = [Date.parse(start ?? '1970-01-01'), Date.parse(end ?? '9999-01-01')];
  return (at) => Date.parse(at) >= from && Date.parse(at) <= to;
}
