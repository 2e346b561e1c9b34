import type { Loan } from '../../../contract/patron-account.js';

/** Whether renewing can come to anything: the system says so, or does not say that it cannot. */
export function mayRenew({
  renewable,
  renewals_left: left,
}: Pick<Loan, 'renewable' | 'renewals_left'>): boolean {
  return renewable ?? left !== 0;
}
