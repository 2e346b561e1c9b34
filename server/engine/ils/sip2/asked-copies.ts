import type { HeldItem } from '../../catalogue/bib.js';
import { atMost } from '../at-most.js';
import type { IlsCopies, IlsItem } from '../copies.js';
import type { IlsRecord } from '../record.js';
import { copyOf, unasked, type ItemWord } from './copy.js';

/**
 * Asks about each barcode once, however many copies bear it; asks no more when one cannot be answered. `nameOf` knows the
 * branches that the settings name.
 */
export async function copiesOfRecords(
  records: readonly IlsRecord[],
  limits: { itemsPerRecord: number; atATime: number; signal: AbortSignal },
  itemOf: (barcode: string) => Promise<ItemWord | undefined>,
  nameOf: (branchId: string) => string | undefined,
): Promise<Map<string, IlsCopies>> {
  const isAsked = (place: number): boolean => place < limits.itemsPerRecord;
  const barcodes = records.flatMap(({ items }) =>
    items.filter((_item, place) => isAsked(place)).map(barcodeOf),
  );
  const unique = [...new Set(barcodes)].filter((barcode) => barcode !== '');
  const words = new Map(
    await atMost(
      limits.atATime,
      unique,
      limits.signal,
      async (barcode) => [barcode, await itemOf(barcode)] as const,
    ),
  );
  const wordOf = (barcode: string, place: number) => {
    if (barcode === '') return unasked('the record names no barcode');
    if (!isAsked(place)) return unasked('not asked: one of many copies');
    return words.get(barcode) ?? unasked('the barcode cannot be sent');
  };
  const copy = (recordId: string, item: HeldItem, place: number): IlsItem => {
    return copyOf(recordId, item, wordOf(barcodeOf(item), place), nameOf(item.branchId));
  };
  return new Map(
    records.map(({ id, items }) => [
      id,
      { items: items.map((item, place) => copy(id, item, place)), ecopies: [] },
    ]),
  );
}

const barcodeOf = (item: HeldItem): string => item.barcode?.trim() ?? '';
