import type { IlsAccount, IlsHold, IlsLoan, LentTitle } from '../account.js';
import type { CheckoutRow, HoldRow, LentRow } from './lent-lists.js';
import type { OverDriveSettings } from './settings.js';
import type { TitleWords } from './title-words.js';

interface Knowing {
  settings: OverDriveSettings;
  /** What titles are called, by their reserve ID in lower case. */
  titles: ReadonlyMap<string, TitleWords>;
}

/** What a patron has at OverDrive. A title that OverDrive did not name is called "". */
export function accountOf(
  { checkouts, holds }: { checkouts: readonly CheckoutRow[]; holds: readonly HoldRow[] },
  knowing: Knowing,
): IlsAccount {
  return {
    loans: checkouts.map((row) => loanOf(row, knowing)),
    holds: holds.map((row) => holdOf(row, knowing)),
    fines: undefined,
    blocks: [],
  };
}

function loanOf(row: CheckoutRow, knowing: Knowing): IlsLoan {
  return {
    loanId: row.id,
    ...named(row, knowing),
    ...(row.dueAt !== undefined && { dueAt: row.dueAt }),
    renewable: false,
    lent: lentOf(row, knowing),
  };
}

function holdOf(row: HoldRow, knowing: Knowing): IlsHold {
  const { status, rawStatus, position, total, placedAt, readyUntil } = row;
  return {
    holdId: row.id,
    ...named(row, knowing),
    ...{ status, rawStatus, cancellable: row.removal !== null },
    ...(position !== undefined && { queuePosition: position }),
    ...(total !== undefined && { queueTotal: total }),
    ...(placedAt !== undefined && { placedAt }),
    lent: { ...lentOf(row, knowing), ...(readyUntil !== undefined && { readyUntil }) },
  };
}

function named(row: LentRow, { titles }: Knowing): { title: string; author?: string } {
  const { title = '', author } = titles.get(row.id) ?? {};
  return { title, ...(author !== undefined && { author }) };
}

function lentOf(row: LentRow, { settings, titles }: Knowing): LentTitle {
  const words = titles.get(row.id);
  const format = row.format ?? words?.format;
  const url = words?.page ?? pageOf(row, settings);
  return { isbns: words?.isbns ?? [], ...(format && { format }), ...(url !== undefined && { url }) };
}

/** A title's page for patrons where OverDrive names none: on the library's own site, or where OverDrive's links lead. */
function pageOf({ titleId }: LentRow, settings: OverDriveSettings): string | undefined {
  if (titleId === undefined) return undefined;
  const { site_url: site, website_id: website = '' } = settings;
  return site !== undefined
    ? `${site.replace(/\/+$/, '')}/media/${titleId}`
    : `https://link.overdrive.com/?websiteID=${website}&titleID=${titleId}`;
}
