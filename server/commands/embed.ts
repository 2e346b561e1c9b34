import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../contract/problems.js';
import { openDatabase, type Database } from '../engine/db/database.js';
import type { Embedding } from '../engine/embedding/embedding.js';
import { activeStates, type StoredJob } from '../engine/jobs/job-store.js';
import { knowledgeDirsOf } from '../engine/knowledge-check.js';
import { openSearch } from '../engine/retrieval/open-search.js';
import type { VectorSpace } from '../engine/retrieval/vector-spaces.js';
import { compareSpaces } from '../engine/spaces/compare.js';
import { createEmbeddings, type Embeddings } from '../engine/spaces/embeddings.js';
import { readJudged } from '../engine/spaces/judged.js';
import type { SpaceState } from '../engine/spaces/space-states.js';
import { createSpaceSwitch, type SpaceSwitch } from '../engine/spaces/space-switch.js';
import { progressLine, showProgress } from './job-progress.js';
import { optionLines, type CommandOption, type CommandOutput } from './output.js';

export const embedOptions = {
  status: { type: 'boolean', means: 'say which vectors there are and how far the model is' },
  pause: { type: 'boolean', means: 'let the model rest until --resume' },
  resume: { type: 'boolean', means: 'go on where it was paused, stopped or failed' },
  switch: { type: 'boolean', means: 'compare questions with the model’s vectors from now on' },
  anyway: { type: 'boolean', means: 'with --switch: also where judged questions are answered worse' },
  judged: {
    type: 'string',
    value: 'DIR',
    means: 'with --switch: the library’s judged questions, as carrel eval takes them',
  },
  back: { type: 'boolean', means: 'compare with the vectors that were in use before' },
  rate: { type: 'string', value: 'N', means: 'read at most N records a second' },
  quiet: { type: 'boolean', means: 'say only how it ended' },
} as const satisfies Record<string, CommandOption>;

export const embedHelp = `carrel embed [options]

Lets the embedding model in use read the whole catalogue, in the background and beside search. It can be stopped at any
time and goes on where it was. When the model has read everything, --switch puts its vectors to use at once, and --back
brings the ones before back.

${optionLines(embedOptions)}`;

/** How much worse, in nDCG@10, a model's vectors may answer judged questions than those in use. */
const tolerated = 0.01;
/** A comparison waits for a model's vectors as long as they take. */
const patientMs = 60_000;

export interface EmbedCommand {
  dataDir: string;
  values: {
    status?: boolean;
    pause?: boolean;
    resume?: boolean;
    switch?: boolean;
    anyway?: boolean;
    judged?: string;
    back?: boolean;
    rate?: string;
    quiet?: boolean;
  };
  output: CommandOutput;
  /** Ctrl-C: what the model has read is kept. */
  signal: AbortSignal;
  /** Opens the model in use; undefined where there is none. */
  openEmbedding: () => Promise<(Embedding & { close(): Promise<void> }) | undefined>;
  /** Told of errors that Carrel has no sentence for. */
  onFault?: (error: unknown) => void;
}

/** Runs `carrel embed`. Answers the exit status: 0 done, 1 not done, 2 not understood. Problems become one line. */
export async function embedCommand(command: EmbedCommand): Promise<number> {
  const { values, output, dataDir } = command;
  const verbs = [values.status, values.pause, values.resume, values.switch, values.back].filter(Boolean);
  if (verbs.length > 1)
    return misunderstood(output, 'One thing at a time: status, pause, resume, switch or back.');
  const rate = values.rate === undefined ? undefined : Number(values.rate);
  if (rate !== undefined && !(rate > 0)) return misunderstood(output, '--rate is a number above 0.');
  if (!values.switch && (values.anyway || values.judged !== undefined))
    return misunderstood(output, '--anyway and --judged go with --switch.');
  const judged = values.judged;
  if (judged !== undefined && !existsSync(join(judged, 'qrels.tsv')))
    return misunderstood(output, '--judged names a folder that holds queries.jsonl and qrels.tsv.');
  const database = await openDatabase({ dataDir });
  try {
    if (values.status) return await tellStatus(createEmbeddings({ database }), output);
    if (values.pause) return await pause(createEmbeddings({ database }), output);
    const spaces = createSpaceSwitch({ database });
    if (values.back) return tellSwitch(await spaces.back(), output);
    if (values.switch) return await change(command, spaces);
    return await read(command, database, rate);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    output.problem(error.message);
    return 1;
  } finally {
    await database.close();
  }
}

