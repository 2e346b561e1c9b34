import { pipeline, Readable } from 'node:stream';
import { parse, type Info } from 'csv-parse';
import { parse as parseNow } from 'csv-parse/sync';
import { IGNORED, mapColumns } from '../mapping/columns.js';
import type { MarcKnowledge } from '../mapping/knowledge.js';
import { createRowMapper, type MapRow } from '../mapping/table-to-bib.js';
import { notice, type Notice } from './notices.js';
import { keptRaw, type Outcome } from './outcome.js';
import { headText, unreadable } from './sniff.js';
import { createTextReader } from './table-text.js';

const BATCH = 200;
const MAX_ROW = 1024 * 1024;
const separators = [',', ';', '\t', '|'] as const;
const options = { relax_column_count: true, relax_quotes: true, skip_empty_lines: true, bom: true } as const;

/** How a table is laid out: what parts its cells, its header, and which field each column is. */
export interface TableLayout {
  delimiter: string;
  header: string[];
  columns: Record<string, string>;
  /** 1 when a line "sep=;" stands before the header. */
  linesBefore: number;
}

interface Row {
  record: string[];
  info: Info;
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
  return { delimiter, header, columns, linesBefore: stated === null ? 0 : 1 };
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
  async function* text(): AsyncGenerator<string> {
    for await (const chunk of chunks) yield reader.read(chunk);
    yield reader.end();
  }
  let skipped: Outcome[] = [];
  let index = 0;
  const parser = parse({
    ...options,
    delimiter: layout.delimiter,
    from_line: 1 + layout.linesBefore,
    info: true,
    max_record_size: MAX_ROW,
    skip_records_with_error: true,
    on_skip: (error, text) => {
      const raw = Buffer.from(text ?? '');
      const lines = error?.['lines'];
      const reason = notice('row_invalid', typeof lines === 'number' ? { detail: `line ${lines}` } : {});
      const place = { index: index++, offset: 0, length: raw.length };
      skipped.push({ kind: 'refused', ...place, reason, raw: keptRaw(raw) });
      return undefined;
    },
  });
  // An error of the file surfaces where the rows are read, below.
  pipeline(Readable.from(text()), parser, () => undefined);

  const map = createRowMapper(knowledge);
  const ignored = layout.header.filter((column) => column !== '' && layout.columns[column] === IGNORED);
  let outcomes: Outcome[] = [];
  let offset = 0;
  let isHeader = true;
  for await (const row of parser as AsyncIterable<Row>) {
    const place = { offset, length: row.info.bytes - offset };
    offset = row.info.bytes;
    if (isHeader) {
      isHeader = false;
      continue;
    }
    outcomes.push(...skipped, rowOutcome(row.record, { index: index++, ...place }, layout, map));
    skipped = [];
    if (outcomes.length >= BATCH) {
      yield outcomes;
      outcomes = [];
    }
  }
  outcomes.push(...skipped);
  const remark = (code: Notice['code'], detail: string) =>
    outcomes.push({ kind: 'notice', notice: notice(code, { detail }) });
  const label = reader.label();
  if (label !== undefined && label !== 'utf-8') remark('transcoded', label);
  if (ignored.length > 0) remark('columns_ignored', ignored.slice(0, 10).join(', '));
  yield outcomes;
}

/** What became of one row; `raw` keeps the header with it, so that the row can be read again by itself. */
export function rowOutcome(
  record: readonly string[],
  place: { index: number; offset: number; length: number },
  { header, columns, delimiter }: TableLayout,
  map: MapRow,
): Exclude<Outcome, { kind: 'notice' }> {
  const cells = new Map<string, string[]>();
  header.forEach((column, at) => {
    const field = columns[column];
    const text = cellText(record[at] ?? '');
    if (field === undefined || field === IGNORED || text === '') return;
    const present = cells.get(field);
    if (present === undefined) cells.set(field, [text]);
    else present.push(text);
  });
  const raw = () =>
    keptRaw(Buffer.from([header, record].map((row) => row.map(quoted).join(delimiter)).join('\r\n')));
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
