import type { Branch } from '../../../contract/availability.js';

/** The branches with those named in `first` before the others, in that order; codes of no branch are passed over. */
export function branchesFirst(
  branches: readonly Branch[],
  first: readonly (string | null | undefined)[],
): Branch[] {
  const found = new Set(first.flatMap((id) => branches.filter((branch) => branch.id === id)));
  return [...found, ...branches.filter((branch) => !found.has(branch))];
}
