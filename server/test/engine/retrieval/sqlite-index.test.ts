import Database from 'better-sqlite3';
import t from 'tap';
import { openSqliteIndex } from '../../../engine/retrieval/sqlite-index.js';
import { openVectorStore } from '../../../engine/retrieval/vector-store.js';
import { indexConforms } from './retrieval-index.conformance.js';
import { shelves, writeCatalogue } from './small-catalogue.js';

const path = await writeCatalogue(t.testdir(), shelves);
indexConforms(
  t,
  () => openSqliteIndex(new Database(':memory:')),
  () => {
    const db = new Database(path);
    const store = openVectorStore(db);
    return { index: openSqliteIndex(db), vectorOf: (row) => store?.vectorOf(row) ?? new Float32Array(0) };
  },
);
