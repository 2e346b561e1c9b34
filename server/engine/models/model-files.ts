import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { LockedFile } from './lock.js';
import { gigabytes } from './memory.js';
import { ModelTrouble } from './trouble.js';

/** How far a file is: bytes done and in all, and since when. */
export interface FileProgress {
  file: string;
  done: number;
  total: number;
}
export type OnProgress = (progress: FileProgress) => void;

const PIECE = 4 * 1024 * 1024;
/** Disk space that stays free for the catalogue whatever is put in. */
const KEPT_FREE = 256 * 1024 * 1024;

/** SHA-256 of a file, in hex. */
export async function hashFile(
  path: string,
  options: { signal?: AbortSignal; onBytes?: (done: number) => void; into?: Hash; git?: boolean } = {},
): Promise<string> {
  const hash = options.into ?? createHash(options.git ? 'sha1' : 'sha256');
  // What git names a file by: its length stands before its bytes.
  if (options.git) hash.update(`blob ${(await stat(path)).size}\0`);
  let done = 0;
  const stream = createReadStream(path, {
    highWaterMark: PIECE,
    ...(options.signal && { signal: options.signal }),
  });
  for await (const piece of stream as AsyncIterable<Buffer>) {
    hash.update(piece);
    done += piece.length;
    options.onBytes?.(done);
  }
  return options.into === undefined ? hash.digest('hex') : '';
}

/** One digest for several files together: their paths and digests, in order of path. */
export function digestOfAll(files: readonly LockedFile[]): string {
  const only = files.length === 1 ? files[0] : undefined;
  if (only !== undefined) return only.sha256;
  const hash = createHash('sha256');
  for (const file of files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    hash.update(`${file.sha256}  ${file.path}\n`);
  }
  return hash.digest('hex');
}

/** Throws ModelTrouble unless `bytes` more fit on the disk of a folder and leave the catalogue its room. */
export async function requireSpace(
  dir: string,
  bytes: number,
  freeBytes: (dir: string) => Promise<number> = freeBytesAt,
): Promise<void> {
  const free = await freeBytes(dir);
  if (free >= bytes + KEPT_FREE) return;
  throw new ModelTrouble(
    `The disk has not room enough: ${gigabytes(bytes)} are needed and ${gigabytes(free)} are free, and ${gigabytes(KEPT_FREE)} must stay so for the catalogue: free ${gigabytes(bytes + KEPT_FREE - free)} and run this again.`,
  );
}

/** Bytes that this user may still write to the disk of a folder. */
export async function freeBytesAt(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  return bavail * bsize;
}

/**
 * Copies a file and hashes what it reads on the way. Answers its entry for the lock file, without a path. Throws
 * ModelTrouble when it may not be read or the disk is full.
 */
export async function copyHashed(
  from: string,
  to: string,
  options: { signal: AbortSignal; onProgress?: OnProgress },
): Promise<{ bytes: number; sha256: string }> {
  const about = await stat(from);
  // A device or a pipe may have no end.
  if (!about.isFile()) throw new ModelTrouble(`${basename(from)} is no file that can be copied.`);
  await mkdir(dirname(to), { recursive: true, mode: 0o750 });
  const hash = createHash('sha256');
  const total = about.size;
  let done = 0;
  const target = await open(to, 'w', 0o640);
  try {
    const stream = createReadStream(from, { highWaterMark: PIECE, signal: options.signal });
    for await (const piece of stream as AsyncIterable<Buffer>) {
      await writeAll(target, piece);
      hash.update(piece);
      done += piece.length;
      options.onProgress?.({ file: basename(from), done, total });
    }
    await target.sync();
  } catch (error) {
    throw asTrouble(error, basename(from));
  } finally {
    await target.close();
  }
  return { bytes: done, sha256: hash.digest('hex') };
}

/** Writes every byte: a disk that is nearly full takes a part first and refuses then. */
export async function writeAll(
  target: { write(bytes: Uint8Array, from: number): Promise<{ bytesWritten: number }> },
  bytes: Uint8Array,
): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await target.write(bytes, at)).bytesWritten;
}

/** What the file system refuses, as a sentence; anything else as it is. */
export function asTrouble(error: unknown, name: string): unknown {
  switch ((error as NodeJS.ErrnoException | null)?.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new ModelTrouble('The disk is full: free some room and run the same command again.', {
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
      return new ModelTrouble(
        `Carrel may not read ${name}: copy it where the service's user may, such as /tmp, and add it from there.`,
        { cause: error },
      );
    case 'EIO':
      return new ModelTrouble(`${name} cannot be read to its end: the stick or disk is damaged.`, {
        cause: error,
      });
    case 'ENOENT':
      return new ModelTrouble(`There is no ${name}.`, { cause: error });
    default:
      return error;
  }
}

/** How a file that the lock names is now. */
export async function stateOf(
  dir: string,
  file: LockedFile,
  options: { signal?: AbortSignal; onProgress?: OnProgress } = {},
): Promise<'ok' | 'changed' | 'missing'> {
  const path = join(dir, file.path);
  try {
    if ((await stat(path)).size !== file.bytes) return 'changed';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return 'missing';
  }
  const onBytes = (done: number): void => options.onProgress?.({ file: file.path, done, total: file.bytes });
  const digest = await hashFile(path, { onBytes, ...(options.signal && { signal: options.signal }) });
  return digest === file.sha256 ? 'ok' : 'changed';
}
