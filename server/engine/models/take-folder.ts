import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { chatEntry, onnxEntry } from './facts.js';
import { changeLock, lockName, readLock, type LockedFile, type LockedModel } from './lock.js';
import { copyHashed, requireSpace, type OnProgress } from './model-files.js';
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
    if (model.role === 'chat') await chatEntry(staging.dir, model.entry, files, model);
    else {
      const said =
        model.role === 'embedding'
          ? { pooling: model.pooling, queryPrefix: model.query_prefix, passagePrefix: model.passage_prefix }
          : {};
      await onnxEntry(staging.dir, files, model, { offered: undefined, said, role: model.role });
    }
    staging.commit(model);
    return model;
  } catch (error) {
    staging.leave({ throwAway: true });
    throw error;
  }
}
