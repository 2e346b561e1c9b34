import { randomBytes } from 'node:crypto';
import type { Answer, Asked } from '../http-simulator.js';
import { pwsSignature } from './polaris-signature.js';
import type { PolarisPatron, PolarisState } from './polaris-state.js';

export interface DoorFaults {
  /** Each staff token and each patron secret serves this many calls and then is refused with 401. */
  unauthorisedAfter: number;
  /** How far the server's clock is ahead; beyond 30 minutes every signature is refused, and its Date header tells why. */
  clockSkewMs: number;
  /** What a proxy turns scheme and host into on the way: the server signs that, the client signed another. Empty: none. */
  seenAs: string;
}

interface Pass {
  secret: string;
  until: number;
  calls: number;
}

const HALF_HOUR = 1_800_000;
const FIVE_MINUTES = 300_000;
const DAY = 86_400_000;

/** Signatures, tokens, secrets and the two lockouts, by PAPIServiceOverview, AuthenticatePatron and AuthenticateStaffUser. */
export function polarisDoor(state: PolarisState, faults: DoorFaults, now: () => number) {
  let staff: (Pass & { token: string }) | undefined;
  const patrons = new Map<number, Pass>();
  const failures = new Map<string, number[]>();

  /** Three failures within five minutes lock; while locked even the right password is refused and nothing is counted. */
  const locked = (who: string): boolean => {
    const recent = (failures.get(who) ?? []).filter((at) => now() - at < FIVE_MINUTES);
    failures.set(who, recent);
    return recent.length >= 3;
  };
  const fail = (who: string): void => void failures.get(who)?.push(now());

  const spent = (pass: Pass): boolean => {
    if (pass.until <= now()) return true;
    pass.calls += 1;
    return pass.calls > faults.unauthorisedAfter;
  };

  /** Whether this request is signed with the secret; checks id, date and signature over the URL as received. */
  const signed = (asked: Asked, url: string, secret: string): boolean => {
    const given = /^PWS ([^:\s]+):(\S+)$/.exec(asked.headers.authorization ?? '');
    const date = asked.headers['polarisdate'] ?? asked.headers.date;
    if (!given || given[1] !== state.access.id || typeof date !== 'string') return false;
    const at = Date.parse(date);
    if (Number.isNaN(at) || Math.abs(at - (now() + faults.clockSkewMs)) > HALF_HOUR) return false;
    const seen = (faults.seenAs || url) + asked.target;
    return given[2] === pwsSignature(state.access.key, asked.method, seen, date, secret);
  };

  const byStaff = (asked: Asked, url: string, token: string | undefined): boolean =>
    staff !== undefined && token === staff.token && signed(asked, url, staff.secret) && !spent(staff);

  const headerToken = (asked: Asked): string | undefined => {
    const token = asked.headers['x-papi-accesstoken'];
    return typeof token === 'string' ? token : undefined;
  };

  return {
    /** 401 with the server's own time, which is how a client finds that its clock is wrong. */
    refused: (): Answer => ({
      status: 401,
      headers: {
        'www-authenticate': 'PWS realm="Polaris API"',
        date: new Date(now() + faults.clockSkewMs).toUTCString(),
      },
    }),
    anonymous: (asked: Asked, url: string): boolean =>
      signed(asked, url, '') || byStaff(asked, url, headerToken(asked)),
    protectedCall: (asked: Asked, url: string, token: string): boolean => byStaff(asked, url, token),
    /** The patron's secret, on the legacy scheme also the PIN, or staff who send their token beside. */
    patronCall(asked: Asked, url: string, patron: PolarisPatron | undefined): boolean {
      if (byStaff(asked, url, headerToken(asked))) return true;
      if (!patron) return false;
      if (state.legacyPatronScheme && signed(asked, url, patron.pin)) return true;
      const pass = patrons.get(patron.id);
      return pass !== undefined && signed(asked, url, pass.secret) && !spent(pass);
    },
    /** By barcode or username. Undefined for any refusal: unknown, wrong and locked are one answer. */
    patronLogin(name: string, password: string): { patron: PolarisPatron; pass: Pass } | undefined {
      if (locked(name)) return undefined;
      const patron = state.patrons.find((one) => one.barcode === name || one.username === name);
      if (!patron || patron.pin !== password || password === '') return void fail(name);
      failures.delete(name);
      const legacy = state.legacyPatronScheme;
      const secret = legacy ? pwsSignature(patron.pin, '', '', '', '') : randomBytes(18).toString('base64');
      const pass = { secret, until: legacy ? Infinity : now() + DAY, calls: 0 };
      patrons.set(patron.id, pass);
      return { patron, pass };
    },
    /** A new login replaces token and secret: whoever still signs with the old ones is refused. */
    staffLogin(domain: string, username: string, password: string): (Pass & { token: string }) | undefined {
      const who = `staff ${username}`;
      if (locked(who)) return undefined;
      const right = state.staff;
      if (domain !== right.domain || username !== right.username || password !== right.password)
        return void fail(who);
      failures.delete(who);
      staff = {
        token: randomBytes(24).toString('hex'),
        secret: randomBytes(12).toString('hex'),
        until: now() + DAY,
        calls: 0,
      };
      return staff;
    },
  };
}

export type PolarisDoor = ReturnType<typeof polarisDoor>;
