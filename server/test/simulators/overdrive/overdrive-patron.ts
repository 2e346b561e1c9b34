import { json, SILENCE, type Answer, type Asked } from '../http-simulator.js';
import { isTitle, notFound } from './overdrive-collection.js';
import type { OverDriveFaults } from './overdrive-faults.js';
import type { OverDriveHold, OverDrivePatron, OverDriveState } from './overdrive-state.js';
import { refusal } from './overdrive-tokens.js';

const TYPE = 'application/vnd.overdrive.circulation.api+json';
const link = (href: string): { href: string; type: string } => ({ href, type: TYPE });

/** Patron information, checkouts and holds. A list without entries lacks its key altogether. */
export function overDrivePatron(state: OverDriveState, faults: OverDriveFaults, now: () => number) {
  const titleOf = (id: string) => state.titles.find((one) => isTitle(one, id));
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

  const holdOf = (url: string, one: OverDriveHold): unknown => {
    const self = `${url}/v1/patrons/me/holds/${one.reserveId}`;
    const found = titleOf(one.reserveId);
    return {
      reserveId: one.reserveId,
      crossRefId: found?.titleId,
      ...(one.email === null ? {} : { emailAddress: one.email }),
      holdListPosition: one.position,
      numberOfHolds: found?.numberOfHolds ?? 1,
      holdPlacedDate: one.placed,
      // Stands there only once the title waits for the patron.
      ...(one.expires === null ? {} : { holdExpires: one.expires }),
      links: { self: link(self), metadata: link(metadata(url, one.reserveId)) },
      ...(one.suspendedDays === undefined
        ? {}
        : { holdSuspension: { numberOfDays: one.suspendedDays, suspensionType: 'limited' } }),
      actions: {
        ...(one.expires === null
          ? {}
          : {
              checkout: {
                href: `${url}/v1/patrons/me/checkouts`,
                type: 'application/json',
                method: 'post',
                fields: [{ name: 'reserveId', type: 'text', value: one.reserveId }],
              },
            }),
        suspend: { href: `${self}/suspension`, type: 'application/json', method: 'post', fields: [] },
        removeHold: one.removal ?? { href: self, method: 'delete' },
      },
    };
  };
  const metadata = (url: string, id: string): string =>
    `${url}/v1/collections/${state.library.collectionToken}/products/${id}/metadata`;

  const place = (asked: Asked, url: string, patron: OverDrivePatron): Answer | typeof SILENCE => {
    const fields = fieldsOf(asked);
    const id = fields?.get('reserveId');
    if (!fields || id === undefined) return refusal(400, 'InvalidRequest', 'reserveId is required.');
    const found = titleOf(id);
    if (!found) return notFound();
    const mine = state.holds.filter((one) => one.patronId === patron.id);
    if (mine.some((one) => same(one.reserveId, found.reserveId)))
      return refusal(400, 'AlreadyOnWaitList', 'The patron is already on the wait list for this title.');
    if (state.checkouts.some((one) => one.patronId === patron.id && same(one.reserveId, found.reserveId)))
      return refusal(400, 'TitleAlreadyCheckedOut', 'The patron already has this title checked out.');
    if (mine.length >= patron.holdLimit)
      return refusal(400, 'PatronExceededHoldLimit', 'The patron has exceeded the hold limit.');
    const email = fields.get('emailAddress');
    if (email === undefined && fields.get('ignoreHoldEmail') !== 'true')
      return refusal(400, 'InvalidRequest', 'emailAddress is required.');
    found.numberOfHolds += 1;
    const placed: OverDriveHold = {
      patronId: patron.id,
      reserveId: found.reserveId.toUpperCase(),
      email: email ?? null,
      placed: new Date(now()).toISOString().replace(/\.\d+Z$/, 'Z'),
      position: found.numberOfHolds,
      expires: null,
    };
    state.holds.push(placed);
    if (faults.holdThenSilence) return SILENCE;
    return json(201, holdOf(url, placed), { location: `${url}/v1/patrons/me/holds/${found.reserveId}` });
  };

  return (asked: Asked, url: string, patron: OverDrivePatron): Answer | typeof SILENCE => {
    const rest = asked.path
      .replace(/^\/v1\/patrons\/me\/?/, '')
      .split('/')
      .map(decodeURIComponent);
    const [list = '', id = ''] = rest;
    const me = `${url}/v1/patrons/me`;
    const holds = state.holds.filter((one) => one.patronId === patron.id);
    if (asked.method === 'GET' && list === '')
      return json(200, {
        patronId: patron.id,
        websiteId: Number(state.library.websiteId),
        existingPatron: true,
        collectionToken: patron.collectionToken,
        holdLimit: patron.holdLimit,
        checkoutLimit: patron.checkoutLimit,
        links: { self: link(me), checkouts: link(`${me}/checkouts`), holds: link(`${me}/holds`) },
        linkTemplates: {
          search: { href: `${url}/v1/collections/${patron.collectionToken}/products?q={query}`, type: TYPE },
        },
      });
    if (asked.method === 'GET' && list === 'checkouts') {
      const loans = state.checkouts.filter((one) => one.patronId === patron.id);
      return json(200, {
        totalItems: loans.length,
        totalCheckouts: loans.length,
        ...(loans.length === 0
          ? {}
          : {
              checkouts: loans.map((one) => ({
                reserveId: one.reserveId,
                crossRefId: titleOf(one.reserveId)?.titleId,
                expires: one.expires,
                isFormatLockedIn: false,
                ...(one.formats === undefined
                  ? {}
                  : { formats: one.formats.map((formatType) => ({ reserveId: one.reserveId, formatType })) }),
                links: {
                  self: link(`${me}/checkouts/${one.reserveId}`),
                  metadata: link(metadata(url, one.reserveId)),
                },
                actions: {
                  earlyReturn: { href: `${me}/checkouts/${one.reserveId}`, method: 'DELETE' },
                },
                checkoutDate: one.checkedOut,
              })),
            }),
        links: { self: link(`${me}/checkouts`) },
      });
    }
    if (list !== 'holds') return notFound();
    if (asked.method === 'POST' && id === '') return place(asked, url, patron);
    if (id === '')
      return json(200, {
        totalItems: holds.length,
        ...(holds.length === 0 ? {} : { holds: holds.map((one) => holdOf(url, one)) }),
        links: { self: link(`${me}/holds`) },
      });
    const found = holds.find((one) => same(one.reserveId, id));
    if (!found) return notFound();
    if (asked.method === 'DELETE') {
      state.holds.splice(state.holds.indexOf(found), 1);
      if (faults.removalThenSilence) return SILENCE;
      return { status: 204 };
    }
    return json(200, holdOf(url, found));
  };
}

/** `{"fields":[{"name":"reserveId","value":"…"}]}`, names in any case; undefined where the body is something else. */
function fieldsOf(asked: Asked): Map<string, string> | undefined {
  let body: unknown;
  try {
    body = JSON.parse(asked.body);
  } catch {
    return undefined;
  }
  const fields = (body as { fields?: { name: string; value: unknown }[] } | null)?.fields;
  if (!Array.isArray(fields)) return undefined;
  return new Map(fields.map((field) => [field.name, String(field.value)]));
}
