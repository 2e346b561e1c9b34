import type { Database } from 'better-sqlite3';
import { singular, wordFamily } from '../../lib/stem.js';
import { isUnspaced } from '../../lib/words.js';
import { createNearWords, type NearWords } from './near-words.js';

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

/** Fills `word` from the word index. Runs in the caller's transaction. */
export function refreshVocabulary(db: Database): void {
  db.exec(`
    DELETE FROM word;
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
  const insert = db.prepare('INSERT INTO word VALUES (?,?,?,?,?,?)');
  all.forEach(({ term, doc }) => {
    const { title, author } = counts.get(term) ?? { title: 0, author: 0 };
    insert.run(term, doc, title, author, singular(term), wordFamily(term));
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
  // Read with the first word that nobody wrote: a catalogue asked by title alone never needs it.
  let spellings: NearWords | undefined;
  const readSpellings = () =>
    createNearWords(db.prepare<[], string>('SELECT word FROM word').pluck().all().filter(correctable));

  return {
    find(word) {
      const row = find.get(word);
      return row && known(row);
    },
    sameStem: (word) => stem.all(singular(word)).map(known),
    sameFamily: (word) => family.all(wordFamily(word), singular(word)).map(known),
    neighbours(word, maxDistance, limit) {
      if (!correctable(word)) return [];
      spellings ??= readSpellings();
      return spellings
        .near(word, maxDistance)
        .flatMap(({ word: near, distance }) => {
          const row = find.get(near);
          return row ? [{ ...known(row), distance }] : [];
        })
        .sort((a, b) => a.distance - b.distance || b.df - a.df || (a.word < b.word ? -1 : 1))
        .slice(0, limit);
    },
  };
}

function correctable(word: string): boolean {
  return word.length >= 3 && word.length <= 40 && !/[\d_]/.test(word) && !isUnspaced(word);
}
