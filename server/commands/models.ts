import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { lockName } from '../engine/models/lock.js';
import { modelRoles, type ModelRole } from '../engine/models/model.js';
import { openModelStore, type ModelStore, type ModelStoreOptions } from '../engine/models/model-store.js';
import type { PullOptions } from '../engine/models/pull.js';
import type { Installed } from '../engine/models/store-deps.js';
import { ModelTrouble } from '../engine/models/trouble.js';
import { createByteProgress, type ByteProgress } from './byte-progress.js';
import { listLines, listJson } from './model-list.js';
import { optionLines, type CommandOption, type CommandOutput } from './output.js';

export const modelsOptions = {
  role: { type: 'string', value: 'ROLE', means: `what it is for: ${modelRoles.join(', ')}` },
  id: { type: 'string', value: 'ID', means: 'add: the name it gets here (default: from the file)' },
  type: { type: 'string', value: 'q8|fp32', means: 'add: which weights of an ONNX folder (default: q8)' },
  pooling: {
    type: 'string',
    value: 'HOW',
    means: 'add: mean, cls or last_token, where the folder does not say',
  },
  'query-prefix': { type: 'string', value: 'TEXT', means: 'add: what the model wants before a question' },
  'passage-prefix': { type: 'string', value: 'TEXT', means: 'add: what it wants before a record’s text' },
  from: { type: 'string', value: 'URL', means: 'pull: another hub than CARREL_MODEL_HUB, such as a mirror' },
  'accept-licence': { type: 'boolean', means: 'the library has read the licence and agrees' },
  anyway: { type: 'boolean', means: 'take a model that is too big, remove one that is in use' },
  json: { type: 'boolean', means: 'list, verify: answer as JSON' },
  quiet: { type: 'boolean', means: 'show no progress' },
} as const satisfies Record<string, CommandOption>;

export const modelsHelp = `carrel models [VERB] [options]

Model files of this library: what is worth having, what is here, what is in use. docs/models.md says which suits which box.

  carrel models list                what is offered and installed
  carrel models pull ID             fetch an offered model; broken off, the same command goes on
  carrel models add PATH            take a .gguf, an ONNX folder or another Carrel's models folder, as from a stick
  carrel models use ID              let a model do its work; use none --role chat ends it
  carrel models verify [ID]         read every file again and compare
  carrel models remove ID           take a model off the disk

${optionLines(modelsOptions)}`;

const Values = z.object({
  role: z.enum(modelRoles).optional(),
  type: z.enum(['q8', 'fp32']).optional(),
  pooling: z.enum(['mean', 'cls', 'last_token']).optional(),
  from: z.url({ protocol: /^https?$/ }).optional(),
});

export interface ModelsCommand {
  config: { dataDir: string; programDir: string; modelHub: string };
  positionals: readonly string[];
  values: {
    [K in keyof typeof modelsOptions]?: (typeof modelsOptions)[K]['type'] extends 'boolean'
      ? boolean
      : string;
  };
  output: CommandOutput;
  signal: AbortSignal;
  /** A test's own. */
  store?: Partial<ModelStoreOptions>;
  pulling?: Pick<PullOptions, 'pause' | 'freeBytes'>;
}

/** Runs `carrel models`. Answers the exit status: 0 done, 1 not done or a file is not as it was, 2 not understood. */
export async function modelsCommand(command: ModelsCommand): Promise<number> {
  const [verb = 'list', name, ...more] = command.positionals;
  const values = Values.safeParse(command.values);
  if (!values.success) {
    const wrong = values.error.issues.map((issue) => `--${issue.path.join('')}`).join(', ');
    command.output.problem(`${wrong} cannot be read so; carrel models --help.`);
    return 2;
  }
  const action = actions[verb];
  if (action === undefined || more.length > 0 || !takes(action.named, name !== undefined)) {
    command.output.problem(
      action === undefined
        ? `carrel models has no "${verb}"; carrel models --help lists what it has.`
        : `carrel models ${verb} takes ${action.named === 'no' ? 'nothing more' : 'one name'}; carrel models --help.`,
    );
    return 2;
  }
  const progress = createByteProgress(command.output, { quiet: command.values.quiet ?? false });
  try {
    const store = openModelStore({ ...command.config, ...command.store });
    return await action.run({ ...command, name: name ?? '', read: values.data, store, progress });
  } catch (error) {
    progress.end();
    if (command.signal.aborted) {
      command.output.problem('Stopped. What came so far is kept where it can be gone on with.');
      return 1;
    }
    if (!(error instanceof ModelTrouble)) throw error;
    command.output.problem(error.message);
    return 1;
  }
}

function takes(named: 'yes' | 'no' | 'maybe', hasName: boolean): boolean {
  return named === 'maybe' || (named === 'yes') === hasName;
}

type Running = Omit<ModelsCommand, 'store'> & {
  name: string;
  read: z.infer<typeof Values>;
  store: ModelStore;
  progress: ByteProgress;
};

