import { json, type Answer, type SILENCE } from '../http-simulator.js';
import { notFound, type Ground, type Request } from './koha-ground.js';
import { kohaHolds } from './koha-holds.js';
import { manyRecords, MARC_TYPES, oneRecord, type MarcType } from './koha-marc.js';
import {
  assertUnambiguous,
  matches,
  page,
  parseQuery,
  Refusal,
  selects,
  sort,
  type Row,
} from './koha-query.js';
import { kohaRows, owed } from './koha-rows.js';
import type { Operation } from './koha-spec.js';
import type { KohaAccountLine, KohaBiblio, KohaCheckout, KohaState } from './koha-state.js';

/** What each operation does, by its `operationId`. */
export function kohaHandlers(
  ground: Ground,
): (operation: Operation, request: Request) => Answer | typeof SILENCE {
  const { state, version, auth } = ground;
  const rows = kohaRows(state, version);
  const missing = notFound(version);

  /** Filters by parameters and `q`, sorts, pages; then lets the test shift the table under the next page. */
  const select = (all: Row[], { asked, self }: Request): { rows: Row[]; headers: Record<string, string> } => {
    const query = asked.query;
    const match = query.get('_match') ?? 'contains';
    const reserved = ['_match', '_order_by', '_order_by[]', '_page', '_per_page', 'q', 'checked_in', 'old'];
    const plain = [...query].filter(([name]) => !reserved.includes(name));
    const kept = all.filter(
      (row) =>
        plain.every(([name, value]) => matches(row[name], value, match)) &&
        query.getAll('q').every((q) => selects(parseQuery(q), row, version === 'old')),
    );
    const sorted = sort(kept, [...query.getAll('_order_by'), ...query.getAll('_order_by[]')]);
    return page(sorted, query, self, state.sysprefs.RESTdefaultPageSize);
  };
  const list = (all: Row[], request: Request): Answer => {
    const { rows: found, headers } = select(all, request);
    ground.faults.betweenPages?.(state);
    return json(200, found, headers);
  };
  const biblio = (request: Request): KohaBiblio => {
    const found = state.biblios.find((one) => one.biblio_id === request.ids['biblio_id']);
    if (!found) throw missing('Bibliographic record', 'Object not found.');
    return found;
  };
  const loan = (request: Request): KohaCheckout => {
    const found = state.checkouts.find((one) => one.checkout_id === request.ids['checkout_id']);
    if (!found) throw missing('Checkout', "Checkout doesn't exist");
    return found;
  };
  const patron = (request: Request) => {
    const found = state.patrons.find((one) => one.patron_id === request.ids['patron_id']);
    if (!found) throw missing('Patron', 'Patron not found.');
    return found;
  };
  const itemsOf = (one: KohaBiblio) => state.items.filter((copy) => copy.biblio_id === one.biblio_id);
  const loans = (request: Request): KohaCheckout[] =>
    ['true', '1'].includes(request.asked.query.get('checked_in') ?? '')
      ? state.oldCheckouts
      : state.checkouts;

  /** Mojo's `respond_to`: one type decides the format; a list of types, a wildcard or none is 406. */
  const marc = (accept: string | undefined, allowed: string[]): MarcType => {
    const type = MARC_TYPES.find((one) => accept?.split(';')[0]?.trim() === one && !accept.includes(','));
    if (!type) throw new Refusal(json(406, allowed));
    return type;
  };
  const marcAnswer = (
    type: MarcType,
    body: string | Buffer,
    headers: Record<string, string> = {},
  ): Answer => ({
    status: 200,
    headers: { ...headers, 'content-type': type === 'text/plain' ? 'text/plain;charset=UTF-8' : type },
    body,
  });

  const holds = kohaHolds(ground, rows, list);
  const handlers: Record<string, (request: Request) => Answer | typeof SILENCE> = {
    ...holds,
    validatePassword: ({ asked }) => {
      const sent = JSON.parse(asked.body) as { identifier?: string; userid?: string; password?: string };
      if (sent.identifier !== undefined && sent.userid !== undefined)
        return json(400, { error: 'Bad request. Only one identifier attribute can be passed.' });
      const known =
        sent.identifier ?? state.patrons.find((one) => one.userid === sent.userid && sent.userid)?.userid;
      const found = known === undefined ? undefined : auth.checkPin(known, sent.password ?? '');
      if (!found) return json(400, { error: 'Validation failed' });
      if (found === 'expired')
        return json(400, { error: version === 'old' ? 'Validation failed' : 'Password expired' });
      // Before bug 34313 the body was an empty string.
      if (version === 'old') return json(201, '');
      return json(201, { cardnumber: found.cardnumber, patron_id: found.patron_id, userid: found.userid });
    },
    getBiblio: (request) => {
      const accept = request.asked.headers.accept;
      const one = biblio(request);
      if (accept?.includes('application/json')) return json(200, rows.biblio(one));
      const type = marc(accept, ['application/json', ...MARC_TYPES]);
      return marcAnswer(type, oneRecord(one, type));
    },
    getBiblioPublic: (request) => {
      const one = biblio(request);
      if (one.opacSuppressed) throw missing('Bibliographic record', 'Object not found.');
      const type = marc(request.asked.headers.accept, [...MARC_TYPES]);
      return marcAnswer(type, oneRecord(one, type));
    },
    listBiblio: (request) => {
      // The list tests the end of Accept, so the last of several types wins and one type is the safe way.
      const accept = request.asked.headers.accept ?? '';
      const last = ['application/json', ...MARC_TYPES].find((type) =>
        new RegExp(`${type.replace(/[.+/]/g, '\\$&')}(;.*)?$`).test(accept),
      );
      if (last === undefined) return json(406, ['application/json', ...MARC_TYPES]);
      assertUnambiguous(request.asked.query);
      const { rows: found, headers } = select(state.biblios.map(rows.biblio), request);
      const whole = found.flatMap((row) => state.biblios.filter((one) => one.biblio_id === row['biblio_id']));
      ground.faults.betweenPages?.(state);
      if (last === 'application/json') return json(200, found, headers);
      if (whole.some((one) => ground.faults.unwritable.has(one.biblio_id)))
        return json(500, { error: 'Something went wrong, check Koha logs for details.' });
      // The lists of MARC are counted and linked nowhere.
      return marcAnswer(last as MarcType, manyRecords(whole, last as MarcType));
    },
    /** `deleted_on` is the API's name of the column `timestamp`, and both are understood. */
    listDeletedBiblios: (request) => {
      assertUnambiguous(request.asked.query);
      const all = state.deletedBiblios.map((one) => ({ ...one, timestamp: one.deleted_on }));
      const found = select(all, request).rows.map((row) => row['biblio_id']);
      return json(
        200,
        state.deletedBiblios.filter((one) => found.includes(one.biblio_id)),
      );
    },
    getBiblioItems: (request) =>
      list(
        itemsOf(biblio(request)).map((one) => rows.item(one, request.embeds)),
        request,
      ),
    getBiblioItemsPublic: (request) =>
      list(
        itemsOf(biblio(request))
          .filter((one) => !one.opacHidden && !(state.sysprefs.hidelostitems && one.lost_status !== 0))
          .map(rows.publicItem),
        request,
      ),
    listItems: (request) =>
      list(
        state.items.map((one) => rows.item(one, request.embeds)),
        request,
      ),
    getItem: (request) => {
      const found = state.items.find((one) => one.item_id === request.ids['item_id']);
      if (!found) throw missing('Item', 'Item not found');
      return json(200, rows.item(found, request.embeds));
    },
    listBiblioCheckouts: (request) => {
      const ids = new Set(itemsOf(biblio(request)).map((one) => one.item_id));
      return list(
        loans(request)
          .filter((one) => ids.has(one.item_id))
          .map((one) => rows.checkout(one, request.embeds)),
        request,
      );
    },
    listCheckouts: (request) =>
      list(
        loans(request).map((one) => rows.checkout(one, request.embeds)),
        request,
      ),
    getCheckout: (request) => json(200, rows.checkout(loan(request), request.embeds)),
    allows_renewalCheckout: (request) => {
      const one = loan(request);
      return json(200, {
        allows_renewal: one.renewalRefusal === null,
        max_renewals: 3,
        current_renewals: one.renewals_count,
        unseen_renewals: 0,
        error: one.renewalRefusal,
      });
    },
    renewCheckout: (request) => {
      const one = loan(request);
      if (one.renewalRefusal !== null)
        return json(403, { error: `Renewal not authorized (${one.renewalRefusal})` });
      one.renewals_count += 1;
      one.due_date = new Date(Date.parse(one.due_date) + 14 * 86_400_000)
        .toISOString()
        .replace('.000Z', '+00:00');
      one.last_renewed_date = new Date(ground.now()).toISOString().replace(/\.\d+Z$/, '+00:00');
      return json(201, rows.checkout(one, []), { location: request.asked.path });
    },
    listLibraries: (request) =>
      list(
        state.libraries.map((one) => ({ ...one })),
        request,
      ),
    listLibrariesPublic: (request) =>
      list(state.libraries.filter((one) => one.public).map(rows.publicLibrary), request),
    listPatrons: (request) =>
      list(
        state.patrons.map((one) => rows.patron(one, request.embeds)),
        request,
      ),
    getPatron: (request) => json(200, rows.patron(patron(request), request.embeds)),
    getPatronAccount: (request) => json(200, account(state, patron(request).patron_id)),
  };
  handlers['renewsCheckout'] = handlers['renewCheckout'] as (request: Request) => Answer;
  return (operation, request) => {
    const handler = handlers[operation.operationId];
    if (!handler) throw new Error(`no handler for ${operation.operationId}`);
    return handler(request);
  };
}

function account(state: KohaState, patronId: number): unknown {
  const lines = state.accountLines.filter(
    (line) => line.patron_id === patronId && line.amount_outstanding !== 0,
  );
  const total = (some: KohaAccountLine[]): number =>
    some.reduce((sum, line) => sum + line.amount_outstanding, 0);
  const debits = lines.filter((line) => line.amount > 0);
  const credits = lines.filter((line) => line.amount < 0);
  return {
    balance: owed(state, patronId),
    outstanding_debits: { total: total(debits), lines: debits },
    outstanding_credits: { total: total(credits), lines: credits },
  };
}
