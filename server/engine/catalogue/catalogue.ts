import { unusableCatalogue } from '../db/catalogue-layout.js';
import { openDatabase, databasePath } from '../db/database.js';
import { openSqlite } from '../db/sqlite.js';
import { join } from 'node:path';

/** The catalogue that patrons see now. */
export interface LiveCatalogue {
  number: number;
  path: string;
  version: string;
  records: number;
}

export interface Catalogue {
  /** Undefined until a first import is done, and while the one that should be live cannot be used. */
  current(): LiveCatalogue | undefined;
  /** Why the catalogue that should be live cannot be used, as one sentence with what to do; undefined when it can. */
  unusable(): string | undefined;
  /** Called after every switch with what is live now; the returned function ends it. */
  onSwitch(listener: (live: LiveCatalogue | undefined) => void): () => void;
  /** Looks at once instead of at the next poll. */
  refresh(): void;
  close(): void;
}

const POLL_MS = 1000;

/**
 * Follows which generation is live, across processes: one cheap read each second sees whether anything was written to
 * carrel.db. A catalogue file that is missing, damaged or of another layout is told of (`onUnusable`) and not opened; the
 * one before it, if any, goes on answering. Brings carrel.db up to date first; throws DataFolderError when the folder
 * cannot be used.
 */
export async function openCatalogue(options: {
  dataDir: string;
  pollMs?: number;
  onUnusable?: (sentence: string) => void;
}): Promise<Catalogue> {
  const { dataDir, onUnusable } = options;
  await (await openDatabase({ dataDir })).close();
  const db = openSqlite(databasePath(dataDir), { readonly: true, cacheMiB: 1 });
  const read = db.prepare<[], { number: number; file: string; revision: number; records: number }>(
    `SELECT number, file, revision, records FROM catalogue_generation WHERE state = 'live'`,
  );
  const listeners = new Set<(live: LiveCatalogue | undefined) => void>();
  const readLive = (): LiveCatalogue | undefined => {
    const row = read.get();
    return (
      row && {
        number: row.number,
        path: join(dataDir, row.file),
        version: `${row.number}.${row.revision}`,
        records: row.records,
      }
    );
  };
  let dataVersion = db.pragma('data_version', { simple: true });
  let live: LiveCatalogue | undefined;
  let seen: string | undefined;
  let unusable: string | undefined;

  /** Takes what should be live for what is, where it can be used. Answers whether anything changed for readers. */
  const take = (): boolean => {
    const next = readLive();
    if (next?.version === seen && unusable === undefined) return false;
    seen = next?.version;
    const before = unusable;
    unusable = next && unusableCatalogue(next.path);
    if (unusable !== undefined) {
      if (unusable !== before) onUnusable?.(unusable);
      return false;
    }
    if (next?.version === live?.version) return false;
    live = next;
    return true;
  };
  take();

  const refresh = (): void => {
    const now = db.pragma('data_version', { simple: true });
    // What could not be used is looked at again each time: it may have been a moment's trouble.
    if (now === dataVersion && unusable === undefined) return;
    dataVersion = now;
    if (!take()) return;
    for (const listener of listeners) listener(live);
  };
  const timer = setInterval(refresh, options.pollMs ?? POLL_MS);
  timer.unref();

  return {
    current: () => live,
    unusable: () => unusable,
    onSwitch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    refresh,
    close() {
      clearInterval(timer);
      listeners.clear();
      db.close();
    },
  };
}
