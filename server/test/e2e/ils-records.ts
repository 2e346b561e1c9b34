import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeIso2709 } from '../../lib/iso2709-writer.js';
import { biblio, item, patron } from '../simulators/koha/koha-library.js';
import type { KohaSimulator } from '../simulators/koha/koha-simulator.js';

interface Held {
  id: string;
  title: string;
  author: string;
  /** Koha's number, and Polaris's, of the record. */
  number?: string;
  isbn?: string;
  barcodes: string[];
}

/**
 * What the library holds: titles of the simulators' own libraries under the numbers they have there, and one whose copies
 * are known by their barcodes alone.
 */
const held: Held[] = [
  {
    id: 'tide',
    title: 'The tide tables',
    author: 'Marlow, A.',
    number: '1',
    isbn: '9780306406157',
    barcodes: ['ITEM-0011'],
  },
  {
    id: 'lichen',
    title: 'A field guide to lichens',
    author: 'Okafor, B.',
    number: '2',
    barcodes: ['ITEM-0021'],
  },
  {
    id: 'letters',
    title: 'Letters from the lighthouse',
    author: 'Okafor, B.',
    number: '3',
    barcodes: ['ITEM-0031'],
  },
  { id: 'heron', title: 'The heron almanac', author: 'Marlow, A.', number: '5', barcodes: ['ITEM-0051'] },
  { id: 'sealed', title: 'The sealed carton', author: 'Marlow, A.', number: '6', barcodes: ['ITEM-0061'] },
  {
    id: 'shelf',
    title: 'Shelves of the northern harbour',
    author: 'Okafor, B.',
    barcodes: ['BAR-IN', 'BAR-OUT', 'BAR-OTHER'],
  },
];
export const HELD = held.length;

/** A PIN that stands nowhere by chance, where four digits would. */
export const PIN = '83175264';

/** Writes them as a library's own export would be; returns the file's path. */
export function writeHeld(dir: string): string {
  const path = join(dir, 'held.mrc');
  writeFileSync(path, Buffer.concat(held.map(marc)));
  return path;
}

/** Puts into a Koha what a test needs beside its own library: free copies, a copy of unknown state, cards of their own. */
export function stockKoha({ state }: KohaSimulator): void {
  state.biblios.push(biblio(5, 'The heron almanac', 'Marlow, A.', null));
  state.biblios.push(biblio(6, 'The sealed carton', 'Marlow, A.', null));
  state.items.push(
    item(51, 5),
    item(52, 5, { holding_library_id: 'EAST', home_library_id: 'EAST' }),
    item(61, 6, { inBundle: true }),
  );
  state.patrons.push(patron(108, 'CARD-0005', PIN), patron(109, 'CARD-0006', PIN));
  for (const one of state.patrons) one.pin = PIN;
}

function marc({ id, title, author, number, isbn, barcodes }: Held): Buffer {
  const data = (tag: string, ind: string, ...subfields: [string, string][]) => ({
    tag,
    ind1: ind.charAt(0),
    ind2: ind.charAt(1),
    subfields,
  });
  return writeIso2709({
    leader: '00000nam a2200000 i 4500',
    fields: [
      { tag: '001', value: id },
      { tag: '008', value: '200101s2020    xxu           000 1 eng d' },
      ...(isbn === undefined ? [] : [data('020', '  ', ['a', isbn])]),
      data('100', '1 ', ['a', author]),
      data('245', '10', ['a', title]),
      ...barcodes.map((barcode, at) =>
        data('952', '  ', ['a', 'MAIN'], ['b', 'MAIN'], ['p', barcode], ['9', `${id}${at}`]),
      ),
      ...(number === undefined ? [] : [data('999', '  ', ['c', number], ['d', number])]),
    ],
  });
}
