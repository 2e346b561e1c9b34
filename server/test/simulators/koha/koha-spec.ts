/**
 * What an instance offers: the table from which both the OpenAPI spec at `GET /api/v1/` is written and requests are
 * judged, as in Koha itself, where the spec is the router. Paths, permissions and embeds follow api/v1/swagger/paths of
 * Koha-Community/Koha (`old`, about 22.11) and openfifth/koha (`new`, 23.05 and later).
 */
export type KohaVersion = 'old' | 'new';

export interface Operation {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  operationId: string;
  /** Query parameters by name with their type. */
  query?: Record<string, 'integer' | 'string' | 'boolean'>;
  required?: string[];
  list?: boolean;
  /** Enumerated embeds; absent where the endpoint declares no `x-koha-embed`. */
  embeds?: string[];
  body?: { properties: Record<string, string | string[]>; required: string[] };
  /** Values `x-koha-override` may take. */
  overrides?: string[];
  permissions?: Record<string, string>;
  allowOwner?: boolean;
  produces?: string[];
}

const LIST = {
  _match: 'string',
  _order_by: 'string',
  '_order_by[]': 'string',
  _page: 'integer',
  _per_page: 'integer',
  q: 'string',
} as const;

const MARC = ['application/marcxml+xml', 'application/marc-in-json', 'application/marc', 'text/plain'];

const ITEM_EMBEDS = [
  '+strings',
  '_status',
  'home_library',
  'holding_library',
  'biblio.title',
  'checkout',
  'checkout.patron',
  'transfer',
  'transfer+strings',
  'first_hold',
  'first_hold+strings',
  'first_hold.patron',
  'recall',
  'item_type',
  'in_bundle',
];

const PATRON_COLUMNS = ['patron_id', 'cardnumber', 'surname', 'userid', 'library_id', 'category_id'];
const HOLD_COLUMNS = {
  hold_id: 'integer',
  patron_id: 'integer',
  hold_date: 'string',
  biblio_id: 'integer',
  item_id: 'integer',
  pickup_library_id: 'string',
  priority: 'integer',
  status: 'string',
  suspended: 'boolean',
} as const;

const columns = (names: string[]): Record<string, 'string'> =>
  Object.fromEntries(names.map((name) => [name, 'string']));

