import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { escapeXml } from './xml-walk.js';

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="http://www.loc.gov/MARC21/slim">\n';
const FOOT = '</collection>\n';

export interface Spool {
  /** Adds records; resolves with the file's length once they are on disk. */
  append(records: readonly string[]): Promise<number>;
  close(): Promise<void>;
}

/** Where a run of a source keeps its records, and the deletions that follow them. */
export function spoolFiles(dataDir: string, source: string, run: number): { records: string; gone: string } {
  const path = (what: string) => join(dataDir, 'harvests', `${source}.${run}.${what}.xml`);
  return { records: path('records'), gone: path('gone') };
}

/**
 * A file of MARCXML that grows page by page. What lies behind `bytes` was written by a process that died before it
 * could note the page, and is cut off; undefined when the file is shorter than that, and so not the one that was noted.
 */
export async function openSpool(path: string, bytes: number): Promise<Spool | undefined> {
  await mkdir(dirname(path), { recursive: true, mode: 0o750 });
  if (bytes > (await sizeOf(path))) return undefined;
  const handle = await open(path, bytes === 0 ? 'w' : 'r+', 0o640);
  try {
    await handle.truncate(bytes);
  } catch (error) {
    await handle.close();
    throw error;
  }
  let length = bytes;
  return {
    async append(records) {
      const text = Buffer.from((length === 0 ? HEAD : '') + records.map((record) => `${record}\n`).join(''));
      for (let at = 0; at < text.length;) {
        at += (await handle.write(text, at, text.length - at, length + at)).bytesWritten;
      }
      await handle.sync();
      length += text.length;
      return length;
    },
    close: () => handle.close(),
  };
}

/** Ends a spool, so that any reader of XML can read it; doing so twice changes nothing. */
export async function endSpool(path: string, bytes: number): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.truncate(bytes);
    await handle.write(FOOT, bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes records that say of each id that it is gone, whole or not at all. */
export async function writeGone(path: string, ids: Iterable<string>): Promise<void> {
  const part = `${path}.part`;
  const handle = await open(part, 'w', 0o640);
  try {
    await handle.write(HEAD);
    for (const id of ids) await handle.write(deletionOf(id));
    await handle.write(FOOT);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(part, path);
}

/** Removes what a source's runs before this one left. */
export async function removeSpools(dataDir: string, source: string, before: number): Promise<void> {
  const folder = join(dataDir, 'harvests');
  await mkdir(folder, { recursive: true, mode: 0o750 });
  for (const name of await readdir(folder)) {
    const [owner, run] = name.split('.');
    if (owner === source && Number(run) < before) await rm(join(folder, name), { force: true });
  }
}

/** A record as an import honours it: deleted by leader/05, named by field 001. */
function deletionOf(id: string): string {
  const number = `<controlfield tag="001">${escapeXml(id)}</controlfield>`;
  return `<record><leader>00000dam a2200000 i 4500</leader>${number}</record>\n`;
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
