import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { readBranchNames } from '../../engine/catalogue/branch-names.js';
import { requireKnowledge } from '../../engine/knowledge-check.js';
import { readKnowledge } from '../../engine/knowledge-files.js';
import { openRecords } from '../../engine/catalogue/records.js';
import { openCatalogue } from '../../engine/catalogue/catalogue.js';
import { carrel } from '../e2e/house.js';
import { importFile } from '../fakes/import-file.js';
import { marcFile, someRecords } from '../fakes/some-marc.js';

/** A data folder with one file of the library's own. */
function folder(t: Test, name: string, text: string): { dataDir: string; path: string } {
  const dataDir = t.testdir({});
  const path = join(dataDir, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return { dataDir, path };
}

const slip = '- id: ours\n  means: [quiet\n- id: theirs\n';

t.test('a slip in a knowledge file ends a start in one sentence with file and line', async (t) => {
  const { dataDir, path } = folder(t, 'knowledge/advisory/ours.yaml', slip);
  const { code, text } = await carrel(dataDir, 'serve');
  t.equal(code, 1);
  t.equal(text.trim().split('\n').length, 1, text);
  t.ok(text.startsWith(`${path}, line 3, is not valid YAML (`), text);
});

t.test('the same slip ends an import, and the catalogue is as it was', async (t) => {
  const { dataDir, path } = folder(t, 'knowledge/classes/ours.yaml', slip);
  const files = [{ path: marcFile(dataDir, 'all.mrc', someRecords(3)) }];
  const faults: unknown[] = [];
  const job = await importFile({ dataDir, files, onFault: (error) => faults.push(error) });
  t.equal(job.state, 'failed');
  t.ok(job.message.startsWith(`${path}, line 3, is not valid YAML (`), job.message);
  t.notMatch(job.message, /\n/);
  t.strictSame(faults, [], 'it is no fault of ours');
  const catalogue = await openCatalogue({ dataDir });
  t.equal(catalogue.current(), undefined);
  await openRecords({ catalogue }).close();
  catalogue.close();
});

t.test('valid YAML of the wrong form says what is wrong, on one line', (t) => {
  for (const [name, text, said] of [
    ['advisory/ours.yaml', '- { id: ours, means: 7 }', /advisory\/ours\.yaml, entry ours: /],
    ['understanding/en.yaml', 'stop: none', /is not in the form it should have: /],
    ['marc/relators.yaml', '- 1', /marc\/relators\.yaml/],
  ] as const) {
    const { dataDir } = folder(t, `knowledge/${name}`, text);
    t.throws(() => requireKnowledge(dataDir), { name: 'DataFolderError', message: said }, name);
    try {
      requireKnowledge(dataDir);
    } catch (error) {
      t.notMatch((error as Error).message, /\n/);
    }
  }
  t.end();
});

t.test('branches.yaml: a slip and a wrong row are told of with their line', (t) => {
  const row = folder(t, 'branches.yaml', '- { code: A, name: First }\n- { code: B }\n');
  t.throws(() => readBranchNames(row.dataDir), {
    code: 'file_unreadable',
    message: `${row.path}, line 2, is not a list of branches with code and name.`,
  });
  const broken = folder(t, 'branches.yaml', '- { code: A, name: First }\n- { code: B\n');
  t.throws(() => readBranchNames(broken.dataDir), {
    code: 'file_unreadable',
    message: /branches\.yaml, line [23], is not valid YAML \(/,
  });
  t.end();
});

t.test('an alias that names nothing, and a file that cannot be opened', (t) => {
  const alias = folder(t, 'knowledge/odd/a.yaml', 'a: *nobody\n');
  t.throws(() => readKnowledge('odd', [join(alias.dataDir, 'knowledge')]), { name: 'DataFolderError' });
  const dir = t.testdir({ odd: { 'a.yaml': {} } });
  t.throws(() => readKnowledge('odd', [dir]), { name: 'DataFolderError', message: /cannot be opened\.$/ });
  t.end();
});