export function operations(version: KohaVersion): Operation[] {
  const recent = version === 'new';
  const checkoutEmbeds = recent
    ? ['issuer', 'item', 'item.biblio', 'item.home_library', 'library', 'patron', 'renewals']
    : ['issuer', 'renewals'];
  const both: Operation[] = [
    {
      method: 'POST',
      path: '/auth/password/validation',
      operationId: 'validatePassword',
      body: { properties: { identifier: 'string', userid: 'string', password: 'string' }, required: [] },
      permissions: { borrowers: '1' },
    },
    {
      method: 'GET',
      path: '/biblios/{biblio_id}',
      operationId: 'getBiblio',
      permissions: { catalogue: '1' },
      produces: ['application/json', ...MARC],
    },
    {
      method: 'GET',
      path: '/biblios/{biblio_id}/items',
      operationId: 'getBiblioItems',
      query: LIST,
      list: true,
      ...(recent ? { embeds: ITEM_EMBEDS } : {}),
      permissions: { catalogue: '1' },
    },
    {
      method: 'GET',
      path: '/biblios/{biblio_id}/checkouts',
      operationId: 'listBiblioCheckouts',
      query: { ...LIST, checked_in: 'boolean' },
      list: true,
      embeds: ['issuer', 'item', 'patron', 'library'],
      permissions: { circulate: 'circulate_remaining_permissions' },
    },
    {
      method: 'GET',
      path: '/biblios/{biblio_id}/pickup_locations',
      operationId: 'getBiblioPickupLocations',
      query: { ...LIST, patron_id: 'integer' },
      required: ['patron_id'],
      list: true,
      permissions: { reserveforothers: 'place_holds' },
    },
    {
      method: 'GET',
      path: '/public/biblios/{biblio_id}',
      operationId: 'getBiblioPublic',
      produces: MARC,
    },
    {
      method: 'GET',
      path: '/checkouts',
      operationId: 'listCheckouts',
      query: { ...LIST, patron_id: 'integer', checked_in: 'boolean' },
      list: true,
      embeds: checkoutEmbeds,
      permissions: { circulate: 'circulate_remaining_permissions' },
    },
    {
      method: 'GET',
      path: '/checkouts/{checkout_id}',
      operationId: 'getCheckout',
      embeds: checkoutEmbeds,
      permissions: { circulate: 'circulate_remaining_permissions' },
    },
    {
      method: 'POST',
      path: '/checkouts/{checkout_id}/renewal',
      operationId: 'renewCheckout',
      query: { seen: 'integer' },
      permissions: { circulate: 'circulate_remaining_permissions' },
    },
    {
      method: 'GET',
      path: '/checkouts/{checkout_id}/allows_renewal',
      operationId: 'allows_renewalCheckout',
      permissions: { circulate: 'circulate_remaining_permissions' },
    },
    {
      method: 'GET',
      path: '/holds',
      operationId: 'listHolds',
      query: { ...LIST, ...HOLD_COLUMNS, ...(recent ? { old: 'boolean' } : {}) },
      list: true,
      embeds: recent
        ? ['+strings', 'cancellation_requested', 'biblio', 'pickup_library', 'item', 'patron']
        : ['cancellation_requested'],
      permissions: { reserveforothers: 'place_holds' },
    },
    {
      method: 'POST',
      path: '/holds',
      operationId: 'addHold',
      body: {
        properties: {
          patron_id: 'integer',
          biblio_id: ['integer', 'null'],
          item_group_id: ['integer', 'null'],
          hold_date: ['string', 'null'],
          item_id: ['integer', 'null'],
          pickup_library_id: 'string',
          expiration_date: ['string', 'null'],
          notes: ['string', 'null'],
          [recent ? 'item_type_id' : 'item_type']: ['string', 'null'],
          non_priority: ['boolean', 'null'],
        },
        required: ['patron_id', 'pickup_library_id'],
      },
      overrides: ['any'],
      permissions: { reserveforothers: '1' },
    },
    {
      method: 'DELETE',
      path: '/holds/{hold_id}',
      operationId: 'deleteHold',
      overrides: ['cancellation-request-flow'],
      permissions: { reserveforothers: 'place_holds' },
    },
    {
      method: 'GET',
      path: '/items',
      operationId: 'listItems',
      query: { ...LIST, external_id: 'string' },
      list: true,
      embeds: ['+strings', 'biblio'],
      permissions: { catalogue: '1' },
    },
    {
      method: 'GET',
      path: '/items/{item_id}',
      operationId: 'getItem',
      embeds: ['+strings'],
      permissions: { catalogue: '1' },
    },
    {
      method: 'GET',
      path: '/libraries',
      operationId: 'listLibraries',
      query: { ...LIST, name: 'string' },
      list: true,
      embeds: ['smtp_server'],
      permissions: { catalogue: '1' },
    },
    { method: 'GET', path: '/public/libraries', operationId: 'listLibrariesPublic', query: LIST, list: true },
    {
      method: 'GET',
      path: '/patrons',
      operationId: 'listPatrons',
      query: { ...LIST, ...columns(PATRON_COLUMNS), restricted: 'boolean' },
      list: true,
      embeds: recent
        ? ['extended_attributes', 'checkouts+count', 'library', 'account_balance']
        : ['extended_attributes'],
      permissions: { borrowers: recent ? 'list_borrowers' : '1' },
    },
    {
      method: 'GET',
      path: '/patrons/{patron_id}',
      operationId: 'getPatron',
      embeds: ['extended_attributes'],
      permissions: { borrowers: recent ? 'list_borrowers' : 'edit_borrowers' },
    },
    {
      method: 'GET',
      path: '/patrons/{patron_id}/account',
      operationId: 'getPatronAccount',
      permissions: { borrowers: 'edit_borrowers', updatecharges: 'remaining_permissions' },
    },
    {
      method: 'DELETE',
      path: '/public/patrons/{patron_id}/holds/{hold_id}',
      operationId: 'cancelPatronHoldPublic',
      allowOwner: true,
    },
  ];
  if (!recent) return both;
  return [
    ...both,
    {
      method: 'GET',
      path: '/biblios',
      operationId: 'listBiblio',
      query: LIST,
      list: true,
      permissions: { catalogue: '1' },
      produces: ['application/json', ...MARC],
    },
    {
      method: 'GET',
      path: '/deleted/biblios',
      operationId: 'listDeletedBiblios',
      query: LIST,
      list: true,
      permissions: { catalogue: '1' },
      produces: ['application/json', ...MARC],
    },
    {
      method: 'GET',
      path: '/public/biblios/{biblio_id}/items',
      operationId: 'getBiblioItemsPublic',
      query: LIST,
      list: true,
      embeds: ['+strings'],
    },
    {
      method: 'POST',
      path: '/checkouts/{checkout_id}/renewals',
      operationId: 'renewsCheckout',
      query: { seen: 'integer' },
      permissions: { circulate: 'circulate_remaining_permissions' },
    },
    {
      method: 'GET',
      path: '/patrons/{patron_id}/holds',
      operationId: 'getPatronHolds',
      query: { ...LIST, old: 'boolean' },
      list: true,
      embeds: ['+strings', 'cancellation_requested', 'biblio', 'item', 'pickup_library'],
      permissions: { borrowers: 'edit_borrowers' },
    },
  ];
}

