import type { Clock } from '../../cache/clock.js';
import { createSharedWork } from '../../cache/shared-work.js';
import { IlsFault } from '../ils-fault.js';
import { readTime } from './dates.js';
import { meaningOf } from './error-codes.js';
import { grants } from './grants.js';
import type { PapiReply } from './reply.js';
import { text } from './wire.js';

/** What AuthenticateStaffUser gave: the token goes into the address, the secret into the signature. */
export interface StaffToken {
  readonly token: string;
  readonly secret: string;
}

/**
 * The staff account's session. Whoever needs it at the same time waits for one login, since each login replaces the
 * token of the one before; it is renewed ten minutes before it runs out. After a refused login none is tried for 150 s,
 * so that a wrong password cannot lock the account.
 */
export interface StaffSession {
  get(signal: AbortSignal): Promise<StaffToken>;
  /** Another token than the one that was not accepted; undefined when a new login would not help either. */
  replace(spent: StaffToken, signal: AbortSignal): Promise<StaffToken | undefined>;
  /** Tells that the token of a login just made was not accepted either. */
  didNotHelp(): void;
}

const DAY_MS = 86_400_000;
const MARGIN_MS = 10 * 60_000;
const REFUSED_FOR_MS = 150_000;
const HELPLESS_FOR_MS = 60_000;

export function createStaffSession(deps: {
  login: (signal: AbortSignal) => Promise<PapiReply | { unauthorized: IlsFault }>;
  system: string;
  zone: string | undefined;
  clock: Clock;
}): StaffSession {
  const { clock, system } = deps;
  const shared = createSharedWork();
  let current: { token: StaffToken; until: number } | undefined;
  let refusal: { fault: IlsFault; until: number } | undefined;
  let helplessUntil = -Infinity;

  const login = async (signal: AbortSignal): Promise<StaffToken> => {
    if (refusal && clock.now() < refusal.until) throw refusal.fault;
    const answer = await deps.login(signal);
    if ('unauthorized' in answer || answer.code < 0) {
      const fault = refusalOf(answer, system);
      if (fault.kind === 'refused') refusal = { fault, until: clock.now() + REFUSED_FOR_MS };
      throw fault;
    }
    const token = text(answer.reply, 'AccessToken');
    const secret = text(answer.reply, 'AccessSecret');
    if (token === undefined || secret === undefined) throw new IlsFault('foreign', system);
    refusal = undefined;
    current = { token: { token, secret }, until: expiryOf(answer) };
    return current.token;
  };

  /** A time without a zone may be off by hours; so what is believed lies between now and a day from now. */
  const expiryOf = ({ reply }: PapiReply): number => {
    const now = clock.now();
    const said = readTime(reply['AuthExpDate'], deps.zone)?.ms ?? now + DAY_MS;
    return said > now + MARGIN_MS && said < now + DAY_MS ? said : now + DAY_MS;
  };

  return {
    async get(signal) {
      if (current && clock.now() < current.until - MARGIN_MS) return current.token;
      return shared.join('login', signal, login);
    },
    async replace(spent, signal) {
      if (current && current.token !== spent) return current.token;
      if (clock.now() < helplessUntil) return undefined;
      current = undefined;
      return shared.join('login', signal, login);
    },
    didNotHelp() {
      helplessUntil = clock.now() + HELPLESS_FOR_MS;
    },
  };
}

/** A 401 to a login is the keys', the clocks' or the password's fault; only the clocks can be told apart. */
function refusalOf(answer: PapiReply | { unauthorized: IlsFault }, system: string): IlsFault {
  const refused = (grant: string): IlsFault =>
    new IlsFault('refused', system, { grant, mayHaveHappened: false });
  if ('unauthorized' in answer) {
    const { grant } = answer.unauthorized;
    return refused(grant === undefined || grant === grants.keys ? `${grants.keys} ${grants.staff}` : grant);
  }
  const isFailure = answer.code !== -1 && meaningOf(answer.code).is === 'failed';
  return isFailure ? new IlsFault('broken', system) : refused(grants.staff);
}
