import Database from 'better-sqlite3';
import t from 'tap';
import { openSqliteIndex } from '../../../engine/retrieval/sqlite-index.js';
import { indexConforms } from './retrieval-index.conformance.js';
import { shelves, writeCatalogue } from './small-catalogue.js';

const path = await writeCatalogue(t.testdir(), shelves);
for (const vectorMemory of [0, 1e9]) {
  t.test(`vectors ${vectorMemory === 0 ? 'on disk' : 'in memory'}`, (t) => {
    indexConforms(
      t,
      () => openSqliteIndex(new Database(':memory:'), { vectorMemory }),
      () => {
        const index = openSqliteIndex(new Database(path), { vectorMemory });
        return { index, vectorOf: (row) => index.vectorOf(row) ?? new Float32Array(0) };
      },
    );
    t.end();
  });
}
