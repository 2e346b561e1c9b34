import { createRequire } from 'node:module';

type EaccTable = Readonly<Record<number, readonly [codePoint: number, isMark: number] | undefined>>;
let table: EaccTable | undefined;

/**
 * Code point of an East Asian character (ANSI/NISO Z39.64, three 7-bit bytes as one number); undefined when the set
 * has none. The table of 15,739 characters is that of the marc8 package, loaded when a record first needs it.
 */
export function eaccCodePoint(code: number): number | undefined {
  table ??= loadTable();
  return table[code]?.[0];
}

function loadTable(): EaccTable {
  const require = createRequire(import.meta.url);
  const { CODESETS } = require('marc8/lib/marc8_mapping') as { CODESETS: Record<number, EaccTable> };
  return CODESETS[0x31] ?? {};
}
