import type { Database } from 'better-sqlite3';

// Larger groups are no author's or series' taste: "Anonymous", "Various", publishers' series.
const largestGroup = 400;
const mostWords = 16;
const rowsAtOnce = 1000;
/** Between the class words of the record itself and the words lent by its author and series. */
const fence = '_lent_';

/**
 * Lends each record the subject and genre words of its author's and its series' other records, into `doc.context`:
 * a book that nobody gave a heading is still found as what its author writes. Idempotent; runs in the caller's
 * transaction over all rows, two sorted passes.
 */
export function writeContext(db: Database): void {
  const lent = new Map<number, Set<string>>();
  for (const source of ['name_key', 'series_key']) {
    const only = source === 'name_key' ? 'WHERE k.main = 1' : '';
    const rows = db
      .prepare<[], { key: string; row: number; subject: string }>(
        `SELECT k.key, k.row, d.subject FROM ${source} k JOIN doc d ON d.row = k.row ${only} ORDER BY k.key`,
      )
      .iterate();
    let group: { row: number; words: Set<string> }[] = [];
    let key = '';
    const close = () => {
      lend(group, lent);
      group = [];
    };
    for (const next of rows) {
      if (next.key !== key) close();
      key = next.key;
      group.push({ row: next.row, words: new Set(next.subject.split(' ').filter(Boolean)) });
    }
    close();
  }
  const update = db.prepare('UPDATE doc SET context = ? WHERE row = ?');
  const some = db.prepare<[number], { row: number; context: string }>(
    `SELECT row, context FROM doc WHERE row > ? ORDER BY row LIMIT ${rowsAtOnce}`,
  );
  for (let rows = some.all(-1); rows.length > 0; rows = some.all(rows.at(-1)?.row ?? 0)) {
    for (const { row, context } of rows) {
      const own = ownPart(context);
      const borrowed = lent.get(row);
      const now = borrowed === undefined ? own : `${own} ${fence} ${[...borrowed].join(' ')}`.trim();
      // Most rows are as they were: an hour's few changes do not write the whole table anew.
      if (now !== context) update.run(now, row);
    }
  }
}

function ownPart(context: string): string {
  return context.split(fence)[0]?.trim() ?? '';
}

function lend(group: { row: number; words: Set<string> }[], lent: Map<number, Set<string>>): void {
  if (group.length < 2 || group.length > largestGroup) return;
  const counts = new Map<string, number>();
  let described = 0;
  for (const { words } of group) {
    if (words.size > 0) described++;
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  if (described === 0) return;
  const shared = [...counts]
    .filter(([word, count]) => word.length > 2 && count / described >= 0.25)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  for (const { row, words } of group) {
    const borrowed = shared.filter(([word]) => !words.has(word)).slice(0, mostWords);
    if (borrowed.length === 0) continue;
    const into = lent.get(row) ?? new Set();
    for (const [word] of borrowed) into.add(word);
    lent.set(row, into);
  }
}
