import {
  json,
  openHttpSimulator,
  quietLine,
  type Answer,
  type Asked,
  type HttpSimulator,
  type SILENCE,
} from '../http-simulator.js';
import { kohaAuth } from './koha-auth.js';
import type { KohaFaults } from './koha-ground.js';
import { kohaHandlers } from './koha-handlers.js';
import { ilsdi, ILSDI_PATH } from './koha-ilsdi.js';
import { kohaLibrary } from './koha-library.js';
import { Refusal } from './koha-query.js';
import { operations, spec, type KohaVersion, type Operation } from './koha-spec.js';
import type { KohaState } from './koha-state.js';

export interface KohaSimulatorOptions {
  /** `old` is about 22.11, `new` about 24.11 and later; see koha-spec.ts. Default: `new`. */
  version?: KohaVersion;
  /** Operations this instance lacks, such as `POST /auth/password/validation`; the spec lacks them too. */
  without?: string[];
  now?: () => number;
}

export type { KohaFaults } from './koha-ground.js';
export type KohaSimulator = HttpSimulator<KohaState, KohaFaults>;

/**
 * Koha's REST API v1 under `<url>/api/v1`, built from Koha's own swagger files and controllers. It refuses what Koha
 * refuses, in Koha's three shapes of error: `{"error"}`, `{"errors","status"}` and a bare array or string.
 */
export async function openKohaSimulator(options: KohaSimulatorOptions = {}): Promise<KohaSimulator> {
  const { version = 'new', without = [], now = Date.now } = options;
  const state = kohaLibrary();
  const faults: KohaFaults = {
    ...quietLine(),
    unauthorisedAfter: Infinity,
    errorInside: false,
    betweenPages: undefined,
    holdThenSilence: false,
    crash: false,
    unwritable: new Set(),
    nextPatron: undefined,
  };
  const table = operations(version).filter((one) => !without.includes(`${one.method} ${one.path}`));
  const auth = kohaAuth(state, faults, now);
  const handlers = kohaHandlers({ state, faults, version, now, auth });
  const answer = (asked: Asked, url: string): Answer | typeof SILENCE => {
    if (asked.path === ILSDI_PATH) return ilsdi(state, auth, asked);
    if (!asked.path.startsWith('/api/v1')) return { status: 404, body: 'Not Found' };
    const path = asked.path.slice('/api/v1'.length);
    if (path === '' || path === '/' || path === '/.json') return json(200, spec(table));
    if (state.maintenance) return json(503, { error: 'System is under maintenance.' });
    if (path === '/oauth/token' && asked.method === 'POST') return auth.token(asked);
    if (faults.crash && faults.only(asked)) return crashed();
    const found = route(table, asked.method, path);
    if (!found) return json(404, { errors: [{ message: 'Not Found', path: '/' }], status: 404 });
    const { operation, ids } = found;
    if (path.startsWith('/public/') && !state.sysprefs.RESTPublicAPI)
      return json(403, {
        error: 'Configuration prevents the usage of this endpoint by unprivileged users',
      });
    const embeds = embedded(operation, asked, version);
    const caller = auth.caller(asked);
    auth.admit(operation, caller, ids['patron_id']);
    knownQuery(operation, asked);
    const faulty = wrongInput(operation, asked, found.raw);
    if (faulty.length > 0) return json(400, { errors: faulty, status: 400 });
    if (faults.errorInside) return json(200, { error: 'Something went wrong, check Koha logs for details.' });
    return handlers(operation, { asked, ids, embeds, self: url + asked.path });
  };
  return openHttpSimulator(state, faults, (asked, url) => {
    const given = guarded(() => answer(asked, url));
    const id = asked.headers['x-koha-request-id'];
    if (typeof given === 'string' || typeof id !== 'string') return given;
    return { ...given, headers: { ...given.headers, 'x-koha-request-id': id } };
  });
}

function guarded(answer: () => Answer | typeof SILENCE): Answer | typeof SILENCE {
  try {
    return answer();
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}

const crashed = (): Answer =>
  json(500, {
    error: 'Something went wrong, check Koha logs for details.',
    error_code: 'internal_server_error',
  });

interface Routed {
  operation: Operation;
  ids: Record<string, number>;
  raw: Record<string, string>;
}

function route(table: Operation[], method: string, path: string): Routed | undefined {
  const steps = path.split('/');
  for (const operation of table) {
    if (operation.method !== method) continue;
    const wanted = operation.path.split('/');
    if (wanted.length !== steps.length) continue;
    const raw: Record<string, string> = {};
    const fits = wanted.every((step, i) => {
      const given = decodeURIComponent(steps[i] ?? '');
      if (!step.startsWith('{')) return step === given;
      raw[step.slice(1, -1)] = given;
      return given !== '';
    });
    const ids = Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, Number(value)]));
    if (fits) return { operation, ids, raw };
  }
  return undefined;
}

