import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Catalogue } from '../../../engine/catalogue/catalogue.js';
import { openGenerationForWriting } from '../../../engine/catalogue/generation-file.js';
import { openRecords } from '../../../engine/catalogue/records.js';
import { openItemBarcodes } from '../../../engine/catalogue/item-barcodes.js';
import { bibOf, itemOf } from '../../fakes/bibs.js';

const numbered = (id: string, ilsId: string, suppressed = false) => ({
  ...bibOf(id, `Title of ${id}`, { keys: { ilsId, other: [] } }),
  suppressed,
});

/** Records of a generation file written by hand; `indexed` false is one of an earlier version. */
function recordsOf(t: Test, bibs: ReturnType<typeof bibOf>[], { indexed = true } = {}) {
  const path = join(t.testdir(), 'catalogue-1.db');
  const db = openGenerationForWriting(path);
  const insert = db.prepare('INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)');
  bibs.forEach((bib, row) =>
    insert.run(
      row,
      bib.id,
      'main',
      Buffer.alloc(16),
      JSON.stringify(bib),
      bib.suppressed ? 1 : 0,
      '2026-03-04T14:02:00Z',
    ),
  );
  const barcodes = openItemBarcodes(db);
  bibs.forEach((bib, row) => barcodes.put(row, bib));
  if (!indexed) db.exec('DROP INDEX record_ils_id; DROP TABLE item_barcode');
  const plan = db
    .prepare<[], { detail: string }>(
      `EXPLAIN QUERY PLAN SELECT id FROM record WHERE bib ->> '$.keys.ilsId' IN ('501', '502')`,
    )
    .all();
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
  return { records, path, plan: plan.map(({ detail }) => detail).join() };
}

t.test('a record is found under the number that the library’s system gave it', async (t) => {
  const { records, plan } = recordsOf(t, [
    numbered('ocm1', '501'),
    numbered('ocm2', '502'),
    numbered('ocm3', '503', true),
    bibOf('504', 'Without a number'),
  ]);
  const found = await records.idsByIlsId(['502', '501', '501', '503', '504', 'nothing']);
  t.strictSame(
    [...found].sort(),
    [
      ['501', 'ocm1'],
      ['502', 'ocm2'],
    ],
    'suppressed ones are not, nor is a record’s own id taken for a number',
  );
  t.match(plan, /record_ils_id/, 'by the index, not by looking through all of them');
  t.equal((await records.idsByIlsId([])).size, 0);
});

t.test('of two records with one number the first in the catalogue counts', async (t) => {
  const { records } = recordsOf(t, [numbered('ocm1', '501'), numbered('ocm2', '501')]);
  t.strictSame([...(await records.idsByIlsId(['501']))], [['501', 'ocm1']]);
});

t.test(
  'a generation of before the index answers nothing rather than searching through everything',
  async (t) => {
    const { records } = recordsOf(t, [numbered('ocm1', '501')], { indexed: false });
    t.equal((await records.idsByIlsId(['501'])).size, 0);
  },
);

const copied = (id: string, ...barcodes: string[]) =>
  bibOf(id, `Title of ${id}`, {
    items: barcodes.map((barcode, n) => itemOf(`${id}-${n}`, 'MAIN', { barcode })),
  });

t.test('a record is found by the barcode of any of its copies', async (t) => {
  const { records } = recordsOf(t, [
    copied('l1', '30001', ' 30002 '),
    copied('l2', 'abc-7', '30001'),
    { ...copied('l3', '30003'), suppressed: true },
    copied('l4', '', ' '),
  ]);
  t.strictSame([...(await records.idsByBarcode(['30002', 'ABC-7 ', '30003', 'nothing', '']))].sort(), [
    ['30002', 'l1'],
    ['ABC-7 ', 'l2'],
  ]);
  t.strictSame([...(await records.idsByBarcode(['30001']))], [['30001', 'l1']], 'of two the first counts');
  t.equal((await records.idsByBarcode([])).size, 0);
});

t.test('a generation of before barcodes were noted answers nothing until it is written again', async (t) => {
  const { records } = recordsOf(t, [copied('l1', '30001')], { indexed: false });
  t.equal((await records.idsByBarcode(['30001'])).size, 0);
  const many = Array.from({ length: 2_100 }, (_, n) => copied(`m${n}`, `4${n}`));
  const older = recordsOf(t, many, { indexed: false });
  openGenerationForWriting(older.path).close();
  t.strictSame(
    [...(await older.records.idsByBarcode(['40', '42099']))],
    [
      ['40', 'm0'],
      ['42099', 'm2099'],
    ],
  );
});
