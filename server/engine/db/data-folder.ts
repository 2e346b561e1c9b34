import { constants } from 'node:fs';
import { access, mkdir, statfs } from 'node:fs/promises';

/** A data folder that Carrel must not or cannot use; the message is one sentence for the person who set it up. */
export class DataFolderError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DataFolderError';
  }
}

/** Kernel numbers of file systems that live on another machine (statfs(2)). SQLite's locks cannot be trusted there. */
const networkFileSystems: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0x564c, 'NCP'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
]);

/** How the folder's file system is asked what it is; a test hands in its own. */
export type StatFs = (path: string) => Promise<{ type: number; bavail: number; bsize: number }>;

/**
 * Makes the folder where it is missing and says in one sentence why it cannot be used: a network share, not a folder,
 * or not writable. Throws DataFolderError.
 */
export async function prepareDataFolder(dataDir: string, options: { statfs?: StatFs } = {}): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o750 });
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new DataFolderError(`Carrel cannot write to its data folder ${dataDir}.`, { cause });
  }
  const { type } = await (options.statfs ?? statfs)(dataDir);
  const network = networkFileSystems.get(type >>> 0);
  if (network !== undefined) {
    throw new DataFolderError(
      `The data folder ${dataDir} is on a network share (${network}), where a database can be damaged; choose a local disk.`,
    );
  }
}

/** Bytes that an ordinary user may still write in the folder's file system. */
export async function freeBytes(dataDir: string, options: { statfs?: StatFs } = {}): Promise<number> {
  const { bavail, bsize } = await (options.statfs ?? statfs)(dataDir);
  return bavail * bsize;
}