async function read(command: EmbedCommand, database: Database, rate: number | undefined): Promise<number> {
  const { output, values, signal, onFault } = command;
  const embedding = await command.openEmbedding();
  const embeddings = createEmbeddings({ database, embedding, ...(onFault && { onFault }) });
  try {
    const wanted = rate === undefined ? {} : { textsPerSecond: rate };
    const last = values.resume ? (await embeddings.status()).job : undefined;
    if (values.resume && last === undefined) {
      output.problem('No embedding was begun; there is nothing to resume.');
      return 1;
    }
    const running = last ? await embeddings.resume(last.id, wanted) : await embeddings.start(wanted);
    const stop = (): void => void embeddings.close();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const shown = { jobs: embeddings.jobs, id: running.job.id, output, quiet: values.quiet ?? false };
    const job = await showProgress(shown, running.done);
    if (job.state !== 'done') {
      output.problem(job.message);
      return 1;
    }
    output.write(`${job.message}\n`);
    return 0;
  } finally {
    await embeddings.close();
    await embedding?.close();
  }
}

async function pause(embeddings: Embeddings, output: CommandOutput): Promise<number> {
  const { job } = await embeddings.status();
  if (job === undefined || !(activeStates.includes(job.state) || job.state === 'interrupted')) {
    output.problem('No embedding is under way; there is nothing to pause.');
    return 1;
  }
  output.write(`${(await embeddings.pause(job.id)).message}\n`);
  return 0;
}

async function tellStatus(embeddings: Embeddings, output: CommandOutput): Promise<number> {
  const { records, spaces, job } = await embeddings.status();
  const lines = spaces.map((space) => spaceLine(space, records));
  output.write(
    `${[...(lines.length > 0 ? lines : ['There are no vectors yet.']), ...jobLines(job)].join('\n')}\n`,
  );
  return 0;
}

function spaceLine(space: SpaceState, records: number): string {
  const { live, vectors, dimensions, rescored, recall } = space;
  const figure = (count: number) => count.toLocaleString('en');
  const found = recall === null ? [] : [`finds ${(100 * recall).toFixed(1)} % of the 20 nearest`];
  const parts = [
    `${figure(vectors)} of ${figure(records)} records`,
    `${dimensions} numbers each`,
    ...(rescored === null ? [] : [`bits first, ${figure(rescored)} compared in whole`]),
    ...found,
  ];
  return `${live ? '*' : ' '} ${nameOf(space)}: ${parts.join(', ')}`;
}

function jobLines(job: StoredJob | undefined): string[] {
  if (job === undefined) return [];
  return [activeStates.includes(job.state) ? `${progressLine(job)}. ${job.message}` : job.message];
}

/** Compares where judged questions are given, and switches unless the model's vectors answer them worse. */
async function change(command: EmbedCommand, spaces: SpaceSwitch): Promise<number> {
  const { values, output, dataDir, signal } = command;
  const embedding = await command.openEmbedding();
  try {
    const { cataloguePath, live, space } = await spaces.candidate(embedding?.id);
    if (values.judged === undefined) {
      output.write('No judged questions were given, so nothing was compared.\n');
      return tellSwitch(await spaces.switchTo(embedding?.id), output);
    }
    if (embedding === undefined)
      throw new Problem('not_ready', { detail: 'No embedding model is in use, so nothing can be compared.' });
    const judged = await readJudged(values.judged);
    const knowledgeDirs = knowledgeDirsOf(dataDir).filter((path) => existsSync(path));
    const figures = await compareSpaces({
      cataloguePath,
      candidate: space.id,
      judged,
      signal,
      openSearch: (path) =>
        openSearch({
          cataloguePath: path,
          workers: 1,
          maxQueue: 1,
          knowledgeDirs,
          embeddings: (model) => (model === embedding.id ? embedding : undefined),
          vectorBudgetMs: patientMs,
        }),
    });
    if (figures.questions === 0) {
      output.problem(
        'None of the records that were judged is in this catalogue, so nothing was compared or switched; leave --judged out to switch all the same.',
      );
      return 1;
    }
    const now = live === undefined ? 'words alone' : nameOf(live);
    const both = `nDCG@10 over ${figures.questions} judged questions: ${figures.candidate.toFixed(3)} with ${nameOf(space)}, ${figures.live.toFixed(3)} with ${now}`;
    if (figures.candidate < figures.live - tolerated && !values.anyway) {
      output.problem(`${both}; nothing was switched (--anyway switches all the same).`);
      return 1;
    }
    output.write(`${both}.\n`);
    return tellSwitch(await spaces.switchTo(embedding.id), output);
  } finally {
    await embedding?.close();
  }
}

function tellSwitch(space: VectorSpace, output: CommandOutput): number {
  output.write(
    `Questions are compared with the vectors of ${nameOf(space)} now; carrel embed --back undoes this.\n`,
  );
  return 0;
}

function nameOf({ model }: Pick<VectorSpace, 'model'>): string {
  return model ?? 'the catalogue’s own training';
}

function misunderstood(output: CommandOutput, line: string): number {
  output.problem(line);
  return 2;
}
