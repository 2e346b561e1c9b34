import { existsSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ImportMode } from '../../contract/office.js';
import { freeBytes, type StatFs } from '../db/data-folder.js';
import { openSqlite } from '../db/sqlite.js';
import type { Notice, PackedBatch } from './batch.js';
import type { BranchNames } from '../catalogue/branch-names.js';
import type { ImportCounts } from './checkpoint.js';
import { openGenerationForWriting } from '../catalogue/generation-file.js';
import type { ReadingOptions } from './pack.js';
import { trainingServes } from '../retrieval/vector-spaces.js';
import { ImportStopped } from './failures.js';
import { openQuarantineWriter } from './quarantine-writer.js';
import { readInThread } from './reader.js';
import { openStaging } from './staging.js';

/** All that the writing thread needs; plain data, since it crosses to a worker. */
export interface ImportTask {
  jobId: string;
  /** A new one for each attempt: a process that was thought dead cannot write on. */
  owner: string;
  source: string;
  mode: ImportMode;
  allowShrink: boolean;
  knowledgeDirs: string[];
  databasePath: string;
  /** The generation to build. Where it exists already, the task goes on from its checkpoint. */
  generationPath: string;
  /** The live generation to start from; absent for a first import. */
  copyFrom?: string;
  /** Names of the files as staff know them. */
  fileNames: string[];
  /** Files to read in a thread of their own, or batches that were read already. */
  input:
    | {
        files: ReadingOptions['files'];
        profile?: string;
        csvMapping?: Record<string, string>;
        branchNames?: BranchNames;
      }
    | { batches: PackedBatch[] };
  /** Largest size of the generation in pages of 8 KiB. Default: no limit. */
  maxPages?: number;
}

export interface TaskProgress {
  counts: ImportCounts;
  /** What the files as a whole showed. */
  notices: Notice[];
  bytesRead: number;
  totalBytes: number | null;
  /** The file is read; the index is being completed and checked. */
  finishing: boolean;
}

/** `records`: what the built generation holds; absent when the import would change nothing. */
export interface TaskResult {
  counts: ImportCounts;
  records?: number;
  /** The index was made anew with other words of classes and forms. */
  wordsChanged?: boolean;
  /** What was trained on the catalogue before still serves for this one. */
  trained?: boolean;
}

const BACKUP_PAGES = 8192;
const HEADROOM_BYTES = 64 * 1024 * 1024;

/**
 * Builds a generation: copies the live one, applies the input batch by batch and completes the index. Whatever ends it
 * early (signal, error, kill) leaves the live generation alone and a checkpoint to go on from.
 */
export async function runImportTask(
  task: ImportTask,
  signal: AbortSignal,
  report: (progress: TaskProgress) => void,
): Promise<TaskResult> {
  const { generationPath } = task;
  if (task.copyFrom !== undefined && !existsSync(generationPath)) {
    await requireSpace(task);
    await copyGeneration(task.copyFrom, generationPath, signal);
  }
  const carrel = openSqlite(task.databasePath, { cacheMiB: 2 });
  const db = openGenerationForWriting(generationPath);
  try {
    if (task.maxPages !== undefined) db.pragma(`max_page_count = ${task.maxPages}`);
    const quarantine = openQuarantineWriter(carrel, {
      id: task.jobId,
      source: task.source,
      files: task.fileNames,
    });
    const staging = openStaging(db, { ...task, job: task.jobId, quarantine });
    let bytesRead = 0;
    let totalBytes: number | null = null;
    const tell = (finishing: boolean): void =>
      report({
        counts: staging.point.counts,
        notices: staging.point.notices,
        bytesRead,
        totalBytes,
        finishing,
      });
    if (staging.point.phase === 'reading') {
      for await (const batch of batchesOf(task, staging.point.next, signal)) {
        signal.throwIfAborted();
        staging.apply(batch);
        ({ bytesRead, totalBytes } = batch);
        tell(false);
      }
    }
    tell(true);
    staging.removeMissing(signal);
    tell(true);
    if (staging.changesNothing()) return { counts: staging.point.counts };
    signal.throwIfAborted();
    const records = staging.finish(signal);
    const trained = trainingServes(db, Date.now());
    return { counts: staging.point.counts, records, wordsChanged: staging.wordsChanged, trained };
  } finally {
    db.close();
    carrel.close();
  }
}

async function* batchesOf(
  task: ImportTask,
  from: PackedBatch['next'],
  signal: AbortSignal,
): AsyncGenerator<PackedBatch> {
  const { input, source, knowledgeDirs } = task;
  if ('files' in input) yield* readInThread({ ...input, source, knowledgeDirs, from }, signal);
  else yield* input.batches.filter((batch) => batch.next.file > from.file);
}

/** Throws ImportStopped('no_space') at once where the copy alone would fill the disk. */
export async function requireSpace(
  task: Pick<ImportTask, 'copyFrom' | 'generationPath'>,
  options: { statfs?: StatFs } = {},
): Promise<void> {
  if (task.copyFrom === undefined) return;
  const needed = (await stat(task.copyFrom)).size + HEADROOM_BYTES;
  const free = await freeBytes(dirname(task.generationPath), options);
  if (free >= needed) return;
  const mib = (bytes: number): string => `${Math.ceil(bytes / 1024 / 1024).toLocaleString('en')} MiB`;
  const message = `The disk of the data folder has ${mib(free)} free and the import needs at least ${mib(needed)}; the catalogue is as it was.`;
  throw new ImportStopped('no_space', message);
}

/** A consistent copy under its final name only once it is whole and on disk. */
async function copyGeneration(from: string, to: string, signal: AbortSignal): Promise<void> {
  const part = `${to}.part`;
  await rm(part, { force: true });
  const live = openSqlite(from, { readonly: true });
  try {
    await live.backup(part, {
      progress() {
        signal.throwIfAborted();
        return BACKUP_PAGES;
      },
    });
  } finally {
    live.close();
  }
  await flush(part);
  await rename(part, to);
  await flush(dirname(to));
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
