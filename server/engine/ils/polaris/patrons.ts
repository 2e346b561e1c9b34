import type { Clock } from '../../cache/clock.js';
import { IlsFault } from '../ils-fault.js';
import type { Authentication, IlsPatron } from '../patron.js';
import { readTime } from './dates.js';
import { meaningOf } from './error-codes.js';
import { grants } from './grants.js';
import { faultOf, type Papi, type Signer } from './papi.js';
import type { PolarisSettings } from './settings.js';
import { flag, id, pathPart, rows, text, type Row } from './wire.js';

/** What is needed to act for a patron; kept beside the patron, never in them. */
interface Secrets {
  barcode: string;
  secret: string;
  /** When the access secret runs out; Infinity in the legacy scheme. */
  until: number;
}

/** The patron's part of an address, and who signs it. */
export interface PatronAccess {
  path: string;
  as: Signer;
}

export interface Patrons {
  authenticate(card: string, pin: string, signal: AbortSignal): Promise<Authentication>;
  /** Throws IlsFault `refused` after the patron's session has ended or their access secret has run out. */
  access(patron: IlsPatron): PatronAccess;
  /** What CirculationBlocks says of a patron now. */
  standing(patron: IlsPatron, signal: AbortSignal): Promise<Standing>;
  forget(patron: IlsPatron): void;
}

export interface Standing {
  mayBorrow: boolean;
  hasExpired: boolean;
  /** YYYY-MM-DD. */
  expires?: string;
  /** In Polaris's words. */
  blocks: string[];
}

export function createPatrons(deps: { papi: Papi; settings: PolarisSettings; clock: Clock }): Patrons {
  const { papi, settings, clock } = deps;
  const { system } = papi;
  const secrets = new WeakMap<IlsPatron, Secrets>();
  const signer = (secret: string): Signer =>
    settings.patron_calls_as_staff && papi.hasStaff ? 'staff_for_patron' : { secret };

  const blocksOf = (barcode: string, secret: string, signal: AbortSignal): Promise<Row> => {
    const query = settings.username_sign_in ? '?usernameSupported=true' : '';
    const path = `/patron/${pathPart(barcode)}/circulationblocks${query}`;
    return papi.get({ path, as: signer(secret), line: 'patrons', signal });
  };

  const standingOf = (row: Row): Standing => {
    const expiry = readTime(row['ExpirationDate'], settings.time_zone);
    const blocks = rows(row, 'Blocks') ?? [];
    return {
      mayBorrow: flag(row, 'CanPatronCirculate') !== false,
      hasExpired: expiry !== undefined && expiry.ms < clock.now(),
      ...(expiry !== undefined && { expires: expiry.day }),
      blocks: blocks.flatMap((block) => text(block, 'BlockDescription') ?? []),
    };
  };

  const access = (patron: IlsPatron): Secrets => {
    const known = secrets.get(patron);
    if (known && clock.now() < known.until) return known;
    throw new IlsFault('refused', system, { grant: grants.signInAgain, mayHaveHappened: false });
  };

  return {
    async authenticate(typed, pin, signal) {
      signal.throwIfAborted();
      const card = typed.trim();
      if (card === '' || pin === '') return { outcome: 'rejected' };
      const { code, reply } = await papi.ask({
        method: 'POST',
        path: '/authenticator/patron',
        as: 'library',
        body: { Barcode: card, Password: pin },
        line: 'patrons',
        signal,
      });
      if (code < 0) {
        if (meaningOf(code).is === 'rejected') return { outcome: 'rejected' };
        throw faultOf(code, system);
      }
      const patronId = id(reply, 'PatronID');
      const secret = text(reply, 'AccessSecret', 'AccessToken');
      if (patronId === undefined || secret === undefined) throw new IlsFault('foreign', system);

      const row = await blocksOf(card, secret, signal);
      if ((id(row, 'PatronID') ?? patronId) !== patronId) throw new IlsFault('foreign', system);
      const standing = standingOf(row);
      if (standing.hasExpired) return { outcome: 'expired' };
      if (!standing.mayBorrow && !settings.admit_blocked) return { outcome: 'blocked' };

      const patron: IlsPatron = Object.freeze({ id: patronId, homeBranchId: id(row, 'AssignedBranchID') });
      const barcode = text(row, 'PatronBarcode') ?? card;
      const until = readTime(reply['AuthExpDate'], settings.time_zone)?.ms ?? Infinity;
      secrets.set(patron, { barcode, secret, until });
      return { outcome: 'ok', patron };
    },
    access(patron) {
      const { barcode, secret } = access(patron);
      return { path: `/patron/${pathPart(barcode)}`, as: signer(secret) };
    },
    async standing(patron, signal) {
      const { barcode, secret } = access(patron);
      return standingOf(await blocksOf(barcode, secret, signal));
    },
    forget: (patron) => void secrets.delete(patron),
  };
}
