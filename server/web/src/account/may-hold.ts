import type { Availability } from '../../../contract/availability.js';

const NOT_FOR_LENDING = ['reference_only', 'lost', 'missing', 'withdrawn'];

/** Whether a hold can make sense: there are copies of paper or plastic, and not all of them stay in the house. */
export function mayHold({ state, branches }: Availability): boolean {
  if (state === 'online' || state === 'unknown') return false;
  const items = branches.flatMap((branch) => branch.items);
  return items.length === 0 || items.some((item) => !NOT_FOR_LENDING.includes(item.status));
}

/** The branches where a copy is in now. */
export function inAt({ branches }: Availability): string[] {
  return branches.filter(({ available }) => available > 0).map(({ branch_id }) => branch_id);
}
