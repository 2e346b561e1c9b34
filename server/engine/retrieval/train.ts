import { randomUUID } from 'node:crypto';
import { openSqlite } from '../db/sqlite.js';
import { trainLatentSpace, type WeightedWords } from '../embedding/latent-semantics.js';
import { createRetrievalTables } from './tables.js';
import { writeSpace } from './vector-table.js';

/** What a vector is made of: titles and headings name the matter, summaries circumscribe it, lent words only hint. */
const weights = { title: 2, subject: 2.5, series: 1, summary: 1, context: 0.8, author: 0 } as const;

interface DocRow {
  row: number;
  title: string;
  subject: string;
  series: string;
  summary: string;
  context: string;
}

/**
 * Trains vectors on every record of a catalogue file and makes them live in one transaction. Blocks its thread: run it
 * in a worker (`trainVectors`). `dimensions` by default 128 below 2,000 records, 192 above. Answers how many records.
 */
export function trainInThisThread(
  cataloguePath: string,
  {
    dimensions,
    onProgress = () => undefined,
  }: { dimensions?: number; onProgress?: (done: number) => void } = {},
): { records: number; id: string } {
  const db = openSqlite(cataloguePath, { mustExist: true, cacheMiB: 128 });
  try {
    createRetrievalTables(db);
    const rows = db.prepare<[], number>('SELECT row FROM doc ORDER BY row').pluck().all();
    const read = db.prepare<[], DocRow>(
      'SELECT row, title, subject, series, summary, context FROM doc ORDER BY row',
    );
    const records = function* (): Generator<WeightedWords> {
      for (const doc of read.iterate()) {
        yield (['title', 'subject', 'series', 'summary', 'context'] as const).map((field) => ({
          words: doc[field].split(' ').filter(Boolean),
          weight: weights[field],
        }));
      }
    };
    const space = trainLatentSpace(records, {
      dimensions: dimensions ?? (rows.length < 2000 ? 128 : 192),
      onStep: onProgress,
    });
    const id = `catalogue-trained-${randomUUID()}`;
    writeSpace(db, space, rows, id);
    return { records: rows.length, id };
  } finally {
    db.close();
  }
}
