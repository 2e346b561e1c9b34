import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { Problem } from '../../contract/problems.js';
import type { JobFile } from '../jobs/job-store.js';

const HEAD_BYTES = 65_536;

/** What is remembered of a file, so that a resumed import reads the same one. Throws Problem('file_unreadable'). */
export async function describeFile(
  path: string,
  options: { name?: string; owned?: boolean } = {},
): Promise<JobFile> {
  const name = options.name ?? basename(path);
  try {
    const handle = await open(path, 'r');
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw new Problem('file_unreadable', { detail: `${name} is not a file.` });
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return {
        path: resolve(path),
        name,
        sizeBytes: stat.size,
        modifiedMs: stat.mtimeMs,
        head: createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex'),
        owned: options.owned ?? false,
      };
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const detail = missing ? `There is no file ${name}.` : `${name} cannot be opened.`;
    throw new Problem('file_unreadable', { detail }, { cause });
  }
}

/** Throws Problem('file_unreadable') unless every file is the one that the job began with. */
export async function requireSameFiles(files: readonly JobFile[]): Promise<void> {
  for (const file of files) {
    const now = await describeFile(file.path, { name: file.name });
    if (now.sizeBytes !== file.sizeBytes || now.modifiedMs !== file.modifiedMs || now.head !== file.head) {
      throw new Problem('file_unreadable', {
        detail: `${file.name} has changed since the import began; start a new import.`,
      });
    }
  }
}
