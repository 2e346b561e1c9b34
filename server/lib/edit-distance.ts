/**
 * Optimal string alignment distance (Damerau, adjacent swaps count one) between two strings, in UTF-16 units.
 * Answers `max + 1` as soon as the distance is known to pass `max`.
 */
export function editDistance(a: string, b: string, max = Infinity): number {
  if (a === b) return 0;
  if (Math.abs(a.length - b.length) > max) return max + 1;
  const width = b.length + 1;
  if (rows[0].length < width) rows = [new Uint16Array(width), new Uint16Array(width), new Uint16Array(width)];
  let [before, last, row] = rows;
  for (let j = 0; j < width; j++) last[j] = j;
  for (let i = 1; i <= a.length; i++) {
    const x = a.charCodeAt(i - 1);
    const left = a.charCodeAt(i - 2);
    row[0] = i;
    let least = i;
    for (let j = 1; j < width; j++) {
      const y = b.charCodeAt(j - 1);
      let d = Math.min((last[j] as number) + 1, (row[j - 1] as number) + 1);
      d = Math.min(d, (last[j - 1] as number) + (x === y ? 0 : 1));
      if (i > 1 && j > 1 && x === b.charCodeAt(j - 2) && left === y)
        d = Math.min(d, (before[j - 2] as number) + 1);
      row[j] = d;
      if (d < least) least = d;
    }
    if (least > max) return max + 1;
    [before, last, row] = [last, row, before];
  }
  return last[b.length] as number;
}

/** Three rows of the table, kept between calls: one call ends before the next begins. */
let rows: [Uint16Array, Uint16Array, Uint16Array] = [
  new Uint16Array(64),
  new Uint16Array(64),
  new Uint16Array(64),
];

/**
 * 1 for equal strings, 0 for strings with nothing in common: one minus the distance over the longer length. Whatever
 * lies below `least` may come back as any value below it.
 */
export function similarity(a: string, b: string, least = 0): number {
  const longest = Math.max(a.length, b.length);
  return longest === 0 ? 1 : 1 - editDistance(a, b, Math.floor((1 - least) * longest + 1e-9)) / longest;
}
