import { hash } from 'node:crypto';
import type { Notice, PackedBatch, PackedOutcome, Position } from './batch.js';
import type { Bib } from '../catalogue/bib.js';
import { withBranchNames, type BranchNames } from '../catalogue/branch-names.js';
import { noticeTable } from '../catalogue/formats/notices.js';
import type { Outcome, ReadBatch } from '../catalogue/formats/outcome.js';
import { readCatalogue } from '../catalogue/formats/read-catalogue.js';
import { readMarcKnowledge } from '../catalogue/mapping/knowledge.js';

/** Outcomes that are gathered into one transaction: fewer write the same pages more often, more only take memory. */
const BATCH_OUTCOMES = 1000;
const DIGEST_BYTES = 16;
/** Notices by which a file shows that its end is missing. */
const cutShort: ReadonlySet<string> = new Set(['record_truncated', 'gzip_cut']);

export interface ReadingOptions {
  /** Paths in the order in which they are read, with their sizes in bytes. */
  files: readonly { path: string; sizeBytes: number }[];
  source: string;
  profile?: string;
  csvMapping?: Record<string, string>;
  branchNames?: BranchNames;
  /** Folders of the library's own knowledge. Default: none, Carrel's own alone. */
  knowledgeDirs?: readonly string[];
  /** Where to go on after an interruption. Default: the beginning. */
  from?: Position;
}

/** The id that a record has in the catalogue: records of every source but `main` carry the source's name before it. */
export function catalogueId(source: string, id: string): string {
  return source === 'main' ? id : `${source}:${id}`;
}

/**
 * Reads the files of an import one after the other into batches ready to be written: mapped, serialised and digested,
 * so that the writing thread touches only what is new. Throws Problem('file_unreadable') for a file that is none.
 */
export async function* packFiles(options: ReadingOptions, signal: AbortSignal): AsyncGenerator<PackedBatch> {
  const { files, from = { file: 0, index: 0, offset: 0 } } = options;
  const totalBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const knowledge = readMarcKnowledge(options.knowledgeDirs);
  let bytesBefore = files.slice(0, from.file).reduce((sum, file) => sum + file.sizeBytes, 0);
  for (const [at, file] of files.entries()) {
    if (at < from.file) continue;
    const resume =
      at === from.file && from.index > 0 ? { index: from.index, offset: from.offset } : undefined;
    const batches = readCatalogue(
      { path: file.path },
      {
        signal,
        knowledge,
        ...(options.profile !== undefined && { profile: options.profile }),
        ...(options.csvMapping && { csvMapping: options.csvMapping }),
        ...(resume && { resume }),
      },
    );
    const start: Position = { file: at, index: resume?.index ?? 0, offset: resume?.offset ?? 0 };
    for await (const gathered of gather(batches, BATCH_OUTCOMES)) {
      const batch = packed(gathered, options, start);
      start.index = batch.next.index;
      start.offset = batch.next.offset;
      yield { ...batch, bytesRead: bytesBefore + gathered.progress.bytesRead, totalBytes };
    }
    bytesBefore += file.sizeBytes;
    yield {
      file: at,
      outcomes: [],
      notices: [],
      truncated: false,
      next: { file: at + 1, index: 0, offset: 0 },
      bytesRead: bytesBefore,
      totalBytes,
    };
  }
}

/** Joins small batches, so that each transaction is worth its flush to disk. */
async function* gather(batches: AsyncIterable<ReadBatch>, size: number): AsyncGenerator<ReadBatch> {
  let waiting: ReadBatch | undefined;
  for await (const batch of batches) {
    waiting = waiting ? { ...batch, outcomes: [...waiting.outcomes, ...batch.outcomes] } : batch;
    if (waiting.outcomes.length >= size) {
      yield waiting;
      waiting = undefined;
    }
  }
  if (waiting) yield waiting;
}

function packed(
  batch: ReadBatch,
  options: Pick<ReadingOptions, 'source' | 'branchNames'>,
  start: Position,
): Omit<PackedBatch, 'bytesRead' | 'totalBytes'> {
  const outcomes: PackedOutcome[] = [];
  const fileNotices: Notice[] = [];
  let truncated = false;
  let { index, offset } = start;
  for (const outcome of batch.outcomes) {
    const said = noticesOf(outcome);
    truncated ||= said.some(({ code }) => cutShort.has(code));
    if (outcome.kind === 'notice') {
      fileNotices.push(...said);
      continue;
    }
    outcomes.push(packOutcome(outcome, options));
    index = outcome.index + 1;
    offset = outcome.offset + outcome.length;
  }
  const next = { file: start.file, index, offset };
  return { file: start.file, outcomes, notices: fileNotices, truncated, next };
}

function noticesOf(outcome: Outcome): Notice[] {
  if (outcome.kind === 'notice') return [outcome.notice];
  return outcome.kind === 'refused' ? [outcome.reason] : outcome.warnings;
}

/** One outcome of reading as plain data for the writing thread. */
export function packOutcome(
  outcome: Exclude<Outcome, { kind: 'notice' }>,
  options: { source: string; branchNames?: BranchNames },
): PackedOutcome {
  const { source, branchNames = {} } = options;
  const { index, offset, length } = outcome;
  if (outcome.kind === 'refused') {
    return {
      kind: 'refused',
      index,
      offset,
      length,
      ...(outcome.id !== undefined && { id: catalogueId(source, outcome.id) }),
      ...(outcome.title !== undefined && { title: outcome.title }),
      notices: [outcome.reason],
      raw: outcome.raw,
    };
  }
  const id = catalogueId(source, outcome.bib.id);
  const bib: Bib = withBranchNames({ ...outcome.bib, id }, branchNames);
  const json = JSON.stringify(bib);
  const repaired = outcome.warnings.some((notice) => noticeTable[notice.code].kind === 'repaired');
  return {
    kind: 'record',
    index,
    offset,
    length,
    id,
    title: bib.title.text,
    digest: hash('sha256', json, 'buffer').subarray(0, DIGEST_BYTES),
    bib: json,
    deleted: bib.deleted,
    suppressed: bib.suppressed,
    notices: repaired ? outcome.warnings : [],
    ...(outcome.raw && repaired && { raw: outcome.raw }),
  };
}
