import t from 'tap';
import type { Bib } from '../../../engine/catalogue/bib.js';
import { readBranchNames, withBranchNames } from '../../../engine/catalogue/branch-names.js';

const held = (branchId: string, branchName?: string) => ({
  itemId: branchId,
  branchId,
  ...(branchName !== undefined && { branchName }),
});

t.test('codes get the names on the doors, unless the record itself names the branch', async (t) => {
  const dir = t.testdir({ 'branches.yaml': '- { code: MAIN, name: Central Library, street: 1 Square }\n' });
  const bib = { items: [held('MAIN'), held('MAIN', 'Main'), held('ELSE')] } as Bib;
  t.strictSame(withBranchNames(bib, readBranchNames(dir)).items, [
    held('MAIN', 'Central Library'),
    held('MAIN', 'Main'),
    held('ELSE'),
  ]);
  t.equal(bib.items[0]?.branchName, undefined, 'the record read is left as it was');
});

t.test('without the file nothing is named; a file that is something else is a clear no', async (t) => {
  t.strictSame(readBranchNames(t.testdir()), {});
  const dir = t.testdir({ 'branches.yaml': 'MAIN: Central' });
  t.throws(() => readBranchNames(dir), { code: 'file_unreadable', message: /branches\.yaml/ });
});
