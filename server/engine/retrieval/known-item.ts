import type { Database } from 'better-sqlite3';
import { similarity } from '../../lib/edit-distance.js';
import { compact, fold } from '../../lib/fold.js';
import { numberKey } from '../../lib/isbn.js';
import { wordsOf } from '../../lib/words.js';
import { nameKey, seriesKey, withoutArticle } from './record-text.js';
import type { IndexReader, LexicalQuery } from './retrieval-index.js';
import { nameMatch } from './title-words.js';
import type { Vocabulary } from './vocabulary.js';

/** Why a row is a known item, and how surely: 1 is an exact, whole match. */
export interface KnownRow {
  row: number;
  by: 'title' | 'author' | 'series' | 'number' | 'title_author';
  sureness: number;
}

export interface FoundName {
  name: string;
  rows: number[];
  sureness: number;
}

/** Looks up what a text names: a title, a person, a series, an ISBN or ISSN. */
export interface KnownItems {
  byNumber(text: string): number[];
  byTitle(text: string): KnownRow[];
  /** Titles that the text means in spite of typing errors. */
  byTitleFuzzy(text: string): KnownRow[];
  byTitleAndAuthor(text: string): KnownRow[];
  /** Whether these folded words stand in a title one after the other. */
  isInTitle(words: readonly string[]): boolean;
  author(text: string): FoundName | undefined;
  authorFuzzy(text: string): FoundName | undefined;
  series(text: string): FoundName | undefined;
  authorRows(name: string): number[];
  seriesRows(name: string): { row: number; volume: number | null }[];
}

const mostNames = 500;
/** Likeness of letters below which a text is not a mistyped title. */
const leastTitle = 0.74;
/** Titles that the words of a mistyped title may touch together when no title has them all. */
const titleBudget = 6000;