/** Any query parameter the operation does not declare: 400 with a bare array. */
function knownQuery(operation: Operation, asked: Asked): void {
  const unknown = [...new Set(asked.query.keys())].filter((name) => !(name in (operation.query ?? {})));
  if (unknown.length === 0) return;
  throw new Refusal(
    json(
      400,
      unknown.map((name) => ({ path: `/query/${name}`, message: 'Malformed query string' })),
    ),
  );
}

/** Embeds asked for by header; not declared at all is a bare JSON string, not enumerated is the validator's shape. */
function embedded(operation: Operation, asked: Asked, version: KohaVersion): string[] {
  const header = asked.headers['x-koha-embed'];
  if (typeof header !== 'string' || header === '') return [];
  if (!operation.embeds) throw new Refusal(json(400, 'Embedding objects is not allowed on this endpoint.'));
  const wanted = header.split(/\s*,\s*/);
  const wrong = wanted.filter((one) => !operation.embeds?.includes(one));
  if (wrong.length === 0) return wanted;
  if (version === 'old')
    throw new Refusal(json(400, `Embedding ${wrong[0] ?? ''} is not allowed. Check your spec.`));
  throw new Refusal(
    json(400, {
      errors: wrong.map((one) => ({ message: `Not in enum list: ${one}.`, path: '/x-koha-embed' })),
      status: 400,
    }),
  );
}

/** What the OpenAPI validator finds wrong with path, query and body. */
function wrongInput(
  operation: Operation,
  asked: Asked,
  raw: Record<string, string>,
): { message: string; path: string }[] {
  const found: { message: string; path: string }[] = [];
  const expects = (name: string, value: string, type: string): void => {
    const fits =
      type === 'integer' ? /^-?\d+$/.test(value) : type !== 'boolean' || /^(true|false|0|1)$/.test(value);
    if (!fits) found.push({ message: `Expected ${type} - got string.`, path: `/${name}` });
  };
  for (const [name, value] of Object.entries(raw)) expects(name, value, 'integer');
  for (const [name, type] of Object.entries(operation.query ?? {}))
    for (const value of asked.query.getAll(name)) expects(name, value, type);
  for (const name of operation.required ?? [])
    if (!asked.query.has(name)) found.push({ message: 'Missing property.', path: `/${name}` });
  const match = asked.query.get('_match');
  if (match !== null && !['contains', 'exact', 'starts_with', 'ends_with'].includes(match))
    found.push({ message: 'Not in enum list: contains, exact, starts_with, ends_with.', path: '/_match' });
  if (Number(asked.query.get('_page') ?? 1) < 1) found.push({ message: '0 < minimum(1)', path: '/_page' });
  return operation.body ? [...found, ...wrongBody(operation.body, asked.body)] : found;
}

function wrongBody(
  wanted: NonNullable<Operation['body']>,
  sent: string,
): { message: string; path: string }[] {
  let body: unknown;
  try {
    body = JSON.parse(sent);
  } catch {
    return [{ message: 'Expected object - got null.', path: '/body' }];
  }
  if (body === null || typeof body !== 'object' || Array.isArray(body))
    return [{ message: `Expected object - got ${Array.isArray(body) ? 'array' : 'null'}.`, path: '/body' }];
  const given = Object.entries(body as Record<string, unknown>);
  const extra = given.map(([name]) => name).filter((name) => !(name in wanted.properties));
  const missing = wanted.required.filter((name) => !given.some(([one]) => one === name));
  const typed = given.flatMap(([name, value]) => {
    const types = [wanted.properties[name] ?? []].flat();
    const is = value === null ? 'null' : Number.isInteger(value) ? 'integer' : typeof value;
    if (types.length === 0 || types.includes(is)) return [];
    return [{ message: `Expected ${types.join('/')} - got ${is}.`, path: `/body/${name}` }];
  });
  return [
    ...missing.map((name) => ({ message: 'Missing property.', path: `/body/${name}` })),
    ...typed,
    ...(extra.length > 0 ? [{ message: `Properties not allowed: ${extra.join(', ')}.`, path: '/body' }] : []),
  ];
}
