import BetterSqlite3 from 'better-sqlite3';
import t from 'tap';
import { writeContext } from '../../../engine/retrieval/context-words.js';
import { createRetrievalTables } from '../../../engine/retrieval/tables.js';

t.test('words are lent among an author’s books, and only rows that differ are written', (t) => {
  const db = new BetterSqlite3(':memory:');
  t.teardown(() => void db.close());
  createRetrievalTables(db);
  const doc = db.prepare(
    `INSERT INTO doc (row, title, author, subject, series, summary, context) VALUES (?, '', '', ?, '', '', ?)`,
  );
  const name = db.prepare(`INSERT INTO name_key VALUES (?, ?, '', 1)`);
  const subjects = ['tides harbours', 'tides', '', 'lichens'];
  subjects.forEach((subject, at) => doc.run(at + 1, subject, at === 2 ? 'class words' : ''));
  for (const row of [1, 2, 3]) name.run(row, 'marlow a');
  name.run(4, 'okafor b');
  const contexts = () => db.prepare('SELECT context FROM doc ORDER BY row').pluck().all();
  const written = () => db.prepare<[], number>('SELECT total_changes()').pluck().get() ?? 0;

  writeContext(db);
  t.strictSame(contexts(), ['', '_lent_ harbours', 'class words _lent_ tides harbours', '']);
  const before = written();
  writeContext(db);
  t.equal(written(), before, 'nothing has changed, so nothing is written');

  db.prepare('UPDATE doc SET subject = ? WHERE row = 1').run('tides');
  const changed = written();
  writeContext(db);
  t.strictSame(contexts(), ['', '', 'class words _lent_ tides', '']);
  t.equal(written() - changed, 2, 'the two that had borrowed the word');
  t.end();
});
