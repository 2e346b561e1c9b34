import type { Ils } from './ils.js';
import { IlsFault } from './ils-fault.js';

/** The verbs about patrons. */
export type PatronVerb =
  | 'authenticate'
  | 'account'
  | 'pickupBranches'
  | 'placeHold'
  | 'continueHold'
  | 'cancelHold'
  | 'renew'
  | 'endSession';

/** The verbs about patrons for a system that has none of them: each rejects with IlsFault `not_offered`. */
export function noPatrons(system: string): Pick<Ils, PatronVerb> {
  const refuse = (): Promise<never> =>
    Promise.reject(new IlsFault('not_offered', system, { mayHaveHappened: false }));
  return {
    authenticate: refuse,
    account: refuse,
    pickupBranches: refuse,
    placeHold: refuse,
    continueHold: refuse,
    cancelHold: refuse,
    renew: refuse,
    endSession: () => Promise.resolve(),
  };
}
