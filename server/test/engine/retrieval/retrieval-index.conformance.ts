import type { Test } from 'tap';
import type { RetrievalIndex, RowSet } from '../../../engine/retrieval/retrieval-index.js';
import { bibOf, shelves } from './small-catalogue.js';

const rowsOf = (...rows: number[]): RowSet => ({ has: (row) => rows.includes(row), size: rows.length });
const words = (...list: string[]) => list.map((word) => ({ alternatives: [word], weight: 1 }));

/** What every RetrievalIndex keeps, over an empty index; `vectors` opens one in which the shelves have vectors. */
export function indexConforms(
  t: Test,
  open: () => RetrievalIndex,
  vectors: () => { index: RetrievalIndex; vectorOf: (row: number) => Float32Array },
): void {
  const filled = () => {
    const index = open();
    shelves.forEach((line, at) => index.put(at + 1, bibOf(line)));
    index.finish();
    return index;
  };
  const idOf = (row: number | undefined) => (row === undefined ? undefined : shelves[row - 1]?.id);

  t.test('what was put is found by words of any field, best first', (t) => {
    const index = filled();
    const found = index.lexical({ groups: words('lighthouses', 'keeper'), limit: 10 });
    t.match(idOf(found[0]?.row), /^lighthouse/);
    t.ok(found.every(({ score }, at) => at === 0 || score <= (found[at - 1]?.score ?? 0)));
    t.strictSame(index.lexical({ groups: words('keeper'), fields: ['subject'], limit: 10 }), []);
    t.end();
  });
  t.test('all groups, or any; alternatives stand for one another; phrases keep their order', (t) => {
    const index = filled();
    t.strictSame(index.lexical({ groups: words('lighthouse', 'bread'), all: true, limit: 10 }), []);
    t.ok(index.lexical({ groups: words('lighthouse', 'bread'), limit: 10 }).length > 2);
    const either = [{ alternatives: ['nosuchword', 'bread'], weight: 1 }];
    t.equal(idOf(index.lexical({ groups: either, all: true, limit: 10 })[0]?.row), 'cook');
    t.equal(index.lexical({ groups: words('keeper lighthouse'), fields: ['title'], limit: 10 }).length, 0);
    t.end();
  });
  t.test('a limit is applied before the best are counted off', (t) => {
    const index = filled();
    const row = shelves.findIndex(({ id }) => id === 'lighthouse-lp') + 1;
    t.strictSame(
      index.lexical({ groups: words('lighthouse'), limit: 1, allow: rowsOf(row) }).map((one) => one.row),
      [row],
    );
    t.strictSame(index.lexical({ groups: words('lighthouse'), limit: 5, allow: rowsOf() }), []);
    t.end();
  });
  t.test('punctuation in a word does no harm and no word finds nothing', (t) => {
    const index = filled();
    t.doesNotThrow(() => index.lexical({ groups: words('"', 'AND', 'a"b', '*', '-x'), limit: 3 }));
    t.strictSame(index.lexical({ groups: [], limit: 3 }), []);
    t.end();
  });
  t.test('putting again replaces, removing removes, suppressed records are not found', (t) => {
    const index = filled();
    index.put(1, bibOf({ id: 'lighthouse', title: 'Zebras' }));
    index.remove(2);
    index.remove(9999);
    index.put(9, bibOf({ id: 'cook', title: 'Bread', suppressed: true }));
    index.finish();
    t.strictSame(
      index.lexical({ groups: words('zebras'), limit: 5 }).map(({ row }) => row),
      [1],
    );
    t.notOk(index.lexical({ groups: words('keeper'), limit: 5 }).some(({ row }) => row <= 2));
    t.strictSame(index.lexical({ groups: words('bread'), limit: 5 }), []);
    t.end();
  });
  t.test('nearest answers every row of a narrow limit, the nearest first', (t) => {
    const { index, vectorOf } = vectors();
    const vector = vectorOf(1);
    const all = index.nearest(vector, { limit: shelves.length });
    t.equal(all[0]?.row, 1);
    for (const narrow of [rowsOf(7, 12), rowsOf(3), rowsOf()]) {
      const found = index.nearest(vector, { limit: 5, allow: narrow });
      t.equal(found.length, narrow.size, 'nothing is lost to filtering after the search');
      t.ok(found.every(({ row }) => narrow.has(row)));
    }
    t.strictSame(index.nearest(vector, { limit: 3 }), all.slice(0, 3));
    t.end();
  });
}
