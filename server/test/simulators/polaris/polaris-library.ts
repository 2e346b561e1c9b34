import type { PolarisBib, PolarisHold, PolarisItem, PolarisPatron, PolarisState } from './polaris-state.js';

/** Name, id and this library's description of each circulation status, as a library of some size had them. */
export const ITEM_STATUSES: readonly (readonly [name: string, id: number, description: string])[] = [
  ['In', 1, 'Available'],
  ['Out', 2, 'Checked Out'],
  ['Out-ILL', 3, 'Out-ILL'],
  ['Held', 4, 'On Hold Shelf'],
  ['Transferred', 5, 'In-Transit (Hold)'],
  ['In-Transit', 6, 'In-Transit'],
  ['Lost', 7, 'Billed'],
  ['Claim Returned', 8, 'Claim Returned'],
  ['Claim Never Had', 9, 'Claim Never Had'],
  ['Missing', 10, 'Missing'],
  ['Withdrawn', 11, 'Withdrawn'],
  ['Bindery', 12, 'Bindery'],
  ['On-Order', 13, 'On-Order'],
  ['In-Repair', 14, 'Storage'],
  ['In-Process', 15, 'In Processing'],
  ['Unavailable', 16, 'Unavailable'],
  ['Returned-ILL', 17, 'Returned-ILL'],
  ['Routed', 18, 'Routed'],
  ['Shelving', 19, 'Recently Returned'],
  ['Non-circulating', 20, 'Library Use Only'],
  ['Claim Missing Parts', 21, 'Claim Missing Parts'],
  ['EContent External Loan', 22, 'eCheck Out'],
];
const circulating = ITEM_STATUSES.filter(([, id]) => ![3, 17, 18, 21, 22].includes(id));

/** Bib 1 has a copy in each status; bib 2 asks four questions of a hold; bib 3 has no copies; bib 4 is hidden. */
export function polarisLibrary(): PolarisState {
  return {
    access: { id: 'carrel-papi', key: '1234' },
    staff: { domain: 'LIBRARY', username: 'carrel', password: 'staff-password', userId: 12, branchId: 3 },
    legacyPatronScheme: false,
    organizations: [
      organization(1, 1, 'Sample System', null, false),
      organization(2, 2, 'Sample Library', 1, false),
      organization(3, 3, 'Main Library', 2, true),
      organization(4, 3, 'East Branch', 2, true),
      organization(5, 3, 'Closed Stacks', 2, false),
    ],
    bibs: [
      bib(1, 'The tide tables', 'Marlow, A.'),
      bib(2, 'A field guide to lichens', 'Okafor, B.', { asksWhenLocal: true, asksForLoanPolicy: true }),
      bib(3, 'A title still on order', ''),
      bib(4, 'A record kept from the public', '', { displayInPac: false }),
      bib(5, 'Letters from the lighthouse', '', { minimumAge: 18 }),
    ],
    deletedBibs: [{ id: 6, at: '2026-02-15T15:00:00Z' }],
    items: [
      ...circulating.map(([status, statusId, statusText], at) =>
        item(101 + at, 1, { status, statusId, statusText, ...(status === 'Out' ? { dueAt: DUE } : {}) }),
      ),
      item(201, 2, { branchId: 4 }),
      item(501, 5),
      item(502, 5, {
        electronic: true,
        status: 'EContent External Loan',
        statusId: 22,
        statusText: 'eCheck Out',
      }),
    ],
    patrons: [
      patron(11, 'CARD-0001', { holdFee: 0.5 }),
      patron(12, 'CARD-0002', { blocks: ['Registration must be confirmed at the desk'] }),
      patron(13, 'CARD-0003', { expires: '2025-01-31T06:00:00Z' }),
      patron(14, 'CARD-0004', { age: 9 }),
    ],
    loans: [
      loan(102, 11, null),
      loan(106, 11, { text: 'This item is overdue. Your account will be charged $0.40', fee: 0.4 }),
      loan(502, 11, null),
    ],
    holds: [hold(8001, 12, 2, {}), hold(8002, 11, 5, { status: 6, pickupBy: '2026-03-10T06:00:00Z' })],
    fines: [
      {
        id: 901,
        patronId: 11,
        itemId: 106,
        at: '2026-02-20T18:00:00Z',
        description: 'Overdue Item',
        amount: 1.5,
        outstanding: 1.5,
      },
    ],
  };
}

const DUE = '2026-03-21T04:59:59Z';

const organization = (
  id: number,
  code: 1 | 2 | 3,
  name: string,
  parent: number | null,
  pickup: boolean,
): PolarisState['organizations'][number] => ({
  id,
  code,
  name,
  abbreviation: name.slice(0, 4).toUpperCase(),
  displayName: name,
  parent,
  pickup,
});

export function bib(
  id: number,
  title: string,
  author: string,
  differs: Partial<PolarisBib> = {},
): PolarisBib {
  const creator =
    author === ''
      ? ''
      : `<datafield tag="100" ind1="1" ind2=" "><subfield code="a">${author}</subfield></datafield>`;
  return {
    id,
    title,
    author,
    displayInPac: true,
    created: '2026-01-15T15:00:00Z',
    modified: '2026-02-01T15:00:00Z',
    marcxml:
      '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000nam a22000007a 4500</leader>' +
      `<controlfield tag="001">${id}</controlfield><controlfield tag="008">260115s2024    xxu           000 0 eng d</controlfield>` +
      `${creator}<datafield tag="245" ind1="1" ind2="0"><subfield code="a">${title}</subfield></datafield></record>`,
    asksWhenLocal: false,
    asksForLoanPolicy: false,
    minimumAge: 0,
    ...differs,
  };
}

export function item(id: number, bibId: number, differs: Partial<PolarisItem> = {}): PolarisItem {
  return {
    id,
    bibId,
    barcode: `ITEM-${String(id).padStart(4, '0')}`,
    branchId: 3,
    collection: 'Nonfiction',
    callNumber: `500 ${id}`,
    shelfLocation: null,
    status: 'In',
    statusId: 1,
    statusText: 'Available',
    dueAt: null,
    holdable: true,
    displayInPac: true,
    electronic: false,
    volume: null,
    ...differs,
  };
}

export function patron(id: number, barcode: string, differs: Partial<PolarisPatron> = {}): PolarisPatron {
  return {
    id,
    barcode,
    username: barcode.toLowerCase().replace('-', ''),
    pin: '1234',
    branchId: 3,
    expires: '2099-12-31T06:00:00Z',
    age: 40,
    blocks: [],
    holdFee: 0,
    ...differs,
  };
}

const loan = (
  itemId: number,
  patronId: number,
  block: PolarisState['loans'][number]['block'],
): PolarisState['loans'][number] => ({
  itemId,
  patronId,
  checkedOut: '2026-02-27T17:30:00Z',
  dueAt: DUE,
  renewals: 0,
  renewalLimit: 2,
  lost: false,
  block,
});

export function hold(
  id: number,
  patronId: number,
  bibId: number,
  differs: Partial<PolarisHold>,
): PolarisHold {
  return {
    id,
    patronId,
    bibId,
    status: 3,
    pickupBranchId: 3,
    activates: '2026-03-01T15:00:00Z',
    expires: '2027-03-01T15:00:00Z',
    pickupBy: null,
    ...differs,
  };
}
