/** How many books stand side by side on a wide page, so that the last board is never left to a single book. */
export function shelfColumns(count: number): 4 | 5 | 6 {
  if (count <= 5) return 5;
  const fits = ([6, 5, 4] as const).find((columns) => count % columns === 0);
  if (fits !== undefined) return fits;
  // Whichever leaves the fullest last row.
  return ([5, 6, 4] as const).reduce((best, columns) => (count % columns > count % best ? columns : best), 5);
}
