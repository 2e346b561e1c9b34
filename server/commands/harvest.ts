import { DeadlineError, systemClock, within, type Clock } from '../engine/cache/clock.js';
import { openDatabase, type Database } from '../engine/db/database.js';
import type { Feed } from '../engine/harvest/feed.js';
import { feedlessSentence } from '../engine/harvest/follow-sources.js';
import { createHarvests, sentenceOf, type HarvestState } from '../engine/harvest/harvests.js';
import { openHarvestSource, type OpenHarvestSource } from '../engine/harvest/open-feed.js';
import { IlsFault } from '../engine/ils/ils-fault.js';
import { createImports, type RunningImport } from '../engine/imports/imports.js';
import { createTrainings } from '../engine/imports/trainings.js';
import { requireKnowledge } from '../engine/knowledge-check.js';
import { KeyFileTrouble, readKeyFile } from '../engine/settings/key-file.js';
import { createSeal, keyFor } from '../engine/settings/seal.js';
import {
  createSources,
  SettingsTrouble,
  type SourceKinds,
  type Sources,
} from '../engine/settings/sources.js';
import { optionLines, type CommandOption, type CommandOutput } from './output.js';

export const harvestOptions = {
  full: { type: 'boolean', means: 'fetch everything, so that what is gone over there goes here too' },
  check: { type: 'boolean', means: 'only look at the feed: what it tells, and its first page' },
  json: { type: 'boolean', means: 'without a name: answer as JSON' },
} as const satisfies Record<string, CommandOption>;

export const harvestHelp = `carrel harvest [NAME] [options]

Fetches the records of a source that was set up with carrel ils: OAI-PMH, SRU, or a library system with harvest=true.
Without a name it says how each is followed. The server does this by itself; a harvest that was broken off is gone on with.

${optionLines(harvestOptions)}`;

export interface HarvestCommand {
  dataDir: string;
  positionals: readonly string[];
  values: { full?: boolean; check?: boolean; json?: boolean };
  output: CommandOutput;
  /** Ctrl-C: what was fetched so far is kept, and the next harvest goes on from there. */
  signal: AbortSignal;
  kinds: SourceKinds;
  /** Told of errors that Carrel has no sentence for. */
  onFault?: (error: unknown) => void;
  clock?: Clock;
}

type Desk = HarvestCommand & { database: Database; sources: Sources };

/** Runs `carrel harvest`. Answers the exit status: 0 done, 1 not done, 2 not understood. */
export async function harvestCommand(command: HarvestCommand): Promise<number> {
  const [name, ...more] = command.positionals;
  if (more.length > 0) {
    command.output.problem('carrel harvest takes one name; carrel ils list shows those that there are.');
    return 2;
  }
  requireKnowledge(command.dataDir);
  const database = await openDatabase({ dataDir: command.dataDir });
  try {
    const seal = createSeal(keyFor('settings', readKeyFile(command.dataDir)));
    const sources = createSources({ db: database.db, seal, kinds: command.kinds });
    const desk = { ...command, database, sources };
    return await (name === undefined ? list(desk) : withFeed(desk, name));
  } catch (error) {
    if (command.signal.aborted) {
      command.output.problem('Stopped; the next harvest goes on from here.');
      return 1;
    }
    const isTrouble = error instanceof SettingsTrouble || error instanceof KeyFileTrouble;
    const sentence = isTrouble ? error.message : sentenceOf(error);
    if (sentence === undefined) throw error;
    command.output.problem(sentence);
    return 1;
  } finally {
    await database.close();
  }
}

async function list({ database, sources, output, values }: Desk): Promise<number> {
  const { sources: all, troubles } = await sources.openAll();
  troubles.forEach((trouble) => output.problem(trouble));
  const harvests = createHarvests({ database, imports: createImports({ database }) });
  const states: (Partial<HarvestState> & { name: string })[] = [];
  for (const one of all) {
    const feed = openHarvestSource(one);
    if (feed === undefined) continue;
    await feed.close();
    states.push({
      ...(await harvests.state(feed.source.source)),
      name: one.name,
      source: feed.source.source,
    });
  }
  if (values.json === true) output.write(`${JSON.stringify({ harvests: states }, null, 2)}\n`);
  else if (states.length === 0)
    output.write('No source brings records. carrel ils kinds says which could.\n');
  else for (const state of states) output.write(`${stateLines(state).join('\n')}\n`);
  return troubles.length === 0 ? 0 : 1;
}

