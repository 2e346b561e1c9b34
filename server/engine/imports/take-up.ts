import { mkdir, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Problem } from '../../contract/problems.js';
import { activeStates, type StoredJob } from '../jobs/job-store.js';
import type { Imports, RunningImport } from './imports.js';
import type { Trainings } from './trainings.js';

/** Uploads wait here for their import. */
export function uploadsFolder(dataDir: string): string {
  return join(dataDir, 'uploads');
}

/** Trains vectors once an import has made its words searchable. Nobody waits for it; `onFault` hears what went wrong. */
export function trainAfter(
  trainings: Trainings,
  running: RunningImport,
  onFault: (error: unknown) => void = () => undefined,
): void {
  running.done.then((job) => trainings.startIfNeeded(job)).catch(onFault);
}

/**
 * What a server does when it starts: goes on with the import that a crash or a stop interrupted, where its file is still
 * the same (otherwise the job says why not), else with the training, and deletes uploads that no job will read.
 * Answers the import that goes on.
 */
export async function takeUp(deps: {
  dataDir: string;
  imports: Imports;
  trainings: Trainings;
  onFault?: (error: unknown) => void;
}): Promise<StoredJob | undefined> {
  const { imports, trainings } = deps;
  const interrupted = await imports.findInterrupted();
  const running = interrupted && (await resumed(imports, interrupted));
  if (running) trainAfter(trainings, running, deps.onFault);
  else await trainings.startIfNeeded();
  await deleteOldUploads(deps);
  return running?.job;
}

async function resumed(imports: Imports, job: StoredJob): Promise<RunningImport | undefined> {
  try {
    return await imports.resume(job.id);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    // Another process was quicker: then it is theirs. Anything else is about the file, and staff can read it in the job.
    if (error.code !== 'import_running') await imports.abandon(job, error.message);
    return undefined;
  }
}

async function deleteOldUploads({ dataDir, imports }: { dataDir: string; imports: Imports }): Promise<void> {
  const folder = uploadsFolder(dataDir);
  await mkdir(folder, { recursive: true, mode: 0o750 });
  const open = await imports.jobs.list({
    limit: 1000,
    kind: 'import',
    states: [...activeStates, 'interrupted', 'failed'],
  });
  const needed = new Set(open.flatMap(({ request }) => request.files.map(({ path }) => basename(path))));
  for (const name of await readdir(folder)) {
    if (!needed.has(name)) await rm(join(folder, name), { force: true });
  }
}
