import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Problem } from '../contract/problems.js';
import { noticeTable, type Notice } from '../engine/catalogue/formats/notices.js';
import type { Outcome } from '../engine/catalogue/formats/outcome.js';
import { readCatalogue, type ReadOptions } from '../engine/catalogue/formats/read-catalogue.js';
import { IGNORED } from '../engine/catalogue/mapping/columns.js';
import { readMarcKnowledge } from '../engine/catalogue/mapping/knowledge.js';
import type { CommandOutput } from './output.js';

/** What a catalogue file holds, found without touching any catalogue. */
export interface CheckReport {
  /** False only when checking itself broke off. */
  ok: boolean;
  /** Records in the file, readable or not. */
  records: number;
  /** Records that came in, repaired ones included. */
  readable: number;
  /** One sentence for each kind of thing that the file, its transfer or its encoding did, with how often and where. */
  warnings: string[];
  /** The same for what the cataloguing lacks. */
  remarks: string[];
  formats: Record<string, number>;
  languages: Record<string, number>;
  /** How many records each notice code was said of. */
  notices: Record<string, number>;
  items: number;
  suppressed: number;
  deleted: number;
  /** Of tables: which column was read as what. */
  columns?: Record<string, string>;
}

interface Seen {
  notice: Notice;
  times: number;
  first: number | undefined;
}

/** Reads a whole file and reports what an import would find. A file that is no catalogue gives one warning. */
export async function checkFile(path: string, options: ReadOptions = {}): Promise<CheckReport> {
  const report: CheckReport = {
    ok: true,
    records: 0,
    readable: 0,
    warnings: [],
    remarks: [],
    formats: {},
    languages: {},
    notices: {},
    items: 0,
    suppressed: 0,
    deleted: 0,
  };
  const seen = new Map<string, Seen>();
  try {
    for await (const { outcomes, columns } of readCatalogue({ path }, options)) {
      if (columns !== undefined) report.columns = columns;
      for (const outcome of outcomes) count(report, seen, outcome);
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    report.warnings.push(error.details.detail ?? error.message);
  }
  for (const { notice, times, first } of seen.values()) {
    const isFile = noticeTable[notice.code].about === 'file';
    const where =
      first === undefined
        ? ''
        : ` (${times === 1 ? `record ${first + 1}` : `${times} records, first ${first + 1}`})`;
    (isFile ? report.warnings : report.remarks).push(`${notice.message}${where}`);
    report.notices[notice.code] = times;
  }
  return report;
}

function count(report: CheckReport, seen: Map<string, Seen>, outcome: Outcome): void {
  if (outcome.kind === 'notice') {
    add(seen, outcome.notice, undefined);
    return;
  }
  report.records++;
  if (outcome.kind === 'refused') {
    add(seen, outcome.reason, outcome.index);
    return;
  }
  report.readable++;
  for (const notice of [...outcome.warnings, ...outcome.remarks]) add(seen, notice, outcome.index);
  const { bib } = outcome;
  increase(report.formats, bib.format);
  for (const language of bib.languages) increase(report.languages, language);
  report.items += bib.items.length;
  if (bib.suppressed) report.suppressed++;
  if (bib.deleted) report.deleted++;
}

function add(seen: Map<string, Seen>, notice: Notice, index: number | undefined): void {
  const known = seen.get(notice.code);
  if (known === undefined) seen.set(notice.code, { notice, times: 1, first: index });
  else known.times++;
}

function increase(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

/**
 * `carrel import --check FILE...`: prints what each file holds, and writes the report as JSON to `report`: of one
 * file as it is, of several as an object by path. Answers 0 when every file can be imported, 1 otherwise.
 */
export async function checkCommand(options: {
  files: readonly string[];
  report?: string;
  profile?: string;
  csvMapping?: Record<string, string>;
  /** The library's own knowledge. Default: none, Carrel's own alone. */
  knowledgeDirs?: readonly string[];
  output: CommandOutput;
}): Promise<number> {
  const { files, report: reportFile, profile, csvMapping, output } = options;
  const knowledge = readMarcKnowledge(options.knowledgeDirs);
  const reports: Record<string, CheckReport> = {};
  for (const file of files) {
    const report = await checkFile(file, {
      knowledge,
      ...(profile !== undefined && { profile }),
      ...(csvMapping && { csvMapping }),
    });
    reports[file] = report;
    output.write(reportText(basename(file), report));
  }
  if (reportFile !== undefined) {
    const [first] = Object.values(reports);
    const report = files.length === 1 ? first : reports;
    await writeFile(reportFile, `${JSON.stringify(report, null, 2)}\n`);
  }
  return files.length > 0 && Object.values(reports).every((r) => r.readable > 0) ? 0 : 1;
}

function reportText(name: string, report: CheckReport): string {
  const refused = report.records - report.readable;
  const counts = Object.entries(report.formats).sort((a, b) => b[1] - a[1]);
  const lines = [
    `${name}: ${report.records} records, ${report.readable} can be imported${refused > 0 ? `, ${refused} cannot` : ''}`,
    ...(counts.length > 0 ? [`  ${counts.map(([format, n]) => `${format} ${n}`).join(', ')}`] : []),
    ...(report.columns ? columnLines(report.columns) : []),
    ...report.warnings.map((warning) => `  ! ${warning}`),
    ...report.remarks.map((remark) => `  - ${remark}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** How the columns of a table are read, so that `--csv-map` can be given where that is wrong. */
function columnLines(columns: Readonly<Record<string, string>>): string[] {
  const read = Object.entries(columns).filter(([column, field]) => column !== '' && field !== IGNORED);
  const left = Object.keys(columns).filter((column) => column !== '' && columns[column] === IGNORED);
  return [
    `  columns: ${read.map(([column, field]) => `${column}=${field}`).join(', ')}`,
    ...(left.length > 0 ? [`  columns left out: ${left.join(', ')}`] : []),
    '  Change them with --csv-map HEADING=FIELD; a FIELD of - leaves a column out.',
  ];
}
