import type { Sqlite } from '../db/sqlite.js';
import type { Bib } from '../catalogue/bib.js';
import type { TallyRow } from '../catalogue/generation-file.js';

/** Keeps `tally` true while records come and go: add and remove gather, flush writes inside the caller's transaction. */
export function openTally(db: Sqlite) {
  const upsert = db.prepare<[string, string, string, number]>(
    `INSERT INTO tally (kind, value, label, records) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET records = records + excluded.records,
       label = CASE WHEN excluded.records > 0 THEN excluded.label ELSE label END`,
  );
  const sweep = db.prepare('DELETE FROM tally WHERE records <= 0');
  const pending = new Map<string, TallyRow>();

  const count = (bib: Bib, step: 1 | -1): void => {
    const note = (kind: TallyRow['kind'], value: string, label: string): void => {
      const key = `${kind}\0${value}`;
      const row = pending.get(key);
      if (row) {
        row.records += step;
        if (step > 0) row.label = label;
      } else {
        pending.set(key, { kind, value, label, records: step });
      }
    };
    note('format', bib.format, bib.format);
    for (const language of new Set(bib.languages)) note('language', language, language);
    const branches = new Map(bib.items.map((item) => [item.branchId, item.branchName ?? item.branchId]));
    for (const [id, name] of branches) note('branch', id, name);
  };

  return {
    add: (bib: Bib) => count(bib, 1),
    remove: (bib: Bib) => count(bib, -1),
    flush(): void {
      for (const row of pending.values()) {
        if (row.records !== 0) upsert.run(row.kind, row.value, row.label, row.records);
      }
      pending.clear();
      sweep.run();
    },
    /** Forgets what was gathered since the last flush, after a transaction was rolled back. */
    drop: () => pending.clear(),
  };
}