function stateLines(state: Partial<HarvestState> & { name: string }): string[] {
  const { underWay, records = 0 } = state;
  const failures = state.failures ?? 0;
  const times = failures === 1 ? 'the last attempt failed' : `the last ${failures} attempts failed`;
  const about = failures > 0 ? times : 'followed';
  return [
    `${state.name}: records as ${state.source}, ${state.dueAt === undefined && failures === 0 ? 'never harvested' : about}`,
    ...(state.lastSuccessAt === undefined
      ? []
      : [`  last success ${state.lastSuccessAt}, ${recordCount(records)}`]),
    ...(state.lastFullAt === undefined ? [] : [`  last full harvest ${state.lastFullAt}`]),
    ...(failures > 0 ? [`  last failure ${state.lastFailureAt}: ${state.failure}`] : []),
    ...(state.dueAt === undefined ? [] : [`  next due ${state.dueAt}`]),
    ...(underWay === undefined
      ? []
      : [
          `  ${failures > 0 ? 'broken off, begun' : 'under way since'} ${underWay.startedAt}: ${recordCount(underWay.records)} so far`,
        ]),
  ];
}

function recordCount(records: number): string {
  return records === 1 ? 'one record' : `${records.toLocaleString('en')} records`;
}

async function withFeed(desk: Desk, name: string): Promise<number> {
  const source = await desk.sources.open(name);
  const feed = openHarvestSource(source);
  if (feed === undefined) {
    if (source.settings['harvest'] === true) throw new SettingsTrouble(feedlessSentence(name));
    throw new SettingsTrouble(`"${name}" brings no records; a library system does with harvest=true.`);
  }
  try {
    return desk.values.check === true
      ? await check(desk, name, feed.source.feed)
      : await harvest(desk, name, feed);
  } finally {
    await feed.close();
  }
}

/** A look at a feed that takes longer has come to nothing. */
const CHECK_MS = 10 * 60_000;

/** Asks the feed as a harvest would, and keeps nothing. */
async function check(desk: Desk, name: string, feed: Feed): Promise<number> {
  const { output, signal, clock = systemClock } = desk;
  const look = async (inner: AbortSignal): Promise<void> => {
    const { deletions, changes } = await feed.describe({ signal: inner });
    output.write(`${name}: ${changes ? 'tells what has changed' : 'can only be fetched as a whole'}, `);
    output.write(`${deletions === 'kept' ? 'and what was deleted.' : 'but not what was deleted.'}\n`);
    const pages = feed.harvest({ since: undefined }, { signal: inner });
    const first = await pages.next();
    await pages.return('');
    const records = first.done ? 0 : first.value.records.length;
    output.write(`${name}: the first page holds ${recordCount(records)}.\n`);
  };
  try {
    await within(clock, CHECK_MS, signal, look);
    return 0;
  } catch (error) {
    if (error instanceof DeadlineError) throw new IlsFault('silent', 'The feed', { cause: error });
    throw error;
  }
}

async function harvest(desk: Desk, name: string, { source }: OpenHarvestSource): Promise<number> {
  const { database, output, signal, values, onFault } = desk;
  const deps = { database, ...(onFault && { onFault }) };
  const imports = createImports(deps);
  const trainings = createTrainings(deps);
  let running: RunningImport | undefined;
  const harvests = createHarvests({ ...deps, imports, onImport: (begun) => (running = begun) });
  try {
    const end = await harvests.once(source, { full: values.full ?? false, signal });
    output.write(`${name}: ${recordCount(end.records)} fetched. ${end.message}\n`);
    const job = await running?.done;
    const training = job && (await trainings.startIfNeeded(job));
    if (training) {
      const stop = (): void => void trainings.cancel(training.job.id);
      signal.addEventListener('abort', stop);
      const { message } = await training.done;
      signal.removeEventListener('abort', stop);
      output.write(`${message}\n`);
    }
    return 0;
  } finally {
    await harvests.close();
    await trainings.close();
    await imports.close();
  }
}