const actions: Record<
  string,
  { named: 'yes' | 'no' | 'maybe'; run: (running: Running) => Promise<number> | number }
> = {
  list: { named: 'no', run: list },
  pull: { named: 'yes', run: pull },
  add: { named: 'yes', run: add },
  use: { named: 'yes', run: use },
  remove: { named: 'yes', run: remove },
  verify: { named: 'maybe', run: verify },
};

function list({ store, output, values }: Running): number {
  const models = store.list();
  output.write(values.json ? `${JSON.stringify(listJson(models), null, 2)}\n` : listLines(models));
  return 0;
}

async function pull({
  store,
  name,
  read,
  values,
  config,
  output,
  progress,
  signal,
  pulling,
}: Running): Promise<number> {
  const installed = await store.pull(name, {
    ...pulling,
    hub: read.from ?? config.modelHub,
    acceptLicence: values['accept-licence'] ?? false,
    signal,
    onProgress: progress.show,
  });
  progress.end();
  said(output, installed);
  return 0;
}

async function add({ store, name, read, values, output, progress, signal }: Running): Promise<number> {
  const watching = { signal, onProgress: progress.show };
  if (existsSync(join(name, lockName))) {
    const taken = await store.takeFolder(name, watching);
    progress.end();
    if (taken.length === 0) output.write('Everything in that folder is here already.\n');
    for (const installed of taken) said(output, installed);
    return 0;
  }
  const installed = await store.add(name, {
    ...watching,
    ...(values.id !== undefined && { id: values.id }),
    ...(read.role && { role: read.role }),
    ...(read.type && { type: read.type }),
    ...(read.pooling && { pooling: read.pooling }),
    ...(values['query-prefix'] !== undefined && { queryPrefix: values['query-prefix'] }),
    ...(values['passage-prefix'] !== undefined && { passagePrefix: values['passage-prefix'] }),
    acceptLicence: values['accept-licence'] ?? false,
    anyway: values.anyway ?? false,
  });
  progress.end();
  said(output, installed);
  return 0;
}

function use({ store, name, read, values, output }: Running): number {
  if (name === 'none') {
    if (read.role === undefined) {
      output.problem('Say which: carrel models use none --role chat, embedding or reranker.');
      return 2;
    }
    store.useNone(read.role);
    output.write(`${without[read.role]}\n`);
    return 0;
  }
  const found = store.find(name)?.installed;
  if (found !== undefined && read.role !== undefined && found.role !== read.role) {
    output.problem(`"${name}" is here as ${found.role} and cannot be used as ${read.role}.`);
    return 2;
  }
  const { model, notes } = store.use(name, { anyway: values.anyway ?? false });
  output.write(`${model.name} is chosen. ${next[model.role]}\n`);
  for (const note of notes) output.write(`${note}\n`);
  return 0;
}

async function remove({ store, name, values, output }: Running): Promise<number> {
  await store.remove(name, { anyway: values.anyway ?? false });
  output.write(`${name} is off the disk.\n`);
  return 0;
}

async function verify({ store, name, values, output, progress, signal }: Running): Promise<number> {
  const files = [];
  for await (const file of store.verify(name === '' ? undefined : name, {
    signal,
    onProgress: progress.show,
  })) {
    progress.end();
    files.push(file);
    if (values.json !== true) output.write(`${file.state.padEnd(8)} ${file.id}: ${file.file}\n`);
  }
  const wrong = files.filter((file) => file.state !== 'ok');
  if (values.json === true) output.write(`${JSON.stringify(files, null, 2)}\n`);
  else if (files.length === 0) output.write('No model is installed.\n');
  else if (wrong.length === 0) output.write('Every file is as it was.\n');
  for (const id of new Set(wrong.map((file) => file.id))) {
    output.problem(
      `"${id}" is not as it was: carrel models remove ${id} --anyway, then pull or add it again.`,
    );
  }
  return wrong.length === 0 ? 0 : 1;
}

/** What happens next with a model that was chosen. */
const next: Record<ModelRole, string> = {
  chat: 'It writes from the next start of the server on (systemctl restart carrel).',
  embedding:
    'Its vectors must be made first: carrel embed does that, and search goes on as it is until they are.',
  reranker: 'It counts from the next start of the server on, if it helps on your judged queries.',
};

const without: Record<ModelRole, string> = {
  chat: 'No model writes from the next start of the server on; answers are composed from records.',
  embedding:
    'Search goes by the vectors that Carrel learns from the catalogue itself, from the next start of the server on.',
  reranker: 'Nothing reorders what was found, from the next start of the server on.',
};

function said(output: CommandOutput, { model, notes }: Installed): void {
  const from =
    model.source.kind === 'pulled' ? `from ${model.source.repo}` : `from ${basename(model.source.from)}`;
  output.write(
    `${model.name} is here (${from}, ${model.licence.name}). carrel models use ${model.id} lets it work.\n`,
  );
  for (const note of notes) output.write(`${note}\n`);
}
