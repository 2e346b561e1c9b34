import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { chatEntry, onnxEntry, type Said } from './facts.js';
import { checkGguf, type GgufFacts } from './gguf-check.js';
import { llamaArchitectures } from './llama-architectures.js';
import { isWithin, licenceTaken, type LockedFile, type LockedModel } from './lock.js';
import { estimateMemory, requireMachine, usualUse } from './memory.js';
import { asTrouble, copyHashed, requireSpace, type OnProgress } from './model-files.js';
import { modelId, type ModelRole, type OnnxType } from './model.js';
import type { OfferedModel } from './offered.js';
import { readOnnxFolder } from './onnx-folder.js';
import { openStaging } from './staging.js';
import type { Installed, StoreDeps } from './store-deps.js';
import { ModelTrouble } from './trouble.js';

export interface AddOptions extends Said {
  id?: string;
  role?: ModelRole;
  type?: OnnxType;
  acceptLicence?: boolean;
  /** Takes a model that this machine cannot hold in memory. */
  anyway?: boolean;
  signal: AbortSignal;
  onProgress?: OnProgress;
}

/** Takes a GGUF or an ONNX folder in: checked first, copied and hashed, then put in place whole. Throws ModelTrouble. */
export async function addModel(path: string, options: AddOptions, deps: StoreDeps): Promise<Installed> {
  if (!existsSync(path))
    throw new ModelTrouble(`There is no ${basename(path)} at that place, or Carrel may not look there.`);
  try {
    return statSync(path).isDirectory()
      ? await addFolder(path, options, deps)
      : await addFile(path, options, deps);
  } catch (error) {
    options.signal.throwIfAborted();
    throw asTrouble(error, basename(path));
  }
}

async function addFile(path: string, options: AddOptions, deps: StoreDeps): Promise<Installed> {
  if (path.endsWith('.onnx')) {
    throw new ModelTrouble(
      'Add the folder that this ONNX file lies in, with its config.json and tokenizer.json.',
    );
  }
  if (options.role !== undefined && options.role !== 'chat') {
    throw new ModelTrouble(
      `A file like this is for a chat model; for the role ${options.role} add an ONNX folder.`,
    );
  }
  const known = await llamaArchitectures();
  const facts = await checkGguf(path, {
    signal: options.signal,
    ...(known && { knownArchitectures: known }),
  });
  const names = facts.files.map((file) => basename(file));
  const offered = deps.offered.find(
    (model) => model.role === 'chat' && model.source.files.some((file) => names.includes(basename(file.hub))),
  );
  const bytes = facts.files.reduce((sum, file) => sum + statSync(file).size, 0);
  const estimate = estimateMemory({ bytes, kvBytesPerToken: facts.kvBytesPerToken }, usualUse);
  if (options.anyway !== true) requireMachine(estimate, deps.memory());
  const files = facts.files.map((from) => ({ from, to: basename(from) }));
  return copyIn(files, { ...options, id: options.id ?? offered?.id ?? slug(names[0] ?? '') }, deps, {
    offered,
    from: basename(path),
    notes: facts.hasChatTemplate
      ? []
      : [
          'The file holds no chat template: answers may be poor. Take the edition for conversation ("instruct").',
        ],
    entryOf: (dir, locked, common) =>
      chatEntry(dir, files[0]?.to ?? '', locked, {
        ...common,
        name: offered?.name ?? nameOf(facts, names[0]),
      }),
    saidLicence: facts.licence,
  });
}

