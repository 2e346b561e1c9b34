import { readFile } from 'node:fs/promises';
import { Problem } from '../contract/problems.js';
import type { QuarantineEntry } from '../contract/office.js';
import { retryRecord } from '../engine/imports/retry.js';
import type { Imports } from '../engine/imports/imports.js';
import type { CommandOutput } from './output.js';

export const quarantineHelp = `carrel import --quarantine list              records that were refused or repaired, and why
carrel import --quarantine show ID           one of them in full
carrel import --quarantine raw ID            its bytes as they stood in the file, to standard output
carrel import --quarantine retry ID [FILE]   import it once more, with corrected bytes from FILE where given`;

const PAGE = 100;

/** Runs `carrel import --quarantine ...`; `positionals` are the words after it. Answers the exit status. */
export async function quarantineCommand(command: {
  imports: Imports;
  positionals: readonly string[];
  values: { json?: boolean };
  output: CommandOutput;
}): Promise<number> {
  const { imports, positionals, output, values } = command;
  const [verb = 'list', id, file] = positionals;
  if (verb === 'list') {
    await list(imports, output, values.json ?? false);
    return 0;
  }
  if (id === undefined || !['show', 'raw', 'retry'].includes(verb)) {
    output.problem(quarantineHelp);
    return 2;
  }
  if (verb === 'show') show(await imports.quarantine.get(id), output, values.json ?? false);
  else if (verb === 'raw') output.write(await imports.quarantine.raw(id));
  else return retry(imports, output, id, file);
  return 0;
}

async function list(imports: Imports, output: CommandOutput, json: boolean): Promise<void> {
  for (let offset = 0; ; offset += PAGE) {
    const { total, entries } = await imports.quarantine.list({ offset, limit: PAGE });
    if (total === 0 && !json) output.write('Nothing was refused or repaired.\n');
    for (const entry of entries) output.write(json ? `${JSON.stringify(entry)}\n` : `${line(entry)}\n`);
    if (offset + entries.length >= total) return;
  }
}

function line(entry: QuarantineEntry): string {
  const name = entry.title ?? entry.record_id ?? 'untitled';
  return `${entry.id.padStart(5)}  ${entry.kind}  ${entry.file} record ${entry.index + 1}  ${name}: ${entry.reason}`;
}

function show(entry: QuarantineEntry, output: CommandOutput, json: boolean): void {
  if (json) {
    output.write(`${JSON.stringify(entry)}\n`);
    return;
  }
  const rows: [string, string][] = [
    ['kind', entry.kind],
    ['file', entry.file],
    ['record', `${entry.index + 1}, byte ${entry.offset}, ${entry.length} bytes long`],
    ['source', entry.source],
    ['id', entry.record_id ?? '-'],
    ['title', entry.title ?? '-'],
    ...entry.notices.map(({ code, message }): [string, string] => [code, message]),
    ['bytes', entry.has_raw ? 'kept' : 'not kept'],
  ];
  for (const [name, value] of rows) output.write(`${name.padEnd(24)} ${value}\n`);
}

async function retry(imports: Imports, output: CommandOutput, id: string, file?: string): Promise<number> {
  const corrected = file === undefined ? undefined : await readCorrected(file);
  const job = await (await retryRecord({ imports }, id, corrected)).done;
  if (job.state === 'done') output.write(`${job.message}\n`);
  else output.problem(job.message);
  return job.state === 'done' ? 0 : 1;
}

async function readCorrected(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new Problem('file_unreadable', { detail: `${file} cannot be opened.` }, { cause });
  }
}
