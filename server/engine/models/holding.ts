import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readFileSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs';
import { isAlive, processSpace } from '../jobs/processes.js';

/** A file that says that one process works on something. */
export interface Holding {
  /** Lets go of it; a second time does nothing. */
  release(): void;
}

const BEAT_MS = 5000;
/** Without a beat for this long nobody holds it, whatever the file says. */
const STALE_MS = 30_000;
/** Tells this process from an earlier one of the same number, as containers have them. */
const self = randomUUID();
const space = processSpace();

/**
 * Takes a file that only one process on this data folder can have; undefined when another has it. What a dead process
 * left is taken over at once on the same machine, else after half a minute. Throws what the file system refuses.
 */
export function takeHold(path: string): Holding | undefined {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const file = openSync(path, 'wx', 0o640);
      try {
        writeSync(file, `${process.pid} ${self} ${space}`);
      } catch (error) {
        rmSync(path, { force: true });
        throw error;
      } finally {
        closeSync(file);
      }
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (attempt > 0 || isHeld(path)) return undefined;
      rmSync(path, { force: true });
    }
  }
  const timer = setInterval(() => {
    const now = new Date();
    try {
      utimesSync(path, now, now);
    } catch {
      // Taken away under us, with the folder perhaps; what is being done there fails of itself and says why.
      clearInterval(timer);
    }
  }, BEAT_MS);
  timer.unref();
  let released = false;
  return {
    release() {
      clearInterval(timer);
      if (!released) rmSync(path, { force: true });
      released = true;
    },
  };
}

function isHeld(path: string): boolean {
  try {
    const age = Date.now() - statSync(path).mtimeMs;
    const [pid = '', process_ = '', ...where] = readFileSync(path, 'utf8').split(' ');
    if (age > STALE_MS) return false;
    // Another machine's or container's numbers say nothing here.
    if (where.join(' ') !== space) return true;
    return Number(pid) === process.pid ? process_ === self : isAlive(Number(pid));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return false;
  }
}
