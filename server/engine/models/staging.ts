import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changeLock, readLock, type LockedModel } from './lock.js';
import { ModelTrouble } from './trouble.js';

export interface Staging {
  dir: string;
  /** Puts the whole folder in place and its entry into the lock file. */
  commit(model: LockedModel): void;
  /** Gives the folder free for another process; `throwAway` takes what is in it too. */
  leave(options: { throwAway: boolean }): void;
}

const OWNER = 'owner.pid';

/**
 * A folder beside the others in which a model is put together; nothing there counts as installed. One process at a time
 * may work on one id. Throws ModelTrouble when the id is taken.
 */
export function openStaging(modelsDir: string, id: string): Staging {
  if (readLock(modelsDir).models.some((model) => model.id === id)) {
    throw new ModelTrouble(
      `There is a model "${id}" already: carrel models remove ${id} takes it away, or give this one another name with --id.`,
    );
  }
  const dir = join(modelsDir, `.${id}.part`);
  mkdirSync(dir, { recursive: true, mode: 0o750 });
  const owner = join(dir, OWNER);
  if (existsSync(owner) && isAlive(Number(readFileSync(owner, 'utf8')))) {
    throw new ModelTrouble(
      `"${id}" is being fetched or added by another command just now: wait for it to end.`,
    );
  }
  writeFileSync(owner, String(process.pid), { mode: 0o640 });
  return {
    dir,
    commit(model) {
      const home = join(modelsDir, id);
      rmSync(owner, { force: true });
      removeUnlisted(dir, model);
      // What lies there without an entry in the lock file is what a crash left.
      rmSync(home, { recursive: true, force: true });
      renameSync(dir, home);
      changeLock(modelsDir, (lock) => ({ ...lock, models: [...lock.models, model] }));
    },
    leave({ throwAway }) {
      rmSync(owner, { force: true });
      if (throwAway || holdsNoFile(dir)) rmSync(dir, { recursive: true, force: true });
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

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process is alive and may not be signalled.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
