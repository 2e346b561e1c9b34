import type { Database } from 'better-sqlite3';
import { editDistance } from '../../lib/edit-distance.js';
import { singular, wordFamily } from '../../lib/stem.js';
import { isUnspaced } from '../../lib/words.js';

/** A word of the catalogue and the number of records that have it (anywhere, in titles, among authors). */
export interface KnownWord {
  word: string;
  df: number;
  titleDf: number;
  authorDf: number;
}

/** What the catalogue's own words know about a query word. All words are folded; answers are in a stable order. */
export interface Vocabulary {
  find(word: string): KnownWord | undefined;
  /** Words with the same singular, the word itself included. */
  sameStem(word: string): KnownWord[];
  /** Words with the same family that do not share the stem, most frequent first. */
  sameFamily(word: string): KnownWord[];
  /** Words at most `maxDistance` edits away, nearest first, then most frequent. */
  neighbours(word: string, maxDistance: number, limit: number): (KnownWord & { distance: number })[];
}

interface Row {
  word: string;
  df: number;
  title_df: number;
  author_df: number;
}
const known = (row: Row): KnownWord => ({
  word: row.word,
  df: row.df,
  titleDf: row.title_df,
  authorDf: row.author_df,
});
const fields = 'word, df, title_df, author_df';

/** Fills `word` and its trigram index from the word index. Runs in the caller's transaction. */
export function refreshVocabulary(db: Database): void {
  db.exec(`
    DELETE FROM word;
    DROP TABLE IF EXISTS word_trigram;
    CREATE VIRTUAL TABLE word_trigram USING fts5(word, tokenize='trigram', content='');
    DROP TABLE IF EXISTS temp.words_row;
    CREATE VIRTUAL TABLE temp.words_row USING fts5vocab(main, words, 'row');
  `);
  const counts = new Map<string, { title: number; author: number }>();
  const perColumn = db.prepare<[], { term: string; col: string; doc: number }>(
    "SELECT term, col, doc FROM words_vocab WHERE col IN ('title', 'author')",
  );
  for (const { term, col, doc } of perColumn.iterate()) {
    const entry = counts.get(term) ?? { title: 0, author: 0 };
    entry[col as 'title' | 'author'] = doc;
    counts.set(term, entry);
  }
  const all = db.prepare<[], { term: string; doc: number }>('SELECT term, doc FROM temp.words_row').all();
  const insert = db.prepare('INSERT INTO word VALUES (?,?,?,?,?,?,?)');
  const trigram = db.prepare('INSERT INTO word_trigram (rowid, word) VALUES (?, ?)');
  all.forEach(({ term, doc }, at) => {
    const { title, author } = counts.get(term) ?? { title: 0, author: 0 };
    insert.run(at + 1, term, doc, title, author, singular(term), wordFamily(term));
    if (correctable(term)) trigram.run(BigInt(at + 1), padded(term));
  });
  db.exec('DROP TABLE temp.words_row');
}

/** Vocabulary over an open connection whose `word` table is filled. */
export function openVocabulary(db: Database): Vocabulary {
  const find = db.prepare<[string], Row>(`SELECT ${fields} FROM word WHERE word = ?`);
  const stem = db.prepare<[string], Row>(
    `SELECT ${fields} FROM word WHERE stem = ? ORDER BY df DESC, word LIMIT 8`,
  );
  const family = db.prepare<[string, string], Row>(
    `SELECT ${fields} FROM word WHERE family = ? AND stem <> ? ORDER BY df DESC, word LIMIT 8`,
  );
  const near = db.prepare<[string], Row>(
    `SELECT word.word, df, title_df, author_df FROM word_trigram JOIN word ON word.id = word_trigram.rowid
     WHERE word_trigram MATCH ? ORDER BY bm25(word_trigram) LIMIT 120`,
  );
  return {
    find(word) {
      const row = find.get(word);
      return row && known(row);
    },
    sameStem: (word) => stem.all(singular(word)).map(known),
    sameFamily: (word) => family.all(wordFamily(word), singular(word)).map(known),
    neighbours(word, maxDistance, limit) {
      if (!correctable(word)) return [];
      return near
        .all(trigrams(word))
        .map((row) => ({ ...known(row), distance: editDistance(word, row.word, maxDistance) }))
        .filter(({ distance }) => distance > 0 && distance <= maxDistance)
        .sort((a, b) => a.distance - b.distance || b.df - a.df || (a.word < b.word ? -1 : 1))
        .slice(0, limit);
    },
  };
}

function correctable(word: string): boolean {
  return word.length >= 3 && word.length <= 40 && !/[\d_]/.test(word) && !isUnspaced(word);
}

// The space at either end makes first and last letters count, as in PostgreSQL's pg_trgm.
const padded = (word: string) => ` ${word} `;

function trigrams(word: string): string {
  const letters = [...padded(word)];
  const grams = new Set<string>();
  for (let at = 0; at + 3 <= letters.length; at++) grams.add(`"${letters.slice(at, at + 3).join('')}"`);
  return [...grams].join(' OR ');
}
