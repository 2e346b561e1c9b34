import { createGenerations } from '../engine/imports/generations.js';
import { createTrainings } from '../engine/imports/trainings.js';
import { openDatabase } from '../engine/db/database.js';
import { createJobStore } from '../engine/jobs/job-store.js';
import { showProgress } from './job-progress.js';
import { optionLines, type CommandOption, type CommandOutput } from './output.js';

export const trainOptions = {
  quiet: { type: 'boolean', means: 'say only how it ended' },
} as const satisfies Record<string, CommandOption>;

export const trainHelp = `carrel train

Learns vectors from the catalogue itself, so that questions find books by meaning. An import does this by itself,
after a few changes at most once a day; this is for at once, or when an import was told to leave it out.

${optionLines(trainOptions)}`;

/** Runs `carrel train`. Answers the exit status: 0 trained or nothing to do, 1 not trained. */
export async function trainCommand(command: {
  dataDir: string;
  values: { quiet?: boolean };
  output: CommandOutput;
  signal: AbortSignal;
}): Promise<number> {
  const { output, signal } = command;
  const database = await openDatabase({ dataDir: command.dataDir });
  const trainings = createTrainings({ database });
  try {
    const generations = createGenerations({ db: database.db, dataDir: command.dataDir });
    const live = await generations.live();
    const trouble = live && generations.unusable(live);
    if (trouble !== undefined) {
      output.problem(trouble);
      return 1;
    }
    const started = await trainings.start();
    if (started === undefined) {
      output.write(
        'There is nothing to learn from: no catalogue, or an import is at work, which learns by itself.\n',
      );
      return 0;
    }
    signal.addEventListener('abort', () => void trainings.cancel(started.job.id), { once: true });
    const jobs = createJobStore({ db: database.db });
    const shown = { jobs, id: started.job.id, output, quiet: command.values.quiet ?? false };
    const job = await showProgress(shown, started.done);
    output.write(`${job.message}\n`);
    return job.state === 'done' ? 0 : 1;
  } finally {
    await trainings.close();
    await database.close();
  }
}
