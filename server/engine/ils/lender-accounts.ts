import { unlessLeft } from '../cache/clock.js';
import type { IlsAccount } from './account.js';
import type { Unavailable } from './in-doubt.js';
import type { Asking } from './ils.js';
import type { Authentication, IlsPatron } from './patron.js';
import type { ShieldedPatrons } from './shielded-patrons.js';

/** A lender of e-copies where the library's patrons have loans and holds of their own. */
export interface Lender {
  /** As patrons know it. */
  name: string;
  patrons: ShieldedPatrons;
}

/**
 * What one lender says of a patron. `refused`: it does not take the card. `not_reached`: it could not be asked when they
 * signed in. `signed_out`: it no longer knows them. After these two only signing in again helps, for no PIN is kept.
 */
export type LenderAccount = { lender: string } & (
  | { state: 'known'; account: IlsAccount; asOf: string }
  | { state: 'unavailable' | 'refused' | 'not_reached' | 'signed_out' }
);

/** What patrons who are signed in have at the lenders. */
export interface LenderAccounts {
  /** As patrons know them, in their order. */
  readonly names: readonly string[];
  /** All lenders, asked at the same time; each fails by itself. Ids of holds in it are for `cancelHold` of this house. */
  ask(patron: IlsPatron, asking: Asking): Promise<LenderAccount[]>;
  /** Which lender told of a hold; undefined for a hold of the library's own system. */
  lenderOf(holdId: string): string | undefined;
}

type There = { state: 'in'; patron: IlsPatron } | { state: 'refused' | 'not_reached' };

/** A patron's visit at every lender, signing in included; `end` reaches even what is still under way. */
interface Visit {
  end: AbortController;
  there: readonly Promise<There>[];
}

const holdIds = /^lender(\d+):(.+)$/s;

/**
 * Signs patrons in at lenders of e-copies too. The library's own system decides alone: only after it has let somebody in
 * is each lender handed card and PIN, once and without being waited for, so that no try at a lender's can lock a card.
 * What a lender needs to know them again lives as long as their visit.
 */
export function withLenders(
  own: ShieldedPatrons,
  lenders: readonly Lender[],
): { patrons: ShieldedPatrons; accounts: LenderAccounts } {
  const visits = new WeakMap<IlsPatron, Visit>();

  const begin = (patron: IlsPatron, card: string, pin: string): void => {
    const end = new AbortController();
    visits.set(patron, { end, there: lenders.map((lender) => signIn(lender, card, pin, end.signal)) });
  };

  /** The lender's part in a visit; undefined where there is none. */
  const thereOf = (patron: IlsPatron, at: number, signal: AbortSignal): Promise<There | undefined> =>
    unlessLeft(signal, Promise.resolve(visits.get(patron)?.there[at]));

  const accountAt = async (patron: IlsPatron, at: number, asking: Asking): Promise<LenderAccount> => {
    const lender = lenders[at] as Lender;
    const { name } = lender;
    const there = await thereOf(patron, at, asking.signal);
    if (there?.state !== 'in') return { lender: name, state: there?.state ?? 'signed_out' };
    const answer = await lender.patrons.account(there.patron, asking);
    if (answer.outcome !== 'ok')
      return { lender: name, state: answer.because === 'signed_out' ? 'signed_out' : 'unavailable' };
    const { account, asOf } = answer;
    const holds = account.holds?.map((hold) => ({ ...hold, holdId: `lender${at}:${hold.holdId}` }));
    return { lender: name, state: 'known', account: { ...account, holds }, asOf };
  };

  return {
    accounts: {
      names: lenders.map(({ name }) => name),
      ask: (patron, asking) => Promise.all(lenders.map((_lender, at) => accountAt(patron, at, asking))),
      lenderOf: (holdId) => lenders[Number(holdIds.exec(holdId)?.[1] ?? NaN)]?.name,
    },
    patrons: {
      ...own,
      async authenticate(card, pin, asking) {
        const answer: Authentication | Unavailable = await own.authenticate(card, pin, asking);
        if (answer.outcome === 'ok') begin(answer.patron, card, pin);
        return answer;
      },
      async cancelHold(patron, holdId, asking) {
        const [, at = NaN, lentId = ''] = holdIds.exec(holdId) ?? [];
        const lender = lenders[Number(at)];
        if (!lender) return await own.cancelHold(patron, holdId, asking);
        const there = await thereOf(patron, Number(at), asking.signal);
        if (there?.state !== 'in') return { outcome: 'unavailable', because: 'signed_out' };
        return await lender.patrons.cancelHold(there.patron, lentId, asking);
      },
      async endSession(patron) {
        const visit = visits.get(patron);
        visits.delete(patron);
        visit?.end.abort(new Error('the visit is over'));
        const leaving = lenders.map(async ({ patrons }, at) => {
          const there = await visit?.there[at];
          if (there?.state === 'in') await patrons.endSession(there.patron);
        });
        await Promise.all([own.endSession(patron), ...leaving]);
      },
    },
  };
}

/** Never rejects: whoever has left meanwhile was not reached. */
async function signIn(lender: Lender, card: string, pin: string, signal: AbortSignal): Promise<There> {
  try {
    const answer = await lender.patrons.authenticate(card, pin, { signal });
    if (answer.outcome === 'ok') return { state: 'in', patron: answer.patron };
    return { state: answer.outcome === 'unavailable' ? 'not_reached' : 'refused' };
  } catch {
    return { state: 'not_reached' };
  }
}
