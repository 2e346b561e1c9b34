import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { CsvMap, ImportMode, SourceName, type Job } from '../contract/office.js';
import { Problem } from '../contract/problems.js';
import { createImports, type Imports, type RunningImport } from '../engine/imports/imports.js';
import { createTrainings, type Trainings } from '../engine/imports/trainings.js';
import { openDatabase } from '../engine/db/database.js';
import { activeStates, shownJob } from '../engine/jobs/job-store.js';
import { knowledgeDirsOf, requireKnowledge } from '../engine/knowledge-check.js';
import { duration, showProgress } from './job-progress.js';
import { optionLines, type CommandOption, type CommandOutput } from './output.js';
import { quarantineCommand, quarantineHelp } from './quarantine.js';

const MAPPING_FORM = '--csv-map looks like heading=title,writer=author.';

/** Options of `carrel import`, as node:util parseArgs takes them. */
export const importOptions = {
  source: { type: 'string', value: 'NAME', means: 'feed that the records belong to (default: main)' },
  mode: {
    type: 'string',
    value: 'full|changes',
    means: 'whole export (default), or additions, changes and deletions',
  },
  profile: { type: 'string', value: 'NAME', means: 'how local fields are read, such as koha' },
  'csv-map': {
    type: 'string',
    value: 'COL=FIELD,..',
    means: 'columns of a table whose header does not say what they are',
  },
  'allow-shrink': { type: 'boolean', means: 'let more than a fifth of the feed’s records vanish' },
  'no-vectors': { type: 'boolean', means: 'leave out learning for search by meaning' },
  check: { type: 'boolean', means: 'only read the files and say what is wrong with them' },
  report: { type: 'string', value: 'FILE', means: 'with --check: write every finding as JSON' },
  resume: { type: 'boolean', means: 'go on with an import that was interrupted' },
  cancel: { type: 'boolean', means: 'cancel the import that runs or was interrupted' },
  rollback: { type: 'boolean', means: 'bring the catalogue before the last import back' },
  quarantine: { type: 'boolean', means: 'look through refused and repaired records: list, show, raw, retry' },
  quiet: { type: 'boolean', means: 'say only how it ended' },
  json: { type: 'boolean', means: 'say how it ended as JSON' },
} as const satisfies Record<string, CommandOption>;

export const importHelp = `carrel import FILE... [options]

Puts catalogue files into Carrel: ISO 2709 (MARC 21), MARCXML, MARC-in-JSON, CSV and TSV, each also gzipped. Several
files are read as one export. Patrons see the old catalogue until the new one is whole.

${optionLines(importOptions)}

${quarantineHelp}`;

export interface ImportValues {
  source?: string;
  mode?: string;
  profile?: string;
  'csv-map'?: string;
  'allow-shrink'?: boolean;
  'no-vectors'?: boolean;
  check?: boolean;
  report?: string;
  resume?: boolean;
  cancel?: boolean;
  rollback?: boolean;
  quarantine?: boolean;
  quiet?: boolean;
  json?: boolean;
}

export interface ImportCommand {
  dataDir: string;
  positionals: readonly string[];
  values: ImportValues;
  output: CommandOutput;
  /** Ctrl-C: the import is cancelled and the catalogue stays as it was. */
  signal: AbortSignal;
  /** Told of errors that Carrel has no sentence for. */
  onFault?: (error: unknown) => void;
  /** `--check`: reads files and reports, without a data folder. Answers the exit status. */
  check: (options: {
    files: readonly string[];
    report?: string;
    profile?: string;
    csvMapping?: Record<string, string>;
    /** The library's own knowledge; the data folder itself need not be there. */
    knowledgeDirs: readonly string[];
    output: CommandOutput;
  }) => Promise<number>;
}

/** Runs `carrel import`. Answers the exit status: 0 done, 1 not done, 2 not understood. Problems become one line. */
export async function importCommand(command: ImportCommand): Promise<number> {
  const { positionals, values, output } = command;
  const locked = await firstLocked(positionals);
  if (locked !== undefined) {
    output.problem(lockedSentence(locked, command.dataDir));
    return 1;
  }
  if (values.check) {
    const { report, profile } = values;
    if (positionals.length === 0)
      return misunderstood(output, 'Which file? Name one or more files to check.');
    const csvMapping = CsvMap.optional().safeParse(values['csv-map']);
    if (!csvMapping.success) return misunderstood(output, MAPPING_FORM);
    requireKnowledge(command.dataDir);
    return command.check({
      files: positionals,
      output,
      knowledgeDirs: knowledgeDirsOf(command.dataDir),
      ...(csvMapping.data && { csvMapping: csvMapping.data }),
      ...(report !== undefined && { report }),
      ...(profile !== undefined && { profile }),
    });
  }
  const database = await openDatabase({ dataDir: command.dataDir });
  const onFault = command.onFault;
  const deps = { database, ...(onFault && { onFault }) };
  const desk = { ...command, imports: createImports(deps), trainings: createTrainings(deps) };
  try {
    if (values.rollback) return await rollback(desk);
    if (values.cancel) return await cancel(desk);
    if (values.resume) return await resume(desk);
    if (values.quarantine) return await quarantineCommand(desk);
    return await start(desk);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    output.problem(error.message);
    return 1;
  } finally {
    await database.close();
  }
}

