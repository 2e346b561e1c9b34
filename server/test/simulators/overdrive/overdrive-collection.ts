import { json, type Answer, type Asked } from '../http-simulator.js';
import type { OverDriveFaults } from './overdrive-faults.js';
import type { OverDriveState, OverDriveTitle } from './overdrive-state.js';
import { refusal } from './overdrive-tokens.js';

const TYPE = 'application/vnd.overdrive.api+json';
const link = (href: string): { href: string; type: string } => ({ href, type: TYPE });

export const notFound = (): Answer => refusal(404, 'NotFound', 'The requested resource could not be found.');

/** The id of a title in whatever case, or its number. */
export const isTitle = (one: OverDriveTitle, id: string): boolean =>
  one.reserveId.toLowerCase() === id.toLowerCase() || String(one.titleId) === id;

/** Library account, search, metadata and availability: the APIs for which the library's own token is enough. */
export function overDriveCollection(state: OverDriveState, faults: OverDriveFaults) {
  /** What a collection token sees; undefined for one that is not, or no longer, in use. */
  const collection = (token: string): OverDriveTitle[] | undefined => {
    const advantage = state.advantageAccounts.find((one) => one.collectionToken === token);
    const isPatron = state.patrons.some((one) => one.collectionToken === token);
    if (!advantage && !isPatron && token !== state.library.collectionToken) return undefined;
    const own = advantage?.id ?? (token.startsWith('v1P2') ? state.advantageAccounts[0]?.id : undefined);
    return state.titles.filter((one) => one.advantageOnly === null || one.advantageOnly === own);
  };

  const availability = (url: string, token: string, one: OverDriveTitle): unknown => ({
    reserveId: one.reserveId,
    titleId: one.titleId,
    links: { self: link(`${url}/v2/collections/${token}/products/${one.reserveId}/availability`) },
    accounts: [
      {
        id: one.advantageOnly ?? -1,
        shared: one.advantageOnly === null,
        copiesOwned: one.copiesOwned,
        copiesAvailable: one.copiesAvailable,
      },
    ],
    availabilityType: one.availabilityType,
    available: one.available,
    copiesOwned: one.copiesOwned,
    copiesAvailable: one.copiesAvailable,
    numberOfHolds: one.numberOfHolds,
    ...(one.estimatedWaitDays === null ? {} : { estimatedWaitDays: one.estimatedWaitDays }),
  });

  /** Ids are upper case here and lower case in the links beside them. */
  const product = (url: string, token: string, one: OverDriveTitle): unknown => {
    const self = `${url}/v1/collections/${token}/products/${one.reserveId}`;
    return {
      isOwnedByCollections: true,
      id: one.reserveId.toUpperCase(),
      crossRefId: one.titleId,
      mediaType: one.mediaType,
      title: one.title,
      sortTitle: one.title,
      primaryCreator: { role: 'Author', name: one.creator },
      dateAdded: one.dateAdded,
      starRating: 0,
      formats: one.formats,
      contentDetails: [
        {
          href: `https://link.overdrive.com?websiteID=${state.library.websiteId}&titleID=${one.titleId}`,
          type: 'text/html',
          account: { id: state.library.id, name: state.library.name },
        },
      ],
      links: {
        self: link(self),
        metadata: link(`${self}/metadata`),
        availability: link(`${self}/availability`),
        availabilityV2: link(`${url}/v2/collections/${token}/products/${one.reserveId}/availability`),
      },
    };
  };

  const metadata = (url: string, token: string, one: OverDriveTitle): unknown => ({
    isOwnedByCollections: true,
    id: one.reserveId,
    crossRefId: one.titleId,
    mediaType: one.mediaType,
    title: one.title,
    sortTitle: one.title,
    creators: [{ role: 'Author', name: one.creator, fileAs: one.creator }],
    links: { self: link(`${url}/v1/collections/${token}/products/${one.reserveId}/metadata`) },
    languages: [{ code: 'en', name: 'English' }],
    formats: one.formats.map((format) => ({ ...format, fileSize: 0, partCount: 0, onSaleDate: '1/14/2025' })),
    otherFormatIdentifiers: one.otherFormatIdentifiers,
  });

  /**
   * A page of products. With `lastupdatetime` the order is forced to ascending and records may repeat. The page after the
   * last one exists and has no `products`.
   */
  const search = (asked: Asked, url: string, token: string, titles: OverDriveTitle[]): Answer => {
    const limit = Math.min(Number(asked.query.get('limit') ?? 25), 300);
    const offset = Number(asked.query.get('offset') ?? 0);
    if (!(limit > 0) || !(offset >= 0))
      return refusal(400, 'InvalidParameter', 'limit or offset is not valid.');
    const q = asked.query.get('q')?.toLowerCase() ?? '';
    const since = asked.query.get('lastupdatetime');
    const isbns = (one: OverDriveTitle): string[] =>
      [...one.formats.flatMap((format) => format.identifiers), ...one.otherFormatIdentifiers].map(
        (id) => id.value,
      );
    const found = titles
      .filter((one) => `${one.title} ${one.creator}`.toLowerCase().includes(q) || isbns(one).includes(q))
      .filter((one) => since === null || Date.parse(one.updated) >= Date.parse(since));
    if (since !== null) found.sort((a, b) => (a.updated < b.updated ? -1 : 1));
    const from = faults.repeats && offset > 0 ? offset - 1 : offset;
    const rows = found.slice(from, from + limit);
    const at = (to: number): string => {
      const params = new URLSearchParams(asked.query);
      params.set('limit', String(limit));
      params.set('offset', String(to));
      return `${url}${asked.path}?${params.toString()}`;
    };
    const more = faults.tail === 'plain' ? offset + limit < found.length : rows.length > 0;
    const next = more ? { next: link(at(offset + limit)) } : faults.tail === 'emptyNext' ? { next: {} } : {};
    faults.betweenPages?.(state);
    return json(200, {
      limit,
      offset,
      totalItems: found.length,
      id: token,
      ...(rows.length > 0 || faults.tail !== 'noProducts'
        ? { products: rows.map((one) => product(url, token, one)) }
        : {}),
      links: { self: link(at(offset)), first: link(at(0)), ...next },
    });
  };

  const bulk = (ids: string | null, titles: OverDriveTitle[]): OverDriveTitle[] | undefined => {
    const asked = (ids ?? '').split(',').filter((id) => id !== '');
    if (asked.length === 0 || asked.length > 25) return undefined;
    return asked.flatMap((id) => titles.find((one) => isTitle(one, id)) ?? []);
  };
  const tooMany = (): Answer =>
    refusal(400, 'InvalidParameter', 'Between 1 and 25 products may be asked for.');

  return (asked: Asked, url: string): Answer | undefined => {
    const [, version, root, id = '', ...rest] = asked.path.split('/').map(decodeURIComponent);
    if (asked.method !== 'GET') return undefined;
    if (version === 'v1' && root === 'libraries') return library(url, id, rest);
    if (root !== 'collections') return undefined;
    const titles = collection(id);
    if (!titles) return notFound();
    const path = rest.join('/');
    if (version === 'v2' && path === 'availability') {
      const rows = bulk(asked.query.get('products'), titles);
      if (!rows) return tooMany();
      return json(200, {
        totalItems: rows.length,
        availability: rows.map((one) => availability(url, id, one)),
      });
    }
    if (version === 'v1' && path === 'products') return search(asked, url, id, titles);
    if (version === 'v1' && path === 'bulkmetadata') {
      const rows = bulk(asked.query.get('reserveIds'), titles);
      return rows ? json(200, { metadata: rows.map((one) => metadata(url, id, one)) }) : tooMany();
    }
    const one = rest[0] === 'products' ? titles.find((found) => isTitle(found, rest[1] ?? '')) : undefined;
    if (!one) return notFound();
    if (version === 'v2' && rest[2] === 'availability') return json(200, availability(url, id, one));
    if (version === 'v1' && rest[2] === 'metadata') return json(200, metadata(url, id, one));
    if (version === 'v1' && rest.length === 2) return json(200, product(url, id, one));
    return notFound();
  };

  function library(url: string, id: string, rest: string[]): Answer {
    const { name, collectionToken } = state.library;
    if (id !== String(state.library.id)) return notFound();
    const self = `${url}/v1/libraries/${id}`;
    const account = (one: (typeof state.advantageAccounts)[number]): unknown => ({
      id: one.id,
      name: one.name,
      type: 'Library Advantage Account',
      collectionToken: one.collectionToken,
      links: {
        self: link(`${self}/advantageAccounts/${one.id}`),
        products: link(`${url}/v1/collections/${one.collectionToken}/products`),
      },
    });
    if (rest[0] === 'advantageAccounts' && rest.length === 1)
      return json(200, {
        id: state.library.id,
        links: { self: link(`${self}/advantageAccounts`) },
        advantageAccounts: state.advantageAccounts.map(account),
      });
    if (rest[0] === 'advantageAccounts') {
      const found = state.advantageAccounts.find((one) => String(one.id) === rest[1]);
      return found ? json(200, account(found)) : notFound();
    }
    if (rest.length > 0) return notFound();
    return json(200, {
      id: state.library.id,
      name,
      type: 'Library',
      collectionToken,
      links: {
        self: link(self),
        products: link(`${url}/v1/collections/${collectionToken}/products`),
        advantageAccounts: link(`${self}/advantageAccounts`),
      },
      formats: [{ id: 'ebook-overdrive', name: 'OverDrive Read' }],
    });
  }
}
