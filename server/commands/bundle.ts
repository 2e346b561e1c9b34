import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { lockName, readLock, type ModelLock } from '../engine/models/lock.js';
import { gigabytes } from '../engine/models/memory.js';
import { modelsDirOf } from '../engine/models/model-store.js';
import { modelRoles } from '../engine/models/model.js';
import { ModelTrouble } from '../engine/models/trouble.js';
import { writeArchive, type BundleFile } from './bundle-archive.js';
import { moduleFiles, programFiles, type BundleGpu } from './bundle-files.js';
import { optionLines, type CommandOption, type CommandOutput } from './output.js';

export const bundleOptions = {
  out: { type: 'string', value: 'FILE.tar.gz', means: 'where the archive goes' },
  models: {
    type: 'string',
    value: 'ID,ID',
    means: 'models to pack (default: those in use); none packs none',
  },
  gpu: {
    type: 'string',
    value: 'vulkan|cuda',
    means: 'for machines with a GPU; cuda adds 500 MB (default: vulkan)',
  },
  'no-gpu': { type: 'boolean', means: 'for machines without a GPU' },
  quiet: { type: 'boolean', means: 'show no progress' },
} as const satisfies Record<string, CommandOption>;

export const bundleHelp = `carrel bundle --out FILE.tar.gz [options]

Packs the program, all that it needs and the models in use into one archive for a machine like this one without a
network. There: unpack it, and in its folder run sudo ./install.sh --offline. Node.js itself is not in it.

${optionLines(bundleOptions)}`;

export interface BundleCommand {
  config: { dataDir: string; programDir: string };
  values: { out?: string; models?: string; gpu?: string; 'no-gpu'?: boolean; quiet?: boolean };
  output: CommandOutput;
  signal: AbortSignal;
  /** A test's own, smaller list of packages. */
  modules?: (programDir: string, gpu: BundleGpu) => string[];
}

/** Runs `carrel bundle`. Answers the exit status: 0 packed, 1 not packed, 2 not understood. */
export async function bundleCommand(command: BundleCommand): Promise<number> {
  const { values, output, signal } = command;
  const gpu = values['no-gpu'] === true ? 'none' : (values.gpu ?? 'vulkan');
  if (values.out === undefined || !isGpu(gpu)) {
    output.problem(
      'Say where it goes and for which GPU: carrel bundle --out carrel.tar.gz --gpu vulkan; carrel bundle --help.',
    );
    return 2;
  }
  try {
    const out = resolve(values.out);
    const files = filesFor(command, gpu);
    const { lock, modelFiles } = modelsFor(command);
    if (values.quiet !== true) output.write(`Packing ${files.length + modelFiles.length} files ...\n`);
    const bytes = await writeArchive(
      out,
      folderName(command.config.programDir),
      [...modelFiles, ...files],
      textsFor(lock),
      {
        signal,
      },
    );
    const models = lock.models.length === 0 ? 'no models' : lock.models.map((model) => model.id).join(', ');
    output.write(
      `${values.out} holds Carrel with ${models}: ${gigabytes(bytes)}. Unpack it there and run sudo ./install.sh --offline in its folder.\n`,
    );
    return 0;
  } catch (error) {
    if (signal.aborted) {
      output.problem('Stopped; no archive was written.');
      return 1;
    }
    if (!(error instanceof ModelTrouble)) throw error;
    output.problem(error.message);
    return 1;
  }
}

function isGpu(value: string): value is BundleGpu {
  return value === 'none' || value === 'vulkan' || value === 'cuda';
}

function filesFor(
  { config: { programDir }, values, modules = moduleFiles }: BundleCommand,
  gpu: BundleGpu,
): BundleFile[] {
  const out = resolve(values.out ?? '');
  if (!existsSync(dirname(out)))
    throw new ModelTrouble('There is no such folder for the archive: make it first.');
  const needed = ['dist/server/cli.js', 'server/web/dist/index.html', 'install.sh', 'package-lock.json'];
  if (needed.some((name) => !existsSync(join(programDir, name)))) {
    throw new ModelTrouble(
      'An installed Carrel cannot be packed: run this in the folder that it was installed from, after ./install.sh --build.',
    );
  }
  return [...programFiles(programDir), ...modules(programDir, gpu)].map((name) => ({
    from: join(programDir, name),
    to: name,
  }));
}

/** The models to pack, with a lock file of their own. */
function modelsFor({ config, values }: BundleCommand): { lock: ModelLock; modelFiles: BundleFile[] } {
  const dir = modelsDirOf(config.dataDir);
  const here = readLock(dir);
  const chosen = modelRoles.flatMap((role) => here.chosen[role] ?? []);
  const ids =
    values.models === undefined
      ? chosen
      : values.models.split(',').filter((id) => id !== 'none' && id !== '');
  const models = ids.map((id) => {
    const model = here.models.find((one) => one.id === id);
    if (model === undefined)
      throw new ModelTrouble(`There is no model "${id}" here; carrel models list shows those there are.`);
    return model;
  });
  const kept = Object.fromEntries(
    modelRoles.map((role) => [role, ids.includes(here.chosen[role] ?? '') ? here.chosen[role] : null]),
  ) as ModelLock['chosen'];
  const modelFiles = models.flatMap((model) =>
    model.files.map((file) => {
      const from = join(dir, model.id, file.path);
      if (!existsSync(from))
        throw new ModelTrouble(`${file.path} of "${model.id}" is missing: carrel models verify says more.`);
      return { from, to: `offline/models/${model.id}/${file.path}` };
    }),
  );
  return { lock: { version: 1, chosen: kept, models }, modelFiles };
}

/** Files that are made for the bundle: which machine it is for, and the list of its models. */
function textsFor(lock: ModelLock): Record<string, string> {
  return {
    BUNDLE: `${process.platform} ${process.arch} ${process.versions.modules}\n`,
    ...(lock.models.length > 0 && { [`offline/models/${lockName}`]: `${JSON.stringify(lock, null, 2)}\n` }),
  };
}

function folderName(programDir: string): string {
  const { version } = JSON.parse(readFileSync(join(programDir, 'package.json'), 'utf8')) as {
    version: string;
  };
  return `carrel-${version}`;
}
