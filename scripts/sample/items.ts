/** The copies of a work as Koha's item fields. */
import type { DataFieldSource } from '../../server/lib/iso2709-writer.js';
import type { Subfields } from './names.js';
import type { Work } from './schema.js';

/** One 952 for each copy and the 942 that says which kind of thing they are. */
export function itemFields(work: Work, itemType: string): DataFieldSource[] {
  const number = Number(work.id.slice(2));
  const copies = (work.items ?? '').split(' ').filter(Boolean);
  return [
    {
      tag: '942',
      ind1: ' ',
      ind2: ' ',
      subfields: [
        ['c', itemType],
        ['2', 'ddc'],
      ],
    },
    ...copies.map((copy, index): DataFieldSource => {
      const branch = copy.slice(0, 4);
      const subfields: Subfields = [
        ['2', 'ddc'],
        ...statusSubfields(copy, number, work.format),
        ['9', String(number * 10 + index + 1)],
        ['a', branch],
        ['b', branch],
        ['c', work.location],
        ['o', work.call ?? ''],
        ['p', barcode(number * 10 + index + 1)],
        ['y', itemType],
      ];
      return { tag: '952', ind1: ' ', ind2: ' ', subfields };
    }),
  ];
}

/** Koha's marks: $1 lost, $4 damaged, $7 not for loan, $q the day a copy is due back. */
function statusSubfields(copy: string, number: number, format: Work['format']): Subfields {
  if (copy.includes('(out)')) return [['q', `2026-12-${String((number % 27) + 1).padStart(2, '0')}`]];
  if (copy.includes('(lost)')) return [['1', '1']];
  if (copy.includes('(repair)')) return [['4', '1']];
  if (copy.includes('(reference)') || format === 'serial') return [['7', '1']];
  return [];
}

/** A fourteen-digit library barcode: an invented library's prefix, the item's number and a Luhn digit. */
export function barcode(item: number): string {
  const body = `31987${String(item).padStart(8, '0')}`;
  const sum = [...body].reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return body + String((10 - (sum % 10)) % 10);
}