/** The first of the paths that is there but may not be read: an installed Carrel is not root, even under sudo. */
async function firstLocked(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const code = await access(path, constants.R_OK).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error.code,
    );
    if (code === 'EACCES' || code === 'EPERM') return resolve(path);
  }
  return undefined;
}

function lockedSentence(path: string, dataDir: string): string {
  const user = userInfo().username;
  const copy = join(dataDir, basename(path));
  return `The user ${user}, as whom Carrel runs, may not read ${path}; copy it with “sudo install -o ${user} ${path} ${copy}” and import ${copy}.`;
}

type Desk = ImportCommand & { imports: Imports; trainings: Trainings };

async function start(desk: Desk): Promise<number> {
  const { positionals, values, output } = desk;
  const mode = ImportMode.safeParse(values.mode ?? 'full');
  const source = SourceName.safeParse(values.source ?? 'main');
  if (positionals.length === 0) return misunderstood(output, 'Which file? Name one or more files to import.');
  if (!mode.success) return misunderstood(output, '--mode is either full or changes.');
  if (!source.success)
    return misunderstood(output, '--source is made of lower-case letters, digits, - and _.');
  const csvMapping = CsvMap.optional().safeParse(values['csv-map']);
  if (!csvMapping.success) return misunderstood(output, MAPPING_FORM);
  const running = await desk.imports.start({
    files: positionals.map((path) => ({ path })),
    source: source.data,
    mode: mode.data,
    allowShrink: values['allow-shrink'] ?? false,
    vectors: !values['no-vectors'],
    ...(values.profile !== undefined && { profile: values.profile }),
    ...(csvMapping.data && { csvMapping: csvMapping.data }),
  });
  return follow(desk, running);
}

async function resume(desk: Desk): Promise<number> {
  const job = await desk.imports.findInterrupted();
  if (job === undefined) {
    desk.output.problem('No import was interrupted; there is nothing to resume.');
    return 1;
  }
  return follow(desk, await desk.imports.resume(job.id));
}

/** Shows an import to its end, then trains. */
async function follow(desk: Desk, running: RunningImport): Promise<number> {
  const { imports, trainings, output, values, signal } = desk;
  const quiet = (values.quiet ?? false) || (values.json ?? false);
  const began = Date.now();
  const stop = (): void => void imports.cancel(running.job.id);
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const job = await showProgress({ jobs: imports.jobs, id: running.job.id, output, quiet }, running.done);
  signal.removeEventListener('abort', stop);
  tell(desk, shownJob(job), (Date.now() - began) / 1000);
  if (job.state !== 'done') return 1;
  const training = signal.aborted ? undefined : await trainings.startIfNeeded(job);
  if (training) {
    const { id } = training.job;
    const stopTraining = (): void => void trainings.cancel(id);
    signal.addEventListener('abort', stopTraining);
    const trained = await showProgress({ jobs: imports.jobs, id, output, quiet }, training.done);
    signal.removeEventListener('abort', stopTraining);
    if (!values.json) output.write(`${trained.message}\n`);
  }
  return 0;
}

function tell({ output, values }: Desk, job: Job, seconds: number): void {
  if (values.json) {
    output.write(`${JSON.stringify(job)}\n`);
    return;
  }
  if (job.state !== 'done') {
    output.problem(job.message);
    return;
  }
  output.write(`${job.message}\n`);
  if (values.quiet) return;
  const { suppressed, duplicates, refused, repaired, records, notices } = job.progress;
  for (const { message } of notices) output.write(`${message}\n`);
  if (suppressed > 0) output.write(`${counted(suppressed, 'is', 'are')} kept but hidden from patrons.\n`);
  if (duplicates > 0) {
    output.write(
      `${counted(duplicates, 'id', 'ids')} came more than once; the last record of each counts.\n`,
    );
  }
  if (refused + repaired > 0) output.write('See them with: carrel import --quarantine list\n');
  output.write(`${records.toLocaleString('en')} records read in ${duration(seconds)}.\n`);
}

async function cancel({ imports, output }: Desk): Promise<number> {
  const [active] = await imports.jobs.list({ limit: 1, kind: 'import', states: activeStates });
  const job = active ?? (await imports.findInterrupted());
  if (job === undefined) {
    output.problem('No import is running or waiting to be resumed.');
    return 1;
  }
  const now = await imports.cancel(job.id);
  output.write(
    now.state === 'cancelled' ? `${now.message}\n` : 'The import is asked to stop and will in a moment.\n',
  );
  return 0;
}

async function rollback({ imports, output }: Desk): Promise<number> {
  const { records } = await imports.rollback();
  output.write(
    `The catalogue before the last import is back, with ${records.toLocaleString('en')} records. The same command undoes this.\n`,
  );
  return 0;
}

function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

function misunderstood(output: CommandOutput, line: string): number {
  output.problem(line);
  return 2;
}
