import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NAME = 'secret.key';
const KEY_BYTES = 32;

/** The key file cannot be used; the message is a sentence for staff. */
export class KeyFileTrouble extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'KeyFileTrouble';
  }
}

/**
 * The 32 bytes with which this library's secrets are sealed, from `<dataDir>/secret.key`, made at the first call. Only
 * the service's own user may read the file: wider rights are taken away. Throws KeyFileTrouble when the file is no key;
 * it is never replaced, since what was sealed with it would be lost.
 */
export function readKeyFile(dataDir: string): Buffer {
  const path = join(dataDir, NAME);
  const key = read(path) ?? make(path);
  if (key.length !== KEY_BYTES) {
    throw new KeyFileTrouble(
      `${NAME} in the data folder is not a key of Carrel: put it back from a copy. Without it the secrets in the settings cannot be read and have to be typed in again.`,
    );
  }
  closeToOthers(path);
  return key;
}

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw notOurs('read', error);
    return undefined;
  }
}

function closeToOthers(path: string): void {
  try {
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  } catch (error) {
    throw notOurs('closed to other users', error);
  }
}

/** As after a copy was put back by another user than the service's. */
function notOurs(what: string, cause: unknown): KeyFileTrouble {
  const { code } = cause as NodeJS.ErrnoException;
  return new KeyFileTrouble(
    `${NAME} in the data folder cannot be ${what} (${code}): it must be a file that belongs to the user that Carrel runs as.`,
    { cause },
  );
}

/** Written beside and linked into place: of two processes that start at once both end with the same whole key. */
function make(path: string): Buffer {
  const beside = `${path}.${process.pid}.part`;
  writeFileSync(beside, randomBytes(KEY_BYTES), { mode: 0o600, flush: true });
  try {
    linkSync(beside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(beside, { force: true });
  }
  return readFileSync(path);
}
