import type { Database } from 'better-sqlite3';
import type { LexicalQuery, RowSet, Scored } from './retrieval-index.js';
import { columns, type Column } from './tables.js';

/** bm25 weights in the order of `columns`. */
const fieldWeights = [10, 5, 4, 4, 1, 0.8];
const proseWeights = [8, 2, 3, 2, 1, 0.4];

export interface WordIndex {
  lexical(query: LexicalQuery): Scored[];
  /** How many records match, counting no further than `limit`. */
  count(query: LexicalQuery): number;
}

/**
 * Word search over FTS5 on an open connection. Registers the function `allowed(row)` on it, through which a RowSet
 * limits a match before the best are counted off. Words must be folded; anything else in them is dropped.
 */
export function openWordIndex(db: Database): WordIndex {
  let allow: RowSet | undefined;
  db.function('allowed', { deterministic: false }, (row: unknown) =>
    allow?.has(Number(row)) === false ? 0 : 1,
  );
  const rankBy = (weights: readonly number[]) => `bm25(words, ${weights.join(', ')})`;
  const prepared = new Map<
    string,
    ReturnType<typeof db.prepare<unknown[], { row: number; score: number }>>
  >();
  const statement = (sql: string) => {
    let found = prepared.get(sql);
    if (!found) prepared.set(sql, (found = db.prepare<unknown[], { row: number; score: number }>(sql)));
    return found;
  };
  const run = (query: LexicalQuery, select: string, order: string): { row: number; score: number }[] => {
    const match = matchExpression(query);
    if (match === undefined) return [];
    allow = query.allow;
    try {
      const where = query.allow ? 'AND allowed(rowid)' : '';
      return statement(`SELECT ${select} FROM words WHERE words MATCH ? ${where} ${order} LIMIT ?`).all(
        match,
        BigInt(query.limit),
      );
    } finally {
      allow = undefined;
    }
  };
  return {
    lexical(query) {
      const rank = rankBy(query.prose ? proseWeights : fieldWeights);
      const found = run(query, `rowid AS row, -${rank} AS score`, `ORDER BY ${rank}`);
      return found.sort((a, b) => b.score - a.score || a.row - b.row);
    },
    count: (query) => run(query, 'rowid AS row, 0 AS score', '').length,
  };
}

const fieldColumns: Record<string, Column[]> = {
  title: ['title'],
  author: ['author'],
  subject: ['subject'],
  series: ['series'],
  summary: ['summary'],
};

/** FTS5 MATCH text of a query, every word quoted; undefined when no word is left. */
function matchExpression({ groups, all, fields }: LexicalQuery): string | undefined {
  const parts = groups
    .map(({ alternatives }) =>
      alternatives
        .map((word) => word.replaceAll('"', '').trim())
        .filter(Boolean)
        .map((word) => `"${word}"`),
    )
    .filter((alternatives) => alternatives.length > 0)
    .map((alternatives) =>
      alternatives.length === 1 ? alternatives.join('') : `(${alternatives.join(' OR ')})`,
    );
  if (parts.length === 0) return undefined;
  const expression = parts.join(all ? ' AND ' : ' OR ');
  const wanted = fields?.flatMap((field) => fieldColumns[field] ?? []) ?? [];
  return wanted.length === 0 || wanted.length === columns.length
    ? expression
    : `{${wanted.join(' ')}} : (${expression})`;
}
