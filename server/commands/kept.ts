import { openKeptAccounts, type KeptAccounts } from '../engine/accounts/kept-accounts.js';
import { keptSystemOf } from '../engine/accounts/kept-system.js';
import type { Clock } from '../engine/cache/clock.js';
import { openDatabase } from '../engine/db/database.js';
import type { PatronNumber } from '../engine/ils/patron-number.js';
import { KeyFileTrouble, readKeyFile } from '../engine/settings/key-file.js';
import { createSeal, keyFor } from '../engine/settings/seal.js';
import {
  createSources,
  SettingsTrouble,
  type OpenedSource,
  type SourceKinds,
} from '../engine/settings/sources.js';
import { optionLines, type CommandOption, type CommandOutput } from './output.js';

export const keptOptions = {
  patron: { type: 'boolean', means: 'erase: of one patron, whose number is asked for' },
  source: {
    type: 'string',
    value: 'NAME',
    means: 'erase: the library’s system, where it is switched off (carrel ils list)',
  },
  json: { type: 'boolean', means: 'count: answer as JSON' },
} as const satisfies Record<string, CommandOption>;

export const keptHelp = `carrel kept VERB [options]

What patrons chose to have kept: lists and reading history, sealed. Nobody can look into it here.

  carrel kept count             how many patrons something is kept of, and when the next of it ends
  carrel kept erase --patron    erase what is kept of one patron who cannot sign in any more

The patron's number in the library's own system is asked for (or read as a line of standard input). It is never a word
of the command, which the shell would note down and other users of the machine could see.

${optionLines(keptOptions)}`;

export interface KeptCommand {
  dataDir: string;
  positionals: readonly string[];
  values: { patron?: boolean; source?: string; json?: boolean };
  output: CommandOutput;
  signal: AbortSignal;
  kinds: SourceKinds;
  numberOf: (source: OpenedSource | undefined) => PatronNumber;
  askSecret: (question: string, signal: AbortSignal) => Promise<string>;
  /** True when a person types: the number is then asked for twice, since nothing shows what was typed. */
  isTyped: boolean;
  clock?: Clock;
}

/** Runs `carrel kept`. Answers the exit status: 0 done, 1 not done or nothing was kept, 2 not understood. */
export async function keptCommand(command: KeptCommand): Promise<number> {
  const { output, values } = command;
  const [verb, ...words] = command.positionals;
  const isCount = verb === 'count' && values.patron !== true;
  const isErase = verb === 'erase' && values.patron === true;
  if (words.length > 0 || (!isCount && !isErase)) {
    output.problem(
      verb === 'erase'
        ? 'Say carrel kept erase --patron and no more: the number is asked for.'
        : 'carrel kept takes count, or erase --patron; carrel kept --help says more.',
    );
    return 2;
  }
  const database = await openDatabase({ dataDir: command.dataDir });
  let kept: KeptAccounts | undefined;
  try {
    const fileKey = readKeyFile(command.dataDir);
    const seal = createSeal(keyFor('settings', fileKey));
    const sources = createSources({ db: database.db, seal, kinds: command.kinds });
    const system = isErase ? await systemOf(sources, values.source) : undefined;
    kept = openKeptAccounts({
      db: database.db,
      fileKey,
      system: keptSystemOf(system),
      onFault: () =>
        output.problem('What ended before today could not be erased just now; the server tries again.'),
      ...(command.clock && { clock: command.clock }),
    });
    return isErase ? await erase(command, kept, command.numberOf(system)) : await count(command, kept);
  } catch (error) {
    if (command.signal.aborted) {
      output.problem('Stopped.');
      return 1;
    }
    if (!(error instanceof SettingsTrouble) && !(error instanceof KeyFileTrouble)) throw error;
    output.problem(error.message);
    return 1;
  } finally {
    await kept?.close();
    await database.close();
  }
}

/** The library's system whose patrons are meant; undefined is the demonstration. Throws SettingsTrouble. */
async function systemOf(
  sources: ReturnType<typeof createSources>,
  name: string | undefined,
): Promise<OpenedSource | undefined> {
  const known = (await sources.list()).filter(({ kind }) => sources.kinds[kind]?.role === 'ils');
  const chosen = known.find((one) => (name === undefined ? one.enabled : one.name === name));
  if (chosen) return await sources.open(chosen.name);
  if (name !== undefined) throw new SettingsTrouble(`"${name}" is no library system that is set up here.`);
  if (known.length === 0) return undefined;
  throw new SettingsTrouble(
    `The library's system is switched off: say which is meant with --source (${known.map((one) => one.name).join(', ')}).`,
  );
}

async function erase(command: KeptCommand, kept: KeptAccounts, number: PatronNumber): Promise<number> {
  const { output, signal, askSecret } = command;
  const typed = (await askSecret(`${number.asked} (nothing is shown): `, signal)).trim();
  if (typed === '') {
    output.problem('No number was given; nothing is changed.');
    return 2;
  }
  if (command.isTyped && (await askSecret('Once more: ', signal)).trim() !== typed) {
    output.problem('These were two different numbers; nothing is changed.');
    return 2;
  }
  const isErased = await kept.erase(number.idOf(typed), { untilWiped: true });
  if (isErased) output.write('Erased: nothing is kept of this patron any more.\n');
  else output.problem('Nothing is kept of a patron with this number.');
  return isErased ? 0 : 1;
}

async function count({ output, values }: KeptCommand, kept: KeptAccounts): Promise<number> {
  const { patrons, nextEnd } = await kept.count();
  if (values.json === true) output.write(`${JSON.stringify({ patrons, next_end: nextEnd ?? null })}\n`);
  else if (patrons === 0) output.write('Nothing is kept of anybody.\n');
  else
    output.write(
      `Something is kept of ${patrons === 1 ? 'one patron' : `${patrons} patrons`}; the next of it ends after ${nextEnd}.\n`,
    );
  return 0;
}
