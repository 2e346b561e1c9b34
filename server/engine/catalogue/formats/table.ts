import { parse as parseNow } from 'csv-parse/sync';
import { IGNORED, mapColumns } from '../mapping/columns.js';
import type { MarcKnowledge } from '../mapping/knowledge.js';
import { createRowMapper, type MapRow } from '../mapping/table-to-bib.js';
import { notice, type Notice } from './notices.js';
import { keptRaw, type Outcome } from './outcome.js';
import { createRowFramer, type RowFrame } from './row-frames.js';
import { headText, unreadable } from './sniff.js';
import { createTextReader } from './table-text.js';

const BATCH = 200;
const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const separators = [',', ';', '\t', '|'] as const;
const options = { relax_column_count: true, relax_quotes: true, skip_empty_lines: true, bom: true } as const;

/** How a table is laid out: what parts its cells, its header, and which field each column is. */
export interface TableLayout {
  delimiter: string;
  header: string[];
  columns: Record<string, string>;
  /** 1 when a line "sep=;" stands before the header. */
  linesBefore: number;
  lineBreak: '\n' | '\r';
  /** Bytes of the byte order mark before the text. */
  markBytes: number;
}

/** Finds out the layout of a table from its first bytes. Throws `file_unreadable` when no column is a title or an id. */
export function readLayout(
  head: Buffer,
  knowledge: MarcKnowledge,
  given?: Readonly<Record<string, string>>,
): TableLayout {
  const reader = createTextReader();
  const text = (reader.label() === undefined ? reader.read(head) : headText(head)).replace(/^\ufeff/, '');
  const stated = /^sep=(.)\r?\n/i.exec(text);
  const body = stated === null ? text : text.slice(stated[0].length);
  const delimiter = stated?.[1] ?? sniffDelimiter(body);
  const header = firstRow(body, delimiter).map((name) => name.trim());
  const columns = mapColumns(header, knowledge, given);
  const fields = Object.values(columns);
  if (!fields.includes('title') && !fields.includes('id')) {
    const seen = header.filter(Boolean).slice(0, 6).join(', ').slice(0, 120);
    throw unreadable(
      header.length < 2
        ? 'This is plain text, not a catalogue export.'
        : `The first line names no column that Carrel knows as a title or a record number; it reads: ${seen}.`,
    );
  }
  return {
    delimiter,
    header,
    columns,
    linesBefore: stated === null ? 0 : 1,
    lineBreak: text.includes('\n') ? '\n' : '\r',
    markBytes: /^(?:\xff\xfe|\xfe\xff)/.test(head.toString('latin1', 0, 2))
      ? 2
      : head.subarray(0, 3).equals(UTF8_MARK)
        ? 3
        : 0,
  };
}

function sniffDelimiter(text: string): string {
  const counts = separators.map((separator) => firstRow(text, separator).length);
  return separators[counts.indexOf(Math.max(...counts))] ?? ',';
}

function firstRow(text: string, delimiter: string): string[] {
  const rows = parseNow(text.slice(0, 16_384), {
    ...options,
    delimiter,
    to: 1,
    skip_records_with_error: true,
  });
  return rows[0] ?? [];
}

/** Reads the rows of a table as outcomes, up to 200 at a time, numbered from 0 after the header. */
export async function* tableRecords(
  chunks: AsyncIterable<Buffer>,
  layout: TableLayout,
  knowledge: MarcKnowledge,
): AsyncGenerator<Outcome[]> {
  const reader = createTextReader();
  const bytesOf = (text: string): number => {
    const label = reader.label() ?? 'utf-8';
    return label === 'utf-8' ? Buffer.byteLength(text) : text.length * (label.startsWith('utf-16') ? 2 : 1);
  };
  const rows = rowsAfterHeader(layout, { bytesOf, offset: layout.markBytes });
  const map = createRowMapper(knowledge);
  let outcomes: Outcome[] = [];
  let index = 0;
  for await (const chunk of chunks) {
    for (const row of rows.push(reader.read(chunk))) {
      outcomes.push(rowOutcome(row, index++, layout, map));
      if (outcomes.length < BATCH) continue;
      yield outcomes;
      outcomes = [];
    }
  }
  for (const row of [...rows.push(reader.end()), ...rows.end()])
    outcomes.push(rowOutcome(row, index++, layout, map));
  const remark = (code: Notice['code'], detail: string) =>
    outcomes.push({ kind: 'notice', notice: notice(code, { detail }) });
  const label = reader.label();
  if (label !== undefined && label !== 'utf-8') remark('transcoded', label);
  const ignored = layout.header.filter((column) => column !== '' && layout.columns[column] === IGNORED);
  if (ignored.length > 0) remark('columns_ignored', ignored.slice(0, 10).join(', '));
  yield outcomes;
}

