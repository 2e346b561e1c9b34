import type { Branch } from '../../../contract/availability.js';

/**
 * The branch that an address says the page stands in: a kiosk opens `/?branch=HARB`. In plain search the same word is
 * a filter and says nothing about the patron.
 */
export function branchOfAddress(path: string, search: string): string | undefined {
  if (path === '/search') return undefined;
  return new URLSearchParams(search).get('branch')?.trim() || undefined;
}

/** The branch of this library that `wanted` names by its code, in whatever case; undefined for any other. */
export function branchNamed(wanted: string | undefined, branches: readonly Branch[]): Branch | undefined {
  const code = wanted?.toLowerCase();
  return branches.find(({ id }) => id === wanted) ?? branches.find(({ id }) => id.toLowerCase() === code);
}
