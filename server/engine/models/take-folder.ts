import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { chatEntry, onnxEntry } from './facts.js';
import { changeLock, lockName, readLock, type LockedFile, type LockedModel } from './lock.js';
import { asTrouble, copyHashed, requireSpace, type OnProgress } from './model-files.js';
import { modelRoles } from './model.js';
import { openStaging } from './staging.js';
import type { Installed, StoreDeps } from './store-deps.js';
import { ModelTrouble } from './trouble.js';

/**
 * Takes every model that a folder's lock file pins and that is not here yet, digest by digest, and its choices where
 * nothing is chosen here. Throws ModelTrouble.
 */
export async function takeFolder(
  path: string,
  options: { signal: AbortSignal; onProgress?: OnProgress },
  deps: StoreDeps,
): Promise<Installed[]> {
  if (!existsSync(join(path, lockName)))
    throw new ModelTrouble(`There is no ${lockName} in ${basename(path)}.`);
  const theirs = readLock(path);
  const here = new Set(readLock(deps.modelsDir).models.map((model) => model.id));
  const taken: Installed[] = [];
  for (const model of theirs.models) {
    if (!here.has(model.id)) taken.push({ model: await takeOne(path, model, options, deps), notes: [] });
  }
  changeLock(deps.modelsDir, (lock) => {
    const chosen = { ...lock.chosen };
    for (const role of modelRoles) {
      const id = theirs.chosen[role];
      if (chosen[role] === null && lock.models.some((model) => model.id === id)) chosen[role] = id;
    }
    return { ...lock, chosen };
  });
  return taken;
}

async function takeOne(
  path: string,
  model: LockedModel,
  options: { signal: AbortSignal; onProgress?: OnProgress },
  deps: StoreDeps,
): Promise<LockedModel> {
  const staging = openStaging(deps.modelsDir, model.id);
  try {
    await requireSpace(
      staging.dir,
      model.files.reduce((sum, file) => sum + file.bytes, 0),
    );
    const files: LockedFile[] = [];
    for (const file of model.files) {
      const from = join(path, model.id, file.path);
      if (!existsSync(from))
        throw new ModelTrouble(`${file.path} of "${model.id}" is missing from the folder.`);
      const copied = await copyHashed(from, join(staging.dir, file.path), options);
      if (copied.sha256 !== file.sha256) {
        throw new ModelTrouble(
          `${file.path} of "${model.id}" is not as its list says: copy the folder again.`,
        );
      }
      files.push({ path: file.path, ...copied });
    }
    // The list is another machine's word; the files are looked through all the same.
    const found = await entryOf(staging.dir, model, files);
    staging.commit(found);
    return found;
  } catch (error) {
    staging.leave({ throwAway: true });
    options.signal.throwIfAborted();
    throw asTrouble(error, `"${model.id}"`);
  }
}

/** The entry as these files make it; of the list only what no file says: name, licence, source, prefixes. */
function entryOf(dir: string, model: LockedModel, files: readonly LockedFile[]): Promise<LockedModel> {
  const { id, name, licence, source, installed_at } = model;
  const common = { id, name, licence, source, installed_at };
  if (model.role === 'chat') return chatEntry(dir, model.entry, files, common);
  const said =
    model.role === 'embedding'
      ? { pooling: model.pooling, queryPrefix: model.query_prefix, passagePrefix: model.passage_prefix }
      : {};
  return onnxEntry(dir, files, common, { offered: undefined, said, role: model.role });
}
