import type { Ecopy } from '../copies.js';
import type { IlsRecord } from '../record.js';
import { titlesOfLinks } from './title-links.js';
import type { TitleIndex } from './titles.js';

/** A title to ask about for a record. */
export interface WantedTitle {
  key: string;
  format?: Ecopy['format'];
  url?: string;
}

const formats: Partial<Record<IlsRecord['format'], Ecopy['format']>> = {
  ebook: 'ebook',
  eaudiobook: 'eaudiobook',
  film: 'video',
  serial: 'magazine',
};

/**
 * Titles of a record: those that its links lead to or, where none does, those that bear one of its ISBNs. Undefined while
 * nobody can say, because the collection's list would be needed and is not there. Never by its title.
 */
export function wantedTitles(
  record: IlsRecord,
  {
    index,
    linkHosts,
    byIsbn,
  }: { index: TitleIndex | undefined; linkHosts: readonly string[]; byIsbn: boolean },
): WantedTitle[] | undefined {
  const format = formats[record.format];
  const linked = titlesOfLinks(record.links, linkHosts).map(({ key, url }): WantedTitle => {
    const known = /^\d+$/.test(key) ? index?.withTitleId(key) : index?.withId(key);
    const kind = known?.format ?? format;
    const page = url ?? known?.url;
    return { key: known?.id ?? key, ...(kind && { format: kind }), ...(page !== undefined && { url: page }) };
  });
  if (linked.length > 0) return [...new Map(linked.map((title) => [title.key, title])).values()];
  if (!byIsbn || record.isbns.length === 0) return [];
  return index?.withIsbn(record.isbns).map(({ id, ...rest }) => ({ key: id, ...rest }));
}

/** Whether the collection's list has a say in what a record's titles are: no link names one by its reserve ID. */
export function needsList(record: IlsRecord, linkHosts: readonly string[]): boolean {
  const linked = titlesOfLinks(record.links, linkHosts);
  return linked.length > 0 ? linked.some(({ key }) => /^\d+$/.test(key)) : record.isbns.length > 0;
}
