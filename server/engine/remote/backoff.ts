/**
 * Milliseconds to wait before attempt `again` (1 is the first repetition): `baseMs` doubled each time, of which half is
 * chance, so that many who failed together do not come back together.
 */
export function backoffMs(again: number, baseMs: number, random: () => number = Math.random): number {
  const full = baseMs * 2 ** (again - 1);
  return Math.round(full / 2 + (full / 2) * random());
}
