import { json, SILENCE, type Answer } from '../http-simulator.js';
import { notFound, type Ground, type Request } from './koha-ground.js';
import { Refusal, type Row } from './koha-query.js';
import { owed, type Rows } from './koha-rows.js';
import type { KohaBiblio, KohaHold, KohaItem, KohaPatron } from './koha-state.js';

interface Wish {
  patron_id: number;
  pickup_library_id: string;
  biblio_id?: number | null;
  item_id?: number | null;
  hold_date?: string | null;
  expiration_date?: string | null;
  notes?: string | null;
}

type Listing = (all: Row[], request: Request) => Answer;

/** Holds by Koha/REST/V1/Holds.pm: the refusals in its order, 409 for the patron's own state in newer versions alone. */
export function kohaHolds(
  { state, faults, version, now }: Ground,
  rows: Rows,
  list: Listing,
): Record<string, (request: Request) => Answer | typeof SILENCE> {
  const refuse = (status: number, error: string, code: string): Refusal =>
    new Refusal(json(status, version === 'new' ? { error, error_code: code } : { error }));
  const cannot = (status: number, reason: string): Refusal =>
    refuse(status, `Hold cannot be placed. Reason: ${reason}`, reason);

  const target = (wish: Wish): { biblio: KohaBiblio; item?: KohaItem } => {
    const item = state.items.find((one) => one.item_id === wish.item_id);
    if (wish.item_id && wish.biblio_id && item?.biblio_id !== wish.biblio_id)
      throw refuse(
        400,
        `Item ${wish.item_id} doesn't belong to biblio ${wish.biblio_id}`,
        'item_biblio_mismatch',
      );
    if (wish.item_id && !item) throw notFound(version)('Item', 'item_id not found.');
    if (!wish.item_id && !wish.biblio_id)
      throw refuse(400, 'At least one of biblio_id, item_id should be given', 'missing_biblio_or_item');
    const biblio = state.biblios.find((one) => one.biblio_id === (item?.biblio_id ?? wish.biblio_id));
    // A bare JSON string, not an object.
    if (!biblio)
      throw new Refusal(
        json(400, version === 'new' ? 'Bibliographic record not found' : 'Biblio not found.'),
      );
    return { biblio, ...(item ? { item } : {}) };
  };
  /** Only newer versions ask whether the patron may place holds at all; an older one places a barred patron's hold. */
  const patronMay = (patron: KohaPatron): void => {
    if (version === 'old') return;
    const today = new Date(now()).toISOString().slice(0, 10);
    if (patron.expiry_date !== null && patron.expiry_date < today) throw cannot(409, 'expired');
    if (owed(state, patron.patron_id) > state.sysprefs.maxoutstanding) throw cannot(409, 'debt_limit');
    if (patron.incorrect_address) throw cannot(409, 'bad_address');
    if (patron.patron_card_lost) throw cannot(409, 'card_lost');
    if (patron.restricted) throw cannot(409, 'restricted');
  };
  const policyAllows = (patron: KohaPatron, biblio: KohaBiblio, item: KohaItem | undefined): void => {
    const mine = state.holds.filter((one) => one.patron_id === patron.patron_id);
    const barred = state.refusals.find(
      (one) =>
        (one.biblio_id === undefined || one.biblio_id === biblio.biblio_id) &&
        (one.patron_id === undefined || one.patron_id === patron.patron_id),
    );
    if (barred) throw cannot(403, barred.code);
    if (mine.some((one) => one.biblio_id === biblio.biblio_id)) throw cannot(403, 'itemAlreadyOnHold');
    if (mine.length + 1 > state.sysprefs.maxreserves) throw cannot(403, 'tooManyReserves');
    const copies = item ? [item] : state.items.filter((one) => one.biblio_id === biblio.biblio_id);
    // Without a copy the older routine leaves the reason empty.
    if (copies.length === 0) throw cannot(403, version === 'new' ? 'no_items' : '');
    if (copies.every((one) => one.damaged_status !== 0)) throw cannot(403, 'damaged');
    if (copies.every((one) => one.not_for_loan_status > 0 || one.withdrawn !== 0 || one.lost_status !== 0))
      throw cannot(403, 'notReservable');
  };

  const cancel = (found: KohaHold, flow: boolean): Answer => {
    if (flow && found.status === 'W') {
      found.cancellationRequested = true;
      return json(202, '');
    }
    state.holds.splice(state.holds.indexOf(found), 1);
    return { status: 204 };
  };
  const held = ({ ids }: Request): KohaHold | undefined =>
    state.holds.find((one) => one.hold_id === ids['hold_id']);
  const missing = (): Refusal => notFound(version)('Hold', 'Hold not found.');

  return {
    listHolds: (request) =>
      list(
        ['true', '1'].includes(request.asked.query.get('old') ?? '')
          ? []
          : state.holds.map((one) => rows.hold(one, request.embeds)),
        request,
      ),
    getPatronHolds: (request) => {
      const id = request.ids['patron_id'];
      if (!state.patrons.some((one) => one.patron_id === id))
        throw notFound(version)('Patron', 'Patron not found');
      return list(
        state.holds.filter((one) => one.patron_id === id).map((one) => rows.hold(one, request.embeds)),
        request,
      );
    },
    getBiblioPickupLocations: (request) => {
      const biblio = state.biblios.find((one) => one.biblio_id === request.ids['biblio_id']);
      if (!biblio) throw notFound(version)('Bibliographic record', 'Biblio not found');
      const patronId = Number(request.asked.query.get('patron_id'));
      if (!state.patrons.some((one) => one.patron_id === patronId))
        return json(400, { error: 'Patron not found' });
      request.asked.query.delete('patron_id');
      const copies = state.items.filter((one) => one.biblio_id === biblio.biblio_id).length;
      const valid = copies > 0;
      // With AllowHoldPolicyOverride the list also holds libraries that are not allowed, marked as such.
      const shown = state.libraries.filter(
        (one) => one.pickup_location && (valid || state.sysprefs.AllowHoldPolicyOverride),
      );
      return list(
        shown.map((one) => ({
          ...one,
          needs_override: !valid,
          ...(version === 'new' ? { pickup_items: [] } : {}),
        })),
        request,
      );
    },
    addHold: ({ asked }) => {
      const wish = JSON.parse(asked.body) as Wish;
      const override = asked.headers['x-koha-override'] === 'any' && state.sysprefs.AllowHoldPolicyOverride;
      // Whatever the date, today's too.
      if (!state.sysprefs.AllowHoldDateInFuture && wish.hold_date)
        throw refuse(400, 'Hold date in future not allowed', 'hold_date_in_future');
      const { biblio, item } = target(wish);
      const patron = state.patrons.find((one) => one.patron_id === wish.patron_id);
      if (!patron) throw refuse(400, 'patron_id not found', 'patron_not_found');
      if (!override) {
        const pickup = state.libraries.find((one) => one.library_id === wish.pickup_library_id);
        const hasCopies = state.items.some((one) => one.biblio_id === biblio.biblio_id);
        if (!pickup?.pickup_location || !hasCopies)
          throw refuse(400, 'The supplied pickup location is not valid', 'invalid_pickup_location');
        patronMay(patron);
        policyAllows(patron, biblio, item);
      }
      const placed: KohaHold = {
        hold_id: Math.max(700, ...state.holds.map((one) => one.hold_id)) + 1,
        patron_id: patron.patron_id,
        biblio_id: biblio.biblio_id,
        item_id: item?.item_id ?? null,
        pickup_library_id: wish.pickup_library_id,
        hold_date: new Date(now()).toISOString().slice(0, 10),
        expiration_date: wish.expiration_date ?? null,
        waiting_date: null,
        priority:
          state.holds.filter((one) => one.biblio_id === biblio.biblio_id && one.status === null).length + 1,
        status: null,
        suspended: false,
        suspended_until: null,
        item_level: item !== undefined,
        notes: wish.notes ?? null,
        timestamp: new Date(now()).toISOString(),
        cancellationRequested: false,
      };
      state.holds.push(placed);
      if (faults.holdThenSilence) return SILENCE;
      return json(201, rows.hold(placed, []), { location: `${asked.path}/${placed.hold_id}` });
    },
    deleteHold: (request) => {
      const found = held(request);
      if (!found) throw missing();
      return cancel(found, request.asked.headers['x-koha-override'] === 'cancellation-request-flow');
    },
    cancelPatronHoldPublic: (request) => {
      const found = held(request);
      if (found?.patron_id !== request.ids['patron_id'] || !found) throw missing();
      return cancel(found, true);
    },
  };
}
