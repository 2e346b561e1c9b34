import { openDatabase } from '../../../engine/db/database.js';
import { openCatalogue } from '../../../engine/catalogue/catalogue.js';
import { openGenerationForReading } from '../../../engine/catalogue/generation-file.js';
import { createJobStore, type StoredJob } from '../../../engine/jobs/job-store.js';

/** All that a patron or staff could notice of a catalogue: records, what searching finds, tallies and quarantine. */
export interface CatalogueState {
  records: unknown[];
  found: Record<string, unknown[]>;
  tally: unknown[];
  quarantine: unknown[];
}

/** Reads the whole state of a data folder's live catalogue, to be compared with another one's. */
export async function catalogueState(dataDir: string): Promise<CatalogueState> {
  const catalogue = await openCatalogue({ dataDir });
  const live = catalogue.current();
  catalogue.close();
  const { db, close } = await openDatabase({ dataDir }).then((database) => ({
    db: database.db,
    close: () => database.close(),
  }));
  const quarantine = await db
    .selectFrom('quarantine')
    .select(['source', 'file', 'record_index', 'byte_offset', 'kind', 'code', 'notices', 'raw'])
    .orderBy('file')
    .orderBy('record_index')
    .execute();
  await close();
  if (!live) return { records: [], found: {}, tally: [], quarantine };
  const file = openGenerationForReading(live.path);
  try {
    const search = file.prepare(
      `SELECT r.id, bm25(words) AS score FROM words JOIN record r ON r.row = words.rowid
       WHERE words MATCH ? ORDER BY score, r.id LIMIT 50`,
    );
    return {
      records: file
        .prepare('SELECT row, id, source, hex(digest) AS digest, bib, suppressed FROM record ORDER BY row')
        .all(),
      found: Object.fromEntries(['lighthouse', 'golden OR winter', 'quiet'].map((q) => [q, search.all(q)])),
      tally: file.prepare('SELECT * FROM tally ORDER BY kind, value').all(),
      quarantine,
    };
  } finally {
    file.close();
  }
}

/** The newest job of a data folder. */
export async function newestJob(dataDir: string): Promise<StoredJob | undefined> {
  const database = await openDatabase({ dataDir });
  const [job] = await createJobStore(database).list({ limit: 1 });
  await database.close();
  return job;
}