/** OpenAPI 2.0, with parameters spelled out where Koha itself bundles them. */
export function spec(table: Operation[]): unknown {
  const paths: Record<string, Record<string, unknown>> = {
    '/oauth/token': { post: { operationId: 'tokenOAuth', consumes: ['application/x-www-form-urlencoded'] } },
  };
  for (const one of table) {
    (paths[one.path] ??= {})[one.method.toLowerCase()] = {
      operationId: one.operationId,
      'x-mojo-to': one.operationId,
      parameters: parameters(one),
      produces: one.produces ?? ['application/json'],
      responses: { '200': { description: 'OK' } },
      ...(one.permissions || one.allowOwner
        ? {
            'x-koha-authorization': {
              ...(one.allowOwner ? { 'allow-owner': true } : {}),
              ...(one.permissions ? { permissions: one.permissions } : {}),
            },
          }
        : {}),
    };
  }
  return {
    swagger: '2.0',
    basePath: '/api/v1',
    info: { title: 'Koha REST API', version: '1', contact: {}, license: { name: 'GPL v3,' } },
    parameters: {
      q_param: {
        name: 'q',
        in: 'query',
        type: 'array',
        items: { type: 'string' },
        collectionFormat: 'multi',
      },
    },
    paths,
  };
}

function parameters(one: Operation): unknown[] {
  const inPath = [...one.path.matchAll(/\{(\w+)\}/g)].map((found) => ({
    name: found[1],
    in: 'path',
    required: true,
    type: 'integer',
  }));
  const inQuery = Object.entries(one.query ?? {}).map(([name, type]) => ({
    name,
    in: 'query',
    required: one.required?.includes(name) ?? false,
    type,
  }));
  const header = (name: string, values: string[]) => ({
    name,
    in: 'header',
    required: false,
    type: 'array',
    items: { type: 'string', enum: values },
    collectionFormat: 'csv',
  });
  return [
    ...inPath,
    ...inQuery,
    ...(one.embeds ? [header('x-koha-embed', one.embeds)] : []),
    ...(one.overrides ? [header('x-koha-override', one.overrides)] : []),
    ...(one.body ? [{ name: 'body', in: 'body', required: true, schema: bodySchema(one.body) }] : []),
  ];
}

const bodySchema = (body: NonNullable<Operation['body']>): unknown => ({
  type: 'object',
  properties: Object.fromEntries(Object.entries(body.properties).map(([name, type]) => [name, { type }])),
  required: body.required,
  additionalProperties: false,
});
