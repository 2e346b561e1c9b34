/** One library's OverDrive account, as plain data. */
export interface OverDriveState {
  client: { key: string; secret: string };
  library: {
    id: number;
    name: string;
    /** May change at any time: with the old one everything is 404. */
    collectionToken: string;
    websiteId: string;
    authorizationName: string;
    /** Libraries without PINs take `password_required=false`. */
    pinRequired: boolean;
  };
  advantageAccounts: { id: number; name: string; collectionToken: string }[];
  titles: OverDriveTitle[];
  patrons: OverDrivePatron[];
  checkouts: OverDriveCheckout[];
  holds: OverDriveHold[];
}

export interface OverDriveTitle {
  reserveId: string;
  titleId: number;
  title: string;
  creator: string;
  mediaType: 'eBook' | 'Audiobook' | 'Magazine';
  /** Identifiers per format, rubbish among them as recorded: `n/a` and empty values. */
  formats: { id: string; name: string; identifiers: { type: string; value: string }[] }[];
  otherFormatIdentifiers: { type: string; value: string }[];
  available: boolean;
  availabilityType: string;
  copiesOwned: number;
  copiesAvailable: number;
  numberOfHolds: number;
  estimatedWaitDays: number | null;
  /** Owned by this Advantage account alone: seen with its patrons' token, missing from the consortium's answers. */
  advantageOnly: number | null;
  dateAdded: string;
  updated: string;
}

export interface OverDrivePatron {
  id: number;
  card: string;
  pin: string;
  /** Why the library's own system refuses the card; null lets it in. */
  refusal: string | null;
  collectionToken: string;
  holdLimit: number;
  checkoutLimit: number;
}

export interface OverDriveCheckout {
  patronId: number;
  reserveId: string;
  checkedOut: string;
  expires: string;
  /** Such as "ebook-overdrive"; none where the patron has not chosen how to read. */
  formats?: string[];
}

export interface OverDriveHold {
  patronId: number;
  reserveId: string;
  email: string | null;
  placed: string;
  position: number;
  /** Set once the title waits for the patron. */
  expires: string | null;
  /** Days for which the patron lets others go first. */
  suspendedDays?: number;
  /** How it is removed, where that is not the documented way. */
  removal?: { href: string; method: string };
}

export function overDriveLibrary(): OverDriveState {
  return {
    client: { key: 'CARREL', secret: 'client-secret' },
    library: {
      id: 4225,
      name: 'Sample Consortium',
      collectionToken: 'v1L1BgQAAA2R',
      websiteId: '100300',
      authorizationName: 'samplelibrary',
      pinRequired: true,
    },
    advantageAccounts: [{ id: 3, name: 'East Advantage', collectionToken: 'v1L2B2gAAAK8BAAA1x' }],
    titles: [
      title('76c1b7d0-17f4-4c05-8397-c66c17411584', 'The tide tables', '9780306406157', {}),
      title('ebff8d7b-c9a0-4478-a1ed-63b64e8386c5', 'A field guide to lichens', '9781565921870', {
        available: false,
        copiesAvailable: 0,
        numberOfHolds: 4,
        estimatedWaitDays: 28,
      }),
      // As recorded: a copy is counted as available and the title is not.
      title('2a005d55-a417-4053-b90d-7a38ca6d2065', 'Letters from the lighthouse', '9780804429573', {
        available: false,
        copiesAvailable: 1,
        numberOfHolds: 1,
      }),
      title('3896665d-9d81-4cac-bd43-ffc5066de1f5', 'Always on the shelf', '', {
        availabilityType: 'AlwaysAvailable',
        copiesOwned: 999999,
        copiesAvailable: 999999,
        mediaType: 'Magazine',
      }),
      title('d9fff371-29df-4970-a436-3e406489e8d7', 'For East alone', '9780804429511', { advantageOnly: 3 }),
    ],
    patrons: [
      patron(71, 'CARD-0001', {}),
      patron(72, 'CARD-0002', { refusal: 'Library card has been blocked.' }),
      patron(73, 'CARD-0003', { refusal: 'Library card has expired.' }),
      patron(74, 'CARD-0004', { collectionToken: 'v1P2B2gAAAK8BAAA1x', holdLimit: 1 }),
    ],
    checkouts: [
      {
        patronId: 71,
        // Upper case here, lower case elsewhere.
        reserveId: '76C1B7D0-17F4-4C05-8397-C66C17411584',
        checkedOut: '2026-02-27T15:43:33Z',
        expires: '2026-03-20T15:43:33Z',
      },
    ],
    holds: [
      {
        patronId: 74,
        reserveId: 'EBFF8D7B-C9A0-4478-A1ED-63B64E8386C5',
        email: null,
        placed: '2026-02-20T10:00:00Z',
        position: 1,
        expires: null,
      },
    ],
  };
}

export function title(
  reserveId: string,
  name: string,
  isbn: string,
  differs: Partial<OverDriveTitle>,
): OverDriveTitle {
  return {
    reserveId,
    titleId: Number.parseInt(reserveId.slice(0, 6), 16),
    title: name,
    creator: 'Marlow, A.',
    mediaType: 'eBook',
    formats: [
      { id: 'ebook-overdrive', name: 'OverDrive Read', identifiers: [{ type: 'ISBN', value: isbn }] },
      {
        id: 'ebook-kindle',
        name: 'Kindle Book',
        identifiers: [
          { type: 'ASIN', value: 'B000SIMUL8' },
          { type: 'ISBN', value: 'n/a' },
        ],
      },
    ],
    otherFormatIdentifiers: [],
    available: true,
    availabilityType: 'Normal',
    copiesOwned: 2,
    copiesAvailable: 2,
    numberOfHolds: 0,
    estimatedWaitDays: null,
    advantageOnly: null,
    dateAdded: '2026-01-15T15:00:00Z',
    updated: '2026-02-01T15:00:00Z',
    ...differs,
  };
}

const patron = (id: number, card: string, differs: Partial<OverDrivePatron>): OverDrivePatron => ({
  id,
  card,
  pin: '1234',
  refusal: null,
  collectionToken: 'v1P1BgQAAA2R',
  holdLimit: 10,
  checkoutLimit: 10,
  ...differs,
});
