import {
  openHttpSimulator,
  quietLine,
  type Answer,
  type Asked,
  type HttpSimulator,
  type SILENCE,
} from '../http-simulator.js';
import { polarisAccount } from './polaris-account.js';
import { publicCatalogue, synch } from './polaris-catalogue.js';
import { polarisDoor, type PolarisDoor } from './polaris-door.js';
import { msDate, papi, readBody } from './polaris-format.js';
import type { Ground, PolarisFaults, PolarisVersion, Route } from './polaris-ground.js';
import { holdDialogue } from './polaris-hold-dialogue.js';
import { polarisLibrary } from './polaris-library.js';
import type { PolarisPatron, PolarisState } from './polaris-state.js';

export type { PolarisFaults, PolarisVersion } from './polaris-ground.js';
export { pwsSignature } from './polaris-signature.js';

export interface PolarisSimulatorOptions {
  /** Default: `new`. */
  version?: PolarisVersion;
  /** The server's clock, for signatures, lockouts and tokens. Default: the real one. */
  now?: () => number;
}

export type PolarisSimulator = HttpSimulator<PolarisState, PolarisFaults>;

/** Nobody: stands in a call that names no patron. */
const NOBODY: PolarisPatron = {
  id: 0,
  barcode: '',
  username: '',
  pin: '',
  branchId: 0,
  expires: '1970-01-01T00:00:00Z',
  age: 0,
  blocks: [],
  holdFee: 0,
};

/**
 * Polaris PAPI under `<url>/PAPIService`, built from the vendor's reference (documentation.iii.com, 8.0) and from rows
 * recorded at libraries. HTTP 200 carries most failures with a negative PAPIErrorCode; 401 is signature and secret.
 */
export async function openPolarisSimulator(options: PolarisSimulatorOptions = {}): Promise<PolarisSimulator> {
  const { version = 'new', now = Date.now } = options;
  const state = polarisLibrary();
  const faults: PolarisFaults = {
    ...quietLine(),
    unauthorisedAfter: Infinity,
    clockSkewMs: 0,
    seenAs: '',
    errorInside: 0,
    betweenPages: undefined,
    holdThenSilence: false,
  };
  const ground: Ground = { state, faults, version, now };
  const door = polarisDoor(state, faults, now);
  const open = [...publicCatalogue(ground), ...holdDialogue(ground)];
  const staff = synch(ground);
  const personal = polarisAccount(ground);

  const answer = (asked: Asked, url: string): Answer | typeof SILENCE => {
    // Signed is the URL as it was asked for, host included.
    const base = `http://${asked.headers.host ?? url.slice('http://'.length)}`;
    if (/^\/PAPIService\/(REST\/public\/v1\/\d+\/\d+\/\d+\/)?api$/i.test(asked.path)) return health(asked);
    const named = /^\/PAPIService\/REST\/(public|protected)\/v1\/\d+\/\d+\/\d+\/(.+)$/i.exec(asked.path);
    if (!named) return { status: 404 };
    const rest = named[2] ?? '';
    const inside = (): Answer | undefined =>
      faults.errorInside === 0
        ? undefined
        : papi(asked, 'PAPIResult', faults.errorInside, 'An error occurred');
    if (named[1]?.toLowerCase() === 'protected') {
      if (rest === 'authenticator/staff') return staffLogin(asked, base, door);
      const [token = '', ...path] = rest.split('/');
      if (!door.protectedCall(asked, base, token)) return door.refused();
      return inside() ?? dispatch(staff, asked, path.join('/'), NOBODY);
    }
    if (rest === 'authenticator/patron') return patronLogin(asked, base, door, state);
    const [first, barcode = '', ...path] = rest.split('/');
    if (first === 'patron' && barcode !== 'organizations') {
      const card = decodeURIComponent(barcode);
      const patron = state.patrons.find((one) => one.barcode === card);
      if (!door.patronCall(asked, base, patron)) return door.refused();
      if (!patron) return papi(asked, 'PAPIResult', -3000, 'Patron does not exist');
      return inside() ?? dispatch(personal, asked, path.join('/'), patron);
    }
    if (!admitted(asked, base, rest, door, state)) return door.refused();
    return inside() ?? dispatch(open, asked, rest.replace(/^patron\//, ''), NOBODY);
  };
  return openHttpSimulator(state, faults, answer);
}

/**
 * A hold names its patron in the body alone. Clients in the field sign it with nothing, with the patron's secret or as
 * staff, and no document says that one of these is refused: all three are let in.
 */
function admitted(asked: Asked, base: string, rest: string, door: PolarisDoor, state: PolarisState): boolean {
  if (door.anonymous(asked, base)) return true;
  if (!/^holdrequest(\/|$)/.test(rest)) return false;
  return state.patrons.some((one) => door.patronCall(asked, base, one));
}

function dispatch(
  routes: Route[],
  asked: Asked,
  path: string,
  patron: PolarisPatron,
): Answer | typeof SILENCE {
  const steps = path.split('/').map(decodeURIComponent);
  for (const [method, pattern, answer] of routes) {
    const wanted = pattern.split('/');
    if (method !== asked.method || wanted.length !== steps.length) continue;
    if (!wanted.every((step, i) => step === '*' || step.toLowerCase() === steps[i]?.toLowerCase())) continue;
    const parts = steps.filter((_, i) => wanted[i] === '*');
    return answer({ asked, parts, patron });
  }
  return { status: 404 };
}

const health = (asked: Asked): Answer =>
  papi(asked, 'ApiVersion', 0, '', { Version: '7.7.0.0', Major: 7, Minor: 7, Build: 0, Revision: 0 });

/** Signed without a secret. Every refusal is -3001, and the third within five minutes locks. */
function patronLogin(asked: Asked, base: string, door: PolarisDoor, state: PolarisState): Answer {
  if (!door.anonymous(asked, base)) return door.refused();
  const body = readBody(asked, ['Barcode', 'Password']);
  const found = door.patronLogin(text(body?.['Barcode']), text(body?.['Password']));
  const nothing = { AccessToken: null, AccessSecret: null, PatronID: 0, AuthExpDate: null };
  if (!found)
    return papi(
      asked,
      'PatronAuthenticationResult',
      -3001,
      'Unable to authenticate patron credentials.',
      nothing,
    );
  const until = state.legacyPatronScheme ? null : msDate(new Date(found.pass.until).toISOString());
  return papi(asked, 'PatronAuthenticationResult', 0, '', {
    AccessToken: found.pass.secret,
    AccessSecret: found.pass.secret,
    PatronID: found.patron.id,
    AuthExpDate: until,
  });
}

function staffLogin(asked: Asked, base: string, door: PolarisDoor): Answer {
  if (!door.anonymous(asked, base)) return door.refused();
  const body = readBody(asked, ['Domain', 'Username', 'Password']);
  const pass = door.staffLogin(text(body?.['Domain']), text(body?.['Username']), text(body?.['Password']));
  if (!pass) return papi(asked, 'AuthenticationResult', -8001, 'Unable to authenticate staff credentials.');
  return papi(asked, 'AuthenticationResult', 0, '', {
    AccessToken: pass.token,
    AccessSecret: pass.secret,
    PolarisUserID: 12,
    BranchID: 3,
    AuthExpDate: msDate(new Date(pass.until).toISOString()),
  });
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
