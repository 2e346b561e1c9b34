import type { HeldItem } from '../../catalogue/bib.js';
import type { IlsCopies, IlsItem } from '../copies.js';
import type { IlsRecord } from '../record.js';
import { copyOf, unasked, type ItemWord } from './copy.js';

/** Asks about each barcode once, however many copies bear it; stops the rest when one cannot be answered. */
export async function copiesOfRecords(
  records: readonly IlsRecord[],
  itemsPerRecord: number,
  signal: AbortSignal,
  itemOf: (barcode: string, signal: AbortSignal) => Promise<ItemWord | undefined>,
): Promise<Map<string, IlsCopies>> {
  const stop = new AbortController();
  const leave = (): void => stop.abort(signal.reason);
  signal.addEventListener('abort', leave, { once: true });
  const asked = new Map<string, Promise<ItemWord | undefined>>();
  const ask = (barcode: string): Promise<ItemWord | undefined> => {
    const answer = asked.get(barcode) ?? itemOf(barcode, stop.signal);
    asked.set(barcode, answer);
    return answer;
  };
  const wordOn = async (recordId: string, item: HeldItem, place: number): Promise<IlsItem> => {
    const barcode = item.barcode?.trim() ?? '';
    if (barcode === '') return copyOf(recordId, item, unasked('the record names no barcode'));
    if (place >= itemsPerRecord) return copyOf(recordId, item, unasked('not asked: one of many copies'));
    return copyOf(recordId, item, (await ask(barcode)) ?? unasked('the barcode cannot be sent'));
  };
  try {
    const entries = records.map(async ({ id, items }): Promise<[string, IlsCopies]> => {
      const copies = await Promise.all(items.map((item, place) => wordOn(id, item, place)));
      return [id, { items: copies, ecopies: [] }];
    });
    return new Map(await Promise.all(entries));
  } finally {
    signal.removeEventListener('abort', leave);
    stop.abort(new Error('nobody is waiting any more'));
    for (const answer of asked.values()) answer.catch(() => undefined);
  }
}