async function addFolder(path: string, options: AddOptions, deps: StoreDeps): Promise<Installed> {
  if (options.role === 'chat')
    throw new ModelTrouble('A chat model is one .gguf file, not a folder: add that file.');
  const facts = await readOnnxFolder(path, {
    ...(options.role && { role: options.role }),
    ...(options.type && { type: options.type }),
  });
  const name = basename(path);
  const offered = deps.offered.find(
    (model) =>
      model.role === facts.role &&
      [model.id, model.source.repo.split('/')[1]].some((one) => one === name || one === options.id),
  );
  const prefixless =
    facts.role === 'embedding' &&
    offered === undefined &&
    (options.queryPrefix ?? facts.queryPrefix) === undefined;
  return copyIn(facts.files, { ...options, id: options.id ?? offered?.id ?? slug(name) }, deps, {
    offered,
    from: name,
    notes: prefixless
      ? [
          'The folder names no prefixes. If the model’s page does, remove it and add it again with --query-prefix and --passage-prefix: without them search gets worse, and says nothing.',
        ]
      : [],
    entryOf: (_dir, locked, common) =>
      onnxEntry(
        path,
        locked,
        { ...common, name: offered?.name ?? name },
        { offered, said: options, role: facts.role, folder: facts },
      ),
    saidLicence: undefined,
  });
}

async function copyIn(
  files: readonly { from: string; to: string }[],
  options: AddOptions & { id: string },
  deps: StoreDeps,
  how: {
    offered: OfferedModel | undefined;
    from: string;
    notes: string[];
    saidLicence: string | undefined;
    entryOf: (
      dir: string,
      files: readonly LockedFile[],
      common: Pick<LockedModel, 'id' | 'name' | 'licence' | 'source' | 'installed_at'>,
    ) => Promise<LockedModel>;
  },
): Promise<Installed> {
  requireLicence(how.offered, options.acceptLicence ?? false);
  const { id } = options;
  if (!modelId.safeParse(id).success) {
    throw new ModelTrouble(
      'An id is 2 to 63 small letters, digits, dots and hyphens, and not the name of a .json file: give one with --id.',
    );
  }
  const odd = files.find(({ to }) => !isWithin(to));
  if (odd !== undefined) {
    throw new ModelTrouble(
      'The file’s name holds signs that no file of a model has: give it a plain name first.',
    );
  }
  const staging = openStaging(deps.modelsDir, id);
  try {
    await requireSpace(
      staging.dir,
      files.reduce((sum, file) => sum + statSync(file.from).size, 0),
    );
    const locked: LockedFile[] = [];
    for (const file of files) {
      locked.push({ path: file.to, ...(await copyHashed(file.from, join(staging.dir, file.to), options)) });
    }
    requirePinned(how.offered, locked);
    const now = deps.now();
    const model = await how.entryOf(staging.dir, locked, {
      id,
      name: id,
      licence:
        how.offered === undefined
          ? { name: how.saidLicence ?? 'licence not known here', url: null, accepted_at: null }
          : licenceTaken(how.offered.licence, now),
      source: { kind: 'added', from: how.from },
      installed_at: now.toISOString(),
    });
    staging.commit(model);
    return { model, notes: how.notes };
  } catch (error) {
    staging.leave({ throwAway: true });
    throw error;
  }
}

/** Throws ModelTrouble unless the licence needs no yes, or a person gave it. */
export function requireLicence(offered: OfferedModel | undefined, accepted: boolean): void {
  if (offered === undefined || !offered.licence.accept || accepted) return;
  throw new ModelTrouble(
    `${offered.name} comes under the ${offered.licence.name}: read ${offered.licence.url}, and if the library agrees, say --accept-licence.`,
  );
}

function requirePinned(offered: OfferedModel | undefined, files: readonly LockedFile[]): void {
  for (const file of files) {
    const pinned = offered?.source.files.find((one) => one.local === file.path)?.sha256;
    if (pinned == null || pinned === file.sha256) continue;
    throw new ModelTrouble(
      `${file.path} goes by the name of "${offered?.id}" and is another file (its digest differs): copy it again, or add it under another name.`,
    );
  }
}

function nameOf(facts: GgufFacts, file: string | undefined): string {
  return facts.name ?? file ?? 'chat model';
}

function slug(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/\.gguf$/, '')
    .replace(/-00001-of-\d{5}$/, '')
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return plain.slice(0, 63);
}
