import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openSqlite } from '../db/sqlite.js';
import { ImportStopped } from '../imports/failures.js';

/**
 * Vectors that a model made, in whole and kept by the text they were made of: a text that comes again, in another record
 * or another generation, is never given to the model twice.
 */
export interface PassageStore {
  has(digest: Buffer): boolean;
  find(digest: Buffer): Float32Array | undefined;
  /** Keeps all of them or, when the machine stops in the middle, none. */
  keep(passages: readonly { digest: Buffer; vector: Float32Array }[]): void;
  size(): number;
  /** Forgets all but these digests, each as text of one byte a character. */
  forget(needed: ReadonlySet<string>): void;
  close(): void;
}

const schema = `
CREATE TABLE IF NOT EXISTS passage (digest BLOB PRIMARY KEY, numbers BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS made_by (model TEXT NOT NULL, dimensions INTEGER NOT NULL) STRICT;
`;

/** Name of the file in which a model's vectors are kept. */
function storeFile(model: string): string {
  return `passages-${createHash('sha256').update(model).digest('hex').slice(0, 16)}.db`;
}

export function passageStorePath(dataDir: string, model: string): string {
  return join(dataDir, storeFile(model));
}

/** What a text is known by: SHA-256 of all that the model reads. */
export function passageDigest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Opens a model's store, new where there is none. Throws ImportStopped when it holds vectors of another length. */
export function openPassageStore(
  path: string,
  { model, dimensions }: { model: string; dimensions: number },
): PassageStore {
  const db = openSqlite(path, { cacheMiB: 16 });
  try {
    db.exec(schema);
    const made = db.prepare<[], { dimensions: number }>('SELECT dimensions FROM made_by').get();
    if (made === undefined) db.prepare('INSERT INTO made_by VALUES (?, ?)').run(model, dimensions);
    else if (made.dimensions !== dimensions) throw otherLength(dimensions, made.dimensions);
  } catch (error) {
    db.close();
    throw error;
  }
  const has = db.prepare<[Buffer], number>('SELECT 1 FROM passage WHERE digest = ?').pluck();
  const size = db.prepare<[], number>('SELECT count(*) FROM passage').pluck();
  const find = db.prepare<[Buffer], Buffer>('SELECT numbers FROM passage WHERE digest = ?').pluck();
  const insert = db.prepare('INSERT OR IGNORE INTO passage VALUES (?, ?)');
  const keepAll = db.transaction((passages: Parameters<PassageStore['keep']>[0]) => {
    for (const { digest, vector } of passages) {
      if (vector.length !== dimensions) throw otherLength(vector.length, dimensions);
      insert.run(digest, Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength));
    }
  });
  const after = db
    .prepare<[Buffer], Buffer>('SELECT digest FROM passage WHERE digest > ? ORDER BY digest LIMIT 1000')
    .pluck();
  const remove = db.prepare('DELETE FROM passage WHERE digest = ?');
  const removeAll = db.transaction((digests: readonly Buffer[]) => {
    for (const digest of digests) remove.run(digest);
  });
  return {
    has: (digest) => has.get(digest) === 1,
    find(digest) {
      const numbers = find.get(digest);
      // Copied, because a buffer from SQLite need not begin at a multiple of four.
      return numbers && new Float32Array(new Uint8Array(numbers).buffer);
    },
    keep: (passages) => keepAll(passages),
    forget(needed) {
      for (let digests = after.all(Buffer.alloc(0)); digests.length > 0;) {
        const moot = digests.filter((digest) => !needed.has(digest.toString('latin1')));
        removeAll(moot);
        digests = after.all(digests.at(-1) ?? Buffer.alloc(0));
      }
    },
    size: () => size.get() ?? 0,
    close: () => db.close(),
  };
}

/** Deletes the stores of models that are not among these. */
export async function sweepPassageStores(dataDir: string, models: readonly string[]): Promise<void> {
  const kept = new Set(models.map(storeFile));
  for (const name of await readdir(dataDir)) {
    const file = /^(passages-[0-9a-f]{16}\.db)(-wal|-shm)?$/.exec(name)?.[1];
    if (file !== undefined && !kept.has(file)) await rm(join(dataDir, name), { force: true });
  }
}

function otherLength(got: number, wanted: number): ImportStopped {
  const message = `The model answers ${got} numbers for a text where ${wanted} were promised; check that it is the right one.`;
  return new ImportStopped('check', message);
}
