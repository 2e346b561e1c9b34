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
  /** Undefined until a first import is done. */
  current(): LiveCatalogue | undefined;
  /** Called after every switch with what is live now; the returned function ends it. */
  onSwitch(listener: (live: LiveCatalogue | undefined) => void): () => void;
  /** Looks at once instead of at the next poll. */
  refresh(): void;
  close(): void;
}

const POLL_MS = 1000;

/**
 * Follows which generation is live, across processes: one cheap read each second sees whether anything was written to
 * carrel.db. Brings carrel.db up to date first; throws DataFolderError when the folder cannot be used.
 */
export async function openCatalogue(options: { dataDir: string; pollMs?: number }): Promise<Catalogue> {
  const { dataDir } = options;
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
  let live = readLive();

  const refresh = (): void => {
    const seen = db.pragma('data_version', { simple: true });
    if (seen === dataVersion) return;
    dataVersion = seen;
    const next = readLive();
    if (next?.version === live?.version) return;
    live = next;
    for (const listener of listeners) listener(live);
  };
  const timer = setInterval(refresh, options.pollMs ?? POLL_MS);
  timer.unref();

  return {
    current: () => live,
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
