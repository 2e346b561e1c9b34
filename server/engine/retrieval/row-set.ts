import type { RowSet } from './retrieval-index.js';

/** A RowSet over a bitmap that can be added to and combined. Rows are non-negative integers below 2^31. */
export interface Bitmap extends RowSet {
  add(row: number): void;
  rows(): Iterable<number>;
  readonly words: Uint32Array;
}

/** An empty bitmap for rows up to `highest`; it grows when a higher row is added. */
export function createBitmap(highest = 0): Bitmap {
  return bitmapOver(new Uint32Array((highest >>> 5) + 1));
}

function bitmapOver(start: Uint32Array): Bitmap {
  let bits = start;
  let size = 0;
  for (const word of bits) size += ones(word);
  return {
    get size() {
      return size;
    },
    get words() {
      return bits;
    },
    has: (row) => ((bits[row >>> 5] ?? 0) & (1 << (row & 31))) !== 0,
    add(row) {
      const at = row >>> 5;
      if (at >= bits.length) {
        const wider = new Uint32Array(Math.max(at + 1, bits.length * 2));
        wider.set(bits);
        bits = wider;
      }
      const word = bits[at] ?? 0;
      const next = word | (1 << (row & 31));
      if (next !== (word | 0)) {
        bits[at] = next;
        size++;
      }
    },
    *rows() {
      for (let at = 0; at < bits.length; at++) {
        for (let word = bits[at] ?? 0; word !== 0; word &= word - 1) {
          yield at * 32 + 31 - Math.clz32(word & -word);
        }
      }
    },
  };
}

/** The rows of a set, none above `highest`, in order. */
export function rowsOf(set: RowSet | Bitmap, highest: number): number[] {
  if ('rows' in set) return [...set.rows()];
  return Array.from({ length: highest + 1 }, (_, row) => row).filter((row) => set.has(row));
}

/** How many bits of a 32-bit word are set (Hacker's Delight, 5-1). */
export function ones(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Rows in every one of the sets; the one set itself when there is only one. */
export function intersection(sets: readonly Bitmap[]): Bitmap {
  return combined(sets, (a, b) => a & b);
}

/** Rows in any of the sets. */
export function union(sets: readonly Bitmap[]): Bitmap {
  return combined(sets, (a, b) => a | b);
}

/** Rows of the first set that are not in the second. */
export function difference(from: Bitmap, minus: Bitmap): Bitmap {
  return combined([from, minus], (a, b) => a & ~b);
}

function combined(sets: readonly Bitmap[], combine: (a: number, b: number) => number): Bitmap {
  const [first, ...others] = sets;
  if (first === undefined) return createBitmap();
  if (others.length === 0) return first;
  const length = Math.max(...sets.map((set) => set.words.length));
  const words = new Uint32Array(length);
  for (let at = 0; at < length; at++) {
    let word = first.words[at] ?? 0;
    for (const set of others) word = combine(word, set.words[at] ?? 0);
    words[at] = word;
  }
  return bitmapOver(words);
}