/** Known items over an open connection. */
export function openKnownItems(db: Database, words: IndexReader, vocabulary: Vocabulary): KnownItems {
  const titles = db.prepare<[string], { row: number; rank: number }>(
    'SELECT row, rank FROM title_key WHERE key = ? ORDER BY rank, row LIMIT 60',
  );
  const keysOf = db.prepare<[number], { key: string; rank: number }>(
    'SELECT key, rank FROM title_key WHERE row = ?',
  );
  const names = db.prepare<[string], { row: number; name: string }>(
    `SELECT row, name FROM name_key WHERE key = ? ORDER BY main DESC, row LIMIT ${mostNames}`,
  );
  const namesOf = db.prepare<[number], { key: string; name: string; main: number }>(
    'SELECT key, name, main FROM name_key WHERE row = ?',
  );
  const series = db.prepare<[string], { row: number; name: string; volume: number | null }>(
    `SELECT row, name, volume FROM series_key WHERE key = ? ORDER BY volume IS NULL, volume, row LIMIT ${mostNames}`,
  );
  const numbers = db
    .prepare<[string], number>('SELECT row FROM number_key WHERE key = ? ORDER BY row')
    .pluck();
  const authorWords = db.prepare<[number], string>('SELECT author FROM doc WHERE row = ?').pluck();

  const exactTitle = (text: string): KnownRow[] => {
    for (const form of [text, withoutArticle(fold(text))]) {
      const key = compact(form);
      const found = key === '' ? [] : titles.all(key);
      if (found.length > 0) {
        return found.map(({ row, rank }) => ({ row, by: 'title', sureness: 1 - rank * 0.04 }));
      }
    }
    return [];
  };

  const variants = (word: string): string[] => {
    const own = vocabulary.find(word) ? [word] : [];
    const most = word.length <= 4 ? 1 : 2;
    const near = vocabulary.neighbours(word, own.length > 0 ? 1 : most, own.length > 0 ? 6 : 8);
    return [...own, ...near.map((n) => n.word)];
  };
  /** Words that stand in subjects and titles far more often than in names ("painters") are not read as a name. */
  const mayBeName = (list: readonly string[]): boolean => {
    const known = list.map((word) => vocabulary.find(word)).filter((word) => word !== undefined);
    return (
      known.length === 0 ||
      known.some(({ df, authorDf }) => authorDf / df >= 0.3) ||
      known.length < list.length
    );
  };
  const groupsFor = (list: readonly string[]): LexicalQuery['groups'] =>
    list
      .map((word) => ({ alternatives: variants(word), weight: 1 }))
      .filter((g) => g.alternatives.length > 0);
  /** The groups that stand in the fewest titles, as many as the budget allows: a long OR over common words is slow. */
  const rarest = (groups: LexicalQuery['groups']): LexicalQuery['groups'] => {
    let spent = 0;
    return groups
      .map((group) => ({
        group,
        df: group.alternatives.reduce((sum, word) => sum + (vocabulary.find(word)?.titleDf ?? 0), 0),
      }))
      .sort((a, b) => a.df - b.df)
      .filter(({ df }, at) => (spent += df) <= titleBudget || at === 0)
      .map(({ group }) => group);
  };

  const fullName = (text: string): FoundName | undefined => {
    const key = nameKey(text);
    if (key === '') return undefined;
    const rows = names.all(key);
    const name = rows[0]?.name;
    return name === undefined ? undefined : { name, rows: [...new Set(rows.map((r) => r.row))], sureness: 1 };
  };
  const bestName = (
    query: readonly string[],
    groups: LexicalQuery['groups'],
    least: number,
  ): FoundName | undefined => {
    if (groups.length < query.length) return undefined;
    const rows = words.lexical({ groups, all: true, fields: ['author'], limit: 200 });
    const found = new Map<string, { name: string; rows: number[]; score: number; main: number }>();
    for (const { row } of rows) {
      for (const { key, name, main } of namesOf.all(row)) {
        const entry = found.get(key) ?? { name, rows: [], score: nameMatch(query, key.split(' ')), main: 0 };
        entry.main += main;
        entry.rows.push(row);
        found.set(key, entry);
      }
    }
    const best = [...found.values()]
      .filter(({ score }) => score >= least)
      .sort(
        (a, b) =>
          b.score - a.score || b.main - a.main || b.rows.length - a.rows.length || (a.name < b.name ? -1 : 1),
      )[0];
    if (!best) return undefined;
    const all = names.all(nameKey(best.name)).map((r) => r.row);
    return { name: best.name, rows: [...new Set([...all, ...best.rows])], sureness: Math.min(1, best.score) };
  };

  const fuzzyTitle = (text: string): KnownRow[] => {
    const key = compact(text);
    const list = wordsOf(text).slice(0, 16);
    if (key.length < 4 || list.length === 0) return [];
    const groups = groupsFor(list);
    const needed = groups.filter(({ alternatives }) => (alternatives[0]?.length ?? 0) > 2);
    const use = needed.length > 0 ? needed : groups;
    let rows = words.lexical({ groups: use, all: true, fields: ['title'], limit: 40 });
    if (rows.length === 0 && use.length > 1)
      rows = words.lexical({ groups: rarest(use), fields: ['title'], limit: 60 });
    const bare = compact(withoutArticle(fold(text)));
    const found = rows.flatMap(({ row }): KnownRow[] => {
      const best = Math.max(
        0,
        ...keysOf
          .all(row)
          .map(
            ({ key: title, rank }) =>
              Math.max(similarity(key, title, leastTitle), similarity(bare, title, leastTitle)) - rank * 0.03,
          ),
      );
      return best >= leastTitle ? [{ row, by: 'title', sureness: best }] : [];
    });
    const top = Math.max(0, ...found.map(({ sureness }) => sureness));
    return found
      .filter(({ sureness }) => sureness >= top - 0.08)
      .sort((a, b) => b.sureness - a.sureness || a.row - b.row);
  };
  /** The last one, because a question is asked about twice: while it is read, and while it is ranked. */
  let asked: { text: string; rows: KnownRow[] } | undefined;

  return {
    byNumber(text) {
      const key = numberKey(text);
      return key === undefined ? [] : numbers.all(key);
    },
    byTitle: exactTitle,
    byTitleFuzzy: (text) =>
      asked?.text === text ? asked.rows : (asked = { text, rows: fuzzyTitle(text) }).rows,
    isInTitle: (list) =>
      words.count({ groups: [{ alternatives: [list.join(' ')], weight: 1 }], fields: ['title'], limit: 1 }) >
      0,
    byTitleAndAuthor(text) {
      const list = text.split(/\s+/).filter(Boolean);
      if (list.length < 2 || list.length > 24) return [];
      const found = new Map<number, number>();
      for (let cut = 1; cut < list.length; cut++) {
        const sides: [string[], string[]][] = [
          [list.slice(0, cut), list.slice(cut)],
          [list.slice(cut), list.slice(0, cut)],
        ];
        for (const [title, rest] of sides) {
          const author = wordsOf(rest.join(' ')).filter(
            (word) => !['by', 'de', 'por', 'von', 'par', 'di'].includes(word),
          );
          if (author.length === 0 || author.length > 6) continue;
          for (const { row, sureness } of exactTitle(title.join(' '))) {
            const known = new Set(authorWords.get(row)?.split(' '));
            const sure = sureness * 0.99;
            if (author.every((word) => known.has(word))) found.set(row, Math.max(found.get(row) ?? 0, sure));
          }
        }
      }
      return [...found].map(([row, sureness]) => ({ row, by: 'title_author', sureness }));
    },
    author(text) {
      const exact = fullName(text);
      if (exact) return exact;
      const list = wordsOf(text);
      if (list.length === 0 || list.length > 6 || !mayBeName(list)) return undefined;
      return bestName(
        list,
        list.map((word) => ({ alternatives: [word], weight: 1 })),
        0.8,
      );
    },
    authorFuzzy(text) {
      const list = wordsOf(text);
      if (list.length === 0 || list.length > 5 || !list.some((word) => word.length >= 4)) return undefined;
      if (!mayBeName(list)) return undefined;
      return bestName(list, groupsFor(list), 0.78);
    },
    series(text) {
      const rows = series.all(seriesKey(text));
      const name = rows[0]?.name;
      return name === undefined ? undefined : { name, rows: rows.map((r) => r.row), sureness: 1 };
    },
    authorRows: (name) => [...new Set(names.all(nameKey(name)).map((r) => r.row))],
    seriesRows: (name) => series.all(seriesKey(name)),
  };
}
