import type { RecordFields } from './record-fields.js';

/** What 008/18-34 describes: its meaning hangs on the type of record (leader/06) and level (leader/07). */
export type Material = 'books' | 'serials' | 'music' | 'maps' | 'visual' | 'computer' | 'mixed';

/** Material by leader/06 and /07, as MARC 21 defines the configurations of 008. */
export function materialOf(leader: string): Material {
  const level = leader[7];
  switch (leader[6]) {
    case 'c':
    case 'd':
    case 'i':
    case 'j':
      return 'music';
    case 'e':
    case 'f':
      return 'maps';
    case 'g':
    case 'k':
    case 'o':
    case 'r':
      return 'visual';
    case 'm':
      return 'computer';
    case 'p':
      return 'mixed';
    case 'a':
      return level === 'b' || level === 'i' || level === 's' ? 'serials' : 'books';
    default:
      return 'books';
  }
}

/** Field 008, or blanks; a fill character `|` means that nobody coded the position, so it reads as blank. */
export function fixed008(record: RecordFields): string {
  return (record.first('008')?.value ?? '').padEnd(40, ' ').replace(/\|/g, ' ');
}