/** The one row of a table whose text holds its header and that row, as the quarantine keeps it. */
export function onlyRow(
  text: string,
  layout: TableLayout,
  map: MapRow,
): Exclude<Outcome, { kind: 'notice' }> {
  const rows = rowsAfterHeader(layout, {});
  const length = Buffer.byteLength(text);
  const empty: RowFrame = { cells: [], text: '', offset: 0, length, lines: [1, 1] };
  const [row = empty] = [...rows.push(text.replace(/^\ufeff/, '')), ...rows.end()];
  return { ...rowOutcome(row, 0, layout, map), offset: 0, length };
}

function rowsAfterHeader(
  { delimiter, header, linesBefore, lineBreak }: TableLayout,
  place: { bytesOf?: (text: string) => number; offset?: number },
) {
  const framer = createRowFramer({ delimiter, lineBreak, width: header.length, ...place });
  let before = linesBefore + 1;
  const after = (frames: RowFrame[]): RowFrame[] => {
    const rows = frames.slice(before);
    before = Math.max(0, before - frames.length);
    return rows;
  };
  return { push: (text: string) => after(framer.push(text)), end: () => after(framer.end()) };
}

/** What became of one row; `raw` keeps the header with it, so that the row can be read again by itself. */
function rowOutcome(
  row: RowFrame,
  index: number,
  { header, columns, delimiter }: TableLayout,
  map: MapRow,
): Exclude<Outcome, { kind: 'notice' }> {
  const { cells: record, offset, length } = row;
  const place = { index, offset, length };
  const written = (cells: readonly string[]) => cells.map(quoted).join(delimiter);
  if (row.broken) {
    const raw = keptRaw(Buffer.from(`${written(header)}\r\n${row.text}`));
    return { kind: 'refused', ...place, reason: notice('row_invalid', { detail: whyBroken(row) }), raw };
  }
  const cells = new Map<string, string[]>();
  header.forEach((column, at) => {
    const field = columns[column];
    const text = cellText(record[at] ?? '');
    if (field === undefined || field === IGNORED || text === '') return;
    const present = cells.get(field);
    if (present === undefined) cells.set(field, [text]);
    else present.push(text);
  });
  const raw = () => keptRaw(Buffer.from(`${written(header)}\r\n${written(record)}`));
  const mapped = map(cells);
  if ('refusal' in mapped) return { kind: 'refused', ...place, reason: mapped.refusal, raw: raw() };
  const uneven = record.length !== header.length;
  return {
    kind: 'record',
    ...place,
    bib: mapped.bib,
    warnings: uneven
      ? [notice('row_uneven', { detail: `${record.length} instead of ${header.length}` })]
      : [],
    remarks: mapped.notices,
    ...(uneven && { raw: raw() }),
  };
}

function whyBroken({ broken, lines: [first, last] }: RowFrame): string {
  const where = first === last ? `line ${first}` : `lines ${first} to ${last}`;
  if (broken === 'long') return `${where}: longer than any record`;
  const passed = first === last ? '' : ', and the lines after it were passed over';
  return `${where}: a quotation mark is opened and never closed${passed}`;
}

/** Spreadsheets write ="0439023483" to keep leading zeros. */
function cellText(text: string): string {
  return text
    .replace(/^="(.*)"$/s, '$1')
    .normalize('NFC')
    .trim();
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
