import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { takeHold } from './holding.js';
import { changeLock, readLock, writing, type LockedModel } from './lock.js';
import { ModelTrouble } from './trouble.js';

export interface Staging {
  dir: string;
  /** Puts the whole folder in place and its entry into the lock file. */
  commit(model: LockedModel): void;
  /** Gives the folder free for another process; `throwAway` takes what is in it too. */
  leave(options: { throwAway: boolean }): void;
}

/**
 * A folder beside the others in which a model is put together; nothing there counts as installed. One process at a time
 * may work on one id. Throws ModelTrouble when the id is taken.
 */
export function openStaging(modelsDir: string, id: string): Staging {
  const dir = join(modelsDir, `.${id}.part`);
  const held = writing(() => takeHold(modelsDir, id));
  if (held === undefined) {
    throw new ModelTrouble(
      `"${id}" is being fetched or added by another command just now: wait for it to end.`,
    );
  }
  try {
    if (readLock(modelsDir).models.some((model) => model.id === id)) {
      throw new ModelTrouble(
        `There is a model "${id}" already: carrel models remove ${id} takes it away, or give this one another name with --id.`,
      );
    }
    writing(() => mkdirSync(dir, { recursive: true, mode: 0o750 }));
  } catch (error) {
    held.release();
    throw error;
  }
  return {
    dir,
    commit(model) {
      const home = join(modelsDir, id);
      removeUnlisted(dir, model);
      // What lies there without an entry in the lock file is what a crash left.
      rmSync(home, { recursive: true, force: true });
      renameSync(dir, home);
      try {
        changeLock(modelsDir, (lock) => ({ ...lock, models: [...lock.models, model] }));
      } catch (error) {
        // Whoever leaves decides what becomes of it.
        renameSync(home, dir);
        throw error;
      }
      held.release();
    },
    leave({ throwAway }) {
      try {
        if (existsSync(dir) && (throwAway || holdsNoFile(dir))) rmSync(dir, { recursive: true, force: true });
      } finally {
        held.release();
      }
    },
  };
}

/** Takes away what an earlier attempt left that the model does not name. */
function removeUnlisted(dir: string, model: LockedModel): void {
  const listed = new Set(model.files.map((file) => join(dir, file.path)));
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isDirectory() && !listed.has(path)) rmSync(path, { force: true });
  }
}

function holdsNoFile(dir: string): boolean {
  return !readdirSync(dir, { recursive: true, withFileTypes: true }).some((entry) => !entry.isDirectory());
}
