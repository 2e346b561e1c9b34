import type { Bib } from '../engine/catalogue/bib.js';
import { openCatalogue } from '../engine/catalogue/catalogue.js';
import type { Clock } from '../engine/cache/clock.js';
import { openRecords } from '../engine/catalogue/records.js';
import { openDatabase } from '../engine/db/database.js';
import type { Ils } from '../engine/ils/ils.js';
import { KeyFileTrouble, readKeyFile } from '../engine/settings/key-file.js';
import { createSeal, keyFor } from '../engine/settings/seal.js';
import {
  createSources,
  SettingsTrouble,
  type OpenedSource,
  type SourceKind,
  type SourceKinds,
  type Sources,
  type SourceView,
} from '../engine/settings/sources.js';
import { tryIls } from './ils-trial.js';
import { optionLines, type CommandOption, type CommandOutput } from './output.js';
import { fieldLines, readFields } from './source-fields.js';

export const ilsOptions = {
  card: { type: 'string', value: 'CARD', means: 'test: a card to sign in with; its PIN is asked for' },
  record: {
    type: 'string',
    value: 'ID',
    means: 'test: the record to ask about (default: one of the catalogue)',
  },
  json: { type: 'boolean', means: 'list: answer as JSON' },
} as const satisfies Record<string, CommandOption>;

export const ilsHelp = `carrel ils [VERB] [options]

The systems that Carrel asks: the library's own, lenders of e-books, feeds of records. docs/ils says what to switch on in each.

  carrel ils list                        what is set up
  carrel ils kinds [KIND]                what can be set up, and what each kind is told
  carrel ils add NAME KIND KEY=VALUE...  set a system up
  carrel ils set NAME KEY=VALUE...       change it; KEY= takes a setting away
  carrel ils test [NAME]                 try each function, and say what is missing over there
  carrel ils off NAME | on NAME          stop asking it, ask it again
  carrel ils remove NAME                 forget it, its secrets too

A secret is given as KEY alone, and asked for, or as KEY=@FILE. Changes hold from the next start of the server on.

${optionLines(ilsOptions)}`;

export interface IlsCommand {
  dataDir: string;
  positionals: readonly string[];
  values: { card?: string; record?: string; json?: boolean };
  output: CommandOutput;
  signal: AbortSignal;
  kinds: SourceKinds;
  /** Opens an adapter for a source that is no mere feed. */
  openIls: (source: OpenedSource) => Ils;
  askSecret: (question: string, signal: AbortSignal) => Promise<string>;
  clock?: Clock;
}

type Running = IlsCommand & { sources: Sources; name: string; words: readonly string[] };

interface Verb {
  /** How many words it takes at least; the first is a name where there is one. */
  least: number;
  most: number;
  run: (running: Running) => Promise<number>;
}

/** Runs `carrel ils`. Answers the exit status: 0 done, 1 not done or a test that failed, 2 not understood. */
export async function ilsCommand(command: IlsCommand): Promise<number> {
  const [verb = 'list', ...words] = command.positionals;
  const action = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (action === undefined || words.length < action.least || words.length > action.most) {
    command.output.problem(
      action === undefined
        ? `carrel ils has no "${verb}"; carrel ils --help lists what it has.`
        : `carrel ils ${verb} takes other words; carrel ils --help shows them.`,
    );
    return 2;
  }
  const database = await openDatabase({ dataDir: command.dataDir });
  try {
    const seal = createSeal(keyFor('settings', readKeyFile(command.dataDir)));
    const sources = createSources({ db: database.db, seal, kinds: command.kinds });
    const [name = '', ...rest] = words;
    return await action.run({ ...command, sources, name, words: rest });
  } catch (error) {
    if (command.signal.aborted) {
      command.output.problem('Stopped.');
      return 1;
    }
    if (!(error instanceof SettingsTrouble) && !(error instanceof KeyFileTrouble)) throw error;
    command.output.problem(error.message);
    return 1;
  } finally {
    await database.close();
  }
}

const verbs: Readonly<Record<string, Verb>> = {
  list: { least: 0, most: 0, run: list },
  kinds: { least: 0, most: 1, run: kinds },
  add: { least: 2, most: Infinity, run: add },
  set: { least: 2, most: Infinity, run: set },
  test: { least: 0, most: 1, run: test },
  on: { least: 1, most: 1, run: (running) => enable(running, true) },
  off: { least: 1, most: 1, run: (running) => enable(running, false) },
  remove: { least: 1, most: 1, run: remove },
};

async function list({ sources, output, values }: Running): Promise<number> {
  const all = await sources.list();
  if (values.json === true) {
    output.write(`${JSON.stringify({ sources: all }, null, 2)}\n`);
    return 0;
  }
  if (all.length === 0) output.write('No system is set up. carrel ils kinds says what can be.\n');
  for (const source of all) output.write(`${sourceLines(sources.kinds[source.kind], source).join('\n')}\n`);
  return 0;
}

