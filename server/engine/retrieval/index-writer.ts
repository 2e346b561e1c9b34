import type { Database } from 'better-sqlite3';
import { compact, fold } from '../../lib/fold.js';
import { numberKey } from '../../lib/isbn.js';
import type { Bib } from '../catalogue/bib.js';
import { readClassWords } from './class-words.js';
import { writeContext } from './context-words.js';
import { readForms } from './record-forms.js';
import { nameKey, recordWords, seriesKey, titleKeys, volumeNumber, workKey } from './record-text.js';
import { createLookups, createRetrievalTables } from './tables.js';
import { vectorRemover } from './vector-table.js';
import { refreshVocabulary } from './vocabulary.js';

/** Writes what retrieval keeps about each record. It opens no transaction: the import's own is the unit of writing. */
export interface IndexWriter {
  /** Files a record under its row, in place of what was filed there; a suppressed or deleted record is taken out. */
  put(row: number, bib: Bib): void;
  /** Takes a row out; a row that is not there is no error. */
  remove(row: number): void;
  /** Makes everything put since the last time findable: context words, word index, vocabulary. Call it outside a transaction. */
  finish(): void;
}

const perRow = ['value', 'title_key', 'name_key', 'series_key', 'number_key', 'doc', 'fact'] as const;

/** Writer over an open read-write connection; creates the tables when they are missing. `knowledgeDirs` as in openSearch. */
export function openIndexWriter(
  db: Database,
  { knowledgeDirs = [] }: { knowledgeDirs?: readonly string[] } = {},
): IndexWriter {
  createRetrievalTables(db);
  const classWords = readClassWords(knowledgeDirs);
  const formReader = readForms(knowledgeDirs);
  const deletes = perRow.map((table) => db.prepare<[number]>(`DELETE FROM ${table} WHERE row = ?`));
  const removeVector = vectorRemover(db);
  const present = db.prepare<[number]>('SELECT 1 FROM doc WHERE row = ?').pluck();
  const insert = {
    doc: db.prepare(
      'INSERT INTO doc (row, title, author, subject, series, summary, context) VALUES (?,?,?,?,?,?,?)',
    ),
    fact: db.prepare('INSERT INTO fact VALUES (?,?,?,?,?,?,?,?,?)'),
    value: db.prepare('INSERT OR IGNORE INTO value VALUES (?,?,?)'),
    title: db.prepare('INSERT OR IGNORE INTO title_key VALUES (?,?,?)'),
    name: db.prepare('INSERT OR IGNORE INTO name_key VALUES (?,?,?,?)'),
    series: db.prepare('INSERT OR IGNORE INTO series_key VALUES (?,?,?,?)'),
    number: db.prepare('INSERT OR IGNORE INTO number_key VALUES (?,?)'),
    branch: db.prepare('INSERT OR REPLACE INTO branch VALUES (?,?)'),
  };

  const remove = (row: number) => {
    if (present.get(row) === undefined) return;
    for (const statement of deletes) statement.run(row);
    removeVector(row);
  };

  const putValues = (row: number, bib: Bib) => {
    const audience = formReader.audience(bib);
    const forms = formReader.forms(bib);
    const fiction = forms.has('fiction') ? 1 : forms.has('nonfiction') ? 0 : null;
    insert.fact.run(
      row,
      bib.format,
      audience ?? null,
      fiction,
      bib.pages ?? null,
      bib.year ?? null,
      bib.ages?.min ?? null,
      bib.ages?.max ?? null,
      workKey(bib),
    );
    const values: [string, string | undefined][] = [
      ['format', bib.format],
      ['audience', audience],
      ...bib.languages.map((code): [string, string] => ['language', code]),
      ...[...forms].map((form): [string, string] => ['form', form]),
      ...bib.items.map((item): [string, string] => ['branch', item.branchId]),
      ...bib.items
        .filter((item) => item.statusHint === 'available')
        .map((item): [string, string] => ['available', item.branchId]),
      ...bib.subjects.map((s): [string, string] => ['heading', fold(s.text).replace(/\.$/, '')]),
      ...bib.genres.map((genre): [string, string] => ['heading', fold(genre).replace(/\.$/, '')]),
      ...bib.subjects.map((s): [string, string] => ['topic', (s.parts[0] ?? s.text).replace(/\.$/, '')]),
      ...bib.contributors.filter((c) => c.main).map((c): [string, string] => ['author', c.text]),
    ];
    for (const [kind, value] of values) if (value) insert.value.run(row, kind, value);
    for (const item of bib.items) insert.branch.run(item.branchId, item.branchName ?? item.branchId);
  };

  return {
    remove,
    put(row, bib) {
      remove(row);
      if (bib.suppressed || bib.deleted) return;
      const words = recordWords(bib, classWords);
      const joined = (list: string[]) => list.join(' ');
      insert.doc.run(
        row,
        joined(words.title),
        joined(words.author),
        joined(words.subject),
        joined(words.series),
        joined(words.summary),
        joined(words.classes),
      );
      putValues(row, bib);
      for (const [key, rank] of titleKeys(bib)) insert.title.run(row, key, rank);
      for (const { text, original, main } of bib.contributors) {
        for (const name of [text, original]) {
          const key = name === undefined ? '' : nameKey(name);
          if (key !== '' && name !== undefined) insert.name.run(row, key, name, main ? 1 : 0);
        }
      }
      for (const { name, volume } of bib.series) {
        const key = seriesKey(name) || compact(name);
        if (key !== '') insert.series.run(row, key, name, volumeNumber(volume) ?? null);
      }
      for (const number of [...bib.isbns, ...bib.otherIsbns, ...bib.issns]) {
        const key = numberKey(number);
        if (key !== undefined) insert.number.run(row, key);
      }
    },
    finish() {
      db.transaction(() => {
        createLookups(db);
        writeContext(db);
        db.exec("INSERT INTO words(words) VALUES('rebuild')");
        refreshVocabulary(db);
        db.exec("INSERT OR REPLACE INTO figure SELECT 'described', ifnull(avg(subject <> ''), 0) FROM doc");
      })();
      db.exec("INSERT INTO words(words) VALUES('optimize')");
      db.exec('PRAGMA analysis_limit = 1000; ANALYZE');
    },
  };
}
