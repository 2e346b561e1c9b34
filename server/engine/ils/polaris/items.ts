import type { IlsItem } from '../copies.js';
import { IlsFault } from '../ils-fault.js';
import type { IlsRecord } from '../record.js';
import { readUtc } from './dates.js';
import { meaningOf } from './error-codes.js';
import { faultOf, type Papi } from './papi.js';
import type { PolarisSettings } from './settings.js';
import type { ListedStatus, StatusList } from './status-list.js';
import type { StatusReader } from './statuses.js';
import { flag, id, isRealId, rows, text, type Row } from './wire.js';

export interface PolarisItems {
  /** Copies of one record; none where Polaris knows no such record. One request, and one more a day for renamed statuses. */
  of(record: IlsRecord, signal: AbortSignal): Promise<IlsItem[]>;
}

/** Number of a record in Polaris: as it was harvested, or its own id where that is a number. */
export function bibIdOf(record: Pick<IlsRecord, 'id' | 'keys'>): string | undefined {
  const said = record.keys.ilsId ?? record.id;
  return isRealId(said) ? String(Number(said)) : undefined;
}

export function createItems(deps: {
  papi: Papi;
  settings: PolarisSettings;
  statuses: StatusReader;
  statusList: Pick<StatusList, 'known'>;
}): PolarisItems {
  const { papi, settings, statuses, statusList } = deps;
  const isProtected = papi.hasStaff && settings.copies_from === 'items';
  const list = isProtected ? 'ItemGetRows' : 'BibHoldingsGetRows';

  const itemOf = (record: IlsRecord, row: Row, index: number, listed: readonly ListedStatus[]): IlsItem[] => {
    const branchId = id(row, 'LocationID');
    const rawStatus = text(row, 'CircStatus');
    if (branchId === undefined || rawStatus === undefined) return [];
    if (flag(row, 'IsDisplayInPAC') === false || flag(row, 'IsElectronicItem', 'IsElecronicItem')) return [];
    const barcode = text(row, 'Barcode');
    const status = statuses.read(rawStatus, listed);
    const location = text(row, 'ShelfLocation') ?? text(row, 'CollectionName');
    const callNumber = callNumberOf(row);
    const holdable = flag(row, 'Holdable');
    const dueAt = status === 'available' ? undefined : readUtc(row['DueDate'], settings.time_zone);
    return [
      {
        itemId: id(row, 'ItemRecordID') ?? barcode ?? `${record.id}:${branchId}:${index}`,
        recordId: record.id,
        ...(barcode !== undefined && { barcode }),
        branchId,
        branchName: text(row, 'LocationName') ?? branchId,
        ...(location !== undefined && { location }),
        ...(callNumber !== undefined && { callNumber }),
        status,
        rawStatus,
        ...(dueAt !== undefined && { dueAt }),
        ...(holdable !== undefined && { holdable }),
      },
    ];
  };

  return {
    async of(record, signal) {
      const bibId = bibIdOf(record);
      if (bibId === undefined) return [];
      const { code, reply } = await papi.ask({
        method: 'GET',
        path: isProtected ? `/synch/items/bibid/${bibId}?excludeecontent=true` : `/bib/${bibId}/holdings`,
        as: isProtected ? 'staff' : 'library',
        line: 'copies',
        signal,
      });
      if (code < 0) {
        // Of holdings -1 is how Polaris says "Invalid BibID"; protected methods give no rows for that.
        if (meaningOf(code).is === 'none' || (code === -1 && !isProtected)) return [];
        throw faultOf(code, papi.system);
      }
      const found = rows(reply, list);
      if (!found) throw new IlsFault('foreign', papi.system);
      const isPlain = found.every((row) => statuses.reads(text(row, 'CircStatus') ?? 'In'));
      const listed = isPlain ? [] : await statusList.known(signal);
      return found.flatMap((row, index) => itemOf(record, row, index, listed));
    },
  };
}

/** With the volume or issue, where Polaris has not put it into the call number already. */
function callNumberOf(row: Row): string | undefined {
  const shelf = text(row, 'CallNumber');
  const parts = [shelf];
  for (const part of [text(row, 'VolumeNumber'), text(row, 'Designation')]) {
    if (part !== undefined && !(shelf ?? '').includes(part)) parts.push(part);
  }
  const whole = parts.filter((part) => part !== undefined).join(' ');
  return whole === '' ? undefined : whole;
}
