import { readFileSync, rmSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';

/** The plain alternative in the same run: SQLite FTS5 with BM25 over the same records, nothing else. */
export interface Plain {
  recordsPerSecond: number;
  sizeMb: number;
  search(text: string): number;
  close(): void;
}

/** Reads a clean UTF-8 ISO 2709 file with the barest reader and fills one FTS5 table at `path`. */
export function plainFts5(file: string, path: string): Plain {
  rmSync(path, { force: true });
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  db.exec(
    "CREATE VIRTUAL TABLE f USING fts5(id UNINDEXED, title, author, subject, summary, tokenize = 'porter unicode61')",
  );
  const insert = db.prepare('INSERT INTO f VALUES (?, ?, ?, ?, ?)');
  const startedAt = performance.now();
  const bytes = readFileSync(file);
  let count = 0;
  db.transaction(() => {
    for (let at = 0; at + 24 < bytes.length;) {
      const length = Number(bytes.toString('latin1', at, at + 5));
      const fields = readFields(bytes.subarray(at, at + length));
      const all = (pattern: RegExp): string =>
        fields
          .filter(([tag]) => pattern.test(tag))
          .map(([, text]) => text)
          .join(' ');
      insert.run(all(/^001$/), all(/^(245|830)$/), all(/^[17]00$/), all(/^6/), all(/^520$/));
      count++;
      at += length;
    }
  })();
  const seconds = (performance.now() - startedAt) / 1000;
  db.pragma('wal_checkpoint(TRUNCATE)');
  const select = db.prepare('SELECT id FROM f WHERE f MATCH ? ORDER BY bm25(f, 0, 10, 5, 3, 1) LIMIT 20');
  return {
    recordsPerSecond: count / seconds,
    sizeMb: statSync(path).size / 2 ** 20,
    search: (text) => {
      const words = [...new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])];
      return words.length === 0 ? 0 : select.all(words.map((word) => `"${word}"`).join(' OR ')).length;
    },
    close: () => db.close(),
  };
}

function readFields(record: Buffer): [string, string][] {
  const base = Number(record.toString('latin1', 12, 17));
  const fields: [string, string][] = [];
  for (let at = 24; at + 12 < base; at += 12) {
    const length = Number(record.toString('latin1', at + 3, at + 7));
    const start = base + Number(record.toString('latin1', at + 7, at + 12));
    const text = record
      .toString('utf8', start, start + length - 1)
      .split('\x1f')
      .map((part, i) => (i === 0 ? part : part.slice(1)))
      .join(' ');
    fields.push([record.toString('latin1', at, at + 3), text]);
  }
  return fields;
}
