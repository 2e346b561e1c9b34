import { isOfIls, isOfLenders } from './combined.js';
import type { ShieldOptions } from './shielded.js';

export type ShieldLimits = Pick<
  ShieldOptions,
  'atATime' | 'maxBatch' | 'timeoutMs' | 'concerns' | 'lends' | 'patronTimes' | 'patronsApart'
>;

/**
 * What each kind of system bears. Koha, Polaris and SIP2 are asked record by record: small batches let the first cards be
 * told while others are out, and cost little when one runs out of time. `atATime` counts batches, of which each takes turns
 * with the others for as few connections: the time covers two answers one after the other from a system that takes two to
 * three seconds for each. SIP2 takes a message for each copy, of which a record may have many: one at a time, and longer,
 * for a record that runs out of time counts as an outage. OverDrive answers 25 titles in one request; it is slow to sign
 * patrons in, for which nobody waits.
 */
export const shieldLimits: Readonly<
  Record<'demo' | 'koha' | 'polaris' | 'sip2' | 'overdrive', ShieldLimits>
> = {
  demo: {},
  koha: { atATime: 4, maxBatch: 2, timeoutMs: 6_000, concerns: isOfIls },
  polaris: { atATime: 4, maxBatch: 2, timeoutMs: 6_000, concerns: isOfIls },
  sip2: { atATime: 2, maxBatch: 1, timeoutMs: 10_000, concerns: isOfIls },
  overdrive: {
    ...{ atATime: 2, maxBatch: 25, timeoutMs: 4_000, concerns: isOfLenders, lends: true },
    ...{ patronsApart: true, patronTimes: { authenticate: 15_000 } },
  },
};