function sourceLines(kind: SourceKind | undefined, source: SourceView): string[] {
  const settings = Object.entries(source.settings).map(([field, setting]) => {
    const value =
      'secret' in setting ? (setting.isSet ? '(set)' : '(not set)') : JSON.stringify(setting.value);
    return `    ${field} = ${value}`;
  });
  return [
    `${source.name}: ${kind?.title ?? source.kind}${source.enabled ? '' : ' (off)'}`,
    ...(source.trouble === undefined ? [] : [`    ${source.trouble}`]),
    ...settings,
  ];
}

function kinds({ sources, name, output }: Running): Promise<number> {
  const chosen = Object.entries(sources.kinds).filter(([kind]) => name === '' || kind === name);
  if (chosen.length === 0) {
    throw new SettingsTrouble(
      `Carrel knows no "${name}"; it knows ${Object.keys(sources.kinds).join(', ')}.`,
    );
  }
  for (const [kind, about] of chosen) {
    output.write(`${kind}: ${about.title}, ${roles[about.role]}\n`);
    if (name !== '') output.write(`${fieldLines(about).join('\n')}\n`);
  }
  return Promise.resolve(0);
}

const roles: Readonly<Record<SourceKind['role'], string>> = {
  ils: 'the library’s own system: copies and patrons',
  ecopies: 'a lender of e-books',
  feed: 'a feed of records',
};

async function add({ sources, name, words, output, askSecret, signal }: Running): Promise<number> {
  const [kindName = '', ...fields] = words;
  if ((await sources.list()).some((source) => source.name === name)) {
    throw new SettingsTrouble(`There is a source "${name}" already: carrel ils set ${name} changes it.`);
  }
  const kind = Object.hasOwn(sources.kinds, kindName) ? sources.kinds[kindName] : undefined;
  // Left to the settings' own check, which knows all kinds.
  const settings = kind ? await readFields(kind, fields, (question) => askSecret(question, signal)) : {};
  await sources.put(name, { kind: kindName, settings });
  output.write(
    `${name} is set up. carrel ils test ${name} tries it; the server asks it from its next start on.\n`,
  );
  return 0;
}

async function set({ sources, name, words, output, askSecret, signal }: Running): Promise<number> {
  const source = (await sources.list()).find((one) => one.name === name);
  if (source === undefined) throw new SettingsTrouble(`There is no source "${name}".`);
  const kind = sources.kinds[source.kind];
  const settings = kind ? await readFields(kind, words, (question) => askSecret(question, signal)) : {};
  await sources.put(name, { settings });
  output.write(`${name} is changed, from the server’s next start on.\n`);
  return 0;
}

async function enable({ sources, name, output }: Running, enabled: boolean): Promise<number> {
  if (!(await sources.list()).some((source) => source.name === name)) {
    throw new SettingsTrouble(`There is no source "${name}".`);
  }
  await sources.put(name, { enabled });
  output.write(`${name} is ${enabled ? 'on' : 'off'}, from the server’s next start on.\n`);
  return 0;
}

async function remove({ sources, name, output }: Running): Promise<number> {
  await sources.remove(name);
  output.write(`${name} is forgotten.\n`);
  return 0;
}

/** Tries one source, or all that are switched on. */
async function test(running: Running): Promise<number> {
  const { sources, name, output } = running;
  const { sources: on, troubles } =
    name === '' ? await sources.openAll() : { sources: [await sources.open(name)], troubles: [] };
  troubles.forEach((trouble) => output.problem(trouble));
  if (on.length === 0 && troubles.length === 0) output.problem('No system is set up and on.');
  let isGood = on.length > 0 && troubles.length === 0;
  const record = await someRecord(running);
  for (const source of on) {
    if (source.role === 'feed') {
      output.write(`${source.name}: a feed; carrel harvest ${source.name} --check looks at it.\n`);
      continue;
    }
    const ils = running.openIls(source);
    output.write(`${source.name}: ${ils.name}${ils.host === undefined ? '' : ` at ${ils.host}`}\n`);
    try {
      const { output, signal, values, clock } = running;
      const askPin = (): Promise<string> => running.askSecret('PIN (nothing is shown): ', signal);
      isGood = (await tryIls({ ils, output, signal, record, card: values.card, askPin, clock })) && isGood;
    } finally {
      await ils.close();
    }
  }
  return isGood ? 0 : 1;
}

/** The record that was asked for, or any that a system might know. Throws SettingsTrouble when it is not held. */
async function someRecord({ dataDir, values }: Running): Promise<Bib | undefined> {
  const catalogue = await openCatalogue({ dataDir });
  const records = openRecords({ catalogue });
  try {
    if (values.record === undefined) return await records.someRecord();
    const found = await records.findRecord(values.record);
    if (found === undefined) throw new SettingsTrouble(`The catalogue holds no record ${values.record}.`);
    return found;
  } finally {
    await records.close();
    catalogue.close();
  }
}
