import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Catalogue } from '../../../engine/catalogue/catalogue.js';
import { openGenerationForWriting } from '../../../engine/catalogue/generation-file.js';
import { openRecords } from '../../../engine/catalogue/records.js';
import { openIndexWriter } from '../../../engine/retrieval/index-writer.js';
import { bibOf } from '../../fakes/bibs.js';

/** Records of a generation file, with the index of numbers that an import writes unless `indexed` is false. */
function recordsOf(t: Test, bibs: ReturnType<typeof bibOf>[], { indexed = true } = {}) {
  const path = join(t.testdir(), 'catalogue-1.db');
  const db = openGenerationForWriting(path);
  const insert = db.prepare('INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)');
  bibs.forEach((bib, at) =>
    insert.run(
      ...[at + 1, bib.id, 'main', Buffer.alloc(16), JSON.stringify(bib), bib.suppressed ? 1 : 0],
      '2026-03-04T14:02:00Z',
    ),
  );
  if (indexed) {
    const writer = openIndexWriter(db);
    bibs.forEach((bib, at) => writer.put(at + 1, bib));
    writer.finish();
  }
  db.close();
  const live = { number: 1, path, version: '1.0', records: bibs.length };
  const catalogue: Catalogue = {
    current: () => live,
    unusable: () => undefined,
    onSwitch: () => () => undefined,
    refresh: () => undefined,
    close: () => undefined,
  };
  const records = openRecords({ catalogue });
  t.teardown(() => records.close());
  return records;
}

const book = (id: string, ...isbns: string[]) => bibOf(id, `Title of ${id}`, { isbns });

t.test('every record that bears an ISBN is found by it, however it is written', async (t) => {
  const records = recordsOf(t, [
    book('print', '0-306-40615-2'),
    book('online', '9780306406157', '9781565921870'),
    { ...book('hidden', '9781565921870'), suppressed: true },
    book('other', '9780804429573'),
  ]);
  const found = await records.idsByIsbn(['9781565921870', '9780306406157', '9780306406157', 'nothing']);
  t.strictSame(
    [...found].sort(),
    [
      ['9780306406157', ['print', 'online']],
      ['9781565921870', ['online']],
    ],
    'suppressed ones are not',
  );
  t.equal((await records.idsByIsbn([])).size, 0);
});

t.test('a catalogue without its index of numbers answers nothing', async (t) => {
  const records = recordsOf(t, [book('print', '9780306406157')], { indexed: false });
  t.equal((await records.idsByIsbn(['9780306406157'])).size, 0);
});
