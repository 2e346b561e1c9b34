import { spawn } from 'node:child_process';
import {
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { asTrouble, hashFile } from '../engine/models/model-files.js';
import { ModelTrouble } from '../engine/models/trouble.js';

/** A file of the bundle: where it lies now, and its place in the archive. */
export interface BundleFile {
  from: string;
  to: string;
}

/**
 * Writes files into one .tar.gz, under a folder `name`, with a list of their digests (MANIFEST.sha256) and `texts` of its
 * own. Nothing is copied on the way: tar reads through links. Answers the archive's bytes. Throws ModelTrouble.
 */
export async function writeArchive(
  out: string,
  name: string,
  files: readonly BundleFile[],
  texts: Readonly<Record<string, string>>,
  options: { signal: AbortSignal },
): Promise<number> {
  const staging = mkdtempSync(join(tmpdir(), 'carrel-bundle-'));
  const part = `${out}.part`;
  try {
    const root = join(staging, name);
    mkdirSync(root);
    for (const [to, text] of Object.entries(texts)) place(root, to, (path) => writeFileSync(path, text));
    for (const { from, to } of files) place(root, to, (path) => symlinkSync(from, path));
    const names = [...Object.keys(texts), ...files.map((file) => file.to)];
    const lines: string[] = [];
    for (const to of names) {
      lines.push(`${await hashFile(join(root, to), { signal: options.signal })}  ./${to}`);
    }
    writeFileSync(join(root, 'MANIFEST.sha256'), `${lines.join('\n')}\n`);
    const list = join(staging, 'list');
    writeFileSync(list, ['MANIFEST.sha256', ...names].map((to) => `${name}/${to}\0`).join(''));
    await pack(staging, list, part, options.signal);
    renameSync(part, out);
    return statSync(out).size;
  } catch (error) {
    rmSync(part, { force: true });
    options.signal.throwIfAborted();
    throw asTrouble(error, 'the archive');
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

async function pack(staging: string, list: string, part: string, signal: AbortSignal): Promise<void> {
  const tar = spawn('tar', ['-C', staging, '-chf', '-', '--null', '-T', list], {
    stdio: ['ignore', 'pipe', 'ignore'],
    signal,
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    tar.once('error', reject);
    tar.once('close', resolve);
  });
  // Weights do not get smaller; the least effort packs the rest well enough.
  const [status] = await Promise.all([
    ended,
    pipeline(tar.stdout, createGzip({ level: 1 }), createWriteStream(part, { mode: 0o640 }), { signal }),
  ]);
  if (status !== 0)
    throw new ModelTrouble(
      'tar could not read every file: something changed while it was packed; run this again.',
    );
}

function place(root: string, to: string, put: (path: string) => void): void {
  const path = join(root, to);
  mkdirSync(dirname(path), { recursive: true });
  put(path);
}
