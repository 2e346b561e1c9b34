import type { Database } from 'better-sqlite3';

/** Coded facts of every record, in memory and by row: nine bytes a record. Unknown rows answer as if nothing was coded. */
export interface FactColumns {
  format(row: number): string;
  audience(row: number): string | null;
  year(row: number): number | null;
  pages(row: number): number | null;
  /** Rows whose number lies in the span, ends included; rows without the number are left out. */
  between(field: 'pages' | 'year', min: number, max: number): Iterable<number>;
}

/** Stands for "no number" in a column. */
const none = -2_147_483_648;

/** Reads the columns of `fact`: about 0.06 s for 100,000 records. */
export function readFactColumns(db: Database, highestRow: number): FactColumns {
  const formats = createCodes();
  const audiences = createCodes();
  const format = new Uint8Array(highestRow + 1);
  const audience = new Uint8Array(highestRow + 1);
  const years = new Int16Array(highestRow + 1).fill(-32_768);
  const pages = new Int32Array(highestRow + 1).fill(none);
  const all = db
    .prepare<[], [number, string, string | null, number | null, number | null]>(
      'SELECT row, format, audience, year, pages FROM fact',
    )
    .raw();
  for (const [row, f, a, year, count] of all.iterate()) {
    format[row] = formats.of(f);
    audience[row] = audiences.of(a);
    if (year !== null) years[row] = Math.max(-32_767, Math.min(32_767, year));
    if (count !== null) pages[row] = count;
  }
  const number = (column: Int16Array | Int32Array, empty: number) => (row: number) => {
    const value = column[row];
    return value === undefined || value === empty ? null : value;
  };
  const [year, pageCount] = [number(years, -32_768), number(pages, none)];
  return {
    format: (row) => formats.text(format[row] ?? 0) ?? '',
    audience: (row) => audiences.text(audience[row] ?? 0),
    year,
    pages: pageCount,
    *between(field, min, max) {
      const of = field === 'year' ? year : pageCount;
      for (let row = 0; row <= highestRow; row++) {
        const value = of(row);
        if (value !== null && value >= min && value <= max) yield row;
      }
    },
  };
}

/** Numbers for the values of a column with few of them; 0 is "none", and so is what comes after the 255th. */
function createCodes() {
  const texts: (string | null)[] = [null];
  const codes = new Map<string, number>();
  return {
    text: (code: number) => texts[code] ?? null,
    of(text: string | null): number {
      if (text === null) return 0;
      const known = codes.get(text);
      if (known !== undefined) return known;
      if (texts.length > 255) return 0;
      codes.set(text, texts.length);
      return texts.push(text) - 1;
    },
  };
}
